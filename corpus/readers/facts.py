"""What a note says about its recording: title, link, dates, length, and all else as ``meta``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import urlsplit

from corpus.links import is_media_url
from corpus.readers.dates import broadcast_date, find_date, note_date
from corpus.readers.markup import plain
from corpus.readers.media import recording_in, urls_in, youtube_url
from corpus.readers.times import duration_seconds

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
_NOTED = ("date", "created", "created_at", "publishdate", "pubdate", "updated", "日期")
_DURATIONS = ("duration_seconds", "duration_s", "duration", "length", "runtime", "时长", "時長")
_PERMALINKS = ("permalink",)


@dataclass(frozen=True, slots=True)
class Facts:
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


def gather_facts(file: str, sources: Sources) -> Facts:
    """The facts of one note; the cover is trusted first, then the front matter, then the text."""
    front = {key.lower().replace("-", "_"): value for key, value in sources.front.items()}
    told = "\n".join((front.get("description", ""), *sources.asides))
    noted = _first_date(front, _NOTED) or note_date("\n".join(sources.asides))
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
    return Facts(title, _source_url(sources, front), published, duration_s, MappingProxyType(meta))


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
