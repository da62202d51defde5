"""Vectors for chunks and their sentences: the index's own where it has them, else the model's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.types import Chunk
from index.catalog import text_hash
from index.progress import Meter
from index.store import IndexStore
from index.types import Embedder, Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Vectors that need no model: of chunks by their text's hash, of sentences by their words."""

    chunks: Mapping[str, Vectors]
    sentences: Mapping[str, Vectors]


@dataclass(frozen=True, slots=True, eq=False)
class Vectorised:
    """Vectors of chunks, (chunks, dimension), and for each the vectors of its sentences."""

    chunks: Vectors
    sentences: tuple[Vectors, ...]


def known_vectors(store: IndexStore, chunks: Sequence[Chunk], files: Iterable[str]) -> Known:
    """What the index holds for these chunks of these files.

    A chunk's vector is found by the hash of its text, whatever file it stood in; a sentence's in
    chunks of equal text and in what the same files held before.
    """
    same_text = store.catalog.rows_with_text({text_hash(chunk) for chunk in chunks})
    vectors = store.vectors.get(chunk_id for chunk_id, _ in same_text.values())
    by_hash = {
        key: vectors[chunk_id] for key, (chunk_id, _) in same_text.items() if chunk_id in vectors
    }
    rows = {row for _, row in same_text.values()} | set(store.catalog.rows_of_files(files).values())
    stored = store.sentence_vectors.get(rows)
    by_words: dict[str, Vectors] = {}
    for row, chunk in store.catalog.chunks(rows).items():
        if row in stored and len(stored[row]) == len(chunk.sentences):
            words = (sentence.embedded_text for sentence in chunk.sentences)
            by_words.update(zip(words, stored[row], strict=True))
    return Known(by_hash, by_words)


def missing_chunks(chunks: Sequence[Chunk], known: Known) -> list[Chunk]:
    """The chunks whose text has no vector yet, each text once."""
    missing = {text_hash(chunk): chunk for chunk in chunks}
    return [chunk for key, chunk in missing.items() if key not in known.chunks]


def vectorise(
    chunks: Sequence[Chunk], known: Known, embedder: Embedder, meter: Meter
) -> Vectorised:
    """Vectors for all chunks and their sentences. Equal texts are embedded once."""
    missing = missing_chunks(chunks, known)
    words = dict.fromkeys(one.embedded_text for chunk in chunks for one in chunk.sentences)
    new_words = [text for text in words if text not in known.sentences]
    new = _embedded([chunk.embedded_text for chunk in missing], embedder, meter)
    by_hash = {**known.chunks, **dict(zip(map(text_hash, missing), new, strict=True))}
    new_sentences = _embedded(new_words, embedder, meter)
    by_words = {**known.sentences, **dict(zip(new_words, new_sentences, strict=True))}
    return Vectorised(
        _stacked([by_hash[text_hash(chunk)] for chunk in chunks], embedder.dimension),
        tuple(
            _stacked([by_words[one.embedded_text] for one in chunk.sentences], embedder.dimension)
            for chunk in chunks
        ),
    )


def _embedded(texts: Sequence[str], embedder: Embedder, meter: Meter) -> Vectors:
    """The model's vectors. Chunks are half of the work that the meter is told of, sentences too."""
    if not texts:
        meter.embedded(0.5)
        return np.zeros((0, embedder.dimension), dtype=np.float32)
    return embedder.passages(texts, lambda batch: meter.embedded(0.5 * batch / len(texts)))


def _stacked(vectors: Sequence[Vectors], dimension: int) -> Vectors:
    return np.stack(vectors) if vectors else np.zeros((0, dimension), dtype=np.float32)
