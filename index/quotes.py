"""Where a quote may stand: passages that share its words, and sentences that mean the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.types import Chunk
from index.lexical.concepts import WeighedConcepts, idf
from index.lexical.terms import terms
from index.storage.inverted import Lexical
from index.storage.store import IndexStore
from index.types import EVERYWHERE, Embedder, Scope, Vectors, speakers_of
from index.wording import Wordings

Rows = npt.NDArray[np.int64]

RAREST = 48
"""Terms of a quote that are looked up at most, the rarest of them."""
SHARE = 0.4
"""A passage that shares less than this of what the best one shares isn't compared with the quote:
of a quote that runs over two passages, one at least holds half."""
NEAREST = 60
"""Passages taken by their vectors, and by words and translations, whose sentences are compared
with the quote's meaning."""
PAIR = 0.02
"""So much better than one sentence two must be: together they hold more words by chance."""
WORDS = 0.3
"""What the share of the quote's words that a sentence has, translations included, adds to its
cosine."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The sentences ``[start, end)`` of a passage that are nearest to a quote, one or two.

    ``score`` is their cosine, and what the words in common add.
    """

    chunk: Chunk
    start: int
    end: int
    score: float


class QuoteIndex:
    """What lookup needs of an index; safe to call from several threads.

    ``embedder`` is the one that the index was made with, centred. Without ``wordings``, which know
    a dictionary, less is found across languages.
    """

    def __init__(
        self, store: IndexStore, embedder: Embedder, wordings: Wordings | None = None
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._wordings = wordings or Wordings(store, None)

    def variants(self, text: str) -> tuple[str, ...]:
        """The text, and how it reads with its names in the other spellings that are listed."""
        return self._wordings.now().variants(text)

    def sharing(self, text: str, limit: int, scope: Scope = EVERYWHERE) -> list[Chunk]:
        """The passages that share the most of the text's words by their rarity, best first.

        A text of function words alone, which no index has, is looked for as it stands.
        """
        within = None if scope == EVERYWHERE else self._store.scopes.rows(scope)
        if terms(text):
            rows = sharing_rows(self._store.lexical, text, limit, within)
        else:
            rows = self._store.catalog.rows_holding(_bare(text), limit)
            rows = [row for row in rows if within is None or row in within]
        chunks = self._store.catalog.chunks(rows)
        return [chunks[row] for row in rows if row in chunks]

    def meaning(self, text: str, limit: int, scope: Scope = EVERYWHERE) -> list[Meant]:
        """The sentences, or pairs of neighbours, that mean the most alike, best first; one a
        passage."""
        vector = self._embedder.passages([text])[0]
        words = self._store.lexical.scores(self._wordings.now().asked(text).concepts)
        asked = words.only(words.idf)
        chunks = self._store.catalog.chunks(self._near(vector, words.values, scope))
        stored = self._store.sentence_vectors.get(chunks)
        found = [
            _nearest(chunk, stored[row], vector, asked)
            for row, chunk in chunks.items()
            if row in stored
        ]
        return sorted(found, key=lambda one: -one.score)[:limit]

    def talk(self, file: str) -> tuple[Chunk, ...]:
        """All passages of a file in the order of its text; empty where the index hasn't got it."""
        return tuple(self._store.catalog.talk_chunks(file).values())

    def talk_ids(self) -> dict[str, str]:
        """The talks' ids by file."""
        return self._store.catalog.talk_ids()

    def speakers(self) -> tuple[str, ...]:
        """Everybody who speaks in the library."""
        return speakers_of(self._store.catalog.topics())

    def holding(
        self, wanted: Collection[int], key: Callable[[str], int], limit: int
    ) -> tuple[str, ...]:
        """Files with a passage that holds terms of at least half of the wanted keys, those with
        most first. Reads the whole vocabulary, since a key can't be turned back into its term."""
        rows = holding_rows(self._store.lexical, frozenset(wanted), key)
        chunks = self._store.catalog.chunks(rows[: 4 * limit])
        files = dict.fromkeys(chunks[row].file for row in rows if row in chunks)
        return tuple(files)[:limit]

    def _near(self, vector: Vectors, words: Vectors, scope: Scope) -> list[int]:
        if scope == EVERYWHERE:
            near = self._store.vectors.query(vector, NEAREST)
            rows = set(self._store.catalog.rows_of([found for found, _ in near]).values())
            worded = np.argsort(-words, kind="stable")[:NEAREST]
        else:
            within = self._store.scopes.rows(scope)
            rows = set(self._store.scopes.nearest(vector, within, NEAREST).tolist())
            inside = within[within < len(words)]
            worded = inside[np.argsort(-words[inside], kind="stable")[:NEAREST]]
        return sorted(rows | {int(row) for row in worded if words[row] > 0})


def _bare(text: str) -> str:
    """The text without the punctuation at its ends."""
    return re.sub(r"^\W+|\W+$", "", text)


def sharing_rows(lexical: Lexical, text: str, limit: int, within: Rows | None) -> list[int]:
    """Rows of passages by the rarity of the terms that they share with a text, best first."""
    wanted = dict.fromkeys(terms(text))
    with lexical.reader() as reader:
        found = [one.rows for one in reader.postings(wanted).values() if len(one.rows)]
        passages, size = reader.lengths.passages, len(reader.lengths.by_row)
    shared = np.zeros(size, dtype=np.float32)
    for rows in sorted(found, key=len)[:RAREST]:
        shared[rows] += idf(passages, len(rows))
    if within is not None:
        kept = np.zeros_like(shared)
        inside = within[within < size]
        kept[inside] = shared[inside]
        shared = kept
    best = np.argsort(-shared, kind="stable")[:limit]
    least = SHARE * shared.max(initial=0.0)
    return [int(row) for row in best if shared[row] > 0 and shared[row] >= least]


def holding_rows(lexical: Lexical, wanted: frozenset[int], key: Callable[[str], int]) -> list[int]:
    """Rows of passages that hold terms of most of the wanted keys, best first; at least half."""
    with lexical.reader() as reader:
        keyed = {term: key(term) for term in reader.vocabulary() if key(term) in wanted}
        found = reader.postings(keyed)
        held = {number: np.zeros(len(reader.lengths.by_row), dtype=bool) for number in wanted}
    for term, postings in found.items():
        held[keyed[term]][postings.rows] = True
    counts = np.sum(list(held.values()), axis=0) if held else np.zeros(0)
    best = np.argsort(-counts, kind="stable")
    return [int(row) for row in best[: int((2 * counts >= max(len(wanted), 1)).sum())]]


def _nearest(chunk: Chunk, vectors: Vectors, quote: Vectors, asked: WeighedConcepts) -> Meant:
    """A pair's vector is the sum of its two, and its words are those of both."""
    single = vectors @ quote
    held = [frozenset(terms(sentence.text)) for sentence in chunk.sentences]
    scored = [
        (float(single[n]) + WORDS * asked.overlap(held[n]), n, n + 1) for n in range(len(held))
    ]
    sums = np.linalg.norm(vectors[:-1] + vectors[1:], axis=1)
    pairs = (single[:-1] + single[1:]) / np.maximum(sums, 1e-6)
    for n, cosine in enumerate(pairs):
        together = asked.overlap(held[n] | held[n + 1])
        scored.append((float(cosine) + WORDS * together - PAIR, n, n + 2))
    score, start, end = max(scored)
    return Meant(chunk, start, end, score)
