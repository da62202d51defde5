"""Sections to chunks: consecutive sentences of one section in a token budget, times carried along.

A section is cut into as few chunks as fit, of about equal size, where a cut hurts least: between
speakers rather than inside a turn, between turns rather than inside a thought.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corpus.language import detect_language
from corpus.packing import pack
from corpus.pieces import Piece, Room, pieces
from corpus.sentences import width
from corpus.tokens import count_tokens
from corpus.types import (
    Chunk,
    Section,
    Sentence,
    SettingsError,
    Transcript,
    embedded_text,
)

_LEAST_ROOM_TOKENS = 16
_SLACK_TOKENS = 4
_SHRINKING = 0.9
_SHORT_WIDTH = 40  # a passage narrower than this may be all names; its transcript knows better


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
