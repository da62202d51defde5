"""Utterances to timed sentences that each fit a chunk, with what a cut before each would cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus.packing import Item
from corpus.sentences import middle_cut, sentence_spans, trimmed
from corpus.tokens import count_tokens
from corpus.types import Sentence, Utterance

_CUT_INSIDE_SENTENCE = 1.0
_CUT_INSIDE_UTTERANCE = 0.15
_CUT_BEFORE_ANSWER = 0.06
_CUT_INSIDE_TURN = 0.03
_CUT_BETWEEN_SPEAKERS = 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of one too large for a chunk, on its way into a chunk.

    ``joint`` is what stands between it and the piece before it in one chunk; the sentence's
    offset is not known yet and is 0.
    """

    sentence: Sentence
    joint: str
    item: Item


@dataclass(frozen=True, slots=True)
class Room:
    """How many tokens a chunk has for words, in o200k_base and, where known, the model's own.

    ``window_count`` counts a text in the model's tokens, ``window_overhead`` of which it adds to
    any text.
    """

    tokens: float
    window_tokens: float | None = None
    window_count: Callable[[str], int] | None = None
    window_overhead: int = 0

    def load(self, text: str) -> float:
        """The share of the room that the text takes; 1 is all of it."""
        load = count_tokens(text) / self.tokens
        if self.window_tokens is None or self.window_count is None:
            return load
        return max(load, (self.window_count(text) - self.window_overhead) / self.window_tokens)


def pieces(utterances: Sequence[Utterance], room: Room) -> Iterator[Piece]:
    """The sentences of the utterances in order, cut further where one is over the room."""
    before: Utterance | None = None
    for utterance in utterances:
        spans = sentence_spans(utterance.text)
        for begins, start, end, load in _fitted(utterance.text, spans, room):
            first = start == spans[0][0]
            sentence = _timed(utterance, start, end, spans[0][0], spans[-1][1])
            joint = "\n" if first else " " if utterance.text[start - 1].isspace() else ""
            cost = _cut_before_turn(before, utterance) if first else _cut_inside(begins)
            yield Piece(sentence, joint, Item(load, cost))
        before = utterance if spans else before


def _fitted(
    text: str, spans: Sequence[tuple[int, int]], room: Room
) -> Iterator[tuple[bool, int, int, float]]:
    """Each span, or its parts where it is over the room: whether it begins a sentence, its start
    and end, its load."""
    for sentence_start, sentence_end in spans:
        pending = [(sentence_start, sentence_end)]
        while pending:
            start, end = trimmed(text, *pending.pop())
            load = room.load(f"\n{text[start:end]}")
            if load > 1 and end - start > 1:
                cut = middle_cut(text, start, end)
                pending += [(cut, end), (start, cut)]
            elif start < end:
                yield start == sentence_start, start, end, load


def _timed(utterance: Utterance, start: int, end: int, first: int, last: int) -> Sentence:
    """The sentence at ``[start, end)`` of an utterance whose words fill ``[first, last)``."""
    text, from_s, to_s = utterance.text[start:end], utterance.start_s, utterance.end_s
    if from_s is None:
        return Sentence(text, 0, utterance.speaker)
    estimated = utterance.estimated or start > first
    if to_s is None or to_s < from_s:
        return Sentence(text, 0, utterance.speaker, from_s, None, estimated)
    pace = (to_s - from_s) / (last - first)
    start_s = min(to_s, from_s + (start - first) * pace)
    end_s = to_s if end == last else min(to_s, from_s + (end - first) * pace)
    return Sentence(text, 0, utterance.speaker, start_s, end_s, estimated)


def _cut_inside(begins_sentence: bool) -> float:
    return _CUT_INSIDE_UTTERANCE if begins_sentence else _CUT_INSIDE_SENTENCE


def _cut_before_turn(before: Utterance | None, utterance: Utterance) -> float:
    if before is None or before.speaker == utterance.speaker:
        return _CUT_INSIDE_TURN
    asks = before.text.rstrip().endswith(("?", "？"))
    return _CUT_BEFORE_ANSWER if asks else _CUT_BETWEEN_SPEAKERS
