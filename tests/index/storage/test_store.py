"""Opening an index: the manifest, rebuilding, one process at a time, damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.types import IndexLockedError, IndexMismatchError, StoreError
from index.storage.store import index_folder, open_store
from index.sync import sync
from tests.index.store_fixtures import (
    BUDGET,
    CountingEmbedder,
    FolderLibrary,
    manifest,
    opened,
    same,
    state,
    write_library,
)


@pytest.fixture
def library(tmp_path: Path) -> FolderLibrary:
    return write_library(tmp_path / "library", ["amber", "basalt", "cobalt"])


def test_another_model_or_chunking_names_the_command(
    tmp_path: Path, library: FolderLibrary
) -> None:
    data = tmp_path / "data"
    with opened(data, library) as store:
        sync(library, store, CountingEmbedder(), BUDGET)
    with (
        open_store(data, library.root) as store,
        pytest.raises(IndexMismatchError, match=r"chunk_tokens 60 instead of 90.*--rebuild"),
    ):
        store.claim(manifest(chunk_tokens=90))


def test_a_rebuild_that_fails_loses_nothing(tmp_path: Path, library: FolderLibrary) -> None:
    data = tmp_path / "data"
    with opened(data, library) as store:
        sync(library, store, CountingEmbedder(), BUDGET)
        before = state(store)
    with open_store(data, library.root, rebuild=True) as store:
        store.claim(manifest(chunk_tokens=90))
        assert store.catalog.count() == 0
    with opened(data, library) as store:
        assert same(state(store), before)


def test_a_rebuild_takes_the_place_of_what_was_there(
    tmp_path: Path, library: FolderLibrary
) -> None:
    data = tmp_path / "data"
    other = write_library(tmp_path / "other", ["zinc"])
    for each in (library, other):
        with opened(data, each) as store:
            sync(each, store, CountingEmbedder(), BUDGET)
    with open_store(data, library.root, rebuild=True) as store:
        store.claim(manifest(model="another"))
        embedder = CountingEmbedder()
        sync(library, store, embedder, BUDGET)
        assert embedder.embedded
    with open_store(data, library.root) as store:
        store.claim(manifest(model="another"))
        assert store.catalog.count() == store.vectors.count() > 0
    generations = [path for path in index_folder(data, library.root).iterdir() if path.is_dir()]
    assert len(generations) == 1
    with opened(data, other) as store:
        assert [talk.file for talk in store.catalog.talks()] == ["zinc.txt"]


def test_a_second_opener_is_told_who_was_first(tmp_path: Path, library: FolderLibrary) -> None:
    data = tmp_path / "data"
    with (
        opened(data, library),
        pytest.raises(IndexLockedError, match=r"process \d+ \(.*\) since 20\d\d-") as raised,
    ):
        open_store(data, library.root)
    assert "\n" not in str(raised.value)
    with opened(data, library) as again:
        assert again.catalog.count() == 0


@pytest.mark.parametrize("part", ["catalog.sqlite3", "chroma/chroma.sqlite3"])
def test_a_damaged_store_names_the_command(
    tmp_path: Path, library: FolderLibrary, part: str
) -> None:
    data = tmp_path / "data"
    with opened(data, library) as store:
        sync(library, store, CountingEmbedder(), BUDGET)
        folder = store.folder
    (folder / part).write_bytes(b"no database, " * 1000)
    with pytest.raises(StoreError, match=r"--rebuild") as raised:
        open_store(data, library.root)
    assert "\n" not in str(raised.value)
    with open_store(data, library.root, rebuild=True) as store:
        store.claim(manifest())
        assert sync(library, store, CountingEmbedder(), BUDGET).added == 3


def test_an_index_of_another_layout_names_the_command(
    tmp_path: Path, library: FolderLibrary
) -> None:
    data = tmp_path / "data"
    with open_store(data, library.root) as store:
        store.claim(manifest(schema=0))
    with pytest.raises(IndexMismatchError, match=r"another version .*--rebuild"):
        open_store(data, library.root)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, library: FolderLibrary) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError, match=r"data.*--data"):
        open_store(tmp_path / "data", library.root)
