"""The days that a question names: "in November", 「11月」, "2025-12", "last week". Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from corpus.language import fold

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_NAMED: Final = "|".join(f"{name}|{name[:3]}\\.?" for name in _MONTHS) + "|sept\\.?"
_DIGITS: Final = ("十一", "十二", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
_HAN_MONTHS: Final[dict[str, int]] = dict(zip(_DIGITS, (11, 12, *range(1, 11)), strict=True))
_ALSO_WORDS: Final = ("may", "mar", "march", "jan", "dec", "sep", "jun")
"""Also words, names or parts of them: months where a date's words stand beside them."""

_BESIDE: Final = r"(?:in|of|from|since|until|till|before|after|during|for|between|and|to|last|this)"
_FORMS: Final = re.compile(
    r"(?<!\d)(?P<y1>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m1>1[0-2]|0?[1-9])(?!\d)"
    r"(?:\s?[-/.月]\s?(?P<d1>3[01]|[12]\d|0?[1-9])(?!\d)日?|月)?(?:份)?"
    rf"|(?<![\d第])(?P<m2>1[0-2]|[1-9]|{'|'.join(_DIGITS)})\s?月(?:份|(?P<d2>3[01]|[12]\d|[1-9])[日号])?"
    rf"|\b(?:(?P<d3>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)?\s(?:of\s)?)?(?P<m3>{_NAMED})(?!\w)"
    r"(?:\s(?P<d4>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)?(?!\d))?(?:,?\s?(?:of\s)?(?P<y3>(?:19|20)\d\d))?"
    r"|(?<![\d.,])(?P<y4>(?:19|20)\d\d)(?![\d.,]?\d)年?"
    r"|(?P<ago>\b(?:today|yesterday|(?:this|last)\s(?:week|month|year))\b"
    r"|今天|昨天|[这本上]个?(?:周|星期|礼拜|月)|今年|去年)",
)
_BOUNDS: Final = (
    (re.compile(r"\b(?:since|starting)\s*$"), re.compile("以来|起"), "since"),
    (re.compile(r"\bafter\s*$"), re.compile("[之以]后"), "after"),
    (re.compile(r"\b(?:until|till|up to)\s*$"), re.compile("为止"), "until"),
    (re.compile(r"\bbefore\s*$"), re.compile("[之以]前"), "before"),
)
"""What makes a bound of days: the words before them in English, after them in Chinese."""


@dataclass(frozen=True, slots=True)
class Days:
    """What a question asks of a talk's date: ISO days ``since`` and ``until``, both included, or
    where it names no year the ``month``, 1 to 12, of any; ``words`` are the question's own."""

    since: str | None = None
    until: str | None = None
    month: int | None = None
    words: str = ""

    def hold(self, day: str | None) -> bool:
        """Whether an ISO date is among them; a talk without a date never is."""
        if not day:
            return False
        if self.month is not None:
            return day[5:7] == f"{self.month:02}"
        return (self.since or "") <= day[:10] <= (self.until or "9")


def days_of(question: str, today: date) -> Days | None:
    """The days that a question names, ``None`` where it names none; relative ones as of today."""
    text = fold(question)
    found = list(_found(text, question, today))
    if not found:
        return None
    first, last = found[0], found[-1]
    start, end = first.start, last.end
    words = question[start:end] if len(text) == len(question) else text[start:end]
    if len(found) > 1 and first.year and not first.month and last.month and not last.year:
        return _days(_Part(start, end, first.year, last.month, last.day), words)
    days = _days(first, words)
    if len(found) > 1 and (until := _days(last, words).until):
        return Days(days.since, until, None, words) if days.since else days
    bound = next(
        (kind for en, zh, kind in _BOUNDS if en.search(text[:start]) or zh.match(text, end)), ""
    )
    return _bounded(days, bound) if days.since and days.until else days


def _bounded(days: Days, bound: str) -> Days:
    """The days from there on or up to there: "since November", "before 2024"."""
    first, last = date.fromisoformat(days.since or ""), date.fromisoformat(days.until or "")
    step = timedelta(days=1)
    match bound:
        case "since":
            return Days(days.since, None, None, days.words)
        case "after":
            return Days((last + step).isoformat(), None, None, days.words)
        case "until":
            return Days(None, days.until, None, days.words)
        case "before":
            return Days(None, (first - step).isoformat(), None, days.words)
    return days


@dataclass(frozen=True, slots=True)
class _Part:
    """A place in a text that names a year, a month, a day, or days counted from today."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    span: tuple[date, date] | None = None


def _found(text: str, question: str, today: date) -> Iterator[_Part]:
    for match in _FORMS.finditer(text):
        held = match.groupdict()
        if held["ago"]:
            yield _relative(match, today)
            continue
        year = held["y1"] or held["y3"] or held["y4"]
        day = held["d1"] or held["d2"] or held["d3"] or held["d4"]
        if held["m3"] and not (year or day or _is_month(match, text, question)):
            continue
        number = _month(held["m1"] or held["m2"] or held["m3"])
        yield _Part(*match.span(), int(year) if year else None, number, int(day) if day else None)


def _is_month(match: re.Match[str], text: str, question: str) -> bool:
    """Whether a name of a month is meant for one: "May I ask" and "march on" are not."""
    if match["m3"].strip(".") not in _ALSO_WORDS:
        return True
    written = question[match.start("m3") : match.end("m3")] if len(text) == len(question) else ""
    return written[:1].isupper() and bool(re.search(rf"\b{_BESIDE}\s$", text[: match.start()]))


def _month(name: str | None) -> int | None:
    if name is None:
        return None
    if name.isascii() and name.isdigit():
        return int(name)
    if name in _HAN_MONTHS:
        return _HAN_MONTHS[name]
    return next(n for n, month in enumerate(_MONTHS, start=1) if month.startswith(name[:3]))


def _relative(match: re.Match[str], today: date) -> _Part:
    words = match["ago"]
    back = int(words.startswith(("last", "上", "去", "昨", "yesterday")))
    if "year" in words or "年" in words:
        return _Part(*match.span(), year=today.year - back)
    if "month" in words or words.endswith("月"):
        months = today.year * 12 + today.month - 1 - back
        return _Part(*match.span(), year=months // 12, month=months % 12 + 1)
    if "day" in words or "天" in words:
        day = today - timedelta(days=back)
        return _Part(*match.span(), span=(day, day))
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return _Part(*match.span(), span=(monday, monday + timedelta(days=6)))


def _days(part: _Part, words: str) -> Days:
    if part.span:
        return Days(part.span[0].isoformat(), part.span[1].isoformat(), None, words)
    if part.year is None:
        return Days(None, None, part.month, words)
    first, last = part.month or 1, part.month or 12
    ends = monthrange(part.year, last)[1]
    day = min(part.day, ends) if part.day else None
    since = f"{part.year}-{first:02}-{day or 1:02}"
    return Days(since, f"{part.year}-{last:02}-{day or ends:02}", None, words)
