"""A question's words as a library writes them, over a real inverted index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from index.lexical.concepts import Concept
from index.lexical.dictionary import Translation
from index.retriever import TranscriptRetriever
from index.types import Query
from index.wording import Wording, Wordings
from tests.index.shelf import Shelf, opened_shelf

PODCAST = """---
title: Long memory
---

Mira Okafor (00:00:12):
Our guest is Sanna Lindqvist, who wrote the retrieval engine of an archive near Umeå.

Sanna Lindqvist (00:00:40):
In my archives half of the questions are names, and names need exact words.
"""
ROBOTS = """# 圆桌

### 价格（00:00:00 - 00:15:00）
**林可**：
- 我们的第一台样机成本是十二万元，一双灵巧手就要四万。
- 黄仁勋说过买得越多省得越多。

**周楠**：
- 我们先做酒店，酒店走廊是平的，没有小孩。
"""


class FewWords:
    """A dictionary that knows some ordinary words."""

    known = ("cost", "need", "name", "walk", "think", "remote", "怎么", "成本", "方案")

    def lookup(self, words: Iterable[str]) -> Mapping[str, tuple[Translation, ...]]:
        return {word: (("translation",),) for word in words if word in self.known}


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with opened_shelf(tmp_path) as shelf:
        shelf.retriever = TranscriptRetriever(shelf.store, shelf.embedder, dictionary=FewWords())
        shelf.put(podcast=PODCAST, robots=ROBOTS)
        yield shelf


def wording(shelf: Shelf) -> Wording:
    return Wordings(shelf.store, FewWords()).now()


def spellings(shelf: Shelf, question: str) -> dict[Translation, tuple[Translation, ...]]:
    """What else the question's words are taken for."""
    asked = wording(shelf).asked(question)
    return {one.own: one.spellings for one in asked.concepts if one.spellings}


def test_a_slip_in_a_name_is_taken_for_the_name(shelf: Shelf) -> None:
    found = spellings(shelf, "Sana Lindkvist in Umea")
    assert found == {
        ("sana",): (("sanna",),),
        ("lindkvist",): (("lindqvist",),),
        ("umea",): (("umeå",),),
    }


@pytest.mark.parametrize("question", ["cost", "walk", "Sanna Lindqvist", "archives", "gpt4", "sa"])
def test_words_that_the_dictionary_or_the_library_knows_are_no_slips(
    shelf: Shelf, question: str
) -> None:
    assert spellings(shelf, question) == {}


def test_a_chinese_name_with_another_character_of_its_reading(shelf: Shelf) -> None:
    assert spellings(shelf, "林珂怎么看成本") == {("林珂",): (("林可",),)}
    assert spellings(shelf, "黄任勋") == {("黄任", "任勋"): (("黄仁", "仁勋"),)}
    assert spellings(shelf, "林大怎么看成本") == {}, "it isn't read so"


def test_a_word_that_the_library_has_is_no_slip_in_a_name(shelf: Shelf) -> None:
    shelf.put(tree="# 树\n\n### 一（00:00:00 - 00:15:00）\n**周楠**：\n- 林珂是另一个人。\n")
    assert spellings(shelf, "林珂怎么看成本") == {}


def test_characters_that_the_library_joins_are_one_word(shelf: Shelf) -> None:
    own = [one.own for one in wording(shelf).asked("黄仁勋").concepts]
    assert own == [("黄仁", "仁勋")]


def test_people_are_called_as_the_library_calls_them(shelf: Shelf) -> None:
    spelled = shelf.retriever.spelled
    assert spelled("What does Sana Lindkvist need?") == "What does Sanna Lindqvist need?"
    assert spelled("林珂怎麼看？") == "林可怎麼看？"
    assert spelled("What does Mira need?") == "What does Mira need?"
    assert spelled("Sana Lindkvist", slips=False) == "Sana Lindkvist"


LIST = "Sanna Lindqvist = Tiger Lily, 虎莉\n黄仁勋 = Jensen Huang\n"


def test_listed_spellings_are_found_both_ways_at_once(shelf: Shelf) -> None:
    (shelf.folder / "spellings.txt").write_text(LIST, encoding="utf-8")
    before = len(shelf.embedder.embedded)
    shelf.sync()
    assert len(shelf.embedder.embedded) == before, "nothing is embedded for a list"
    assert spellings(shelf, "Jensen Huang on cost") == {("jensen", "huang"): (("黄仁", "仁勋"),)}
    assert spellings(shelf, "虎莉")[("虎莉",)][0] == ("sanna", "lindqvist")
    assert shelf.retriever.spelled("What does tiger lily need?", slips=False) == (
        "What does Sanna Lindqvist need?"
    )
    hits = shelf.retriever.search(Query("Jensen Huang"), 1).hits
    assert "黄仁勋" in hits[0].best.text
    (shelf.folder / "spellings.txt").unlink()
    shelf.sync()
    assert spellings(shelf, "虎莉") == {}


def test_a_note_lists_spellings_of_its_own(shelf: Shelf) -> None:
    shelf.put(podcast=PODCAST.replace("memory\n", "memory\nspellings:\n  Mira Okafor: [米拉]\n"))
    assert shelf.retriever.spelled("米拉怎么看？") == "Mira Okafor怎么看？"


def test_a_quote_reads_in_other_spellings(shelf: Shelf) -> None:
    (shelf.folder / "spellings.txt").write_text(LIST, encoding="utf-8")
    shelf.sync()
    assert wording(shelf).variants("Jensen Huang said so") == (
        "Jensen Huang said so",
        "黄仁勋 said so",
    )
    assert wording(shelf).variants("nobody said so") == ("nobody said so",)


def test_an_amount_is_one_concept_beside_the_words(shelf: Shelf) -> None:
    own = {one.own for one in wording(shelf).asked("成本 12万元").concepts}
    assert own == {("成本",), ("=120000cny",)}
    assert Concept(("40000",)) in wording(shelf).asked("四万").concepts


def test_the_end_of_a_word_and_the_beginning_of_the_next_are_no_name(shelf: Shelf) -> None:
    """林珂 would be a slip, but 方案's second character begins no name."""
    shelf.put(plan="# 案\n\n### 一（00:00:00 - 00:15:00）\n**案可**：\n- 我来说说方案。\n")
    assert spellings(shelf, "这个方案珂怎么看") == {}
    assert spellings(shelf, "案珂") == {("案珂",): (("案可",),)}
