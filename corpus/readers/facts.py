"""What a note says about its recording: title, link, dates, length, and all else as ``meta``.

It says so in its front matter (YAML or JSON between ``---`` fences, TOML between ``+++``), in a
cover list (``标题：…``, ``链接：…``, ``发布日期：…``, ``覆盖时长：…``), in its top heading, or
beside its words. Dates come out as ISO dates; of several addresses, that of the recording is told
from the others.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from frontmatter.default_handlers import YAMLHandler

from corpus.language import fold
from corpus.links import first_media_url, is_media_url
from corpus.readers.markdown import Block, plain
from corpus.readers.times import duration_seconds
from corpus.spellings import FRONT_MATTER_KEY, spelling_lines
from corpus.types import ReadError
from corpus.vocabulary import COVER_KEYS

_FIELD_OF = {key: field for field, keys in COVER_KEYS.items() for key in keys}
_TELLING = frozenset({"title", "url", "published", "duration"})
_LINE = re.compile(r"\s*(?P<key>[^:：|]{1,30}?)\s*[:：|]\s*(?P<value>\S.*?)\s*")
_LEAST_LINES = 2
_LONGEST_VALUE = 300


@dataclass(frozen=True, slots=True)
class Cover:
    """``fields`` by meaning (title, url, published, duration), ``listed`` as in the source."""

    fields: Mapping[str, str]
    listed: Mapping[str, str]
    rest: tuple[Block, ...]


def read_cover(blocks: Sequence[Block], *, named: bool) -> Cover | None:
    """The cover list that ``blocks`` begin with; ``rest`` is what else stands there.

    ``named``: the part's heading says that it is the cover. Otherwise a list counts as one if it
    has two known keys, one of them a title, link, date or length; it ends at the first line that
    isn't one of it, so that turns such as ``Host: …`` below are left alone.
    """
    fields: dict[str, str] = {}
    listed: dict[str, str] = {}
    rest: list[Block] = []
    for place, block in enumerate(blocks):
        found = [_key_and_value(line, named=named) for line in block.text.split("\n")]
        entries = [entry for entry in found if entry]
        known = len(entries) == len(found) and not any(key in listed for _, key, _ in entries)
        if block.kind == "rule":
            continue
        if not known and not named:
            rest += blocks[place:]
            break
        if not known:
            rest.append(block)
            continue
        listed |= {key: plain(value) for _, key, value in entries}
        fields = {field: value for field, _, value in entries if field} | fields
    if not _TELLING & fields.keys() or (len(listed) < _LEAST_LINES and not named):
        return None
    return Cover(fields, listed, tuple(rest))


def _key_and_value(line: str, *, named: bool) -> tuple[str, str, str] | None:
    match = _LINE.fullmatch(line.replace("**", ""))
    if match is None or (len(match["value"]) > _LONGEST_VALUE and not named):
        return None
    key = plain(match["key"]).strip("-_* ")
    field = _FIELD_OF.get(re.sub(r"^[\W_]+", "", fold(key)).replace(" ", "-"))
    if field is None:
        return ("", key, match["value"]) if named and key else None
    return field, key, match["value"]


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:" + "|".join(_MONTHS) + r")[a-z]*\.?"
_NUMERIC = (
    r"(?P<y>\d{4})\s*(?:[-/.]|年)\s*(?P<m>\d{1,2})\s*(?:[-/.]|月)\s*(?P<d>\d{1,2})(?!\d)\s*日?"
)
_MONTH_FIRST = rf"(?P<mon>{_MONTH})\s+(?P<md>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<my>\d{{4}})"
_DAY_FIRST = rf"(?P<dd>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<dmon>{_MONTH}),?\s+(?P<dy>\d{{4}})"
_COMPACT = r"(?<!\d)(?P<cy>20\d\d)(?P<cm>[01]\d)(?P<cd>[0-3]\d)(?!\d)"
_DATE = rf"(?:{_NUMERIC}|{_MONTH_FIRST}|{_DAY_FIRST}|{_COMPACT})"
_ANY = re.compile(_DATE, re.IGNORECASE)
_AIRED_ZH = r"(?:播出|首播|直播|录制|錄製|录播|上线|上線|公開|配信)"
_AIRED_EN = r"(?:aired|broadcast|recorded|streamed|released|premiered)"
_AIRED = re.compile(
    rf"{_DATE}[^。\n]{{0,3}}{_AIRED_ZH}"
    rf"|{_AIRED_ZH}(?:日期|时间|時間)?\s*(?:于|於|：|:)\s*{_DATE.replace('?P<', '?P<z')}"
    rf"|\b{_AIRED_EN}(?:\s+(?:on|live|in))*[:\s]+{_DATE.replace('?P<', '?P<a')}",
    re.IGNORECASE,
)
_NOTED_DATE = re.compile(
    rf"(?:本文|文章|原文)?(?:首发|首發|发表|發表|发布|發布|發佈|刊登|写|寫|更新|整理)(?:于|於|在)\s*{_DATE}"
    rf"|\b(?:published|posted|written|updated)(?:\s+on)?[:\s]+{_DATE.replace('?P<', '?P<a')}",
    re.IGNORECASE,
)


def find_date(text: str) -> str | None:
    """The first real date in ``text``, as ``YYYY-MM-DD``."""
    return _first(_ANY, text)


def broadcast_date(text: str) -> str | None:
    """The date that ``text`` says the recording was aired, recorded or released on."""
    return _first(_AIRED, text)


def note_date(text: str) -> str | None:
    """The date that ``text`` says it was itself written or published on."""
    return _first(_NOTED_DATE, text)


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    for match in pattern.finditer(text):
        found = _ANY.search(match[0])
        iso = _iso(found) if found else None
        if iso:
            return iso
    return None


def _iso(match: re.Match[str]) -> str | None:
    if match["y"]:
        parts = match["y"], match["m"], match["d"]
    elif match["my"]:
        parts = match["my"], str(_month(match["mon"])), match["md"]
    elif match["dy"]:
        parts = match["dy"], str(_month(match["dmon"])), match["dd"]
    else:
        parts = match["cy"], match["cm"], match["cd"]
    try:
        return date(*(int(part) for part in parts)).isoformat()
    except ValueError:
        return None


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


_URL = re.compile(
    r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?(?:[/?#][^\s<>\"'\]|`，。、；：！？）】」』《》“”]*)?"
)
_SHORTCODE = re.compile(
    r"\{\{[<%]\s*(?P<name>youtube|bilibili|vimeo)\s+[^>%]*?[\"']?(?P<id>[\w-]{6,})[\"']?[^>%]*[>%]\}\}"
)
_BY_ID = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "bilibili": "https://www.bilibili.com/video/{}",
    "vimeo": "https://vimeo.com/{}",
}
_YOUTUBE_ID = re.compile(r"[\w-]{11}")


def urls_in(text: str) -> Iterator[str]:
    """Every whole web address in ``text``; one cut off at ``https://`` is none."""
    for match in _URL.finditer(text):
        yield _closed(match[0])


def recording_in(text: str) -> str | None:
    """The first link to a recording in ``text``, a blog's own embedding code included."""
    return first_media_url(_SHORTCODE.sub(_address, text))


def _address(shortcode: re.Match[str]) -> str:
    return f" {_BY_ID[shortcode['name']].format(shortcode['id'])} "


def youtube_url(video_id: str) -> str | None:
    """The address of a YouTube video by its id, if ``video_id`` has the form of one."""
    return _BY_ID["youtube"].format(video_id) if _YOUTUBE_ID.fullmatch(video_id) else None


def _closed(url: str) -> str:
    """``url`` without the sentence's or the Markdown link's own closing marks."""
    while url and (url[-1] in ".,;:!?*_~" or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url


_EXPLICIT_LINKS = (
    *("source_url", "video_url", "youtube_url", "youtube", "episode_url", "audio_url", "bilibili"),
)
_OTHER_LINKS = (
    *("url", "link", "source", "video", "audio", "media", "enclosure", "original_url", "episode"),
)
_VIDEO_IDS = ("video_id", "youtube_id", "videoid", "yt_id")
_RECORDED = (
    *("publish_date", "published", "upload_date", "release_date", "air_date", "aired"),
    *("broadcast_date", "recorded", "recording_date", "published_at"),
    *("发布日期", "發布日期", "播出日期"),
)
_NOTED_FIELDS = ("date", "created", "created_at", "publishdate", "pubdate", "updated", "日期")
_DURATIONS = ("duration_seconds", "duration_s", "duration", "length", "runtime", "时长", "時長")
_PERMALINKS = ("permalink",)


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """``duration_s`` in seconds as the source states it; ``published`` an ISO date."""

    title: str
    source_url: str | None
    published: str | None
    duration_s: float | None
    meta: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where facts come from: front matter, cover fields, top heading, asides, the whole body."""

    front: Mapping[str, str]
    cover: Mapping[str, str]
    listed: Mapping[str, str]
    heading: str | None
    asides: Sequence[str]
    body: str


def gather_facts(file: str, sources: Sources) -> NoteFacts:
    """The facts of one note; the cover is trusted first, then the front matter, then the text."""
    front = {key.lower().replace("-", "_"): value for key, value in sources.front.items()}
    told = "\n".join((front.get("description", ""), *sources.asides))
    noted = _first_date(front, _NOTED_FIELDS) or note_date("\n".join(sources.asides))
    published = (
        find_date(sources.cover.get("published", ""))
        or broadcast_date(told)
        or _first_date(front, _RECORDED)
        or noted
    )
    duration_s = _duration(sources.cover, front)
    meta = dict(sources.front) | dict(sources.listed)
    if noted:
        meta["note_date"] = noted
    if duration_s is not None:
        meta["duration_s"] = f"{duration_s:g}"
    title = _title(file, sources, front)
    return NoteFacts(
        title, _source_url(sources, front), published, duration_s, MappingProxyType(meta)
    )


def own_id(front: Mapping[str, str]) -> str | None:
    """The slug that a note gives itself: its permalink without slashes at the ends."""
    for key in _PERMALINKS:
        path = (
            urlsplit(front.get(key, "")).path if "://" in front.get(key, "") else front.get(key, "")
        )
        slug = re.sub(r"\s+", "-", path.strip().strip("/"))
        # Jekyll's ":title" is a pattern for many notes, not one note's own place.
        if slug and ":" not in slug:
            return slug
    return None


def path_id(file: str) -> str:
    """The slug of a note without one: its path in the library without the suffix."""
    return re.sub(r"\s+", "-", str(PurePosixPath(file).with_suffix("")))


def _title(file: str, sources: Sources, front: Mapping[str, str]) -> str:
    for title in (sources.cover.get("title"), front.get("title"), sources.heading):
        words = plain(title or "")
        if words:
            return words
    return PurePosixPath(file).stem


def _source_url(sources: Sources, front: Mapping[str, str]) -> str | None:
    stated = next(urls_in(sources.cover.get("url", "")), None)
    if stated:
        return stated
    explicit = [url for key in _EXPLICIT_LINKS for url in urls_in(front.get(key, ""))]
    others = [url for key in _OTHER_LINKS for url in urls_in(front.get(key, ""))]
    ids = [youtube_url(front[key]) for key in _VIDEO_IDS if key in front]
    candidates = [
        *explicit,
        *(url for url in others if is_media_url(url)),
        *ids,
        recording_in(front.get("description", "")),
        recording_in(sources.body),
        *others,
    ]
    return next((url for url in candidates if url), None)


def _first_date(front: Mapping[str, str], keys: Sequence[str]) -> str | None:
    dates = (find_date(front[key]) for key in keys if key in front)
    return next((date for date in dates if date), None)


def _duration(cover: Mapping[str, str], front: Mapping[str, str]) -> float | None:
    stated = [plain(cover.get("duration", "")), *(front.get(key, "") for key in _DURATIONS)]
    return next((seconds for seconds in map(duration_seconds, stated) if seconds), None)


_FENCED = re.compile(
    r"\A\s*(?P<fence>-{3,}|\+{3})[ \t]*\n(?P<block>(?:.*\n)*?)(?P=fence)[ \t]*(?:\n|\Z)"
)
_OPENED = re.compile(r"\A\s*---[ \t]*\n(?:[A-Za-z_][\w -]*:(?:\s|$)|\{)")
_KEY_LINE = re.compile(r"^(?P<key>[A-Za-z_][\w -]{0,40}):[ \t]+(?P<value>\S.*)$", re.MULTILINE)
_BROKEN = "front_matter_error"
_MOST_NODES = 500


def split_front_matter(text: str) -> tuple[Mapping[str, str], str]:
    """``text``'s front matter as strings, and the body after it.

    Lists are joined with ``, ``; dates are ISO; other spellings of names are lines as
    corpus/spellings.py reads them. Broken YAML does not cost the reader the talk: its
    ``key: value`` lines are salvaged one by one and the reason stands under
    ``front_matter_error``. Raises ReadError if the fence is never closed.
    """
    match = _FENCED.match(text)
    if match is None:
        if _OPENED.match(text):
            raise ReadError("has front matter that is never closed: end it with a line of ---")
        return {}, text
    block = match["block"]
    values = _load(block, toml=match["fence"] == "+++")
    if values is None:
        return {}, text
    return values, text[match.end() :]


def _load(block: str, *, toml: bool) -> Mapping[str, str] | None:
    """The block's values; None where the fences are mere rules around prose."""
    if not block.strip():
        return {}
    if block.startswith("\n"):
        return None
    try:
        loaded = tomllib.loads(block) if toml else _load_json_or_yaml(block)
    # The YAML parser below python-frontmatter has an error tree of its own and lets ValueError
    # (an impossible date) and RecursionError through: each only means that this isn't YAML.
    except Exception as error:
        return _salvage(block, error)
    if not isinstance(loaded, dict):
        return None
    return _as_strings(loaded)


def _load_json_or_yaml(block: str) -> Any:
    try:
        return json.loads(block)
    except ValueError:
        return YAMLHandler().load(block)


def _salvage(block: str, error: Exception) -> Mapping[str, str] | None:
    values = {
        match["key"]: match["value"].strip().strip("'\"") for match in _KEY_LINE.finditer(block)
    }
    if not values:
        return None
    reason = " ".join(str(error).split()) or type(error).__name__
    return values | {_BROKEN: reason[:200]}


def _as_strings(loaded: Mapping[Any, Any]) -> dict[str, str]:
    pairs = (
        (str(key), spelling_lines(value) if key == FRONT_MATTER_KEY else _joined(value))
        for key, value in loaded.items()
    )
    return {key: value for key, value in pairs if value}


def _joined(value: object) -> str:
    return ", ".join(scalar for scalar in _scalars(value) if scalar)


def _scalars(value: object) -> Iterator[str]:
    """The leaves of a value, flat: ``[[Note]]`` is a nested list to YAML and a link to the author.

    Only so many nodes are visited, since YAML aliases can make a small block expand without end.
    """
    waiting = [value]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, dict):
            node = list(node.values())
        if isinstance(node, list | tuple | set):
            waiting.extend(reversed(list(islice(node, _MOST_NODES))))
        elif isinstance(node, datetime | date):
            yield node.isoformat()
        elif isinstance(node, bool):
            yield "true" if node else "false"
        elif node is not None:
            yield str(node).strip()
