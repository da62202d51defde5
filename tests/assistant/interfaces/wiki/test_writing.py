"""Pages on disk: only what changed is written, only what is ours is removed."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from assistant.interfaces.wiki.pages import Kept, Style, WikiReport, make_pages
from assistant.interfaces.wiki.writing import refuse_among_transcripts, write_pages
from corpus.library import Library
from corpus.types import FileFailure, SettingsError
from tests.builders import KITCHEN_NOTE

LONG_AGO = 1_000_000_000


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "kitchen.md").write_text(KITCHEN_NOTE, encoding="utf-8")
    (folder / "tea.md").write_text("# Tea\n\n## Green\n\nBelow boiling.\n", encoding="utf-8")
    return folder


@pytest.fixture
def wiki(tmp_path: Path) -> Path:
    return tmp_path / "wiki" / "talks"


def run(notes: Path, wiki: Path, style: Style | None = None) -> WikiReport:
    reading = Library(notes).read_all()
    return write_pages(wiki, make_pages(reading.transcripts, style or Style()), reading.failures)


def counts(report: WikiReport) -> tuple[int, int, int]:
    return report.written, report.unchanged, report.removed


def test_a_page_a_talk_and_an_index(notes: Path, wiki: Path) -> None:
    assert counts(run(notes, wiki)) == (3, 0, 0)
    assert {path.name for path in wiki.glob("*.md")} == {"kitchen.md", "tea.md", "index.md"}


def test_again_only_what_changed(notes: Path, wiki: Path) -> None:
    run(notes, wiki)
    for page in wiki.glob("*.md"):
        os.utime(page, (LONG_AGO, LONG_AGO))
    assert counts(run(notes, wiki)) == (0, 3, 0)
    (notes / "tea.md").write_text("# Tea\n\n## Black\n\nBoiling.\n", encoding="utf-8")
    assert counts(run(notes, wiki)) == (1, 2, 0)
    assert "**Black**" in (wiki / "tea.md").read_text(encoding="utf-8")
    assert (wiki / "kitchen.md").stat().st_mtime == LONG_AGO


def test_a_talk_that_is_gone_takes_its_page_along(notes: Path, wiki: Path) -> None:
    run(notes, wiki)
    (notes / "tea.md").unlink()
    assert counts(run(notes, wiki)) == (1, 1, 1)
    assert not (wiki / "tea.md").exists()
    assert "tea.md" not in (wiki / "index.md").read_text(encoding="utf-8")


def test_a_renamed_note_has_one_page_still(notes: Path, wiki: Path) -> None:
    run(notes, wiki)
    (notes / "tea.md").rename(notes / "green-tea.md")
    assert counts(run(notes, wiki)) == (2, 1, 1)
    assert {path.name for path in wiki.glob("*.md")} == {"kitchen.md", "green-tea.md", "index.md"}


def test_what_was_edited_by_hand_is_never_touched(notes: Path, wiki: Path) -> None:
    run(notes, wiki)
    for name in ("tea.md", "kitchen.md"):
        with (wiki / name).open("a", encoding="utf-8") as page:
            page.write("My own remark.\n")
    (notes / "tea.md").unlink()
    (notes / "kitchen.md").write_text(KITCHEN_NOTE.replace("Ann", "Anna"), encoding="utf-8")
    report = run(notes, wiki)
    assert [each.file for each in report.kept] == ["kitchen.md", "tea.md"]
    assert all("edited by hand" in each.reason for each in report.kept)
    assert report.removed == 0
    for name in ("tea.md", "kitchen.md"):
        assert (wiki / name).read_text(encoding="utf-8").endswith("My own remark.\n")
    (wiki / "kitchen.md").unlink()
    assert run(notes, wiki).written == 1
    assert "Anna" in (wiki / "kitchen.md").read_text(encoding="utf-8")


def test_an_edited_front_matter_counts_as_edited(notes: Path, wiki: Path) -> None:
    run(notes, wiki)
    page = wiki / "tea.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace('title: "Tea"', 'title: "My tea"'), encoding="utf-8")
    (kept,) = run(notes, wiki).kept
    assert kept.file == "tea.md" and "edited" in kept.reason


@pytest.mark.parametrize("content", ["# My tea\n", "---\ntitle: x\n---\n", "\udcff"])
def test_a_file_of_somebody_else_is_left(notes: Path, wiki: Path, content: str) -> None:
    wiki.mkdir(parents=True)
    data = content.encode("utf-8", "surrogateescape")
    (wiki / "tea.md").write_bytes(data)
    (wiki / "other.md").write_bytes(data)
    report = run(notes, wiki)
    (kept,) = report.kept
    assert kept.file == "tea.md" and "not written by this command" in kept.reason
    assert (wiki / "tea.md").read_bytes() == (wiki / "other.md").read_bytes() == data
    assert counts(report) == (2, 0, 0)


def test_a_folder_and_a_link_in_the_place_of_a_page(notes: Path, wiki: Path) -> None:
    (wiki / "tea.md").mkdir(parents=True)
    (wiki / "kitchen.md").symlink_to(wiki / "nowhere")
    report = run(notes, wiki)
    assert [each.file for each in report.kept] == ["kitchen.md", "tea.md"]
    assert (wiki / "kitchen.md").is_symlink() and (wiki / "tea.md").is_dir()


def test_turned_line_ends_are_no_edit(notes: Path, wiki: Path) -> None:
    run(notes, wiki)
    for page in wiki.glob("*.md"):
        page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
    assert counts(run(notes, wiki)) == (0, 3, 0)
    (notes / "tea.md").unlink()
    assert counts(run(notes, wiki)) == (1, 1, 1)


def test_a_transcript_that_can_not_be_read_keeps_its_page(notes: Path, wiki: Path) -> None:
    run(notes, wiki)
    (notes / "tea.md").write_bytes(b"---\ntitle: Tea\nnever closed\n")
    report = run(notes, wiki)
    assert report.kept == (Kept("tea.md", "its transcript can't be read"),)
    assert [each.file for each in report.failed] == ["tea.md"]
    assert (wiki / "tea.md").exists()


def test_a_folder_that_can_not_be_opened_keeps_its_pages(notes: Path, wiki: Path) -> None:
    (notes / "shows").mkdir()
    (notes / "tea.md").rename(notes / "shows" / "tea.md")
    run(notes, wiki)
    (notes / "shows" / "tea.md").unlink()
    reading = Library(notes).read_all()
    closed = FileFailure("shows", "folder can't be opened")
    report = write_pages(wiki, make_pages(reading.transcripts, Style()), [closed])
    assert report.removed == 0 and "can't be read" in report.kept[0].reason


def test_a_file_system_that_takes_accents_apart(notes: Path, wiki: Path) -> None:
    (notes / "tea.md").rename(notes / "thé.md")
    run(notes, wiki)
    (page,) = wiki.glob("thé-*.md")
    apart = page.with_name(unicodedata.normalize("NFD", page.name))
    page.rename(apart)
    assert run(notes, wiki).removed == 0
    assert apart.exists()


def test_another_flavour_leaves_no_second_index(notes: Path, wiki: Path) -> None:
    run(notes, wiki)
    report = run(notes, wiki, Style("hugo"))
    assert report.removed == 1
    assert {path.name for path in wiki.glob("*.md")} == {"kitchen.md", "tea.md", "_index.md"}


def test_cut_off_in_mid_write_it_leaves_whole_pages(
    notes: Path, wiki: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(notes, wiki)
    before = {path.name: path.read_bytes() for path in wiki.iterdir()}
    (notes / "kitchen.md").write_text(KITCHEN_NOTE.replace("Ann", "Anna"), encoding="utf-8")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match=r"kitchen\.md can't be written: No space left"):
        run(notes, wiki)
    assert {path.name: path.read_bytes() for path in wiki.iterdir()} == before
    monkeypatch.undo()
    assert counts(run(notes, wiki))[0] == 2


def test_pages_inside_the_library_are_no_transcripts(notes: Path) -> None:
    wiki = notes / "pages"
    run(notes, wiki, Style(text=True))
    assert Library(notes).files() == ("kitchen.md", "tea.md")
    assert counts(run(notes, wiki, Style(text=True))) == (0, 3, 0)


def test_a_folder_with_transcripts_is_refused(notes: Path) -> None:
    for folder in (notes, notes.parent, notes / "sub" / ".."):
        with pytest.raises(SettingsError, match=r"holds transcripts, such as kitchen\.md"):
            refuse_among_transcripts(folder, Library(notes))
    with pytest.raises(SettingsError):
        refuse_among_transcripts(notes, Library(notes / "tea.md"))
    refuse_among_transcripts(notes / "pages", Library(notes))


def test_a_folder_that_is_a_file_is_one_line(notes: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(SettingsError, match="can't be written"):
        run(notes, tmp_path / "file")
