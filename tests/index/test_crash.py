"""A sync that is killed: the next one leaves the index as if nothing had happened."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import signal
import time
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path

import numpy as np
import pytest

from index.sync import sync
from tests.index.crashing import CRASHED, POINTS, sync_slowly, sync_until
from tests.index.store_fixtures import (
    BUDGET,
    CountingEmbedder,
    FolderLibrary,
    opened,
    same,
    state,
    talk_text,
    write_library,
)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext | SpawnContext:
    """Processes that start from one that has imported everything, where the system has such."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.index.crashing", "chromadb"])
    return context


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library as it was changed, its index from before, and an index of it now."""
    folder = tmp_path_factory.mktemp("original")
    library = write_library(folder / "library", ["amber", "basalt", "cobalt"])
    with opened(folder / "data", library) as store:
        sync(library, store, CountingEmbedder(), BUDGET)
    (library.root / "amber.txt").write_text(talk_text("amber", sections=2, sentences=9), "utf-8")
    (library.root / "basalt.txt").unlink()
    write_library(library.root, ["zinc", "granite"])
    return folder


@pytest.fixture(scope="module")
def undisturbed(original: Path) -> dict[str, object]:
    """The state that every repaired index has to come to."""
    library = FolderLibrary(original / "library")
    with opened(original / "fresh", library) as store:
        sync(library, store, CountingEmbedder(), BUDGET)
        return state(store)


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    """A copy to crash in. The index's folder is named by the library's path, which stays."""
    shutil.copytree(original / "data", tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize("point", POINTS)
def test_killed_at(
    point: str,
    processes: ForkServerContext | SpawnContext,
    original: Path,
    folder: Path,
    undisturbed: dict[str, object],
) -> None:
    root = original / "library"
    process = processes.Process(target=sync_until, args=(point, folder, root))
    process.start()
    process.join()
    assert process.exitcode == CRASHED, f"the sync went past {point!r}"
    library = FolderLibrary(root)
    with opened(folder, library) as store:
        sync(library, store, CountingEmbedder(), BUDGET)
        assert same(state(store), undisturbed)
        embedder = CountingEmbedder()
        assert sync(library, store, embedder, BUDGET).unchanged == 4
        assert embedder.embedded == []


@pytest.mark.parametrize("fresh", [True, False], ids=["first run", "later run"])
def test_killed_again_and_again_at_any_moment(
    fresh: bool,
    processes: ForkServerContext | SpawnContext,
    original: Path,
    folder: Path,
    undisturbed: dict[str, object],
) -> None:
    if fresh:
        shutil.rmtree(folder)
    moments = random.Random(7)
    killed = 0
    for turn in range(6):
        started = folder.parent / f"started{turn}"
        process = processes.Process(
            target=sync_slowly, args=(folder, original / "library", started)
        )
        process.start()
        while not started.exists():
            time.sleep(0.002)
        time.sleep(moments.uniform(0, 0.25))
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
    assert killed >= 2
    library = FolderLibrary(original / "library")
    with opened(folder, library) as store:
        sync(library, store, CountingEmbedder(), BUDGET)
        assert same(state(store), undisturbed)


def test_after_a_cut_the_stores_are_compared_id_by_id(
    processes: ForkServerContext | SpawnContext,
    original: Path,
    folder: Path,
    undisturbed: dict[str, object],
) -> None:
    """A power cut may take from Chroma what it had not written yet, and leave equal counts."""
    root = original / "library"
    process = processes.Process(target=sync_until, args=("at the very end", folder, root))
    process.start()
    process.join()
    library = FolderLibrary(root)
    with opened(folder, library) as store:
        lost = sorted(store.vectors.ids())[:3]
        vectors = np.stack(list(store.vectors.get(lost).values()))
        store.vectors.delete(lost)
        stale = [f"stale{n}" for n in range(3)]
        store.vectors.upsert(stale, vectors, stale, [{"file": "amber.txt"}] * 3)
        assert store.vectors.count() == store.catalog.count()
        sync(library, store, CountingEmbedder(), BUDGET)
        assert same(state(store), undisturbed)
