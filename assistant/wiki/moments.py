"""The key moments of a talk, and how much is said in it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.wiki.escaping import one_line
from corpus.sentences import sentence_spans, width
from corpus.types import Transcript, Utterance

_WINDOW_S = 300.0
_LEAST_TURN = 60
"""Of a turn's width: less is an interjection. A Han character counts as three letters."""
_LEAST_OPENING = 40
_LEAST_LEAD, _MOST_LEAD = 60, 180
_ASKING, _ASKING_MORE = 0.15, 1.5
_QUESTION = re.compile(r"[?？؟;][”’」』\"'）)]*$")

_WIDE = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_WIDE}]|(?:(?![{_WIDE}])[^\W_])+(?:['’](?:(?![{_WIDE}])[^\W_])+)*")


@dataclass(frozen=True, slots=True)
class Moment:
    """A turn that begins at ``start_s``, and its first words that say something."""

    start_s: float
    speaker: str | None
    lead: str


def key_moments(transcript: Transcript) -> tuple[Moment, ...]:
    """The longest turn in every five minutes, among those whose start the source itself gives.

    Who speaks long answers a question, as a rule; short turns ask, agree or interrupt. Who asks
    most is left out: what a host says at length is a welcome or an advertisement. Turns with an
    estimated start are none, since a moment should be where its link leads.
    """
    hosts = _hosts(transcript)
    longest: dict[int, tuple[int, Utterance, float]] = {}
    for turn, start_s in _timed_turns(transcript):
        size = width(turn.text)
        window = int(start_s // _WINDOW_S)
        if turn.speaker in hosts or size < _LEAST_TURN:
            continue
        if window not in longest or size > longest[window][0]:
            longest[window] = (size, turn, start_s)
    chosen = sorted(longest.values(), key=lambda each: each[2])
    return tuple(Moment(start_s, turn.speaker, lead(turn.text)) for _, turn, start_s in chosen)


def lead(text: str) -> str:
    """The first words that say something: a "Yeah." or two in front are passed over, and what is
    too long ends between two words with an ellipsis."""
    line = one_line(text)
    spans = sentence_spans(line)
    telling = (
        begin
        for begin, end in spans
        if width(line[begin:end]) >= _LEAST_OPENING or end == len(line)
    )
    opening = line[next(telling, 0) :]
    if width(opening) <= _MOST_LEAD:
        return opening
    ends = [end for _, end in sentence_spans(opening) if width(opening[:end]) <= _MOST_LEAD]
    whole = opening[: max(ends, default=0)]
    return whole if width(whole) >= _LEAST_LEAD else _cut(opening)


def count_words(transcript: Transcript) -> int:
    """Words of the talk itself; in scripts without spaces between words, characters."""
    return sum(len(_WORD.findall(turn.text)) for turn in _turns(transcript))


def _hosts(transcript: Transcript) -> frozenset[str]:
    """Those who end a good part of their turns with a question, and more of them than the one who
    says most: among friends everybody asks."""
    turns: Counter[str] = Counter()
    questions: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for turn in _turns(transcript):
        if turn.speaker:
            turns[turn.speaker] += 1
            questions[turn.speaker] += bool(_QUESTION.search(turn.text.rstrip()))
            sizes[turn.speaker] += width(turn.text)
    shares = {name: questions[name] / turns[name] for name in turns}
    least = max([_ASKING, *(_ASKING_MORE * shares[name] for name, _ in sizes.most_common(1))])
    return frozenset(name for name, share in shares.items() if share >= least)


def _turns(transcript: Transcript) -> Iterator[Utterance]:
    for section in transcript.sections:
        if section.kind == "talk":
            yield from section.utterances


def _timed_turns(transcript: Transcript) -> Iterator[tuple[Utterance, float]]:
    for turn in _turns(transcript):
        if turn.start_s is not None and not turn.estimated:
            yield turn, turn.start_s


def _cut(text: str) -> str:
    """The text up to the last space or clause before the limit."""
    end = len(text)
    while width(text[:end]) > _MOST_LEAD:
        end -= 1 + (width(text[:end]) - _MOST_LEAD) // 4
    breaks = [match.start() for match in re.finditer(r"\s|(?<=[，、；：])", text[:end])]
    if breaks and breaks[-1] > end // 2:
        end = breaks[-1]
    return f"{text[:end].rstrip('，、；： ,;:')}…"
