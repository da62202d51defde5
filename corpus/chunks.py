"""Sections to chunks: consecutive sentences of one section in a token budget, times carried along.

A section is cut into as few chunks as fit, of about equal size, where a cut hurts least: between
speakers rather than inside a turn, between turns rather than inside a thought. Where to cut is
found by dynamic programming over what a cut before each sentence would cost.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.language import detect_language
from corpus.sentences import middle_cut, sentence_spans, trimmed, width
from corpus.tokens import count_tokens
from corpus.types import (
    Chunk,
    Section,
    Sentence,
    SettingsError,
    Transcript,
    Utterance,
    embedded_text,
)

_MOST_CHUNKS = 1000
"""Of a section: an id that fits none of so many ordinals is not one of ours."""
_LEAST_ROOM_TOKENS = 16
_SLACK_TOKENS = 4
_SHRINKING = 0.9
_SHORT_WIDTH = 40  # a passage narrower than this may be all names; its transcript knows better

# Makes one chunk more worth its while only where the cuts or the balance gain by it.
_COST_OF_A_CHUNK = 0.05
_ROUNDING = 1e-9
_CUT_INSIDE_SENTENCE = 1.0
_CUT_INSIDE_UTTERANCE = 0.15
_CUT_BEFORE_ANSWER = 0.06
_CUT_INSIDE_TURN = 0.03
_CUT_BETWEEN_SPEAKERS = 0.0


@dataclass(frozen=True, slots=True)
class Budget:
    """What a chunk may hold, title, heading and speakers in front included.

    ``tokens`` are o200k_base's. ``window_tokens`` is the embedding model's own window and
    ``window_count`` counts a text in its tokens, special ones and the passage prompt included;
    the window counts where both are given.
    """

    tokens: int = 400
    window_tokens: int | None = None
    window_count: Callable[[str], int] | None = None

    def holds(self, chunk: Chunk) -> bool:
        """Whether the chunk's embedded text is inside both limits."""
        if chunk.token_count > self.tokens:
            return False
        if self.window_tokens is None or self.window_count is None:
            return True
        return self.window_count(chunk.embedded_text) <= self.window_tokens


def chunk_transcript(transcript: Transcript, budget: Budget) -> tuple[Chunk, ...]:
    """The transcript's chunks in order; every sentence is in exactly one of them.

    A sentence that is all of its utterance has the utterance's own times; others have times by
    their position in its text, marked as estimated where their start is. Raises SettingsError
    where a budget leaves no room behind title, heading and speakers.
    """
    return tuple(
        chunk
        for section in transcript.sections
        for chunk in _section_chunks(transcript, section, budget)
    )


def _section_chunks(transcript: Transcript, section: Section, budget: Budget) -> tuple[Chunk, ...]:
    """The section's chunks; packed tighter again in the rare case that one turns out too large,
    since a tokenizer's counts of the parts don't quite add up to the count of the whole."""
    room = _room(transcript, section, budget)
    while True:
        parts = list(pieces(section.utterances, room))
        ranges = pack([part.item for part in parts])
        chunks = tuple(
            _chunk(transcript, section, ordinal, parts[start:end])
            for ordinal, (start, end) in enumerate(ranges)
        )
        if all(map(budget.holds, chunks)):
            return chunks
        room = _checked(_shrunk(room), transcript, budget)


def _room(transcript: Transcript, section: Section, budget: Budget) -> Room:
    """What the budget has left behind the longest front that the section's chunks may have."""
    names = tuple(dict.fromkeys(turn.speaker for turn in section.utterances if turn.speaker))
    fronts = [
        embedded_text(transcript.title, section.heading, speakers, "\n")
        for speakers in (names, *((name,) for name in names))
    ]
    tokens = budget.tokens - max(map(count_tokens, fronts)) - _SLACK_TOKENS
    if budget.window_tokens is None or budget.window_count is None:
        return _checked(Room(tokens), transcript, budget)
    count = budget.window_count
    window_tokens = budget.window_tokens - max(map(count, fronts)) - _SLACK_TOKENS
    return _checked(Room(tokens, window_tokens, count, count("")), transcript, budget)


def _shrunk(room: Room) -> Room:
    window = None if room.window_tokens is None else room.window_tokens * _SHRINKING
    return replace(room, tokens=room.tokens * _SHRINKING, window_tokens=window)


def _checked(room: Room, transcript: Transcript, budget: Budget) -> Room:
    window = room.tokens if room.window_tokens is None else room.window_tokens
    if min(room.tokens, window) >= _LEAST_ROOM_TOKENS:
        return room
    limit = budget.tokens if room.tokens <= window else budget.window_tokens
    raise SettingsError(
        f"{limit} tokens a chunk leave no room for words behind the title of {transcript.file}: "
        "use a larger chunk budget or a model with a wider window"
    )


def _chunk(transcript: Transcript, section: Section, ordinal: int, parts: Sequence[Piece]) -> Chunk:
    text, sentences = _joined(parts)
    speakers = tuple(dict.fromkeys(part.speaker for part in sentences if part.speaker))
    embedded = embedded_text(transcript.title, section.heading, speakers, text)
    start_s, end_s, estimated = _span(sentences)
    chunk = Chunk(
        id="",
        transcript_id=transcript.id,
        file=transcript.file,
        title=transcript.title,
        source_url=transcript.source_url,
        published=transcript.published,
        language=_language(text, transcript.language),
        kind=section.kind,
        section=section.position,
        heading=section.heading,
        speakers=speakers,
        start_s=start_s,
        end_s=end_s,
        estimated=estimated,
        text=text,
        sentences=sentences,
        token_count=count_tokens(embedded),
    )
    return replace(chunk, id=chunk_id(chunk, ordinal))


def chunk_id(chunk: Chunk, ordinal: int) -> str:
    """The id of the chunk that comes as number ``ordinal``, from 0, in its section."""
    of_it = (chunk.transcript_id, str(chunk.section), str(ordinal), chunk.embedded_text)
    identity = "\n".join(of_it).encode("utf-8", "backslashreplace")
    return hashlib.sha256(identity).hexdigest()[:20]


def ordinal_of(chunk: Chunk) -> int | None:
    """Which number the chunk comes as in its section, as its id tells; ``None`` for another id."""
    numbers = (n for n in range(_MOST_CHUNKS) if chunk_id(chunk, n) == chunk.id)
    return next(numbers, None)


def place_in_talk(chunk: Chunk) -> tuple[int, int, float]:
    """Sorts the chunks of one talk; by their start where an id doesn't tell."""
    return chunk.section, ordinal_of(chunk) or 0, chunk.start_s or 0.0


def _joined(parts: Sequence[Piece]) -> tuple[str, tuple[Sentence, ...]]:
    text = ""
    sentences = []
    for part in parts:
        text += part.joint if text else ""
        sentences.append(replace(part.sentence, offset=len(text)))
        text += part.sentence.text
    return text, tuple(sentences)


def _span(sentences: Sequence[Sentence]) -> tuple[float | None, float | None, bool]:
    """From the first start to the last end, unless nothing tells when the last one ends; and
    whether that start is estimated."""
    timed = [(part.start_s, part) for part in sentences if part.start_s is not None]
    if not timed:
        return None, None, False
    start_s, first = min(timed, key=lambda pair: pair[0])
    ends = [part.end_s for part in sentences if part.end_s is not None]
    end_s = max(ends, default=None)
    open_ended = any(part.end_s is None and (end_s is None or at >= end_s) for at, part in timed)
    return start_s, None if open_ended else end_s, first.estimated


def _language(text: str, of_transcript: str) -> str:
    found = detect_language(text) if width(text) >= _SHORT_WIDTH else "und"
    return of_transcript if found == "und" else found


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of one too large for a chunk, on its way into a chunk.

    ``joint`` is what stands between it and the piece before it in one chunk; the sentence's
    offset is not known yet and is 0.
    """

    sentence: Sentence
    joint: str
    item: PackedSentence


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
            yield Piece(sentence, joint, PackedSentence(load, cost))
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


@dataclass(frozen=True, slots=True)
class PackedSentence:
    """One sentence as the packer sees it.

    ``load`` is its share of a full chunk, ``cut_cost`` what a cut before it costs on the scale of
    a chunk's squared relative deviation from the mean load.
    """

    load: float
    cut_cost: float


def pack(items: Sequence[PackedSentence]) -> list[tuple[int, int]]:
    """Half-open index ranges that cover the items in order, each with a load of 1 at most.

    Of all such coverings, one with the least sum of squared deviations from the mean load and of
    cut costs: about equal chunks rather than full ones and a crumb. An item that is over 1 by
    itself stands alone.
    """
    total = math.fsum(item.load for item in items)
    mean = total / max(1, math.ceil(total - _ROUNDING)) or 1.0
    cost = [0.0] + [math.inf] * len(items)
    cut_at = [0] * (len(items) + 1)
    for end in range(1, len(items) + 1):
        for start, load in _starts(items, end):
            deviation = (load - mean) / mean
            cut = items[start].cut_cost if start else 0.0
            new = cost[start] + cut + deviation * deviation + _COST_OF_A_CHUNK
            if new < cost[end]:
                cost[end], cut_at[end] = new, start
    ranges = []
    end = len(items)
    while end > 0:
        ranges.append((cut_at[end], end))
        end = cut_at[end]
    return ranges[::-1]


def _starts(items: Sequence[PackedSentence], end: int) -> Iterator[tuple[int, float]]:
    """Where a range that ends before ``end`` may start, each with the range's load."""
    load = 0.0
    for start in range(end - 1, -1, -1):
        load += items[start].load
        if load > 1 + _ROUNDING and start < end - 1:
            return
        yield start, load
