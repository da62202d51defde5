"""Dates and times of day, in either script; each part of a date is an amount of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.checking.numerals import HAN, han_number
from assistant.checking.quantity import Quantity

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november"
    r"|december|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
)
DATES = re.compile(
    rf"(?P<iso>\b(?:19|20)\d\d[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?\b)"
    rf"|(?P<clock>\b\d{{1,2}}:\d{{2}}(?::\d{{2}})?\b)"
    rf"|(?<![a-z]){_MONTH}(?![a-z])(?:\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b)?"
    rf"|(?<![\d.])(?P<decade>(?:19|20)?\d0)(?:['’]?s\b|\s*年代)"
    rf"|(?P<handecade>[一二三四五六七八九]十)年代"
    rf"|(?P<calendar>(?:\d+|[{HAN}]+))\s*(?P<part>[年月日号])(?![前后代级度])"
)
_MAY = re.compile(
    r"(?:\b(?:in|of|by|since|until|from|early|late|mid|every|each|last|this|next)|\d)\s*$"
)


def dates_of(match: re.Match[str]) -> Iterator[Quantity]:
    """The parts of a date that ``DATES`` has found in folded text."""

    def part(value: float, family: str) -> Quantity:
        return Quantity(value, value, match.group(), family)

    if match["iso"]:
        numbers = map(float, re.split(r"[-/.]", match["iso"]))
        yield from (
            part(n, family) for n, family in zip(numbers, ("year", "month", "day"), strict=False)
        )
    elif match["clock"]:
        hours, minutes, *seconds = map(float, match["clock"].split(":"))
        yield part(
            (hours * 60 + minutes) * 60 + seconds[0] if seconds else hours * 60 + minutes, "clock"
        )
    elif match["month"]:
        word = match["month"]
        if (
            word not in ("may", "march")
            or match["day"]
            or _MAY.search(match.string[: match.start()])
        ):
            yield part(1.0 + _MONTHS.index(word[:3]), "month")
            if match["day"]:
                yield part(float(match["day"]), "day")
    elif match["decade"] or match["handecade"]:
        tens = match["decade"] or str(int((han_number(match["handecade"]) or (0, 0))[0]))
        yield part(float(tens) % 100, "decade")
    else:
        yield from _calendar(match)


def _calendar(match: re.Match[str]) -> Iterator[Quantity]:
    """年, 月 and 日 as parts of a date; a number of years (二十年) is left for an amount."""
    written, kind = match["calendar"], match["part"]
    value = float(written) if written.isdigit() else (han_number(written) or (0.0, 0.0))[0]
    value = 1.0 if written == "一" else 10.0 if written == "十" else value
    highest = {"年": 2100, "月": 12, "日": 31, "号": 31}[kind]
    least = 1900 if kind == "年" else 1
    if least <= value <= highest:
        family = {"年": "year", "月": "month"}.get(kind, "day")
        yield Quantity(value, value, match.group(), family)
