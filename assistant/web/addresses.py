"""Addresses: which of them may be linked and played, and those of our own pages."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from assistant.citing.identity import citation_id
from assistant.types import Citation
from corpus.types import SettingsError

_PLAYERS_WITH_AUTOPLAY = frozenset(
    {
        "www.youtube.com",
        "www.youtube-nocookie.com",
        "player.vimeo.com",
        "player.bilibili.com",
    }
)


def web_url(url: str | None) -> str | None:
    """The address if it is one of the web's: a transcript may name any scheme, scripts included."""
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def playing(url: str) -> str:
    """The player's address, told to start at once where the player is known to take that."""
    parts = urlsplit(url)
    if parts.hostname not in _PLAYERS_WITH_AUTOPLAY:
        return url
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | {"autoplay": "1"}
    return urlunsplit(parts._replace(query=urlencode(query)))


def origin(url: str) -> str:
    """The site of a web address, as a Content-Security-Policy names it; empty where that would not
    be a plain host."""
    parts = urlsplit(url)
    plain = all(char.isascii() and (char.isalnum() or char in ".-:[]") for char in parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if plain else ""


def permanent_id(citation: Citation) -> str | None:
    """The id that its permanent link ends in; ``None`` where it has no words."""
    try:
        return citation_id(citation.transcript_id, citation.quote, citation.start_s)
    except SettingsError:
        return None


def citation_path(identifier: str) -> str:
    """A citation's page, below the root."""
    return f"c/{quote(identifier, safe='')}"


def talk_path(talk_id: str) -> str:
    """A talk's page, below the root."""
    return f"talk/{quote(talk_id, safe='/')}"
