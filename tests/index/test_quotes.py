"""Where a quote may stand: by its rarest words, by meaning, across passages, by keys of terms."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.chunks import place_in_talk
from corpus.types import Chunk
from index.quotes import QuoteIndex
from index.types import Scope
from tests.index.shelf import CHINESE, KITCHEN, WORKSHOP, Shelf, opened_shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with opened_shelf(tmp_path) as shelf:
        shelf.put(kitchen=KITCHEN, workshop=WORKSHOP, chinese=CHINESE)
        yield shelf


@pytest.fixture
def index(shelf: Shelf) -> QuoteIndex:
    return QuoteIndex(shelf.store, shelf.embedder)


def key(term: str) -> int:
    return zlib.crc32(term.encode())


def files(chunks: list[Chunk]) -> set[str]:
    return {chunk.file for chunk in chunks}


def test_rare_words_decide(index: QuoteIndex) -> None:
    found = index.sharing("I sharpen my knife on a whetstone", 5)
    assert "whetstone" in found[0].text
    assert index.sharing("波函数坍缩", 5) == []


def test_a_scope_keeps_the_others_out(index: QuoteIndex) -> None:
    only = Scope(speakers=frozenset({"Cy"}))
    assert files(index.sharing("A sharp knife is safer", 5, only)) == {"workshop.md"}
    meant = index.meaning("A sharp knife is safer", 5, only)
    assert files([one.chunk for one in meant]) == {"workshop.md"}


def test_function_words_alone_are_looked_for_as_they_stand(shelf: Shelf, index: QuoteIndex) -> None:
    note = (
        "# Odd\n\n### One（00:00:10 - 00:01:00）\n**Ann**：\n- And so IT is what it is, 100% so.\n"
    )
    shelf.put(odd=note)
    assert files(index.sharing("it is what it is!", 5)) == {"odd.md"}
    assert index.sharing("it was what it was", 5) == []
    assert index.sharing("_t is what", 5) == []  # an underscore stands for itself


def test_meaning_gives_the_sentences_that_come_nearest(index: QuoteIndex) -> None:
    best = index.meaning("Flour and water for a whole week before a starter rises", 3)[0]
    assert best.chunk.file == "kitchen.md"
    told = [one.text for one in best.chunk.sentences[best.start : best.end]]
    assert any("whole week" in text for text in told)


def test_a_talk_comes_in_the_order_of_its_text_after_an_edit(
    shelf: Shelf, index: QuoteIndex
) -> None:
    lines = [
        f"- Sentence number {n} tells of subject {n} in so many plain words.\n" for n in range(24)
    ]
    note = "# Long\n\n### All（00:00:10 - 00:10:00）\n**Ann**：\n" + "".join(lines)
    shelf.put(long=note)
    shelf.put(long=note.replace("Sentence number 9 tells", "Sentence number 9 speaks"))
    talk = index.talk("long.md")
    rows = shelf.store.catalog.rows_of(one.id for one in talk)
    assert [rows[one.id] for one in talk] != sorted(rows.values()), "the edit must move a row"
    said = " ".join(one.text for one in talk)
    order = [said.index(f"subject {n} ") for n in range(24)]
    assert order == sorted(order)
    shuffled = sorted(talk, key=lambda one: one.id)
    assert tuple(sorted(shuffled, key=place_in_talk)) == talk, "as an old index is mended"
    assert index.talk("nowhere.md") == ()


def test_terms_are_found_by_their_keys(index: QuoteIndex) -> None:
    wanted = {key("whetstone"), key("sunday"), key("nowhere")}
    assert index.holding(wanted, key, 3) == ("kitchen.md",)
    assert index.holding({key("nowhere"), key("whetstone"), key("neither")}, key, 3) == ()
    assert index.holding(set(), key, 3) == ()
