"""Questions to hits: a LlamaIndex retriever over one library's index."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from corpus.types import Chunk, Sentence
from index import scoring
from index.lexical.amounts import held_terms
from index.lexical.concepts import WeighedConcepts
from index.lexical.dictionary import Dictionary
from index.lexical.terms import names, same_writing, terms
from index.literal import LOOKED_THROUGH, Words
from index.nodes import chunk_node
from index.outline import Passage, passages_of
from index.quotes import QuoteIndex
from index.scoring import leads_on
from index.segmentation import topics
from index.storage.store import IndexStore
from index.types import (
    EVERYWHERE,
    Embedder,
    Evidence,
    Hit,
    Judgement,
    Proposal,
    Query,
    Reranker,
    ScoreParts,
    Talk,
    Topic,
    TopicSegment,
    Vectors,
    speakers_of,
)
from index.wording import Wordings

CANDIDATES = 100
"""Passages taken from the vector side and from the lexical side each, before they are scored."""
READ = 8
"""Hits that the reranker reads; more of them made no answer better."""
SHOWN = 8
"""Sentences before a passage that it may be read with, as far as there is room for them."""


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
        self._wordings = Wordings(store, dictionary)
        self._embedder = embedder
        self._limit = limit

    def search(self, query: Query, limit: int) -> Evidence:
        """The best ``limit`` hits, best first, and the probability that they hold an answer.

        Words alone that stand somewhere are answered by where they stand: see literal.py.
        """
        words = Words.typed(query, self._wordings.now())
        if words is None:
            return self._search(query, limit)
        return words.first(self._search(query, max(limit, LOOKED_THROUGH)), limit)

    def spelled(self, text: str, *, slips: bool = True) -> str:
        """The text with the people who speak in the library called as it calls them; without
        ``slips`` only where a list of spellings says who is meant."""
        return self._wordings.now().spelled(text, slips=slips)

    def _search(self, query: Query, limit: int) -> Evidence:
        asked = self._asked(query)
        found = self._scored(asked, self._candidates(asked))
        if found is None:
            return Evidence((), 0.0)
        on_subject = scoring.answerable(found.signals())
        ranked = found.hits(max(limit, READ))
        first = self._with_replies(asked, dict(islice(ranked.items(), READ)))
        if self._reranker is None:
            hits, answerable = tuple(sorted(first.values(), key=lambda hit: -hit.score)), None
        else:
            hits, answerable = self._judged(self._reranker, query, first)
        sure = on_subject if answerable is None else answerable
        rest = (hit for row, hit in ranked.items() if row not in first)
        return Evidence((*hits, *rest)[:limit], sure, on_subject)

    def _with_replies(self, asked: _Asked, found: Mapping[int, Hit]) -> dict[int, Hit]:
        """The first hits by row, and what comes next after those that end in a question: it may be
        the reply, and was as well found as the question."""
        first = dict(found)
        asking = [row for row, hit in first.items() if leads_on(hit.chunk.sentences[-1].text)]
        after = {
            later: row
            for row, (_, later) in self._store.catalog.neighbours(asking).items()
            if later is not None
        }
        others = self._scored(asked, sorted(after.keys() - first.keys()))
        replies = others.hits(len(after)) if others else {}
        for later, row in after.items():
            if reply := first.get(later) or replies.get(later):
                first[later] = _as_well_found(reply, first[row])
        return first

    def _judged(
        self, reranker: Reranker, query: Query, found: Mapping[int, Hit]
    ) -> tuple[tuple[Hit, ...], float | None]:
        """The hits in the order that search and reranker together give, their sentences as the
        reranker has them, and how sure it is that one of them answers, if it can tell."""
        judged = reranker.judge(f"{query.text} {query.context}".strip(), self._proposals(found))
        best = max(scoring.ORDINARY, *(hit.score for hit in found.values()))
        read = [
            replace(
                hit,
                score=hit.score / best + scoring.READING * judgement.answers,
                sentences=_in_order(hit.chunk, judgement),
            )
            for hit, judgement in zip(found.values(), judged, strict=True)
        ]
        return tuple(sorted(read, key=lambda hit: -hit.score)), reranker.sure(judged)

    def _proposals(self, found: Mapping[int, Hit]) -> list[Proposal]:
        """The hits' chunks with what was said before them."""
        around = self._store.catalog.neighbours(found)
        rows = {row: before for row, (before, _) in around.items() if before is not None}
        before = self._store.catalog.chunks(rows.values())

        def proposal(row: int, hit: Hit) -> Proposal:
            chunk, scores = hit.chunk, {one.offset: score for one, score in hit.sentences}
            promise = tuple(scores[one.offset] for one in chunk.sentences)
            earlier = before.get(rows.get(row, -1))
            follows = earlier is not None and earlier.kind == chunk.kind
            shown = earlier.sentences[-SHOWN:] if earlier and follows else ()
            return Proposal(chunk, promise, shown)

        return [proposal(row, hit) for row, hit in found.items()]

    def quotes(self) -> QuoteIndex:
        """The same index as citation lookup reads it."""
        return QuoteIndex(self._store, self._embedder, self._wordings)

    def passages(self, file: str) -> tuple[Passage, ...]:
        """All that a file holds, in the order of its text, with its sentences' vectors."""
        return passages_of(self._store, file)

    def segments(self, passages: Sequence[Passage]) -> tuple[TopicSegment, ...]:
        """The topics of a talk from all its passages: its sections, or what segmentation finds."""
        chunks, vectors = [one.chunk for one in passages], [one.vectors for one in passages]
        return topics(chunks, vectors, self._dictionary, self._store.lexical.rarity)

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

    def _asked(self, query: Query) -> _Asked:
        """A question's vector, its own concepts, weighed, and the lexical scores by row; a
        follow-up's lean towards what was asked before."""
        vector = self._embedder.query(query.text)
        if query.context:
            whole = self._embedder.query(f"{query.context} {query.text}")
            mixed = (1 - scoring.CONTEXT) * vector + scoring.CONTEXT * whole
            vector = np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)
        wording = self._wordings.now()
        own = wording.asked(query.text).concepts
        context = wording.asked(query.context).concepts
        found = self._store.lexical.scores(dict.fromkeys([*own, *context]))
        return _Asked(query, vector, found.only(own), found.values)

    def _candidates(self, asked: _Asked) -> list[int]:
        if asked.query.scope != EVERYWHERE:
            return self._candidates_within(asked)
        lexical = asked.lexical
        near = self._store.vectors.query(asked.vector, CANDIDATES)
        rows = set(self._store.catalog.rows_of([chunk_id for chunk_id, _ in near]).values())
        shared = np.argsort(-lexical, kind="stable")[:CANDIDATES]
        return sorted(rows | {int(row) for row in shared if lexical[row] > 0})

    def _candidates_within(self, asked: _Asked) -> list[int]:
        """The best of what is in scope. A word's rarity stays that of the whole library: in a
        talk on one subject the subject's own words would otherwise count for nothing."""
        lexical = asked.lexical
        within = self._store.scopes.rows(asked.query.scope)
        near = self._store.scopes.nearest(asked.vector, within, CANDIDATES)
        worded = within[within < len(lexical)]
        worded = worded[lexical[worded] > 0]
        shared = worded[np.argsort(-lexical[worded], kind="stable")[:CANDIDATES]]
        return sorted({*near.tolist(), *shared.tolist()})

    def _scored(self, asked: _Asked, rows: Sequence[int]) -> _Scored | None:
        """The chunks of these rows with all parts of their scores; ``None`` without any."""
        chunks = self._store.catalog.chunks(rows)
        if not chunks:
            return None
        dense = self._cosines(asked.vector, [chunk.id for chunk in chunks.values()])
        cosines, best = self._sentences(asked.vector, chunks)
        words = _at(asked.lexical, list(chunks))
        worth = np.array([scoring.WORTH[chunk.kind] for chunk in chunks.values()])
        focus = np.array([_focus(chunk, asked.query) for chunk in chunks.values()])
        scores = scoring.fuse(dense, best, words, worth, focus)
        return _Scored(asked, chunks, dense, best, words, focus, scores, cosines)

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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query as it is searched: its vector, its own concepts, lexical scores by row."""

    query: Query
    vector: Vectors
    concepts: WeighedConcepts
    lexical: Vectors


@dataclass(frozen=True, slots=True)
class _Scored:
    """Chunks by row with the parts of their scores, arrays in the chunks' order."""

    asked: _Asked
    chunks: Mapping[int, Chunk]
    dense: Vectors
    best_sentence: Vectors
    lexical: Vectors
    focus: Vectors
    scores: Vectors
    sentences: Sequence[Vectors]

    def hits(self, count: int) -> dict[int, Hit]:
        """The best ``count`` by row, best first."""
        held = list(self.chunks.items())
        order: list[int] = np.argsort(-self.scores, kind="stable")[:count].tolist()
        return {held[n][0]: self._hit(n, held[n][1]) for n in order}

    def signals(self) -> scoring.Signals:
        """What they show about whether there is an answer."""
        first = list(self.chunks.values())[int(np.argmax(self.scores))]
        unnamed = _unnamed(self.asked.query.text, self.asked.concepts, first)
        return scoring.signals(self.scores - self.focus, self.dense, self.best_sentence, unnamed)

    def _hit(self, n: int, chunk: Chunk) -> Hit:
        parts = ScoreParts(
            float(self.dense[n]), float(self.best_sentence[n]), float(self.lexical[n])
        )
        people = self.asked.query.speakers
        sentences = _ranked(chunk, self.sentences[n], self.asked.concepts, people)
        return Hit(chunk, float(self.scores[n]), parts, sentences)


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


def _as_well_found(reply: Hit, asking: Hit) -> Hit:
    """A reply under the score of the hit that asks, its beginning under that of what is asked."""
    (_, promise), *_ = asking.sentences
    beginning = reply.chunk.sentences[0]
    others = [item for item in reply.sentences if item[0] != beginning]
    return replace(
        reply, score=max(reply.score, asking.score), sentences=((beginning, promise), *others)
    )


def _in_order(chunk: Chunk, judgement: Judgement) -> tuple[tuple[Sentence, float], ...]:
    """The chunk's sentences with what the reranker says of them, best first."""
    said = zip(chunk.sentences, judgement.says, strict=True)
    return tuple(sorted(said, key=lambda item: -item[1]))


def _ranked(
    chunk: Chunk, cosines: Vectors, asked: WeighedConcepts, people: Set[str]
) -> tuple[tuple[Sentence, float], ...]:
    """The chunk's sentences with their scores, best first."""
    scored = []
    for sentence, cosine in zip(chunk.sentences, cosines, strict=True):
        overlap = asked.overlap(held_terms(sentence.text, asked.shares))
        score = scoring.sentence_score(
            float(cosine), overlap, sentence.text, by_whom=sentence.speaker in people
        )
        scored.append((sentence, score))
    return tuple(sorted(scored, key=lambda item: -item[1]))
