"""The page's languages, and the choice among them for a reader."""

from __future__ import annotations

from typing import Literal

Lang = Literal["zh-Hans", "zh-Hant", "en"]
FALLBACK: Lang = "en"
LANG_NAMES: dict[Lang, str] = {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "English"}

_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def match_language(tag: str) -> Lang | None:
    """The page's language for a BCP 47 tag, or ``None``; case and underscores are forgiven."""
    primary, *rest = tag.strip().lower().replace("_", "-").split("-")
    if primary == "en":
        return "en"
    if primary not in {"zh", "yue", "cmn"}:
        return None
    if "hans" in rest:
        return "zh-Hans"
    return "zh-Hant" if primary == "yue" or _TRADITIONAL.intersection(rest) else "zh-Hans"


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
