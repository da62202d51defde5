"""The link that opens a recording at a second, and the player that plays it from there.

A pure function a platform. Nothing but ``http`` and ``https`` addresses comes out of this module.
The platforms' own rules for times: docs/formats.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class _Links:
    """A recording's page and its player, both at the second asked for."""

    page: str
    player: str | None = None


_MEDIA_FILE = re.compile(
    r"\.(?:mp3|m4a|m4b|aac|mp4|m4v|webm|ogg|oga|ogv|opus|wav|flac|mov)$", re.IGNORECASE
)
_YOUTUBE_ID = re.compile(r"(?!videoseries\Z|live_stream\Z)[A-Za-z0-9_-]{11}\Z")
_YOUTUBE_PATHS = frozenset(("shorts", "live", "embed", "v", "e", "watch"))
_BILIBILI_ID = re.compile(r"(?:(?i:bv)(?P<bvid>[A-Za-z0-9]{10})|(?i:av)(?P<aid>[0-9]+))\Z")
_VIMEO_HASH = re.compile(r"[0-9a-f]{6,}\Z")
_NUMBER = re.compile(r"[0-9]+\Z")
_ID = re.compile(r"[A-Za-z0-9]+\Z")

# An address without its scheme; a bare file name such as talk.md is none.
_HOST_FIRST = re.compile(r"www\.|(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::[0-9]+)?/")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ufeff\ud800-\udfff]")
_ADDRESS = re.compile(
    r"(?:(?i:https?)://|(?<![\w./@-])(?:(?:www|m|music|open|player)\.)?"
    r"(?=youtu\.be/|youtube\.com/|bilibili\.com/|b23\.tv/|vimeo\.com/|spotify\.com/))"
    r"[!#$%&()*+,\-./0-9:;=?@A-Z_a-z~]+"
)


def moment_url(source_url: str | None, start_s: float | None) -> str | None:
    """The recording's address, opening at ``start_s`` rounded down where the platform has a way.

    Without a time it opens at the start; ``None`` where there is no web address at all.
    """
    url = _parsed(source_url)
    if url is None:
        return None
    links = _links(url, _second(start_s))
    return links.page if links else urlunsplit(url)


def player_url(source_url: str | None, start_s: float | None) -> str | None:
    """The address of a player for a frame (a media file's own for an audio or video element), at
    ``start_s``; ``None`` where the platform has no player known to keep the time."""
    url = _parsed(source_url)
    links = _links(url, _second(start_s)) if url else None
    return links.player if links else None


def is_media_url(url: str) -> bool:
    """Whether the address leads to one recording: on a known platform, or a media file."""
    parsed = _parsed(url)
    return parsed is not None and _links(parsed, None) is not None


def first_media_url(text: str) -> str | None:
    """The first address of a recording in running text or Markdown, with its scheme."""
    for address in _addresses(text):
        parsed = _parsed(address)
        if parsed and _links(parsed, None):
            return urlunsplit(parsed)
    return None


def _addresses(text: str) -> Iterator[str]:
    """Addresses without the punctuation and the brackets of the sentence around them."""
    for match in _ADDRESS.finditer(text):
        address = match.group()
        depth = 0
        for offset, character in enumerate(address):
            depth += (character == "(") - (character == ")")
            if depth < 0:
                address = address[:offset]
                break
        yield address.rstrip(".,;:!?*_~(")


def _parsed(address: str | None) -> SplitResult | None:
    """The address in parts, its scheme and host in lower case; ``None`` for what is no web one."""
    text = (address or "").strip()
    if _HOST_FIRST.match(text):
        text = f"https://{text}"
    if not text or _UNPRINTABLE.search(text):
        return None
    try:
        url = urlsplit(text)
        host, _ = url.hostname, url.port
    except ValueError:
        return None
    if url.scheme not in ("http", "https") or not host or "." not in host:
        return None
    return url._replace(netloc=url.netloc.lower() if "@" not in url.netloc else url.netloc)


def _second(start_s: float | None) -> int | None:
    if start_s is None or not math.isfinite(start_s) or start_s < 0:
        return None
    return math.floor(start_s)


def _links(url: SplitResult, second: int | None) -> _Links | None:
    for platform in _PLATFORMS:
        if links := platform(url, second):
            return links
    return None


def _is_host(url: SplitResult, *domains: str) -> bool:
    host = (url.hostname or "").rstrip(".")
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _steps(url: SplitResult) -> list[str]:
    return [step for step in url.path.split("/") if step]


def _query(url: SplitResult) -> Mapping[str, str]:
    return dict(reversed(parse_qsl(url.query)))


def _address(base: str, **parameters: str | int | None) -> str:
    """``base`` with those parameters that have a value."""
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    return f"{base}?{query}" if query else base


def _youtube(url: SplitResult, second: int | None) -> _Links | None:
    video = _youtube_id(url)
    if video is None:
        return None
    player = _address(f"https://www.youtube-nocookie.com/embed/{video}", start=second)
    if _is_host(url, "youtu.be"):
        return _Links(_address(f"https://youtu.be/{video}", t=second), player)
    time = None if second is None else f"{second}s"
    return _Links(_address("https://www.youtube.com/watch", v=video, t=time), player)


def _youtube_id(url: SplitResult) -> str | None:
    steps, query = _steps(url), _query(url)
    if _is_host(url, "youtu.be"):
        candidate = steps[0] if steps else ""
    elif not _is_host(url, "youtube.com", "youtube-nocookie.com"):
        return None
    elif steps[:1] == ["attribution_link"]:
        inner = _parsed(f"https://youtube.com/{query.get('u', '').lstrip('/')}")
        candidate = _query(inner).get("v", "") if inner else ""
    elif len(steps) > 1 and steps[0] in _YOUTUBE_PATHS:
        candidate = steps[1]
    else:
        candidate = query.get("v", "") if steps in ([], ["watch"]) else ""
    return candidate if _YOUTUBE_ID.match(candidate) else None


def _bilibili(url: SplitResult, second: int | None) -> _Links | None:
    """Parts of one video are told apart by ``p``. A shortened or a series address can't be given
    a time without asking the platform, so it stays as it is."""
    steps, query = _steps(url), _query(url)
    if _is_host(url, "b23.tv"):
        name = steps[0] if steps else ""
    elif not _is_host(url, "bilibili.com"):
        return None
    elif _is_host(url, "player.bilibili.com"):
        name = query.get("bvid") or f"av{query.get('aid', '')}"
    else:
        name = steps[1] if len(steps) > 1 and steps[0] == "video" else ""
    found = _BILIBILI_ID.match(name)
    if not found:
        whole = _is_host(url, "b23.tv") or steps[:2] == ["bangumi", "play"]
        return _Links(urlunsplit(url)) if whole and steps else None
    bvid = f"BV{found['bvid']}" if found["bvid"] else None
    part = next((p for p in (query.get("p"), query.get("page")) if p and _NUMBER.match(p)), None)
    page = f"https://www.bilibili.com/video/{bvid or 'av' + found['aid']}"
    player = _address(
        "https://player.bilibili.com/player.html",
        isOutside="true", bvid=bvid, aid=found["aid"], p=part, t=second, autoplay=0,
    )  # fmt: skip
    return _Links(_address(page, p=part, t=second), player)


def _vimeo(url: SplitResult, second: int | None) -> _Links | None:
    """An unlisted video has a hash behind its number, as a step of the path or as ``h``."""
    steps = _steps(url)
    at = 2 if steps[:1] == ["channels"] else 0
    at = next((i + 1 for i, step in enumerate(steps) if step in ("video", "videos")), at)
    if not _is_host(url, "vimeo.com") or not _NUMBER.match("".join(steps[at : at + 1])):
        return None
    behind = steps[at + 1] if at + 1 < len(steps) else ""
    hash_ = behind if _VIMEO_HASH.match(behind) else None
    parameter = _query(url).get("h")
    time = "" if second is None else f"#t={second}s"
    page = f"https://vimeo.com/{steps[at]}" + (f"/{hash_}" if hash_ else "")
    player = _address(f"https://player.vimeo.com/video/{steps[at]}", h=parameter or hash_)
    return _Links(_address(page, h=parameter) + time, player + time)


def _spotify(url: SplitResult, second: int | None) -> _Links | None:
    steps = _steps(url)
    if not _is_host(url, "open.spotify.com") or "episode" not in steps[:-1]:
        return None
    episode = steps[steps.index("episode") + 1]
    if not _ID.match(episode):
        return None
    return _Links(_address(f"https://open.spotify.com/episode/{episode}", t=second))


def _podcast_page(url: SplitResult, _second: int | None) -> _Links | None:
    """Apple Podcasts and Xiaoyuzhou: no verified way to name a second."""
    steps = _steps(url)
    apple = _is_host(url, "podcasts.apple.com") and "podcast" in steps
    xiaoyuzhou = _is_host(url, "xiaoyuzhoufm.com") and len(steps) > 1 and steps[0] == "episode"
    return _Links(urlunsplit(url)) if apple or xiaoyuzhou else None


def _media_file(url: SplitResult, second: int | None) -> _Links | None:
    """A media fragment (W3C Media Fragments URI 1.0), which browsers' own players honour."""
    if not _MEDIA_FILE.search(url.path):
        return None
    address = urlunsplit(url._replace(fragment="" if second is None else f"t={second}"))
    return _Links(address, address)


_PLATFORMS: Final[tuple[Callable[[SplitResult, int | None], _Links | None], ...]] = (
    _youtube,
    _bilibili,
    _vimeo,
    _spotify,
    _podcast_page,
    _media_file,
)
