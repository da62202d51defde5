"""An embedder without a model: equal words make vectors alike, and everything is repeatable."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from index.types import Vectors

_WORDS = re.compile(r"[a-z0-9]+|[^\W\d_]", re.IGNORECASE)


class FakeEmbedder:
    """Keeps the contract of ``index.types.Embedder``: unit float32 rows, the order given.

    A text is the sum of its words, their trigrams and pairs of neighbours, each hashed to a place
    and a sign; a question carries a mark of its own, so that it is told apart from a passage.
    ``embedded`` remembers the passages asked for.
    """

    name = "fake"
    window_tokens = 512

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.embedded: list[str] = []

    def passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        """Vectors of passages, (n, dimension), in one batch."""
        self.embedded.extend(texts)
        vectors = np.array([self._vector(text, "passage:") for text in texts], dtype=np.float32)
        if on_batch is not None and texts:
            on_batch(len(texts))
        return vectors.reshape(len(texts), self.dimension)

    def query(self, text: str) -> Vectors:
        """The vector of a question, (dimension,)."""
        return self._vector(text, "query:")

    def count_tokens(self, text: str) -> int:
        """Words, and letters of scripts without spaces, and two more for start and end."""
        return len(_WORDS.findall(text)) + 2

    def _vector(self, text: str, mark: str) -> Vectors:
        vector = np.zeros(self.dimension, dtype=np.float32)
        for feature in (mark, *_features(text)):
            value = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
            vector[(value >> 1) % self.dimension] += 1.0 if value & 1 else -1.0
        length = float(np.linalg.norm(vector))
        if length == 0.0:
            vector[0] = length = 1.0
        return vector / np.float32(length)


def _features(text: str) -> Iterator[str]:
    words = [word.casefold() for word in _WORDS.findall(text)]
    yield from words
    yield from (f"{one} {two}" for one, two in pairwise(words))
    for word in words:
        yield from (word[at : at + 3] for at in range(len(word) - 2))
