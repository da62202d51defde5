"""Questions to hits: a LlamaIndex retriever over one library's index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from corpus.types import Chunk, Sentence
from index import scoring
from index.nodes import chunk_node
from index.store import IndexStore
from index.terms import terms
from index.types import Embedder, Evidence, Hit, Parts, Query, Topic, Vectors

CANDIDATES = 100
"""Passages taken from the vector side and from the lexical side each, before they are scored."""


class TranscriptRetriever(BaseRetriever):
    """Finds passages by meaning and by words; safe to call from several threads.

    ``retrieve`` is LlamaIndex's door, ``search`` the one that also tells parts, sentences and how
    sure the library is.
    """

    def __init__(self, store: IndexStore, embedder: Embedder, limit: int = 10) -> None:
        super().__init__()
        self._store = store
        self._embedder = embedder
        self._limit = limit

    def search(self, query: Query, limit: int) -> Evidence:
        """The best ``limit`` hits, best first, and the probability that they hold an answer."""
        vector = self._vector(query)
        with self._store.lexical.reader() as reader:
            lexical = reader.scores(_query_terms(query))
        rows = self._candidates(vector, lexical.values)
        if not len(rows):
            return Evidence((), 0.0)
        chunks = self._store.catalog.chunks(rows)
        kept = [row for row in rows if row in chunks]
        dense = self._cosines(vector, [chunks[row].id for row in kept])
        cosines = self._sentence_cosines(vector, kept)
        best = np.array([cosines[row].max() if len(cosines[row]) else 0.0 for row in kept])
        words = _at(lexical.values, kept)
        preference = np.array([_preference(chunks[row], query) for row in kept])
        scores = scoring.fuse(dense, best, words, preference)
        order = np.argsort(-scores, kind="stable")[:limit]
        hits = tuple(
            Hit(
                chunk=chunks[kept[n]],
                score=float(scores[n]),
                parts=Parts(float(dense[n]), float(best[n]), float(words[n])),
                sentences=_ranked(chunks[kept[n]], cosines[kept[n]], lexical.idf),
            )
            for n in order
        )
        coverage = float(_at(lexical.coverage, kept)[order].max())
        return Evidence(hits, scoring.answerable(_signals(hits, coverage)))

    def topics(self) -> Sequence[Topic]:
        """The sections of all talks, in the order of files and of their text."""
        return self._store.catalog.topics()

    def speakers(self) -> tuple[str, ...]:
        """Everybody who speaks in the library."""
        return tuple(dict.fromkeys(name for topic in self.topics() for name in topic.speakers))

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        evidence = self.search(Query(query_bundle.query_str), self._limit)
        return [NodeWithScore(node=chunk_node(hit.chunk), score=hit.score) for hit in evidence.hits]

    def _vector(self, query: Query) -> Vectors:
        own = self._embedder.query(query.text)
        if not query.context:
            return own
        context = self._embedder.query(f"{query.context} {query.text}")
        mixed = (1 - scoring.CONTEXT) * own + scoring.CONTEXT * context
        return np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)

    def _candidates(self, vector: Vectors, lexical: Vectors) -> list[int]:
        near = self._store.vectors.query(vector, CANDIDATES)
        rows = set(self._store.catalog.rows_of([chunk_id for chunk_id, _ in near]).values())
        shared = np.argsort(-lexical, kind="stable")[:CANDIDATES]
        return sorted(rows | {int(row) for row in shared if lexical[row] > 0})

    def _cosines(self, vector: Vectors, ids: Sequence[str]) -> Vectors:
        stored = self._store.vectors.get(ids)
        nothing = np.zeros_like(vector)
        return np.stack([stored.get(chunk_id, nothing) for chunk_id in ids]) @ vector

    def _sentence_cosines(self, vector: Vectors, rows: Sequence[int]) -> Mapping[int, Vectors]:
        stored = self._store.sentence_vectors.get(rows)
        nothing = np.zeros((0, len(vector)), dtype=np.float32)
        return {row: stored.get(row, nothing) @ vector for row in rows}


def _at(values: Vectors, rows: Sequence[int]) -> Vectors:
    """Values by row; a chunk that came after the values were read has 0."""
    found = [values[row] if row < len(values) else 0.0 for row in rows]
    return np.array(found, dtype=np.float32)


def _query_terms(query: Query) -> list[str]:
    return terms(f"{query.text} {query.context}")


def _preference(chunk: Chunk, query: Query) -> float:
    preference = scoring.PREFERENCE[chunk.kind]
    if chunk.transcript_id in query.transcripts:
        preference += scoring.FOCUS_TRANSCRIPT
    if query.speakers.intersection(chunk.speakers):
        preference += scoring.FOCUS_SPEAKER
    return preference


def _ranked(
    chunk: Chunk, cosines: Vectors, idf: Mapping[str, float]
) -> tuple[tuple[Sentence, float], ...]:
    """The chunk's sentences with their scores, best first."""
    own = [terms(sentence.text) for sentence in chunk.sentences]
    mass = sum(idf.values()) or 1.0
    overlaps = [sum(idf[term] for term in idf.keys() & set(found)) / mass for found in own]
    scores = scoring.sentence_scores(
        cosines, overlaps, [part.text for part in chunk.sentences], [len(set(n)) for n in own]
    )
    paired = zip(chunk.sentences, scores, strict=True)
    return tuple(sorted(paired, key=lambda item: -item[1]))


def _signals(hits: Sequence[Hit], coverage: float) -> scoring.Signals:
    top = hits[0]
    return scoring.Signals(
        top=top.score,
        best_sentence=max(hit.parts.sentence for hit in hits),
        lexical=max(hit.parts.lexical for hit in hits),
        coverage=coverage,
    )
