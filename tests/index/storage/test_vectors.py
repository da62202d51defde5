"""The vector store: a real Chroma in process, and a real server on this machine."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.vector_stores.types import VectorStoreQuery
from llama_index.vector_stores.chroma import ChromaVectorStore

from corpus.types import StoreError
from index.storage.store import open_store
from index.storage.vectors import VectorStore
from index.sync import sync
from index.types import Vectors
from tests.index.storage.test_sentence_vectors import unit_rows
from tests.index.store_fixtures import (
    BUDGET,
    CountingEmbedder,
    manifest,
    opened,
    same,
    state,
    write_library,
)

_NUMBERS = itertools.count(1000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    program = str(Path(sys.executable).with_name("chroma"))
    options = ["--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    log = (folder / "log").open("wb")
    with log, subprocess.Popen([program, "run", *options], stdout=log, stderr=log) as process:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture(params=["in process", "served"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    if request.param == "served":
        url = request.getfixturevalue("server")
        store = VectorStore.served(url, f"verbatim-{next(_NUMBERS)}")
    else:
        store = VectorStore.in_process(tmp_path / "chroma", "verbatim-test", "mend it")
    yield store
    store.close()


def put(store: VectorStore, ids: list[str], vectors: Vectors, text: str = "text") -> None:
    store.upsert(ids, vectors, [text] * len(ids), [{"file": "a.md"}] * len(ids))


def test_vectors_come_back_unchanged_and_the_nearest_is_found(store: VectorStore) -> None:
    vectors = unit_rows(50, 384)
    ids = [f"id{n}" for n in range(50)]
    put(store, ids, vectors)
    found = store.get([*ids[:3], "none"])
    assert set(found) == set(ids[:3])
    assert all(np.allclose(found[ids[n]], vectors[n], atol=1e-6) for n in range(3))
    question = unit_rows(1, 384, seed=3)[0]
    nearest = store.query(question, 5)
    cosines = vectors @ question
    assert [key for key, _ in nearest] == [f"id{n}" for n in np.argsort(-cosines)[:5]]
    assert [cosine for _, cosine in nearest] == pytest.approx(np.sort(cosines)[::-1][:5], abs=1e-5)


def test_upserting_replaces_and_deleting_minds_nothing(store: VectorStore) -> None:
    vectors = unit_rows(3, 8)
    put(store, ["a", "b"], vectors[:2])
    put(store, ["b", "c"], vectors[1:][::-1], "new")
    assert store.ids() == {"a", "b", "c"}
    assert np.allclose(store.get(["b"])["b"], vectors[2], atol=1e-6)
    assert store.collection.get(ids=["b"])["documents"] == ["new"]
    store.delete(["a", "none"])
    store.delete([])
    assert store.count() == 2


def test_an_empty_store_finds_nothing(store: VectorStore) -> None:
    assert store.query(unit_rows(1, 8)[0], 5) == []
    assert store.get(["a"]) == {}
    assert store.get([]) == {}
    assert store.ids() == set()


def test_more_records_than_chroma_takes_at_once(
    store: VectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_batch", 100)
    vectors = unit_rows(250, 8)
    ids = [f"id{n}" for n in range(250)]
    put(store, ids, vectors)
    assert len(store.get(ids)) == store.count() == 250
    store.delete(ids[:249])
    assert store.ids() == {"id249"}


def test_vectors_of_another_dimension_are_refused(store: VectorStore) -> None:
    put(store, ["a"], unit_rows(1, 8))
    with pytest.raises(StoreError, match="dimension") as raised:
        put(store, ["b"], unit_rows(1, 9))
    assert "\n" not in str(raised.value)


def test_what_is_stored_outlives_the_process(tmp_path: Path) -> None:
    for count in (2, 4):
        store = VectorStore.in_process(tmp_path / "chroma", "verbatim-test", "mend it")
        put(store, [f"{count}a", f"{count}b"], unit_rows(2, 8, seed=count))
        assert store.count() == count
        store.close()


def test_a_collection_that_went_says_to_start_again(store: VectorStore) -> None:
    put(store, ["a"], unit_rows(1, 8))
    store.drop()
    with pytest.raises(StoreError, match="rebuilt meanwhile; start this program again"):
        store.count()


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreError, match=r"http://127\.0\.0\.1:9 .*chroma run") as raised:
        VectorStore.served("http://me:secret@127.0.0.1:9", "verbatim-test")
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_settings_of_a_foreign_env_file_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("CHROMA_API_IMPL=nonsense\nANONYMIZED_TELEMETRY=True\n")
    monkeypatch.chdir(tmp_path)
    store = VectorStore.in_process(tmp_path / "chroma", "verbatim-test", "mend it")
    assert store.count() == 0
    store.close()


def test_llama_index_reads_the_collection(tmp_path: Path) -> None:
    library = write_library(tmp_path / "library", ["amber", "basalt"])
    embedder = CountingEmbedder()
    with opened(tmp_path / "data", library) as store:
        sync(library, store, embedder, BUDGET)
        theirs = ChromaVectorStore(chroma_collection=store.vectors.collection)
        vector = embedder.query("basalt reason1x3")
        found = theirs.query(VectorStoreQuery(vector.tolist(), similarity_top_k=3))
        chunks = store.catalog.chunks(store.catalog.rows_of(found.ids or ()).values()).values()
        by_id = {chunk.id: chunk for chunk in chunks}
    assert found.nodes is not None
    assert len(found.nodes) == 3
    for node in found.nodes:
        chunk = by_id[node.node_id]
        assert node.get_content() == chunk.text
        assert node.metadata["file"] == chunk.file == "basalt.txt"
        assert node.metadata["title"] == "Talk"
        assert node.metadata["heading"] == chunk.heading
        assert node.metadata["speakers"] == ", ".join(chunk.speakers)
        assert node.metadata["start_s"] == chunk.start_s
        assert node.metadata["kind"] == "talk"


def test_an_index_whose_vectors_are_served(tmp_path: Path, server: str) -> None:
    """Two processes may have it open at once; switching back to in process loses nothing."""
    library = write_library(tmp_path / "library", ["amber", "basalt"])
    with (
        opened(tmp_path / "data", library, server) as one,
        opened(tmp_path / "data", library, server) as two,
    ):
        sync(library, one, CountingEmbedder(), BUDGET)
        served = state(one)
        assert same(state(two), served)
        (library.root / "basalt.txt").unlink()
        sync(library, two, CountingEmbedder(), BUDGET)
        assert [talk.file for talk in one.catalog.talks()] == ["amber.txt"]
        assert one.vectors.ids() == one.catalog.ids()
    with opened(tmp_path / "data", library) as local:
        report = sync(library, local, CountingEmbedder(), BUDGET)
        assert report.unchanged == 1
        assert local.vectors.ids() == local.catalog.ids()


def test_a_rebuild_leaves_one_collection_on_the_server(tmp_path: Path, server: str) -> None:
    library = write_library(tmp_path / "library", ["amber"])
    with opened(tmp_path / "data", library, server) as store:
        sync(library, store, CountingEmbedder(), BUDGET)
        old = store.vectors.name
    with open_store(tmp_path / "data", library.root, chroma_url=server, rebuild=True) as store:
        store.claim(manifest(chunk_tokens=90))
        sync(library, store, CountingEmbedder(), BUDGET)
        names = [one.name for one in store.vectors._client.list_collections()]
        assert store.vectors.name in names
        assert old not in names
