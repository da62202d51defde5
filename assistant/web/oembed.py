"""oEmbed (oembed.com, version 1.0) for links to our own pages: pure."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from assistant.web.addresses import citation_path

Json = dict[str, Any]
Size = tuple[int, int]

TALK_SIZE: Size = (640, 640)
CARD_SIZE: Size = (560, 320)
CACHE_S = 3600

_KEPT = ("lang", "theme", "__theme")


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link leads to: a citation by its id, a talk by its id, or the chat, of one talk where
    ``name`` is its id. ``query`` is what the frame's own address takes over."""

    kind: Literal["citation", "talk", "chat"]
    name: str
    query: tuple[tuple[str, str], ...] = ()


def linked(url: str, bases: tuple[str, ...]) -> Linked | None:
    """What an address of ours leads to; ``None`` for a foreign one and for other pages.

    Of ``bases``, the addresses of the root, either scheme will do: a proxy may take off TLS.
    """
    try:
        parts = urlsplit(url.strip())
        parts.port  # noqa: B018  raises where it is none
    except ValueError:
        return None
    path = _below(parts.scheme, parts.netloc, parts.path, bases)
    if path is None:
        return None
    asked = parse_qsl(parts.query)
    wishes = tuple(pair for pair in asked if pair[0] in _KEPT)
    kind, _, rest = path.partition("/")
    name = unquote(rest)
    if kind == "c" and name and "/" not in name:
        return Linked("citation", name, wishes)
    if kind == "talk" and name:
        return Linked("talk", name, (("talk", name), *wishes))
    if path.rstrip("/") == "embed":
        return Linked("chat", dict(asked).get("talk", ""), tuple(asked))
    return None


def within(size: Size, most: Size) -> Size:
    """The size to offer where the asker has room for ``most``; 0 is no limit."""
    width, height = (
        min(wanted, limit) if limit else wanted for wanted, limit in zip(size, most, strict=True)
    )
    return width, height


def rich(link: Linked, base: str, most: Size, title: str, author: str) -> Json:
    """The answer: a frame with the citation's card, or with the chat about the talk."""
    if link.kind == "citation":
        query: tuple[tuple[str, str], ...] = (("card", "1"), *link.query)
        address, size = f"{base}/{citation_path(link.name)}", CARD_SIZE
    else:
        query, address, size = link.query, f"{base}/embed", TALK_SIZE
    source = f"{address}?{urlencode(query)}" if query else address
    width, height = within(size, most)
    frame = (
        f'<iframe src="{escape(source)}" width="{width}" height="{height}"'
        f' title="{escape(title)}" style="border:0;max-width:100%" loading="lazy"'
        ' allow="autoplay; clipboard-write; encrypted-media; fullscreen; picture-in-picture"'
        ' referrerpolicy="strict-origin-when-cross-origin"></iframe>'
    )
    document: Json = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "Verbatim",
        "provider_url": f"{base}/",
        "cache_age": CACHE_S,
        "html": frame,
        "width": width,
        "height": height,
    }
    return document | ({"author_name": author} if author else {})


def _below(scheme: str, site: str, path: str, bases: tuple[str, ...]) -> str | None:
    """The path below the first base that the address lies under, without its first slash."""
    if scheme not in ("http", "https"):
        return None
    for base in bases:
        own = urlsplit(base)
        root = own.path.rstrip("/")
        if site.lower() == own.netloc.lower() and path.startswith(f"{root}/"):
            return path.removeprefix(f"{root}/")
    return None
