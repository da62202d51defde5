"""Quotes across languages, and words that nobody said: with the real model over what ships."""

from __future__ import annotations

import pytest

from assistant.library import OpenLibrary

SAID = {
    "Some of the software in the slides business may be replaced.": "一些软件可能会被替代",
    "Gemini 3 is fast and suits tasks of medium complexity.": "适合中等复杂度任务",
    "AI research is moving from a paradigm of unlimited data to one of limited data.": "數據受限",
}
NOT_SAID = (
    "The castle was built of red sandstone by a bishop in the twelfth century.",
    "The glacier retreated by several hundred metres during the warm summers of that decade.",
    "这座桥于一九三五年建成，是当时全国最长的铁路桥。",
    "The goalkeeper saved two penalties before the home side scored the winner.",
    "橘子富含维生素，可以生吃，也可以榨汁。",
)


@pytest.mark.parametrize(("quote", "source"), SAID.items())
def test_a_translation_is_found_by_its_meaning(
    shipped: OpenLibrary, quote: str, source: str
) -> None:
    found = shipped.assistant.quotes.find(quote)
    assert found.match == "meaning"
    assert source in found.places[0].quote
    assert found.places[0].spans == () and found.places[0].wording is None


@pytest.mark.parametrize("text", NOT_SAID)
def test_what_nobody_said_is_not_claimed(shipped: OpenLibrary, text: str) -> None:
    found = shipped.assistant.quotes.find(text)
    assert found.match == "none"
    assert all(place.match == "none" for place in found.places)
