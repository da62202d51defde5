"""A small library made large: copies of its talks with small changes, stored as an index.

The words of each copy are changed here and there, so that passages differ and the vocabulary grows
with the library as it does in a real one; titles, dates and guests are each copy's own; vectors are
moved a little and normalised. All of it goes through the doors that indexing uses, so that what is
on disk is an index like any other.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from corpus.types import Chunk, Sentence
from index.nodes import chunk_metadata
from index.storage.store import IndexStore
from index.sync import Vectorised
from index.types import Talk, Topic, Vectors

BATCH_CHUNKS = 1000
"""Chunks of one transaction: more than indexing takes, since nothing is lost here by a kill."""
CHANGED = 0.08
"""The share of words (Han characters) that another of the library's takes the place of."""
NEW = 0.12
"""The share of those that become a word of their own, as names and terms of a new talk are. By
these two, 100,000 passages of English have some hundred thousand different words."""
MOVED = 0.6
"""Length of the noise that is added to a vector of length 1: a copy's cosine with it is 0.86."""
FIRST_DAY = date(2015, 1, 1)

_SYLLABLES = tuple(first + second for first in "bdfghklmnprstvz" for second in "aeiou")
_NAMES = len(_SYLLABLES) ** 2
_WORD = re.compile(r"([A-Za-z]{3,}|[㐀-䶿一-鿿])")


@dataclass(frozen=True, slots=True)
class Original:
    """A talk with its chunks and their vectors, (chunks, dimension) and a matrix a chunk."""

    talk: Talk
    chunks: tuple[Chunk, ...]
    vectors: Vectorised


@dataclass(frozen=True, slots=True)
class Words:
    """All words of the originals, Latin and Han apart, each as often as it stands there."""

    latin: tuple[str, ...]
    han: tuple[str, ...]


def words_of(originals: Sequence[Original]) -> Words:
    found = [
        word
        for original in originals
        for chunk in original.chunks
        for word in _WORD.findall(chunk.text)
    ]
    latin = tuple(word for word in found if word.isascii())
    return Words(latin, tuple(word for word in found if not word.isascii()))


def host_of(originals: Sequence[Original]) -> str | None:
    """Who speaks in the most talks, if in more than one: the same person in all copies."""
    speakers = Counter(
        name
        for original in originals
        for name in {name for topic in original.talk.topics for name in topic.speakers}
    )
    common = speakers.most_common(1)
    return common[0][0] if common and common[0][1] > 1 else None


class Copier:
    """Makes the numbered copies of talks; the same for the same ``seed``."""

    def __init__(self, originals: Sequence[Original], seed: int = 7) -> None:
        self._firsts = len(originals)
        self._words = words_of(originals)
        self._host = host_of(originals)
        self._random = random.Random(seed)
        self._noise = np.random.default_rng(seed)

    def copy(self, original: Original, number: int) -> Original:
        """The copy: as many chunks and sentences, under other ids, names and dates."""
        talk = original.talk
        key, file = f"{talk.id}-{number}", f"{number:05}/{talk.file}"
        title = f"{self._changed(talk.title)} {number}"
        published = (FIRST_DAY + timedelta(days=number)).isoformat()

        def topic_of(topic: Topic) -> Topic:
            speakers = self._names(topic, number)
            return replace(topic, transcript_id=key, file=file, title=title, speakers=speakers)

        def chunk_of(chunk: Chunk) -> Chunk:
            there = replace(chunk, transcript_id=key, file=file, title=title, published=published)
            return self._chunk(there, number)

        topics = tuple(map(topic_of, talk.topics))
        return Original(
            replace(talk, id=key, file=file, title=title, published=published, topics=topics),
            tuple(map(chunk_of, original.chunks)),
            Vectorised(
                self._moved(original.vectors.chunks),
                tuple(map(self._moved, original.vectors.sentences)),
            ),
        )

    def _names(self, holder: Chunk | Topic, number: int) -> tuple[str, ...]:
        return tuple(self._name(name, number) for name in holder.speakers)

    def _name(self, name: str, number: int) -> str:
        """A guest is somebody else in each copy but the first."""
        if name == self._host or number < self._firsts:
            return name
        drawn = random.Random(f"{number} {name}")
        return f"{_letters(drawn.randrange(_NAMES))} {_letters(drawn.randrange(_NAMES))}"

    def _chunk(self, chunk: Chunk, number: int) -> Chunk:
        text, sentences, end = "", [], 0
        for sentence in chunk.sentences:
            text += chunk.text[end : sentence.offset]
            speaker = sentence.speaker and self._name(sentence.speaker, number)
            words = self._changed(sentence.text)
            sentences.append(replace(sentence, text=words, offset=len(text), speaker=speaker))
            text, end = text + words, sentence.end
        return replace(
            chunk,
            id=hashlib.sha256(f"{number} {chunk.id}".encode()).hexdigest()[: len(chunk.id)],
            text=text + chunk.text[end:],
            sentences=tuple[Sentence, ...](sentences),
            speakers=self._names(chunk, number),
        )

    def _changed(self, text: str) -> str:
        parts = _WORD.split(text)
        words = len(parts) // 2
        # Rounded by chance, so that short sentences change as often as their length says.
        changes = int(words * CHANGED + self._random.random())
        for _ in range(changes):
            at = 2 * self._random.randrange(words) + 1 if words else 0
            parts[at] = self._other(parts[at]) if words else parts[at]
        return "".join(parts)

    def _other(self, word: str) -> str:
        if not word.isascii():
            return self._random.choice(self._words.han)
        other = self._random.choice(self._words.latin)
        if self._random.random() < NEW:
            other += _letters(self._random.randrange(_NAMES)).lower()
        return other

    def _moved(self, vectors: Vectors) -> Vectors:
        noise = self._noise.standard_normal(vectors.shape, dtype=np.float32)
        moved = vectors + noise * np.float32(MOVED / np.sqrt(vectors.shape[1]))
        return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def _letters(number: int) -> str:
    """A number below ``_NAMES`` as a word of two syllables, such as ``Bika``."""
    first, second = divmod(number, len(_SYLLABLES))
    return (_SYLLABLES[first] + _SYLLABLES[second]).capitalize()


def copies(originals: Sequence[Original], chunks: int) -> Iterator[list[Original]]:
    """Batches of copies in turn, until there are so many chunks or a talk's more."""
    copier, made, number = Copier(originals), 0, 0
    batch: list[Original] = []
    while made < chunks:
        original = originals[number % len(originals)]
        batch.append(copier.copy(original, number))
        made, number = made + len(original.chunks), number + 1
        if sum(len(one.chunks) for one in batch) >= BATCH_CHUNKS or made >= chunks:
            yield batch
            batch = []


@dataclass(frozen=True, slots=True)
class Filled:
    """How much was stored so far."""

    talks: int = 0
    chunks: int = 0
    sentences: int = 0

    def and_these(self, batch: Sequence[Original]) -> Filled:
        chunks = [chunk for original in batch for chunk in original.chunks]
        return Filled(
            self.talks + len(batch),
            self.chunks + len(chunks),
            self.sentences + sum(len(chunk.sentences) for chunk in chunks),
        )


def fill(store: IndexStore, batches: Iterator[list[Original]]) -> Iterator[Filled]:
    """Stores talks as ``index.sync`` does; after each batch tells how much that makes."""
    filled = Filled()
    for batch in batches:
        _store(store, batch)
        filled = filled.and_these(batch)
        yield filled


def _store(store: IndexStore, batch: Sequence[Original]) -> None:
    chunks = [chunk for original in batch for chunk in original.chunks]
    vectors = np.concatenate([original.vectors.chunks for original in batch])
    store.vectors.upsert(
        [chunk.id for chunk in chunks],
        vectors,
        [chunk.text for chunk in chunks],
        [chunk_metadata(chunk) for chunk in chunks],
    )
    with store.transaction():
        for original in batch:
            store.catalog.put_file(original.talk, "copy", original.chunks)
        rows = store.catalog.rows_of(chunk.id for chunk in chunks)
        for original in batch:
            for chunk, sentences in zip(original.chunks, original.vectors.sentences, strict=True):
                store.sentence_vectors.put(rows[chunk.id], sentences)
        store.scopes.put({rows[chunk.id]: chunk for chunk in chunks}, vectors)
        store.lexical.add({rows[chunk.id]: chunk.embedded_text for chunk in chunks})
    store.lexical.tidy()
