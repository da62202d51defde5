"""What the crash tests run in a process of its own: a sync that ends abruptly at a given point."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import index.sync
from index.storage.catalog import Catalog
from index.storage.inverted import Lexical
from index.storage.store import IndexStore
from index.storage.vectors import VectorStore
from index.sync import sync
from index.types import Vectors
from tests.index.store_fixtures import BUDGET, CountingEmbedder, FolderLibrary, opened

CRASHED = 41
Replace = Callable[[Any, str, Any], None]


def die(*_: object, **__: object) -> NoReturn:
    os._exit(CRASHED)


def _dies_at_call(number: int, work: Callable[..., Any]) -> Callable[..., Any]:
    """The function as it is until its ``number``-th call, which ends the process."""
    calls = 0

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        return die() if calls == number else work(*arguments, **named)

    return counted


def _small_parts(_: VectorStore, count: int) -> list[slice]:
    return [slice(start, start + 2) for start in range(0, count, 2)]


def _die_when_unmarked(self: Catalog, key: str, value: bytes | None) -> None:
    if value is None:
        die()
    _WRITE_VALUE(self, key, value)


def _in_part(number: int, method: str) -> Callable[[Replace], None]:
    """Ends the process in the middle of a call to Chroma that takes several parts."""

    def arrange(replace: Replace) -> None:
        began = VectorStore.__init__

        def init(self: VectorStore, *arguments: Any) -> None:
            began(self, *arguments)
            collection = self.collection
            replace(collection, method, _dies_at_call(number, getattr(collection, method)))

        replace(VectorStore, "__init__", init)
        replace(VectorStore, "_parts", _small_parts)

    return arrange


_WRITE_VALUE = Catalog.write_value
POINTS: dict[str, Callable[[Replace], None]] = {
    "after embedding": lambda replace: replace(VectorStore, "upsert", die),
    "inside the first upsert": _in_part(2, "upsert"),
    "inside a later upsert": _in_part(6, "upsert"),
    "before the transaction": lambda replace: replace(IndexStore, "transaction", die),
    "inside the transaction": lambda replace: replace(Lexical, "add", die),
    "before the stale vectors go": lambda replace: replace(VectorStore, "delete", die),
    "while the stale vectors go": _in_part(2, "delete"),
    "between two batches": lambda replace: replace(
        VectorStore, "upsert", _dies_at_call(2, VectorStore.upsert)
    ),
    "before files are removed": lambda replace: replace(Catalog, "remove_files", die),
    "at the very end": lambda replace: replace(Catalog, "write_value", _die_when_unmarked),
}


def sync_until(point: str, data: Path, root: Path) -> None:
    """Syncs, and ends the process at the point. Process mode's lock is held until then."""
    POINTS[point](setattr)
    _sync(data, root, CountingEmbedder())


class SlowEmbedder(CountingEmbedder):
    def passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        time.sleep(0.01)
        return super().passages(texts, on_batch)


def sync_slowly(data: Path, root: Path, started: Path) -> None:
    started.touch()
    _sync(data, root, SlowEmbedder())


def _sync(data: Path, root: Path, embedder: CountingEmbedder) -> None:
    index.sync.BATCH_CHUNKS = 6
    library = FolderLibrary(root)
    with opened(data, library) as store:
        sync(library, store, embedder, BUDGET)
