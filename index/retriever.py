"""Questions to hits: a LlamaIndex retriever over one library's index."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from corpus.types import Chunk, Sentence
from index import scoring
from index.concepts import WeighedConcepts, concepts_of
from index.dictionary import Dictionary
from index.nodes import chunk_node
from index.store import IndexStore
from index.terms import terms
from index.types import Embedder, Evidence, Hit, Parts, Query, Topic, Vectors

CANDIDATES = 100
"""Passages taken from the vector side and from the lexical side each, before they are scored."""


@dataclass(frozen=True, slots=True)
class _Known:
    """Who and what the library holds, at a generation of its catalogue."""

    generation: int
    topics: tuple[Topic, ...]
    speakers: tuple[str, ...]


class TranscriptRetriever(BaseRetriever):
    """Finds passages by meaning and by words; safe to call from several threads.

    ``retrieve`` is LlamaIndex's door, ``search`` the one that also tells parts, sentences and how
    sure the library is.
    """

    def __init__(
        self,
        store: IndexStore,
        embedder: Embedder,
        limit: int = 10,
        dictionary: Dictionary | None = None,
    ) -> None:
        super().__init__()
        self._dictionary = dictionary
        self._cached: _Known | None = None
        self._store = store
        self._embedder = embedder
        self._limit = limit

    def search(self, query: Query, limit: int) -> Evidence:
        """The best ``limit`` hits, best first, and the probability that they hold an answer."""
        vector = self._vector(query)
        asked, lexical = self._lexical(query)
        chunks = self._store.catalog.chunks(self._candidates(vector, lexical))
        if not chunks:
            return Evidence((), 0.0)
        rows = list(chunks)
        dense = self._cosines(vector, [chunks[row].id for row in rows])
        cosines = self._sentence_cosines(vector, chunks)
        best = np.array([cosines[row].max(initial=-1.0) for row in rows], dtype=np.float32)
        words = _at(lexical, rows)
        worth = np.array([scoring.WORTH[chunk.kind] for chunk in chunks.values()])
        focus = np.array([_focus(chunk, query) for chunk in chunks.values()])
        scores = scoring.fuse(dense, best, words, worth, focus)

        def hit(n: int) -> Hit:
            chunk, parts = chunks[rows[n]], Parts(float(dense[n]), float(best[n]), float(words[n]))
            sentences = _ranked(chunk, cosines[rows[n]], asked, query.speakers)
            return Hit(chunk, float(scores[n]), parts, sentences)

        hits = tuple(hit(int(n)) for n in np.argsort(-scores, kind="stable")[:limit])
        sure = scoring.answerable(scoring.signals(scores - focus, dense, best))
        return Evidence(hits, sure)

    def topics(self) -> Sequence[Topic]:
        """The sections of all talks, in the order of files and of their text."""
        return self._known().topics

    def speakers(self) -> tuple[str, ...]:
        """Everybody who speaks in the library."""
        return self._known().speakers

    def _known(self) -> _Known:
        """Read again when the library changed, not with every question."""
        generation = self._store.catalog.generation()
        known = self._cached
        if known is None or known.generation != generation:
            topics = self._store.catalog.topics()
            speakers = tuple(dict.fromkeys(name for topic in topics for name in topic.speakers))
            # One assignment: another thread sees the old or this one.
            self._cached = known = _Known(generation, topics, speakers)
        return known

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        evidence = self.search(Query(query_bundle.query_str), self._limit)
        return [NodeWithScore(node=chunk_node(hit.chunk), score=hit.score) for hit in evidence.hits]

    def _vector(self, query: Query) -> Vectors:
        """The question's vector; a follow-up's leans towards what was asked before."""
        asked = self._embedder.query(query.text)
        if not query.context:
            return asked
        whole = self._embedder.query(f"{query.context} {query.text}")
        mixed = (1 - scoring.CONTEXT) * asked + scoring.CONTEXT * whole
        return np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)

    def _lexical(self, query: Query) -> tuple[WeighedConcepts, Vectors]:
        """The question's own concepts, weighed, and the lexical scores by row, context included."""
        own = concepts_of(query.text, self._dictionary)
        context = concepts_of(query.context, self._dictionary)
        found = self._store.lexical.scores(dict.fromkeys([*own, *context]))
        return found.only(own), found.values

    def _candidates(self, vector: Vectors, lexical: Vectors) -> list[int]:
        near = self._store.vectors.query(vector, CANDIDATES)
        rows = set(self._store.catalog.rows_of([chunk_id for chunk_id, _ in near]).values())
        shared = np.argsort(-lexical, kind="stable")[:CANDIDATES]
        return sorted(rows | {int(row) for row in shared if lexical[row] > 0})

    def _cosines(self, vector: Vectors, ids: Sequence[str]) -> Vectors:
        stored = self._store.vectors.get(ids)
        nothing = np.zeros_like(vector)
        return np.stack([stored.get(chunk_id, nothing) for chunk_id in ids]) @ vector

    def _sentence_cosines(
        self, vector: Vectors, chunks: Mapping[int, Chunk]
    ) -> Mapping[int, Vectors]:
        """Cosines by row, one a sentence; of a chunk that has just gone, zeros."""
        stored = self._store.sentence_vectors.get(chunks)
        return {
            row: stored[row] @ vector
            if row in stored
            else np.zeros(len(chunk.sentences), dtype=np.float32)
            for row, chunk in chunks.items()
        }


def _at(values: Vectors, rows: Sequence[int]) -> Vectors:
    """Values by row; a chunk that came after the values were read has 0."""
    found = [values[row] if row < len(values) else 0.0 for row in rows]
    return np.array(found, dtype=np.float32)


def _focus(chunk: Chunk, query: Query) -> float:
    """What a follow-up adds for the talk and the people that the conversation is about."""
    on_talk = scoring.FOCUS_TRANSCRIPT if chunk.transcript_id in query.transcripts else 0.0
    on_speaker = scoring.FOCUS_SPEAKER if _concerns(chunk, query.speakers) else 0.0
    return on_talk + on_speaker


def _concerns(chunk: Chunk, people: Set[str]) -> bool:
    """Whether one of them speaks in the passage, or is named in it, as in a narrated article."""
    return not people.isdisjoint(chunk.speakers) or any(
        _is_named(person, chunk.text) for person in people
    )


def _is_named(person: str, text: str) -> bool:
    """By the last part of the name, as articles do, unless that is no word, as in "Speaker 2"."""
    last = person.split()[-1:]
    name = last[0] if last and last[0].isalpha() else person.strip()
    return len(name) > 1 and bool(
        re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text)
    )


def _ranked(
    chunk: Chunk, cosines: Vectors, asked: WeighedConcepts, people: Set[str]
) -> tuple[tuple[Sentence, float], ...]:
    """The chunk's sentences with their scores, best first."""
    scored = []
    for sentence, cosine in zip(chunk.sentences, cosines, strict=True):
        overlap = asked.overlap(frozenset(terms(sentence.text)))
        score = scoring.sentence_score(
            float(cosine), overlap, sentence.text, by_whom=sentence.speaker in people
        )
        scored.append((sentence, score))
    return tuple(sorted(scored, key=lambda item: -item[1]))
