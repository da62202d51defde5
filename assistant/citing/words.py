"""A text as the words that a quote is compared by, each with its place in the text as it stands.

Folded (width, case, Traditional to Simplified), without punctuation. A word is a character where a
script has no spaces, and in Hangul, whose endings change.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.language import fold
from index.terms import terms

_SINGLE = (
    "々〆〇ぁ-ゖァ-ヺー㐀-鿿豈-﫿가-힣\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U000323af"
)
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_WORD = re.compile(
    rf"[{_SINGLE}]|[^\W_{_SINGLE}](?:[^\W_{_SINGLE}]|[{_MARKS}]|['’](?=[^\W_])"
    r"|(?<=\d)[.,](?=\d))*"
)
_INSIDE = re.compile(r"['’]|(?<=\d),(?=\d{3})")
_STEM = 5
"""Words of more letters that begin alike are taken for forms of one word."""
LIGHT = 0.5
"""What a function word weighs."""
_CHARACTER, _FULL = 1.0, 1.6
"""What another character or word weighs."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words' folded forms, and their half-open spans in the text."""

    keys: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def words_of(text: str) -> Words:
    """The words of a text in order."""
    folded, origins = _folded(text)
    found = [(match.group(), *match.span()) for match in _WORD.finditer(folded)]
    keys = tuple(_INSIDE.sub("", key) if not key.isalnum() else key for key, _, _ in found)
    if origins is None:
        return Words(keys, tuple((start, end) for _, start, end in found))
    return Words(keys, tuple((origins[start], origins[end - 1] + 1) for _, start, end in found))


@lru_cache(maxsize=65_536)
def weight(key: str) -> float:
    """What a word tells about where it comes from: function words little."""
    if not terms(key):
        return LIGHT
    return _CHARACTER if _WORD.fullmatch(key) and len(key) == 1 else _FULL


def stem(key: str) -> str:
    """The beginning that forms of a word share; empty for short words and single characters."""
    return key[:_STEM] if len(key) > _STEM and key.isalpha() else ""


def matched_spans(words: Words, matched: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Spans of these words of the text, ascending; words that follow each other are one span."""
    joined: list[tuple[int, int]] = []
    last = -2
    for n in matched:
        start, end = words.spans[n]
        if n == last + 1 and joined:
            start = joined.pop()[0]
        joined.append((start, end))
        last = n
    return tuple(joined)


def _folded(text: str) -> tuple[str, Sequence[int] | None]:
    """The folded text, and for each of its characters the offset of the one it comes from; ``None``
    where the two run side by side."""
    if text.isascii():
        return text.lower(), None
    clusters = _clusters(text)
    light = [_light(cluster) for _, cluster in clusters]
    joined = "".join(light)
    folded = fold(joined)
    if len(folded) != len(joined):
        light = [fold(cluster) for _, cluster in clusters]
        folded = "".join(light)
    origins = [offset for (offset, _), piece in zip(clusters, light, strict=True) for _ in piece]
    return folded, origins


def _clusters(text: str) -> list[tuple[int, str]]:
    """Characters with the marks and vowels that are written into them, and their offsets."""
    clusters: list[tuple[int, str]] = []
    for offset, character in enumerate(text):
        if clusters and _joins(character):
            start, before = clusters[-1]
            clusters[-1] = (start, before + character)
        else:
            clusters.append((offset, character))
    return clusters


@lru_cache(maxsize=16_384)
def _joins(character: str) -> bool:
    return bool(unicodedata.combining(character)) or "\u1160" <= character <= "\u11ff"


@lru_cache(maxsize=65_536)
def _light(cluster: str) -> str:
    return unicodedata.normalize("NFKC", cluster).casefold()
