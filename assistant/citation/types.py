"""The nouns of citation lookup: a place that was found, and what came of a whole text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from corpus.types import Chunk, Sentence
from index.types import Moment

Match = Literal["exact", "close", "meaning", "none"]
"""The same words once folded (width, case, Chinese script, punctuation), nearly the same words, the
same said in another language or in other words, or nothing of the kind."""
ProblemKind = Literal["speaker", "number"]
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class QuoteDifference:
    """How far a quote is off, in words (in characters where a script has no spaces): words that
    are others in the source, that the quote leaves out, and that the source hasn't got there."""

    changed: int = 0
    left_out: int = 0
    added: int = 0

    @property
    def total(self) -> int:
        """All differences together."""
        return self.changed + self.left_out + self.added


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote was found: consecutive sentences around the words.

    ``chunk`` holds most of them. ``quote`` is the sentences' text as it stands, ``spans`` the
    half-open offsets in it of the words that match, neighbours joined, and ``matched`` what stands
    from the first of them to the last. By ``meaning``, and for what only comes nearest
    (``none``), there are no spans and ``wording`` is ``None``. ``similarity`` is 0 to 1: the share
    of words in common, or by meaning the cosine and what shared words and translations add.
    """

    chunk: Chunk
    sentences: tuple[Sentence, ...]
    match: Match
    similarity: float
    quote: str
    matched: str
    spans: Spans
    wording: QuoteDifference | None
    moment: Moment
    speakers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """What came of one quote; ``text`` is what was looked up, without the question around it."""

    text: str
    places: tuple[Place, ...]
    timings_ms: Mapping[str, float]

    @property
    def match(self) -> Match:
        """The best place's."""
        return self.places[0].match if self.places else "none"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a text has otherwise than its source: ``said`` there, ``detail`` what the source has."""

    kind: ProblemKind
    said: str
    detail: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence of a text that quotes the library, at ``[start, end)`` of the text."""

    start: int
    end: int
    lookup: Lookup
    claimed: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A whole text: how many sentences it has, and those that quote the library."""

    sentences: int
    quotations: tuple[Quotation, ...]
