"""Links to recordings in a text: video and podcast platforms, media files."""

from __future__ import annotations

import re
from collections.abc import Iterator

_URL = re.compile(
    r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?(?:[/?#][^\s<>\"'\]|`，。、；：！？）】」』《》“”]*)?"
)
_RECORDING = re.compile(
    r"https?://(?:[\w-]+\.)*(?:"
    r"youtube(?:-nocookie)?\.com/(?:watch\?|shorts/|live/|embed/|v/)|youtu\.be/[\w-]{6,}"
    r"|bilibili\.com/(?:video/|bangumi/play/)|player\.bilibili\.com/player\.html|b23\.tv/\w"
    r"|vimeo\.com/(?:video/)?(?:[\w-]+/)*\d|open\.spotify\.com/(?:[\w-]+/)*episode/"
    r"|podcasts\.apple\.com/.+[?&]i=\d|podcasts\.apple\.com/.*/podcast/|xiaoyuzhoufm\.com/episode/"
    r")|https?://\S+\.(?:mp3|m4a|mp4|m4v|webm|ogg|oga|opus|wav|flac|mov)(?:[?#]\S*)?$",
    re.IGNORECASE,
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


def is_recording(url: str) -> bool:
    """Whether ``url`` leads to one recording on a platform that is known, or to a media file."""
    return _RECORDING.match(url) is not None


def recording_in(text: str) -> str | None:
    """The first link to a recording in ``text``, a blog's own embedding code included."""
    found = [
        (match.start(), _BY_ID[match["name"]].format(match["id"]))
        for match in _SHORTCODE.finditer(text)
    ]
    for match in _URL.finditer(text):
        url = _closed(match[0])
        if is_recording(url):
            found.append((match.start(), url))
            break
    return min(found)[1] if found else None


def youtube_url(video_id: str) -> str | None:
    """The address of a YouTube video by its id, if ``video_id`` has the form of one."""
    return _BY_ID["youtube"].format(video_id) if _YOUTUBE_ID.fullmatch(video_id) else None


def _closed(url: str) -> str:
    """``url`` without the sentence's or the Markdown link's own closing marks."""
    while url and (url[-1] in ".,;:!?*_~" or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url
