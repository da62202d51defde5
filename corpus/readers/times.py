"""Times as transcripts write them: ``（00:13:30 - 00:20:31）``, ``[01:40]``, ``75 min``."""

from __future__ import annotations

import re
from dataclasses import dataclass

CLOCK = r"(?<![\d:：.])(?:\d{1,2}[:：][0-5]?\d|\d{1,3})[:：][0-5]\d(?:[.,]\d{1,3})?(?!\d|[:：]\d)"
_TO = r"(?:[-‐-―~～〜−－→]+>?|至|到|to)"
_OPEN, _CLOSE = r"[（(\[【［]", r"[）)\]】］]"
_RANGE = rf"(?P<start>{CLOCK})(?:\s*{_TO}\s*(?P<end>{CLOCK}))?"
# A note may follow the range: （01:00:17 - 01:04:19，节选并合并）.
_BRACKETED = rf"{_OPEN}\s*{_RANGE}\s*(?:[，,;；、]\s*[^）)\]】］]{{0,40}})?{_CLOSE}"
_SPAN = re.compile(_BRACKETED)
_LINKED_TIME = re.compile(rf"\\?\[\(?({CLOCK}(?:\s*{_TO}\s*{CLOCK})?)\)?\\?\]\(https?://[^)\s]*\)")
_BARE_LEAD = re.compile(rf"{_RANGE}(?=[\s|，、:：]|$)[\s|，、:：]*")
_BARE_TAIL = re.compile(rf"(?P<name>[^\n\d:：][^\n:：]{{0,40}}?)[\s|,，]+{_RANGE}[:：]?")

_ISO_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?", re.IGNORECASE)
_WORDS = re.compile(
    r"(?:(\d+(?:\.\d+)?)\s*(?:小时|小時|個小時|个小时|時間|hours?|hrs?|h))?\s*"
    r"(?:(\d+(?:\.\d+)?)\s*(?:分钟|分鐘|分|minutes?|mins?|m))?\s*"
    r"(?:(\d+(?:\.\d+)?)\s*(?:秒钟|秒鐘|秒|seconds?|secs?|s))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A time, or a range of times, that the source states; seconds from the start."""

    start_s: float
    end_s: float | None = None


def clock_seconds(clock: str) -> float:
    """``MM:SS`` or ``HH:MM:SS`` as seconds."""
    seconds = 0.0
    for part in re.split("[:：]", clock):
        seconds = seconds * 60 + float(part.replace(",", "."))
    return seconds


def unlink_times(text: str) -> str:
    """``[01:23](link)`` as ``[01:23]``: the link is only the note's own way to the moment."""
    return _LINKED_TIME.sub(r"[\1]", text)


def leading_span(text: str) -> tuple[Span, str] | None:
    """The bracketed time that ``text`` begins with, and what follows it."""
    match = _SPAN.match(text)
    return (_span(match), text[match.end() :].lstrip()) if match else None


def trailing_span(text: str) -> tuple[str, Span] | None:
    """The bracketed time that ``text`` ends with, and what stands before it."""
    spans = list(_SPAN.finditer(text))
    last = spans[-1] if spans else None
    if last is None or text[last.end() :].strip(" 。.*"):
        return None
    return (text[: last.start()] + text[last.end() :].rstrip()).rstrip(), _span(last)


def first_span(text: str) -> tuple[str, Span, str] | None:
    """The first bracketed time in ``text`` with what stands before and after it."""
    match = _SPAN.search(text)
    if match is None:
        return None
    return text[: match.start()].rstrip(), _span(match), text[match.end() :].lstrip()


def bare_leading_span(text: str) -> tuple[Span, str] | None:
    """A time without brackets at the beginning: ``00:01:21 words``."""
    match = _BARE_LEAD.match(text)
    return (_span(match), text[match.end() :]) if match else None


def trailing_bare_span(text: str) -> tuple[str, Span] | None:
    """A line that is a name and a time without brackets: ``Ann Poe  0:21``."""
    match = _BARE_TAIL.fullmatch(text)
    return (match["name"], _span(match)) if match else None


def duration_seconds(text: str) -> float | None:
    """A length such as ``01:15:04``, ``4861.0``, ``PT1H21M``, ``75 min`` or ``1 小时 15 分``."""
    text = text.strip().lstrip("约約~≈ ")
    if re.fullmatch(CLOCK, text):
        return clock_seconds(text)
    if re.fullmatch(r"\d{1,7}(?:\.\d+)?", text):
        return float(text) or None
    match = _ISO_DURATION.fullmatch(text) or _WORDS.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds or None


def _span(match: re.Match[str]) -> Span:
    end = match["end"]
    return Span(clock_seconds(match["start"]), clock_seconds(end) if end else None)
