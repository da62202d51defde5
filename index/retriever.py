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
from index.lexical.concepts import WeighedConcepts, concepts_of
from index.lexical.dictionary import Dictionary
from index.lexical.terms import names, same_writing, terms
from index.nodes import chunk_node
from index.outline import Passage, passages_of
from index.quotes import QuoteIndex
from index.reranking.cross_encoder import RERANKED, rerank
from index.storage.store import IndexStore
from index.types import (
    EVERYWHERE,
    Embedder,
    Evidence,
    Hit,
    Query,
    Reranker,
    Scope,
    ScoreParts,
    Talk,
    Topic,
    Vectors,
    speakers_of,
)

CANDIDATES = 100
"""Passages taken from the vector side and from the lexical side each, before they are scored."""


@dataclass(frozen=True, slots=True)
class _KnownNames:
    """Who and what the library holds, at a generation of its catalogue."""

    generation: int
    talks: tuple[Talk, ...]
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
        reranker: Reranker | None = None,
    ) -> None:
        super().__init__()
        self._dictionary = dictionary
        self._reranker = reranker
        self._cached: _KnownNames | None = None
        self._store = store
        self._embedder = embedder
        self._limit = limit

    def search(self, query: Query, limit: int) -> Evidence:
        """The best ``limit`` hits, best first, and the probability that they hold an answer."""
        vector = self._vector(query)
        asked, lexical = self._lexical(query)
        chunks = self._store.catalog.chunks(self._candidates(vector, lexical, query.scope))
        if not chunks:
            return Evidence((), 0.0)
        rows = list(chunks)
        dense = self._cosines(vector, [chunks[row].id for row in rows])
        cosines, best = self._sentences(vector, chunks)
        words = _at(lexical, rows)
        worth = np.array([scoring.WORTH[chunk.kind] for chunk in chunks.values()])
        focus = np.array([_focus(chunk, query) for chunk in chunks.values()])
        scores = scoring.fuse(dense, best, words, worth, focus)

        def hit(n: int) -> Hit:
            chunk, parts = (
                chunks[rows[n]],
                ScoreParts(float(dense[n]), float(best[n]), float(words[n])),
            )
            sentences = _ranked(chunk, cosines[n], asked, query.speakers)
            return Hit(chunk, float(scores[n]), parts, sentences)

        first = max(limit, RERANKED) if self._reranker else limit
        hits = tuple(hit(int(n)) for n in np.argsort(-scores, kind="stable")[:first])
        if self._reranker:
            question = f"{query.context} {query.text}".strip()
            hits = rerank(hits, question, self._reranker)[:limit]
        unnamed = _unnamed(query.text, asked, chunks[rows[int(np.argmax(scores))]])
        sure = scoring.answerable(scoring.signals(scores - focus, dense, best, unnamed))
        return Evidence(hits, sure)

    def quotes(self) -> QuoteIndex:
        """The same index as citation lookup reads it."""
        return QuoteIndex(self._store, self._embedder, self._dictionary)

    def passages(self, file: str) -> tuple[Passage, ...]:
        """All that a file holds, in the order of its text, with its sentences' vectors."""
        return passages_of(self._store, file)

    def talks(self) -> Sequence[Talk]:
        """The talks, in the order of their files."""
        return self._known().talks

    def topics(self) -> Sequence[Topic]:
        """The sections of all talks, in the order of files and of their text."""
        return self._known().topics

    def speakers(self) -> tuple[str, ...]:
        """Everybody who speaks in the library."""
        return self._known().speakers

    def _known(self) -> _KnownNames:
        """Read again when the library changed, not with every question."""
        generation = self._store.catalog.generation()
        known = self._cached
        if known is None or known.generation != generation:
            talks = self._store.catalog.talks()
            topics = tuple(topic for talk in talks for topic in talk.topics)
            # One assignment: another thread sees the old or this one.
            self._cached = known = _KnownNames(generation, talks, topics, speakers_of(topics))
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

    def _candidates(self, vector: Vectors, lexical: Vectors, scope: Scope) -> list[int]:
        if scope != EVERYWHERE:
            return self._candidates_within(scope, vector, lexical)
        near = self._store.vectors.query(vector, CANDIDATES)
        rows = set(self._store.catalog.rows_of([chunk_id for chunk_id, _ in near]).values())
        shared = np.argsort(-lexical, kind="stable")[:CANDIDATES]
        return sorted(rows | {int(row) for row in shared if lexical[row] > 0})

    def _candidates_within(self, scope: Scope, vector: Vectors, lexical: Vectors) -> list[int]:
        """The best of what is in scope. A word's rarity stays that of the whole library: in a
        talk on one subject the subject's own words would otherwise count for nothing."""
        within = self._store.scopes.rows(scope)
        near = self._store.scopes.nearest(vector, within, CANDIDATES)
        worded = within[within < len(lexical)]
        worded = worded[lexical[worded] > 0]
        shared = worded[np.argsort(-lexical[worded], kind="stable")[:CANDIDATES]]
        return sorted({*near.tolist(), *shared.tolist()})

    def _cosines(self, vector: Vectors, ids: Sequence[str]) -> Vectors:
        stored = self._store.vectors.get(ids)
        nothing = np.zeros_like(vector)
        return np.stack([stored.get(chunk_id, nothing) for chunk_id in ids]) @ vector

    def _sentences(
        self, vector: Vectors, chunks: Mapping[int, Chunk]
    ) -> tuple[Sequence[Vectors], Vectors]:
        """Cosines of each chunk's sentences, and each chunk's sentence part."""
        stored = self._store.sentence_vectors.get(chunks)
        # Of a chunk that has just gone, zeros.
        gone = np.zeros((1, len(vector)), dtype=np.float32)
        parts = [
            stored[row] if row in stored else np.repeat(gone, len(chunk.sentences) or 1, axis=0)
            for row, chunk in chunks.items()
        ]
        starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
        cosines, best = scoring.best_sentences(np.concatenate(parts), starts, vector)
        return np.split(cosines, starts[1:]), best


def _at(values: Vectors, rows: Sequence[int]) -> Vectors:
    """Values by row; a chunk that came after the values were read has 0."""
    found = [values[row] if row < len(values) else 0.0 for row in rows]
    return np.array(found, dtype=np.float32)


def _unnamed(question: str, asked: WeighedConcepts, chunk: Chunk) -> float:
    """The share of the question's names that the passage lacks, where it would spell them alike."""
    if not same_writing(question, chunk.text):
        return 0.0
    return asked.lacking(names(question), frozenset(terms(chunk.embedded_text)))


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
