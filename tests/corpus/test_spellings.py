"""Names that are written otherwise: the list in a library's folder, and a note's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.library import Library
from corpus.readers import read_transcript
from corpus.spellings import FRONT_MATTER_KEY, Spelling, read_spellings

TALK = "\nAda (00:00:01):\nWords that somebody says.\n"


def test_a_line_is_a_name_and_its_other_spellings() -> None:
    text = "# people\n\nAndrej Karpathy = Karpathy, 卡帕西\nTPU: tee pee you  # a chip\n"
    text += "林可＝林珂、林克\n"
    found = read_spellings(text)
    assert found.names == (
        ("Andrej Karpathy", "Karpathy", "卡帕西"),
        ("TPU", "tee pee you"),
        ("林可", "林珂", "林克"),
    )
    assert found.failure == ""


def test_bad_lines_are_told_by_number_and_the_others_are_taken() -> None:
    found = read_spellings("no names here\nAda = Aida\n= nobody\nBob = Bob\nCy =\n")
    assert found.names == (("Ada", "Aida"),)
    assert "lines 1, 3, 4, 5 " in found.failure and "\n" not in found.failure


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    for names in read_spellings(text).names:
        assert len(set(names)) == len(names) >= 2
        assert all(name == name.strip() != "" for name in names)


@pytest.mark.parametrize(
    "value",
    [
        "spellings:\n  林可: [林珂, 林克]\n  Ada: Aida",
        "spellings:\n  - [林可, 林珂, 林克]\n  - [Ada, Aida]",
        "spellings:\n  - 林可 = 林珂, 林克\n  - Ada: Aida",
    ],
)
def test_a_note_lists_them_in_its_front_matter(value: str) -> None:
    transcript = read_transcript("talk.md", f"---\ntitle: T\n{value}\n---\n{TALK}".encode())
    assert names_of(transcript.meta[FRONT_MATTER_KEY]) == (
        ("林可", "林珂", "林克"),
        ("Ada", "Aida"),
    )


@pytest.mark.parametrize("value", ["12", "[]", "{}", "[[[1]]]", "{a: {b: c}}", "[[], [x]]", "~"])
def test_other_values_are_no_names_and_the_note_is_read(value: str) -> None:
    front = f"---\ntitle: T\nspellings: {value}\n---\n"
    transcript = read_transcript("talk.md", (front + TALK).encode())
    assert names_of(transcript.meta.get(FRONT_MATTER_KEY, "")) == ()


def names_of(lines: str) -> tuple[Spelling, ...]:
    return read_spellings(lines).names


def test_the_list_lies_in_the_library_and_is_no_talk(tmp_path: Path) -> None:
    (tmp_path / "talk.md").write_text(TALK, encoding="utf-8")
    assert Library(tmp_path).spellings().names == ()
    for folder in (tmp_path, tmp_path / "below"):
        folder.mkdir(exist_ok=True)
        (folder / "spellings.txt").write_text("Ada = Aida\n", encoding="utf-8")
    library = Library(tmp_path)
    assert library.files() == ("below/spellings.txt", "talk.md")
    assert library.spellings().names == (("Ada", "Aida"),)


def test_a_list_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "spellings.txt").write_bytes(b"\xff\xfe\x00\xd8 not text \x81")
    found = Library(tmp_path).spellings()
    assert found.names == () and found.failure and "\n" not in found.failure
