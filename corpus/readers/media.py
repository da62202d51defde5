"""Web addresses in a note, and the recording that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.links import first_media_url

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
