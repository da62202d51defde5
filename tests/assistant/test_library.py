"""Opening a library, with an embedder that needs no model."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant import library as opening
from assistant.library import OpenLibrary, current_source, lock_library
from assistant.settings import Settings
from corpus.library import Library
from corpus.types import IndexLockedError, IndexMismatchError, LibraryError, Transcript
from index.types import IndexProgress
from tests.index.fakes import FakeEmbedder

NOTE = """# Knives

### Safety（00:00:10 - 00:01:00）
**Ann**：
- A sharp knife is safer than a blunt knife in any kitchen of the world.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> Settings:
    (folder / "knives.md").write_text(NOTE, encoding="utf-8")
    return Settings(library=folder, data=tmp_path / "data", min_confidence=0.0)


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> FakeEmbedder:
    """In place of the model that would be loaded."""
    fake = FakeEmbedder()
    monkeypatch.setattr(opening, "load_embedder", lambda *_: fake)
    monkeypatch.setattr(opening, "open_dictionary", lambda *_: None)
    return fake


def opened(settings: Settings) -> OpenLibrary:
    with lock_library(settings) as held:
        return held.open(lambda _: None)


def test_a_library_without_transcripts_is_an_error(folder: Path, tmp_path: Path) -> None:
    (folder / "README.md").write_text("# Notes\n", encoding="utf-8")
    settings = Settings(library=folder, data=tmp_path / "data")
    with pytest.raises(LibraryError, match="no transcripts in") as caught, lock_library(settings):
        pass
    assert str(folder) in str(caught.value) and "\n" not in str(caught.value)
    assert not settings.data.exists()
    with (
        pytest.raises(LibraryError, match="nowhere"),
        lock_library(Settings(library=folder / "nowhere")),
    ):
        pass


def test_a_held_index_is_held_alone_until_the_end_of_the_block(
    settings: Settings, tmp_path: Path
) -> None:
    other = tmp_path / "other.md"
    other.write_text(NOTE, encoding="utf-8")
    with lock_library(settings):
        with pytest.raises(IndexLockedError), lock_library(settings):
            pass
        with lock_library(Settings(library=other, data=settings.data)):
            pass  # another library in the same data folder is nobody's
    with lock_library(settings):
        pass


def test_an_error_in_the_block_lets_go_of_the_index(settings: Settings) -> None:
    with pytest.raises(RuntimeError, match="on the way"), lock_library(settings):
        raise RuntimeError("on the way")
    with lock_library(settings):
        pass


def test_an_opened_library_is_up_to_date_and_can_be_asked(
    settings: Settings, embedder: FakeEmbedder
) -> None:
    said: list[str] = []
    told: list[IndexProgress] = []
    with lock_library(settings) as held:
        ready = held.open(said.append, told.append)
        assert (ready.report.added, ready.report.chunks) == (1, 1)
        answer = ready.assistant.ask("Why is a sharp knife safer than a blunt one?")
        assert (answer.status, answer.citations[0].speakers) == ("answered", ("Ann",))
        assert answer.citations[0].verified
    assert len(said) == 4
    assert told[-1].files == told[-1].files_total == 1
    assert embedder.embedded


def test_the_second_time_nothing_is_measured_or_embedded(
    settings: Settings, embedder: FakeEmbedder
) -> None:
    opened(settings)
    embedder.embedded.clear()
    assert opened(settings).report.unchanged == 1
    assert embedder.embedded == []


def test_another_model_needs_a_rebuild(settings: Settings, embedder: FakeEmbedder) -> None:
    opened(settings)
    embedder.name = "another"
    with pytest.raises(IndexMismatchError, match="another"):
        opened(settings)
    with lock_library(settings, rebuild=True) as held:
        assert held.open(lambda _: None).report.added == 1
    assert opened(settings).report.unchanged == 1


def test_the_least_confidence_is_the_settings(folder: Path, embedder: FakeEmbedder) -> None:
    (folder / "knives.md").write_text(NOTE, encoding="utf-8")
    strict = Settings(library=folder, data=folder.parent / "data", min_confidence=1.0)
    with lock_library(strict) as held:
        answer = held.open(lambda _: None).assistant.ask("Why is a sharp knife safer?")
    assert answer.status == "no_evidence"
    assert embedder.embedded


def words(transcript: Transcript | None) -> str:
    assert transcript is not None
    return " ".join(turn.text for part in transcript.sections for turn in part.utterances)


def test_a_source_is_the_file_as_it_stands_now(settings: Settings, folder: Path) -> None:
    source = current_source(Library(settings.library))
    first = source("knives.md")
    assert "sharp knife" in words(first)
    assert source("knives.md") is first  # read once while it stays the same
    (folder / "knives.md").write_text(NOTE.replace("sharp", "keen"), encoding="utf-8")
    assert "keen knife" in words(source("knives.md"))
    (folder / "knives.md").write_bytes(b"\xff\xfe\x00\xd8 not text \x81")
    assert source("knives.md") is None
    (folder / "knives.md").write_text(NOTE, encoding="utf-8")
    assert "sharp knife" in words(source("knives.md"))
    (folder / "knives.md").unlink()
    assert source("knives.md") is None
    folder.rmdir()
    assert source("knives.md") is None


def test_threads_that_ask_for_sources_all_get_them(folder: Path) -> None:
    names = [f"{n}.md" for n in range(4)]
    for name in names:
        (folder / name).write_text(NOTE, encoding="utf-8")
    source = current_source(Library(folder))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(source, names * 8))
    assert [one.file for one in found if one is not None] == names * 8
