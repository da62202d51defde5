"""Permanent ids: what they survive, and what they say when the words are others or gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.citation.permalink import Changed, FoundAgain, Gone, citation_id, read_id, resolve
from corpus.chunks import Budget
from corpus.library import Library
from corpus.types import SettingsError
from index.quotes import QuoteIndex
from index.storage.store import open_store
from index.sync import sync
from tests.index.fakes import FakeEmbedder
from tests.index.shelf import CHINESE, KITCHEN, Shelf, opened_shelf
from tests.index.store_fixtures import manifest

WORDS = "because it does not slip off the tomato. Also, I sharpen my knife on a whetstone"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with opened_shelf(tmp_path) as shelf:
        shelf.put(kitchen=KITCHEN, chinese=CHINESE)
        yield shelf


@pytest.fixture
def index(shelf: Shelf) -> QuoteIndex:
    return QuoteIndex(shelf.store, shelf.embedder)


def test_an_id_is_short_and_plain_and_the_same_for_the_same_words() -> None:
    one = citation_id("talk", "It’s “Over”: 公開榜單", 12.0)
    assert one == citation_id("talk", "it's over 公开榜单", 12.5)
    assert len(one) == 40 and one.isascii() and one.isalnum() and one == one.lower()
    others = {citation_id("other", "it's over", 12.0), citation_id("talk", "it's done", 12.0)}
    assert one not in others
    assert read_id(one).near_s == 12.0 and read_id(citation_id("talk", "it")).near_s is None


def test_an_id_never_changes() -> None:
    """Links that are out in the world: a change here breaks them, and needs a new version."""
    assert citation_id("talk", "The words, as said.", 61.0) == (
        "afe46y7xaacaahxrqjp6dtpcjksaaaaaaaaaaaaa"
    )


@pytest.mark.parametrize("broken", ["", "abc", "!" * 40, "a" * 40, "7" * 40, "字" * 40])
def test_what_is_no_id_is_told(broken: str) -> None:
    with pytest.raises(SettingsError, match="is no citation"):
        read_id(broken)


def test_words_that_stand_are_found_at_their_moment(index: QuoteIndex) -> None:
    found = resolve(citation_id("kitchen", WORDS, 20.0), index)
    assert isinstance(found, FoundAgain) and not found.moved
    assert " ".join(found.place.matched.split()) == WORDS and len(found.place.sentences) == 2
    assert found.place.speakers == ("Ann Lee",)
    chinese = resolve(citation_id("chinese", "公開榜單不能反映真實產品的表現"), index)
    assert isinstance(chinese, FoundAgain) and chinese.place.chunk.heading == "榜单"


def test_a_note_may_grow_around_the_words(shelf: Shelf, index: QuoteIndex) -> None:
    more = "- Welcome to the show, dear listeners of the kitchen.\n- A sharp knife"
    shelf.put(kitchen=KITCHEN.replace("- A sharp knife", more).replace("Knives", "Blades"))
    found = resolve(citation_id("kitchen", WORDS), index)
    assert isinstance(found, FoundAgain) and found.place.chunk.heading == "Blades"


def test_passages_may_be_cut_anew(shelf: Shelf, tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    with open_store(tmp_path / "other", shelf.folder) as store:
        store.claim(manifest(model=FakeEmbedder.name, dimension=256))
        sync(Library(shelf.folder), store, embedder, Budget(48))
        index = QuoteIndex(store, embedder)
        assert len(index.talk("kitchen.md")) > len(
            QuoteIndex(shelf.store, embedder).talk("kitchen.md")
        )
        found = resolve(citation_id("kitchen", WORDS), index)
    assert isinstance(found, FoundAgain) and found.place.matched.replace("\n", " ") == WORDS


def test_a_file_may_be_renamed(shelf: Shelf, index: QuoteIndex) -> None:
    (shelf.folder / "kitchen.md").rename(shelf.folder / "cooking.md")
    shelf.sync()
    found = resolve(citation_id("kitchen", WORDS), index)
    assert isinstance(found, FoundAgain) and found.moved and found.place.chunk.file == "cooking.md"


def test_of_the_same_words_said_twice_the_time_tells(shelf: Shelf, index: QuoteIndex) -> None:
    said = "- The loop is as long as you choose it to be.\n"
    filler = "- Something else altogether is told here about boats.\n"
    shelf.put(
        twice=f"# T\n\n### A（00:00:10 - 00:01:00）\n**Ann**：\n{said}{filler}"
        f"### B（00:30:00 - 00:31:00）\n**Bob**：\n{filler}{said}"
    )
    for near_s, speaker in ((15.0, "Ann"), (1850.0, "Bob")):
        found = resolve(citation_id("twice", "the loop is as long as you choose", near_s), index)
        assert isinstance(found, FoundAgain) and found.place.speakers == (speaker,)


def test_changed_words_show_what_stands_there_now(shelf: Shelf, index: QuoteIndex) -> None:
    quoted = "I sharpen my knife on a whetstone every second Sunday"
    shelf.put(kitchen=KITCHEN.replace("every second Sunday", "each third Sunday"))
    found = resolve(citation_id("kitchen", quoted), index)
    assert isinstance(found, Changed)
    assert "whetstone each third Sunday" in found.place.quote
    assert len(found.place.sentences) == 1


def test_words_that_are_gone_are_gone(shelf: Shelf, index: QuoteIndex) -> None:
    quoted = citation_id("kitchen", "I sharpen my knife on a whetstone every second Sunday")
    lines = [line for line in KITCHEN.splitlines() if "whetstone" not in line]
    shelf.put(kitchen="\n".join(lines))
    assert resolve(quoted, index) == Gone("kitchen.md")
    shelf.drop("kitchen")
    assert resolve(quoted, index) == Gone(None)
