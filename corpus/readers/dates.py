"""Dates as notes write them, as ISO dates."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:" + "|".join(_MONTHS) + r")[a-z]*\.?"
_NUMERIC = (
    r"(?P<y>\d{4})\s*(?:[-/.]|年)\s*(?P<m>\d{1,2})\s*(?:[-/.]|月)\s*(?P<d>\d{1,2})(?!\d)\s*日?"
)
_MONTH_FIRST = rf"(?P<mon>{_MONTH})\s+(?P<md>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<my>\d{{4}})"
_DAY_FIRST = rf"(?P<dd>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<dmon>{_MONTH}),?\s+(?P<dy>\d{{4}})"
_COMPACT = r"(?<!\d)(?P<cy>20\d\d)(?P<cm>[01]\d)(?P<cd>[0-3]\d)(?!\d)"
_DATE = rf"(?:{_NUMERIC}|{_MONTH_FIRST}|{_DAY_FIRST}|{_COMPACT})"

_ANY = re.compile(_DATE, re.IGNORECASE)
_AIRED_ZH = r"(?:播出|首播|直播|录制|錄製|录播|上线|上線|公開|配信)"
_AIRED_EN = r"(?:aired|broadcast|recorded|streamed|released|premiered)"
_AIRED = re.compile(
    rf"{_DATE}[^。\n]{{0,3}}{_AIRED_ZH}"
    rf"|{_AIRED_ZH}(?:日期|时间|時間)?\s*(?:于|於|：|:)\s*{_DATE.replace('?P<', '?P<z')}"
    rf"|\b{_AIRED_EN}(?:\s+(?:on|live|in))*[:\s]+{_DATE.replace('?P<', '?P<a')}",
    re.IGNORECASE,
)
_NOTED = re.compile(
    rf"(?:本文|文章|原文)?(?:首发|首發|发表|發表|发布|發布|發佈|刊登|写|寫|更新|整理)(?:于|於|在)\s*{_DATE}"
    rf"|\b(?:published|posted|written|updated)(?:\s+on)?[:\s]+{_DATE.replace('?P<', '?P<a')}",
    re.IGNORECASE,
)


def find_date(text: str) -> str | None:
    """The first real date in ``text``, as ``YYYY-MM-DD``."""
    return _first(_ANY, text)


def broadcast_date(text: str) -> str | None:
    """The date that ``text`` says the recording was aired, recorded or released on."""
    return _first(_AIRED, text)


def note_date(text: str) -> str | None:
    """The date that ``text`` says it was itself written or published on."""
    return _first(_NOTED, text)


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    for match in pattern.finditer(text):
        found = _ANY.search(match[0])
        iso = _iso(found) if found else None
        if iso:
            return iso
    return None


def _iso(match: re.Match[str]) -> str | None:
    if match["y"]:
        parts = match["y"], match["m"], match["d"]
    elif match["my"]:
        parts = match["my"], str(_month(match["mon"])), match["md"]
    elif match["dy"]:
        parts = match["dy"], str(_month(match["dmon"])), match["dd"]
    else:
        parts = match["cy"], match["cm"], match["cd"]
    try:
        return date(*(int(part) for part in parts)).isoformat()
    except ValueError:
        return None


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1
