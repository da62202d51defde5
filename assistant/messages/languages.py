"""The choice of a page's language for a reader, by BCP 47 tags and Accept-Language."""

from __future__ import annotations

from assistant.messages.catalogue import FALLBACK, closest, page_languages

Lang = str
"""The tag of a language that a page can be read in: a key of ``page_languages``."""


def match_language(tag: str) -> Lang | None:
    """The page's language for a BCP 47 tag, or ``None``; case and underscores are forgiven."""
    return closest(tag, page_languages())


def choose_language(asked: str | None, accepted: str | None) -> Lang:
    """The page's language: what the address asks for, else the browser's first wish that is served.

    ``asked`` is the ``lang`` parameter, ``accepted`` an Accept-Language header (RFC 9110, 12.5.4).
    """
    for tag in (asked or "", *_by_preference(accepted or "")):
        if lang := match_language(tag):
            return lang
    return FALLBACK


def _by_preference(header: str) -> list[str]:
    ranges = [_weighted(part) for part in header.split(",")]
    wanted = sorted((r for r in ranges if r[1] > 0), key=lambda r: -r[1])
    return [tag for tag, _ in wanted]


def _weighted(part: str) -> tuple[str, float]:
    tag, _, parameter = part.partition(";")
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return tag, 1.0
    try:
        return tag, float(value)
    except ValueError:
        return tag, 0.0
