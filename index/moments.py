"""Which span of the recording to show for words that were found, and how a time is written.

A time is written in two forms: as a clock, ``13:30``, where people read along and a model reads
excerpts, and as a timecode, ``0:13:30``, in text and citations, whose hours never go missing.
Fractions of a second are dropped. All functions are pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.types import Chunk, Sentence
from index.types import Moment

LONGEST_S = 120.0
"""A longer passage is narrowed around its best sentence, so that a hit stays a moment."""
EXACT_TURN_S = 60.0
"""A turn of up to a minute whose time is exact is cited whole: its own time beats an estimate."""


def moment_of(sentences: Sequence[Sentence]) -> Moment:
    """The span of consecutive sentences of one chunk; estimated if its start is."""
    starts = [part.start_s for part in sentences if part.start_s is not None]
    ends = [part.end_s for part in sentences if part.end_s is not None]
    if not starts:
        return Moment(None, None, False)
    first = min((part for part in sentences if part.start_s is not None), key=_start)
    return Moment(min(starts), max(ends) if ends else None, first.estimated)


def moment_of_hit(chunk: Chunk, best: Sentence) -> Moment:
    """The chunk's span, or where that is long, the sentences around the best one; where nobody
    knows how long it is, the best one's own."""
    whole = Moment(chunk.start_s, chunk.end_s, chunk.estimated)
    if whole.start_s is not None and whole.end_s is None:
        return moment_of_quote(chunk, (best,))
    if whole.start_s is None or whole.end_s is None or whole.end_s - whole.start_s <= LONGEST_S:
        return whole
    return moment_of(_around(chunk.sentences, best))


def moment_of_quote(chunk: Chunk, quoted: Sequence[Sentence]) -> Moment:
    """The span to cite for consecutive sentences: exact where their turn is, and short enough."""
    turns = [_turn_of(chunk, part) for part in (quoted[0], quoted[-1])]
    whole = moment_of([*turns[0], *turns[-1]])
    exact = whole.start_s is not None and whole.end_s is not None and not whole.estimated
    if exact and (whole.end_s or 0.0) - (whole.start_s or 0.0) <= EXACT_TURN_S:
        return whole
    return moment_of(quoted)


def _turn_of(chunk: Chunk, sentence: Sentence) -> list[Sentence]:
    """The sentences on the same line of the chunk's text, which holds one utterance a line."""
    low = chunk.text.rfind("\n", 0, sentence.offset) + 1
    high = chunk.text.find("\n", sentence.offset)
    high = len(chunk.text) if high < 0 else high
    return [part for part in chunk.sentences if low <= part.offset < high]


def _around(sentences: Sequence[Sentence], best: Sentence) -> Sequence[Sentence]:
    """The best sentence and its neighbours, nearest first, while they fit in ``LONGEST_S``."""
    at = next(n for n, part in enumerate(sentences) if part.offset == best.offset)
    low = high = at
    for step in range(1, len(sentences)):
        for reach in (at + step, at - step):
            if not 0 <= reach < len(sentences) or reach not in (low - 1, high + 1):
                continue
            trial = moment_of(sentences[min(low, reach) : max(high, reach) + 1])
            if trial.start_s is not None and (trial.end_s or trial.start_s) - trial.start_s <= (
                LONGEST_S
            ):
                low, high = min(low, reach), max(high, reach)
    return sentences[low : high + 1]


def _start(sentence: Sentence) -> float:
    return sentence.start_s if sentence.start_s is not None else 0.0


def clock(seconds: float) -> str:
    """``13:30``, with hours where there are any: ``1:02:03``."""
    hours, minutes, second = _parts(seconds)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes:02}:{second:02}"


def timecode(seconds: float) -> str:
    """``0:13:30``: hours always stand in it."""
    hours, minutes, second = _parts(seconds)
    return f"{hours}:{minutes:02}:{second:02}"


def clock_span(start_s: float | None, end_s: float | None, estimated: bool) -> str:
    """``13:30 – 20:31``, with ``≈`` in front when estimated; an end in the start's own second is
    left out. Empty without a start."""
    if start_s is None:
        return ""
    sign = "≈ " if estimated else ""
    if end_s is None or int(end_s) <= int(start_s):
        return sign + clock(start_s)
    return f"{sign}{clock(start_s)} – {clock(end_s)}"


def timecode_span(start_s: float | None, end_s: float | None, estimated: bool) -> str:
    """``0:13:30-0:20:31``, with ``≈`` in front when estimated. Empty without a start."""
    if start_s is None:
        return ""
    span = timecode(start_s) + (f"-{timecode(end_s)}" if end_s is not None else "")
    return f"≈ {span}" if estimated else span


def _parts(seconds: float) -> tuple[int, int, int]:
    """Hours, minutes, seconds."""
    whole = int(seconds)
    return whole // 3600, whole // 60 % 60, whole % 60
