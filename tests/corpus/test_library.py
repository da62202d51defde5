"""The walk over the disk: which files are talks, what fails, and ids that stay apart."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from corpus.library import PAGES_MARK, Library
from corpus.readers.markdown import MAX_BYTES
from corpus.types import LibraryError, ReadError

TALK = "## A（00:00 - 01:00）\n**Ann**：words\n"
SHIPPED = Path(__file__).parents[2] / "corpus" / "transcripts"


def write(root: Path, *names: str, text: str = TALK) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_files_are_sorted_relative_and_only_talks(tmp_path: Path) -> None:
    write(tmp_path, "b.md", "a/c.markdown", "a/b/d.txt", "Z.MD")
    write(tmp_path, "README.md", "a/readme.md", "README_zh.md", "LICENSE.txt", "CHANGELOG.md")
    write(tmp_path, "CONTRIBUTING.md", "_index.md", "photo.png", "notes.docx")
    write(tmp_path, ".hidden.md", ".obsidian/x.md", "node_modules/x.md")
    write(tmp_path, "empty.md", text="")
    assert Library(tmp_path).files() == ("Z.MD", "a/b/d.txt", "a/c.markdown", "b.md")


def test_a_page_that_is_a_folder_of_its_own_is_a_talk(tmp_path: Path) -> None:
    write(tmp_path, "talk/index.md", "talk/_index.md", "other/index.zh-cn.md")
    write(tmp_path, "named/index.md", text=f'---\n{{"permalink": "/own/"}}\n---\n{TALK}')
    listed = "# Talks\n\n- [One](one.md), in which Ann tells of bread.\n- [Two](two.md)\n"
    write(tmp_path, "index.md", "list/index.md", text=listed)
    write(tmp_path, "plain/index.md", text="# About us\n\nWe meet every Monday at the mill.\n")
    write(tmp_path, "empty/index.md", text="")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "index.md").write_bytes("naïve café".encode("latin-1"))
    reading = Library(tmp_path).read_all()
    assert {one.file: one.id for one in reading.transcripts} == {
        "named/index.md": "own",
        "other/index.zh-cn.md": "other/index.zh-cn",
        "talk/index.md": "talk/index",
    }
    assert reading.failures == ()


def test_pages_made_from_transcripts_are_none(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "wiki/a.md", "wiki/more/a.md", "wiki.md")
    (tmp_path / "wiki" / PAGES_MARK).touch()
    assert Library(tmp_path).files() == ("a.md", "wiki.md")


def test_a_talk_about_readmes_is_a_talk(tmp_path: Path) -> None:
    write(tmp_path, "readme-driven-development.md", "licensing.md", "indexing.md")
    assert len(Library(tmp_path).files()) == 3


def test_a_single_file_is_a_library_of_one(tmp_path: Path) -> None:
    write(tmp_path, "sub/talk.md", "sub/other.md")
    library = Library(tmp_path / "sub" / "talk.md")
    assert library.files() == ("talk.md",)
    assert library.read("talk.md").file == "talk.md"


@pytest.mark.parametrize("name", ["nowhere", "photo.png"])
def test_a_path_that_is_no_library_says_what_to_do(tmp_path: Path, name: str) -> None:
    write(tmp_path, "photo.png")
    with pytest.raises(LibraryError, match=name):
        Library(tmp_path / name)


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    write(tmp_path, "good.md", "sub/good.md")
    (tmp_path / "bad.md").write_bytes("naïve café".encode("latin-1"))
    write(tmp_path, "hollow.md", text="# Only a heading\n")
    reading = Library(tmp_path).read_all()
    assert [transcript.file for transcript in reading.transcripts] == ["good.md", "sub/good.md"]
    assert [failure.file for failure in reading.failures] == ["bad.md", "hollow.md"]
    assert "not UTF-8" in reading.failures[0].error


def test_fingerprint_is_the_hash_of_the_bytes(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    library = Library(tmp_path)
    expected = hashlib.sha256((tmp_path / "a.md").read_bytes()).hexdigest()
    assert library.fingerprint("a.md") == library.read("a.md").fingerprint == expected


def test_ids_of_equal_permalinks_stay_apart(tmp_path: Path) -> None:
    linked = f'---\n{{"permalink": "/same/"}}\n---\n{TALK}'
    write(tmp_path, "a.md", "b.md", text=linked)
    write(tmp_path, "same.md", "c.md", "c.txt")
    reading = Library(tmp_path).read_all()
    ids = {transcript.file: transcript.id for transcript in reading.transcripts}
    assert ids == {
        "a.md": "same",
        "b.md": "b",
        "c.md": "c",
        "c.txt": "c.txt",
        "same.md": "same.md",
    }
    assert Library(tmp_path).read("b.md").id == "b"


def test_a_new_file_is_seen_by_the_same_library(tmp_path: Path) -> None:
    linked = f'---\n{{"permalink": "/same/"}}\n---\n{TALK}'
    write(tmp_path, "b.md", text=linked)
    library = Library(tmp_path)
    assert library.read("b.md").id == "same"
    write(tmp_path, "a.md", text=linked)
    assert library.files() == ("a.md", "b.md")
    assert library.read("b.md").id == "b"


def test_links_make_no_loop_and_no_double(tmp_path: Path) -> None:
    inside, outside = tmp_path / "library", tmp_path / "elsewhere"
    write(inside, "a/talk.md")
    write(outside, "far.md")
    try:
        (inside / "a" / "loop").symlink_to(inside, target_is_directory=True)
        (inside / "again").symlink_to(inside / "a", target_is_directory=True)
        (inside / "same.md").symlink_to(inside / "a" / "talk.md")
        (inside / "self.md").symlink_to(inside / "self.md")
        (inside / "gone.md").symlink_to(inside / "nothing.md")
        (inside / "out").symlink_to(outside, target_is_directory=True)
        (outside / "back").symlink_to(outside, target_is_directory=True)
    except OSError:
        pytest.skip("this file system has no symbolic links")
    assert Library(inside).files() == ("a/talk.md", "out/far.md")


def test_a_closed_folder_is_told_and_the_rest_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "open/a.md", "shut/b.md")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    library = Library(tmp_path)
    assert library.files() == ("open/a.md",)
    assert [failure.file for failure in library.closed_folders()] == ["shut"]


def test_what_cannot_be_opened_is_a_read_error(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    library = Library(tmp_path)
    with pytest.raises(ReadError, match="can't be opened"):
        library.read("missing.md")
    with (tmp_path / "huge.md").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ReadError, match="too large"):
        library.fingerprint("huge.md")


def test_the_shipped_library_reads_whole() -> None:
    reading = Library(SHIPPED).read_all()
    assert not reading.failures
    assert [transcript.file for transcript in reading.transcripts] == [
        "gemini-3-101-live-2025-11-21.md",
        "gemini3-ahead-of-expectations.md",
    ]
    assert not any(path.name == "SOURCES.md" for path in SHIPPED.iterdir())
