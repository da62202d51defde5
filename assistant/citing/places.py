"""From words that were found to the place that is shown: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.citing.alignment import Alignment
from assistant.citing.types import Match, Place
from assistant.citing.words import Words, matched_spans, words_of
from corpus.types import Chunk, Sentence
from index.moments import moment_of, moment_of_quote
from index.quotes import Meant
from index.scoring import WORTH

BESIDE = 0.8
"""Places below this share of the first one's similarity aren't shown beside it."""
_DIGEST = 0.1
"""What the worth of a section's kind changes of a similarity when places are put in order."""


@dataclass(frozen=True)
class Passage:
    """Consecutive chunks of one talk as one text, a line end between them."""

    chunks: tuple[Chunk, ...]

    @cached_property
    def text(self) -> str:
        """The chunks' words."""
        return "\n".join(chunk.text for chunk in self.chunks)

    @cached_property
    def words(self) -> Words:
        """The words of the text, with their spans in it."""
        return words_of(self.text)

    def sentences(self, start: int, end: int) -> list[tuple[Chunk, Sentence, int]]:
        """The sentences that meet ``[start, end)`` of the text, each with its chunk and with the
        offset at which that begins."""
        found, base = [], 0
        for chunk in self.chunks:
            for one in chunk.sentences:
                if base + one.offset < end and start < base + one.end:
                    found.append((chunk, one, base))
            base += len(chunk.text) + 1
        return found


@dataclass(frozen=True, slots=True)
class Placed:
    """A place, and the sentences it is made of, each by its chunk's id and its offset there."""

    place: Place
    held: frozenset[tuple[str, int]]


def worded_place(passage: Passage, found: Alignment, match: Match) -> Placed:
    """The place of words that were found in a passage."""
    spans = matched_spans(passage.words, found.matched)
    start, end = spans[0][0], spans[-1][1]
    held = passage.sentences(start, end)
    first = held[0][2] + held[0][1].offset
    last = held[-1][2] + held[-1][1].end
    chunk = max((one for one, _, _ in held), key=lambda one: _share(one, held))
    sentences = tuple(sentence for _, sentence, _ in held)
    alone = all(one.id == chunk.id for one, _, _ in held)
    place = Place(
        chunk=chunk,
        sentences=sentences,
        match=match,
        similarity=1.0 if match == "exact" else found.similarity,
        quote=passage.text[first:last],
        matched=passage.text[start:end],
        spans=tuple((low - first, high - first) for low, high in spans),
        wording=found.wording,
        moment=moment_of_quote(chunk, sentences) if alone else moment_of(sentences),
        speakers=_speakers(sentences),
    )
    return Placed(place, frozenset((one.id, sentence.offset) for one, sentence, _ in held))


def sentences_place(meant: Meant, match: Match) -> Place:
    """The place of whole sentences, none of whose words need be the quote's."""
    chunk, sentences = meant.chunk, meant.chunk.sentences[meant.start : meant.end]
    quote = chunk.text[sentences[0].offset : sentences[-1].end]
    return Place(
        chunk=chunk,
        sentences=sentences,
        match=match,
        similarity=min(1.0, max(0.0, meant.score)),
        quote=quote,
        matched=quote,
        spans=(),
        wording=None,
        moment=moment_of_quote(chunk, sentences),
        speakers=_speakers(sentences),
    )


def ranked(found: Iterable[Placed]) -> list[Place]:
    """Places in order, each sentence in one only: the same words first, then the nearest, the talk
    before a digest of it."""
    ordered = sorted(found, key=lambda one: _key(one.place))
    places: list[Place] = []
    taken: set[tuple[str, int]] = set()
    for one in ordered:
        beside = not places or one.place.similarity >= BESIDE * places[0].similarity
        if beside and taken.isdisjoint(one.held):
            places.append(one.place)
            taken |= one.held
    return places


def _key(place: Place) -> tuple[bool, float]:
    kind = 1 - _DIGEST * (1 - WORTH[place.chunk.kind])
    return place.match != "exact", -place.similarity * kind


def _share(chunk: Chunk, held: Sequence[tuple[Chunk, Sentence, int]]) -> int:
    return sum(len(sentence.text) for one, sentence, _ in held if one.id == chunk.id)


def _speakers(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.speaker for one in sentences if one.speaker))
