"""Where the quote stands in its passage, how much of the rest shows, and what of it is marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

Spans = Sequence[tuple[int, int]]
"""Offsets into a text, half-open, in their order."""

NEAR_CHARS = 90
"""How much of the passage stays in view on each side of the quote; Latin script gets twice that."""

_SENTENCE_END = re.compile(r"[。！？；…!?\n]\s*|\.\s+")
_PHRASE_END = re.compile(r"[，、：,;:]\s*|\s+")


class CutPassage(NamedTuple):
    """A passage cut at its quote. ``head`` and ``tail`` are what is folded away, both may be empty.

    The five parts joined are the passage; ``quote`` is empty where it was not found in it. White
    space at a cut goes with what is folded.
    """

    head: str
    before: str
    quote: str
    after: str
    tail: str


def locate(passage: str, quote: str) -> tuple[int, int] | None:
    """The quote's span in the passage, white space aside; ``None`` where it isn't there."""
    parts = quote.split()
    if not parts:
        return None
    found = re.search(r"\s*".join(re.escape(part) for part in parts), passage)
    return found.span() if found else None


def cut_passage(passage: str, quote: str, folded: bool = True) -> CutPassage:
    """The passage around its quote; what is far from it is set apart where it is to be folded."""
    span = locate(passage, quote)
    if not folded:
        start, end = span or (0, 0)
        return CutPassage("", passage[:start], passage[start:end], passage[end:], "")
    near = NEAR_CHARS if _is_han(passage) else 2 * NEAR_CHARS
    start, end = span or (0, 0)
    left = _cut_before(passage[:start], near)
    right = end + _cut_after(passage[end:], near if span else 2 * near)
    return CutPassage(
        passage[:left], passage[left:start], passage[start:end], passage[end:right], passage[right:]
    )


def marked_pieces(text: str, spans: Spans | None = None) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is marked: these offsets are, or all of the text
    where none are given."""
    if not text:
        return []
    spans = [(0, len(text))] if spans is None else spans
    bounds = [0, *(bound for span in spans for bound in span), len(text)]
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    return [(piece, bool(number % 2)) for number, piece in enumerate(pieces)]


def _cut_after(text: str, near: int) -> int:
    """Where to end a stretch of about ``near`` characters at the text's start.

    A rest of less than half of that is not worth folding.
    """
    if len(text) <= near * 3 // 2:
        return len(text)
    return len(text[: _break_at(text, near, near // 3)].rstrip())


def _cut_before(text: str, near: int) -> int:
    """Where to begin a stretch of about ``near`` characters at the text's end."""
    if len(text) <= near * 3 // 2:
        return 0
    return len(text) - len(text[_break_at(text, len(text) - near, near // 3) :].lstrip())


def _break_at(text: str, goal: int, slack: int) -> int:
    """The break nearest to ``goal`` and within ``slack`` of it: a sentence's, else a phrase's."""
    for pattern in (_SENTENCE_END, _PHRASE_END):
        ends = [found.end() for found in pattern.finditer(text, goal - slack, goal + slack)]
        if ends:
            return min(ends, key=lambda end: abs(end - goal))
    return goal


def _is_han(text: str) -> bool:
    wide = sum(1 for char in text if "\u2e80" <= char <= "\uffef")
    return wide * 3 > len(text)
