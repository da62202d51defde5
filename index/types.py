"""The nouns of a search, what it returns, and what the index remembers of a library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from corpus.spellings import Spelling
from corpus.types import Chunk, FileFailure, SectionKind, Sentence

Vectors = npt.NDArray[np.float32]
"""Unit vectors as rows, (n, dimension), or one of them, (dimension,)."""


class Embedder(Protocol):
    """An embedding model that tells passages and questions apart.

    ``name`` is the model's identity in the manifest, ``window_tokens`` the most tokens of its own
    that it reads. All vectors are float32 of length 1. Safe to call from several threads.
    """

    name: str
    dimension: int
    window_tokens: int

    def passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        """Vectors of passages or single sentences, in the order given.

        ``on_batch`` is told how many texts each finished batch held.
        """
        ...

    def query(self, text: str) -> Vectors:
        """The vector of a question, (dimension,)."""
        ...

    def count_tokens(self, text: str) -> int:
        """How many of the model's own tokens a passage takes, its prefix included."""
        ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """A chunk to be read with a question.

    ``promise`` says of each of its sentences how well a search finds that it fits, for a reranker
    that hasn't the time to read all; ``before`` are the sentences that were said just before.
    """

    chunk: Chunk
    promise: tuple[float, ...]
    before: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of a passage, from 0 to 1: ``answers``, whether it answers a question, and ``says``, whether
    each of its sentences does, in their order."""

    answers: float
    says: tuple[float, ...]


class Reranker(Protocol):
    """A model that reads a question and a passage together. Safe to call from several threads."""

    def judge(self, question: str, passages: Sequence[Proposal]) -> Sequence[Judgement]:
        """What each passage says to the question, in the order given."""
        ...

    def sure(self, judged: Sequence[Judgement]) -> float | None:
        """The probability that one of these passages answers; ``None`` where it can't tell."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search is restricted to; an empty field restricts nothing.

    ``transcripts`` are ids. ``speakers`` are names, whatever their case, width and Chinese script;
    one of them has to speak in the passage. ``languages`` are tags; ``zh`` takes ``zh-Hans`` and
    ``zh-Hant`` in. ``since`` and ``until`` are ISO dates, both days included: with one of them, a
    talk that has no date is out.
    """

    transcripts: frozenset[str] = frozenset()
    speakers: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    since: str | None = None
    until: str | None = None


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for.

    ``context`` is what was asked before, when the question only makes sense after it;
    ``transcripts`` and ``speakers`` are what the conversation is about: they are preferred, never
    required. ``scope`` is required of every passage.
    """

    text: str
    context: str = ""
    transcripts: frozenset[str] = frozenset()
    speakers: frozenset[str] = frozenset()
    scope: Scope = EVERYWHERE


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """The parts of a hit's score: cosines of the chunk and of its best sentence, and the lexical
    score (0 to 1, the share of what the question could attain)."""

    dense: float
    sentence: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A span of the recording, half-open, in seconds; ``None`` where the source has no times."""

    start_s: float | None
    end_s: float | None
    estimated: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found, with its best sentence first among ``sentences``.

    ``score`` is comparable within one query only. ``sentences`` pairs sentences of the chunk with
    their own score against the question, best first.
    """

    chunk: Chunk
    score: float
    parts: ScoreParts
    sentences: tuple[tuple[Sentence, float], ...]

    @property
    def best(self) -> Sentence:
        """The sentence that answers best: the quote to cite and the moment to link to."""
        return self.sentences[0][0]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hits, best first, how sure the library is that it has an answer, and how sure that it speaks
    of what was asked about at all (0 to 1)."""

    hits: tuple[Hit, ...]
    answerable: float
    on_subject: float = 0.0


@dataclass(frozen=True, slots=True)
class Topic:
    """A section of a talk as the index remembers it, without its words; for lists and examples."""

    file: str
    transcript_id: str
    title: str
    position: int
    heading: str
    kind: SectionKind
    speakers: tuple[str, ...]
    start_s: float | None
    end_s: float | None


@dataclass(frozen=True, slots=True)
class TopicSegment:
    """A stretch of a talk on one subject: a section with its heading, or where the talk has none,
    what segmentation found; then ``heading`` is empty.

    ``first`` and ``last``, both included, count the sentences of the talk from 0 in the order of
    its chunks. ``terms`` are what it speaks of more than the rest of the talk does, best first and
    as they stand there.
    """

    first: int
    last: int
    heading: str
    terms: tuple[str, ...]
    speakers: tuple[str, ...]
    moment: Moment


@dataclass(frozen=True, slots=True)
class Talk:
    """A transcript as the index remembers it, without its words; ``topics`` are its sections,
    ``spellings`` names with the other spellings that its note lists."""

    id: str
    file: str
    title: str
    source_url: str | None
    published: str | None
    language: str
    topics: tuple[Topic, ...]
    spellings: tuple[Spelling, ...] = ()

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks in the talk, in the order in which they first do."""
        return speakers_of(self.topics)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made with. Two indexes with equal manifests are interchangeable.

    ``schema`` counts changes of the layout on disk, ``window_tokens`` is the model's own window,
    ``chunk_tokens`` the chunk budget in o200k_base tokens, ``centring`` a digest of the reference
    sentences whose means are taken out of the vectors.
    """

    schema: int
    model: str
    dimension: int
    window_tokens: int
    chunk_tokens: int
    centring: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What bringing the index up to date did; the counts are of files, ``chunks`` of all chunks."""

    added: int
    updated: int
    removed: int
    unchanged: int
    failed: tuple[FileFailure, ...]
    chunks: int
    seconds: float


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far indexing has come; ``tokens`` are those embedded so far, of ``tokens_total``."""

    files: int
    files_total: int
    chunks: int
    chunks_total: int
    tokens: int
    tokens_total: int
    elapsed_s: float


def speakers_of(topics: Iterable[Topic]) -> tuple[str, ...]:
    """Everybody who speaks in these sections, in their order."""
    return tuple(dict.fromkeys(name for topic in topics for name in topic.speakers))
