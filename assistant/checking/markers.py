"""The citation markers that models write, in all their spellings: ``[1]``, ``【2】``, ``[1, 3]``.

A marker is a square bracket of either width around one or more numbers of at most two digits, with
or without a word such as "Source" in front. ``[2024]`` is a year and ``(1)`` an item of a list:
both stay text. A number of two digits is a marker even if the prompt has no such excerpt; then it
is a wrong one, which is taken out of the answer like the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_RANGE = 12
"""``[1-3]`` stands for three excerpts; what spans more is no list of sources."""

_WORD = (
    "(?:sources?|excerpts?|passages?|refs?|references?|citations?|quotes?|"
    "来源|來源|出处|出處|片段|摘录|摘錄|引用|资料|資料|原文|文献|文獻|段落)"
)
_NUMBER = r"(?:\^|#)?[0-9０-９]{1,2}"
_TAIL = r"(?:†[^\]】］\n]{0,40})?"
_ONE = rf"(?:{_WORD}\s*[:：#.]?\s*)?{_NUMBER}{_TAIL}"
_JOIN = r"\s*(?:[,，、;；&]|and|和|與|与|[-–—~～]|to|至|到)\s*"
MARKER = re.compile(
    rf"[\[【［]\s*{_ONE}(?:{_JOIN}{_ONE})*\s*[\]】］](?:\([^()\s]{{0,300}}\))?",
    re.IGNORECASE,
)
"""A whole marker, with the link target that some models put behind it."""
_UNFINISHED = re.compile(
    r"[\[【［][^\[【［\]】］\n]{0,60}$|[\[【［][^\[【［\]】］\n]{0,60}[\]】］](?:\([^()\s]{0,300})?$"
)
_RANGE = re.compile(r"([0-9]{1,2})\s*(?:[-–—~～]|to|至|到)\s*#?([0-9]{1,2})", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,2}")
_ASIDE = re.compile(r"†[^,，;；\]】］]*")
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


SPACES = " \u00a0\u3000"
"""White space that goes with a marker behind it."""
PlacedMarker = tuple[int, tuple[int, ...]]
"""The offset at which a marker stood in the text without markers, and its numbers."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text without its markers, which are in the order of the text."""

    text: str
    markers: tuple[PlacedMarker, ...]


def take_out(text: str, *, opens_line: bool = True) -> Marked:
    """The text without markers and without the spaces in front of them.

    ``opens_line`` says whether it begins a line, where white space is the line's indent.
    """
    parts: list[str] = []
    found: list[PlacedMarker] = []
    length = previous = 0
    for match in MARKER.finditer(text):
        part = text[previous : match.start()]
        bare = part.rstrip(SPACES)
        line_begins = bare.endswith("\n") if bare else (opens_line and not found)
        part = part if line_begins else bare
        parts.append(part)
        length += len(part)
        found.append((length, handles_of(match.group())))
        previous = match.end()
    parts.append(text[previous:])
    return Marked("".join(parts), tuple(found))


def handles_of(marker: str) -> tuple[int, ...]:
    """The numbers that a marker names, ranges written out, each once."""
    text = _ASIDE.sub("", marker.partition("(")[0]).translate(_WIDE_DIGITS)
    numbers: list[int] = []
    position = 0
    for match in _RANGE.finditer(text):
        low, high = int(match[1]), int(match[2])
        numbers += map(int, _DIGITS.findall(text[position : match.start()]))
        numbers += range(low, high + 1) if 0 <= high - low < LONGEST_RANGE else (low, high)
        position = match.end()
    numbers += map(int, _DIGITS.findall(text[position:]))
    return tuple(dict.fromkeys(numbers))


def finished(text: str) -> int:
    """How much of a text that is still being written can be read: up to half a marker, if any,
    and up to the spaces at its end, which go if a marker follows."""
    unfinished = _UNFINISHED.search(text)
    return len((text[: unfinished.start()] if unfinished else text).rstrip(SPACES))
