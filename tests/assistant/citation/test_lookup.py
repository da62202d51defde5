"""A quote to its place: the same words, nearly the same, or none of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.citation.lookup import QuoteFinder
from assistant.citation.types import Lookup
from corpus.types import SettingsError
from index.quotes import QuoteIndex
from tests.index.shelf import CHINESE, Shelf, opened_shelf

TALK = """# Kitchen talk

- 链接：https://www.youtube.com/watch?v=dQw4w9WgXcQ

## 摘要
- Sharp knives are safer than blunt knives, says the guest.

## 正文
### Knives（00:00:10 - 00:01:00）
**Ann Lee**：
- A sharp knife is safer than a blunt knife, because it doesn’t slip off the tomato. I sharpen
  mine on a whetstone every second Sunday.

### Bread（00:01:00 - 00:02:30）
**Bob Al**（00:01:00 - 00:02:30）：
- A sourdough starter wants flour and water for a whole week before it rises.
- Nobody waits for a whole week any more.
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with opened_shelf(tmp_path) as shelf:
        shelf.put(kitchen=TALK, chinese=CHINESE)
        yield shelf


@pytest.fixture
def finder(shelf: Shelf) -> QuoteFinder:
    return QuoteFinder(QuoteIndex(shelf.store, shelf.embedder))


def marked(found: Lookup) -> list[str]:
    first = found.places[0]
    return [first.quote[start:end] for start, end in first.spans]


def test_the_same_words_are_exact_whatever_their_dress(finder: QuoteFinder) -> None:
    found = finder.find("ＳＨＡＲＰ knife is safer than a blunt knife -- because it doesn't slip")
    first = found.places[0]
    assert (found.match, first.similarity, first.speakers) == ("exact", 1.0, ("Ann Lee",))
    assert first.matched == "sharp knife is safer than a blunt knife, because it doesn’t slip"
    assert marked(found) == [first.matched]
    assert first.wording is not None and first.wording.total == 0
    assert first.moment.start_s is not None and 10 <= first.moment.start_s < 60


def test_traditional_finds_simplified(finder: QuoteFinder) -> None:
    found = finder.find("公開榜單不能反映真實產品的表現")
    assert found.match == "exact"
    assert found.places[0].matched == "公开榜单不能反映真实产品的表现"
    assert found.places[0].speakers == ("余北",)


def test_a_quote_may_run_over_sentences_and_passages(finder: QuoteFinder) -> None:
    found = finder.find("slip off the tomato I sharpen mine on a whetstone")
    assert found.match == "exact" and len(found.places[0].sentences) == 2
    turns = finder.find("for a whole week before it rises nobody waits for a whole week")
    assert turns.match == "exact" and "\n" in turns.places[0].matched


def test_a_quote_may_run_from_one_passage_into_the_next(shelf: Shelf, finder: QuoteFinder) -> None:
    lines = [
        f"- Whoever knows gadget{n} needs widget{n} where sprocket{n} turns.\n" for n in range(30)
    ]
    shelf.put(long="# Long\n\n### All（00:00:10 - 00:10:00）\n**Ann**：\n" + "".join(lines))
    talk = finder.index.talk("long.md")
    assert len(talk) > 2
    for one, following in pairwise(talk):
        ended, begun = one.sentences[-1].text.split(), following.sentences[0].text.split()
        found = finder.find(" ".join([*ended[2:], *begun[:5]]))
        assert found.match == "exact", found
        assert [part.text for part in found.places[0].sentences] == [
            one.sentences[-1].text,
            following.sentences[0].text,
        ]


def test_garbled_words_are_close_and_say_how_far_off(finder: QuoteFinder) -> None:
    found = finder.find("a sharp knife is far safer than any blunt knife, it doesn't slip off")
    first = found.places[0]
    assert found.match == "close" and 0.6 < first.similarity < 1
    assert first.wording is not None
    assert (first.wording.changed, first.wording.left_out, first.wording.added) == (1, 1, 1)
    assert "because" not in "".join(marked(found)) and "blunt knife" in marked(found)[-2]


def test_a_third_of_the_words_may_be_missing(finder: QuoteFinder) -> None:
    found = finder.find("sourdough wants flour water for week before it rises")
    assert found.match == "close" and found.places[0].speakers == ("Bob Al",)


def test_a_phrase_in_common_is_no_quotation(finder: QuoteFinder) -> None:
    for text in (
        "For a whole week the parliament debated the new law on railways and harbours.",
        "The knife was invented in the old stone age by people who lived in caves.",
        "that it is not",
    ):
        assert finder.find(text).match not in ("exact", "close"), text


def test_the_talk_comes_before_its_digest(finder: QuoteFinder) -> None:
    found = finder.find("knives safer than blunt knives")
    assert found.places[0].chunk.kind == "summary"  # its own words
    found = finder.find("sharp knife is safer than blunt knife")
    assert found.places[0].chunk.kind == "talk"


def test_a_question_around_it_is_taken_off(finder: QuoteFinder) -> None:
    for text in (
        "「公开榜单不能反映真实产品的表现」是谁说的？",
        "有人说公开榜单不能反映真实产品的表现，这话出自哪里？",
        'Who said "公开榜单不能反映真实产品的表现"?',
    ):
        found = finder.find(text)
        assert (found.match, found.text) == ("exact", "公开榜单不能反映真实产品的表现"), text
    found = finder.find("Who said that a sharp knife is safer than a blunt knife?")
    assert found.match == "exact"


@pytest.mark.parametrize("text", ["", " ?! ", "「」"])
def test_a_quote_without_words_is_told_in_one_line(finder: QuoteFinder, text: str) -> None:
    with pytest.raises(SettingsError, match="no words") as told:
        finder.find(text)
    assert "\n" not in str(told.value)


def test_a_text_too_long_for_a_quote_is_told(finder: QuoteFinder) -> None:
    with pytest.raises(SettingsError, match="--file"):
        finder.find("word " * 2000)


def test_an_empty_library_has_nothing(tmp_path: Path) -> None:
    with opened_shelf(tmp_path) as shelf:
        found = QuoteFinder(QuoteIndex(shelf.store, shelf.embedder)).find("any words at all")
    assert (found.match, found.places) == ("none", ())
