"""Bringing an index up to date: what is embedded, what stays, what goes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.types import Transcript
from index.storage.store import IndexStore
from index.sync import sync
from index.types import IndexProgress
from tests.index.store_fixtures import (
    BUDGET,
    UNREADABLE,
    CountingEmbedder,
    FolderLibrary,
    opened,
    same,
    state,
    talk_text,
    write_library,
)

SUBJECTS = ("amber", "basalt", "cobalt")


@pytest.fixture
def library(tmp_path: Path) -> FolderLibrary:
    return write_library(tmp_path / "library", SUBJECTS)


@pytest.fixture
def store(tmp_path: Path, library: FolderLibrary) -> Iterator[IndexStore]:
    with opened(tmp_path / "data", library) as store:
        yield store


def fresh_state(tmp_path: Path, library: FolderLibrary) -> dict[str, object]:
    """The state of a new index of the library as it is now."""
    with opened(tmp_path / "fresh", library) as store:
        sync(library, store, CountingEmbedder(), BUDGET)
        return state(store)


def test_a_first_run_stores_everything(store: IndexStore, library: FolderLibrary) -> None:
    report = sync(library, store, CountingEmbedder(), BUDGET)
    assert (report.added, report.updated, report.removed, report.unchanged) == (3, 0, 0, 0)
    assert report.failed == ()
    assert report.chunks == store.catalog.count() == store.vectors.count() > 6
    assert [talk.file for talk in store.catalog.talks()] == library.files()
    heading = store.catalog.topics()[1]
    assert (heading.heading, heading.speakers) == ("amber part 1", ("Ada", "Bob"))


def test_a_second_run_reads_and_embeds_nothing(store: IndexStore, library: FolderLibrary) -> None:
    sync(library, store, CountingEmbedder(), BUDGET)
    generation = store.catalog.generation()
    library.reads.clear()
    embedder = CountingEmbedder()
    report = sync(library, store, embedder, BUDGET)
    assert report.unchanged == 3
    assert embedder.embedded == []
    assert library.reads == []
    assert store.catalog.generation() == generation


def test_a_changed_file_embeds_only_what_is_new(
    tmp_path: Path, store: IndexStore, library: FolderLibrary
) -> None:
    sync(library, store, CountingEmbedder(), BUDGET)
    path = library.root / "amber.txt"
    new = "Granite is harder than we thought."
    path.write_text(path.read_text("utf-8") + f"Ada: {new}\n", encoding="utf-8")
    embedder = CountingEmbedder()
    report = sync(library, store, embedder, BUDGET)
    assert (report.updated, report.unchanged) == (1, 2)
    chunks = [text for text in embedder.embedded if "\n" in text]
    assert 1 <= len(chunks) <= 2 < len(store.catalog.rows_of_files(["amber.txt"]))
    assert [text for text in embedder.embedded if text not in chunks] == [f"Ada: {new}"]
    fresh = fresh_state(tmp_path, library)
    assert same(state(store), fresh)


def test_a_renamed_file_embeds_nothing_of_its_words(
    store: IndexStore, library: FolderLibrary
) -> None:
    sync(library, store, CountingEmbedder(), BUDGET)
    before = store.catalog.ids()
    (library.root / "amber.txt").rename(library.root / "renamed.txt")
    embedder = CountingEmbedder()
    report = sync(library, store, embedder, BUDGET)
    assert (report.added, report.removed) == (1, 1)
    assert embedder.embedded == []
    assert len(store.catalog.ids()) == len(before)
    assert store.vectors.ids() == store.catalog.ids() != before
    assert "renamed.txt" in store.catalog.fingerprints()


def test_a_renamed_file_with_an_id_of_its_own_keeps_its_chunks(
    store: IndexStore, library: FolderLibrary
) -> None:
    (library.root / "amber.txt").write_text(f"id: amber-talk\n{talk_text('amber')}", "utf-8")
    sync(library, store, CountingEmbedder(), BUDGET)
    rows = store.catalog.rows_of_files(["amber.txt"])
    (library.root / "amber.txt").rename(library.root / "zinc.txt")
    sync(library, store, CountingEmbedder(), BUDGET)
    assert store.catalog.rows_of_files(["zinc.txt"]) == rows
    assert store.catalog.rows_of_files(["amber.txt"]) == {}
    assert {chunk.file for chunk in store.catalog.chunks(rows.values()).values()} == {"zinc.txt"}
    assert store.vectors.ids() == store.catalog.ids()


def test_two_files_that_swap_their_talks(
    tmp_path: Path, store: IndexStore, library: FolderLibrary
) -> None:
    texts = [f"id: {subject}\n{talk_text(subject)}" for subject in SUBJECTS[:2]]
    paths = [library.root / f"{subject}.txt" for subject in SUBJECTS[:2]]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, "utf-8")
    sync(library, store, CountingEmbedder(), BUDGET)
    for path, text in zip(paths, reversed(texts), strict=True):
        path.write_text(text, "utf-8")
    report = sync(library, store, CountingEmbedder(), BUDGET)
    assert report.failed == ()
    assert same(state(store), fresh_state(tmp_path, library))


def test_a_copy_under_the_same_id_is_reported_until_one_goes(
    store: IndexStore, library: FolderLibrary
) -> None:
    text = f"id: amber-talk\n{talk_text('amber')}"
    (library.root / "amber.txt").write_text(text, "utf-8")
    (library.root / "copy.txt").write_text(text, "utf-8")
    report = sync(library, store, CountingEmbedder(), BUDGET)
    assert [failure.file for failure in report.failed] == ["copy.txt"]
    assert "amber.txt" in report.failed[0].error
    assert store.catalog.rows_of_files(["amber.txt"])
    again = sync(library, store, CountingEmbedder(), BUDGET)
    assert len(again.failed) == 1
    (library.root / "amber.txt").unlink()
    report = sync(library, store, CountingEmbedder(), BUDGET)
    assert report.failed == ()
    assert store.catalog.rows_of_files(["copy.txt"])


def test_a_new_file_that_takes_an_id_over(store: IndexStore, library: FolderLibrary) -> None:
    """The library gives an id that two files claim to the first, here the one that came later."""
    text = f"id: amber-talk\n{talk_text('amber')}"
    (library.root / "basalt.txt").write_text(text, "utf-8")
    sync(library, store, CountingEmbedder(), BUDGET)
    library.taken = {"basalt.txt"}
    (library.root / "amber.txt").write_text(text, "utf-8")
    embedder = CountingEmbedder()
    report = sync(library, store, embedder, BUDGET)
    assert (report.updated, report.unchanged, report.failed) == (2, 1, ())
    assert embedder.embedded == []
    talks = {talk.file: talk.id for talk in store.catalog.talks()}
    assert talks["amber.txt"] == "amber-talk"
    assert talks["basalt.txt"] == "basalt.txt"
    held = [len(store.catalog.rows_of_files([file])) for file in ("amber.txt", "basalt.txt")]
    assert held[0] == held[1] > 0


def test_what_is_stored_of_a_closed_folder_stays(store: IndexStore, library: FolderLibrary) -> None:
    (library.root / "deep").mkdir()
    (library.root / "amber.txt").rename(library.root / "deep" / "amber.txt")
    sync(library, store, CountingEmbedder(), BUDGET)
    library.closed = "deep"
    report = sync(library, store, CountingEmbedder(), BUDGET)
    assert (report.removed, [failure.file for failure in report.failed]) == (0, ["deep"])
    assert store.catalog.rows_of_files(["deep/amber.txt"])


def test_a_removed_file_leaves_nothing_behind(
    tmp_path: Path, store: IndexStore, library: FolderLibrary
) -> None:
    sync(library, store, CountingEmbedder(), BUDGET)
    rows = store.catalog.rows_of_files(["basalt.txt"])
    (library.root / "basalt.txt").unlink()
    report = sync(library, store, CountingEmbedder(), BUDGET)
    assert report.removed == 1
    assert store.catalog.chunks(rows.values()) == {}
    assert store.sentence_vectors.get(rows.values()) == {}
    assert store.lexical.document_frequency("basalt") == 0
    assert same(state(store), fresh_state(tmp_path, library))


def test_what_is_stored_of_a_file_that_cannot_be_read_stays(
    store: IndexStore, library: FolderLibrary
) -> None:
    sync(library, store, CountingEmbedder(), BUDGET)
    before = state(store)
    path = library.root / "cobalt.txt"
    path.write_text(UNREADABLE, "utf-8")
    (library.root / "late.txt").write_text("x" + UNREADABLE, "utf-8")
    report = sync(library, store, CountingEmbedder(), BUDGET)
    assert [(failure.file, failure.error) for failure in report.failed] == [
        ("late.txt", "it holds a zero byte"),
        ("cobalt.txt", "it holds a zero byte"),
    ]
    assert (report.added, report.updated, report.removed, report.unchanged) == (0, 0, 0, 2)
    assert same(state(store), before)


def test_half_characters_are_reported(store: IndexStore, library: FolderLibrary) -> None:
    class Broken(FolderLibrary):
        def read(self, file: str) -> Transcript:
            read = super().read(file)
            return replace(read, title="\ud83d") if file == "basalt.txt" else read

    report = sync(Broken(library.root), store, CountingEmbedder(), BUDGET)
    assert [failure.file for failure in report.failed] == ["basalt.txt"]
    assert report.added == 2


def test_the_files_of_large_libraries_come_in_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.sync.BATCH_CHUNKS", 6)
    library = write_library(tmp_path / "library", [f"subject{n}" for n in range(7)])
    told: list[IndexProgress] = []
    with opened(tmp_path / "data", library) as store:
        report = sync(library, store, CountingEmbedder(), BUDGET, told.append)
        assert same(state(store), fresh_state(tmp_path, library))
    assert [one.files for one in told] == sorted(one.files for one in told)
    assert len({one.files for one in told}) > 3
    assert all(one.files <= one.files_total == 7 for one in told)
    assert all(one.tokens <= one.tokens_total for one in told)
    last = told[-1]
    assert (last.files, last.chunks) == (7, report.chunks)
    assert (last.chunks, last.tokens) == (last.chunks_total, last.tokens_total)
    assert last.tokens > 0


def test_chunks_that_chroma_lost_come_back(store: IndexStore, library: FolderLibrary) -> None:
    sync(library, store, CountingEmbedder(), BUDGET)
    before = state(store)
    lost = sorted(store.vectors.ids())[:4]
    store.vectors.delete(lost)
    embedder = CountingEmbedder()
    sync(library, store, embedder, BUDGET)
    assert len(embedder.embedded) == len(lost)
    assert same(state(store), before)


def test_threads_that_sync_at_once_take_turns(store: IndexStore, library: FolderLibrary) -> None:
    reports = []
    embedder = CountingEmbedder()

    def run() -> None:
        reports.append(sync(library, store, embedder, BUDGET))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report.added for report in reports) == [0, 0, 3]
    assert len(embedder.embedded) == len(set(embedder.embedded))


def test_readers_see_a_file_as_it_was_or_as_it_is(
    store: IndexStore, library: FolderLibrary
) -> None:
    """One thread changes a file over and over while another reads it."""
    path = library.root / "amber.txt"
    versions = [f"Part\nAda: {word} one. {word} two.\n\nEnd\nBob: {word} three.\n" for word in "ab"]
    path.write_text(versions[0], "utf-8")
    sync(library, store, CountingEmbedder(), BUDGET)
    seen: list[set[str]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            chunks = store.catalog.chunks(range(1000)).values()
            texts = [chunk.text for chunk in chunks if chunk.file == "amber.txt"]
            seen.append({text[0] for text in texts})
            assert len(texts) == 2

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(1, 7):
        path.write_text(versions[turn % 2], "utf-8")
        sync(library, store, CountingEmbedder(), BUDGET)
    done.set()
    reader.join()
    assert {"a"} in seen
    assert {"b"} in seen
    assert all(len(found) == 1 for found in seen)


def test_an_older_programs_terms_are_made_anew_without_embedding(
    store: IndexStore, library: FolderLibrary
) -> None:
    (library.root / "amber.txt").write_text("amber\nAda: It weighs ninety kilograms.\n")
    sync(library, store, CountingEmbedder(), BUDGET)
    before = state(store)
    rows = store.catalog.rows_of(store.catalog.ids()).values()
    with store.transaction():
        store.lexical.clear()
        store.lexical.add(dict.fromkeys(rows, "what an older program stored"))
        store.catalog.write_value("terms", b"1")
    assert store.lexical.document_frequency("90") == 0
    embedder = CountingEmbedder()
    report = sync(library, store, embedder, BUDGET)
    assert (embedder.embedded, report.updated, report.unchanged) == ([], 0, 3)
    assert store.lexical.document_frequency("90") == 1
    assert same(state(store), before)
    generation = store.catalog.generation()
    sync(library, store, embedder, BUDGET)
    assert store.catalog.generation() == generation, "and only once"
