"""What all tests of a process share of the bundled model: it is loaded and measured once, and reads
no batch of texts twice.

Most of what tests take is spent on these, which depend on nothing but what they are given. Other
models are loaded each time, and fakes are measured each time.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from assistant.retrieval.kinds import KindModel, kept_kinds
from index.embedding.bundled import MODELS
from index.embedding.centring import LanguageMeans, kept_means, measure_means
from index.embedding.embedder import Precision, SentenceEmbedding, Task, load_embedder
from index.types import Embedder, Vectors

_REMEMBERED = 1000
"""Batches whose vectors are kept, of 50 KB at most each."""

_folders: dict[str, Path] = {}
_means: dict[str, LanguageMeans] = {}


def load_once(
    model: str | None,
    data_dir: Path,
    device: str | None = None,
    precision: Precision = "fast",
) -> SentenceEmbedding:
    """As ``load_embedder``."""
    if model is not None:
        return load_embedder(model, data_dir, device, precision)
    return _bundled(data_dir, device, precision)


@cache
def _bundled(data_dir: Path, device: str | None, precision: Precision) -> SentenceEmbedding:
    embedder = load_embedder(None, data_dir, device, precision)
    _folders[embedder.name] = data_dir / MODELS
    encoder = embedder._encoder
    encoder.encode = _remembering(encoder.encode)
    return embedder


def _remembering(encode: Callable[[Sequence[str], Task], Vectors]) -> Callable[..., Vectors]:
    @lru_cache(_REMEMBERED)
    def once(texts: tuple[str, ...], task: Task) -> Vectors:
        vectors = encode(texts, task)
        vectors.setflags(write=False)
        return vectors

    return lambda texts, task: once(tuple(texts), task)


def measure_once(embedder: Embedder) -> LanguageMeans:
    """As ``measure_means``, which all processes together need to do once for the bundled model."""
    if not isinstance(embedder, SentenceEmbedding) or embedder.name not in _folders:
        return measure_means(embedder)
    if embedder.name not in _means:
        _means[embedder.name] = kept_means(embedder, _folders[embedder.name])
    return _means[embedder.name]


def kinds_once(embedder: Embedder, folder: Path) -> KindModel:
    """As ``kept_kinds``; for a fake, whose vectors tell no kinds, one that finds all plain. Fitting
    it would take longer than all else that such a test does."""
    if embedder.name in _folders:
        return kept_kinds(embedder, folder)
    weights = np.zeros((embedder.dimension + 1, 2), dtype=np.float32)
    weights[-1] = (-20, 20)
    return KindModel(("courtesy", "question"), weights)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Keeps other processes out of the block that name the same file."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
