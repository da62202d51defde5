"""Words typed alone are answered by where they stand; questions aren't."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index import literal
from index.retriever import TranscriptRetriever
from index.types import Evidence, Query
from tests.index.shelf import Shelf, opened_shelf
from tests.index.test_wording import PODCAST, ROBOTS, FewWords

GARDEN = """---
title: A roof
---

Lena Fischer (00:03:02):
Do you use pesticides?

David Ross (00:03:06):
Never. We bought 64 GB of compost in ninety seconds, and the roof carries 300 kilograms.
"""


SURE = 2.0
"""Surer than any search by meaning is, so that it tells what was answered by where it stands."""


@pytest.fixture(autouse=True)
def _surer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(literal, "SURE", SURE)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with opened_shelf(tmp_path_factory.mktemp("shelf")) as shelf:
        shelf.retriever = TranscriptRetriever(shelf.store, shelf.embedder, dictionary=FewWords())
        shelf.put(podcast=PODCAST, robots=ROBOTS, garden=GARDEN)
        yield shelf


def found(shelf: Shelf, text: str, context: str = "") -> Evidence:
    return shelf.retriever.search(Query(text, context=context), 5)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("黄仁勋", "黄仁勋说过"),
        ("黃仁勳？", "黄仁勋说过"),
        ("四万", "就要四万"),
        ("40000", "就要四万"),
        ("12万元", "十二万元"),
        ("64GB", "64 GB of compost"),
        ("64GB of compost", "64 GB of compost"),
        ("90 seconds", "ninety seconds"),
        ("九十秒", "ninety seconds"),
        ("pesticides", "Do you use pesticides?"),
        ("Sana Lindkvist", "Our guest is Sanna Lindqvist"),
        ("酒店走廊", "酒店走廊是平的"),
        ("names need exact words", "names need exact words"),
        ("David Ross kilograms", "300 kilograms"),
    ],
)
def test_words_alone_are_found_where_they_stand(shelf: Shelf, typed: str, words: str) -> None:
    evidence = found(shelf, typed)
    assert evidence.answerable == SURE
    assert words in evidence.hits[0].best.text
    scores = [hit.score for hit in evidence.hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "typed",
    [
        "端侧",
        "五万",
        "64 MB",
        "黄仁勋 酒店",
        "compost price",
        "Do you use pesticides?",
        "do you use pesticides",
        "Who is Sanna Lindqvist?",
        "How many kilograms does the roof carry?",
        "黄仁勋怎么说",
        "什么",
        "",
    ],
)
def test_a_question_or_what_stands_nowhere_is_left_to_the_meaning(shelf: Shelf, typed: str) -> None:
    assert found(shelf, typed).answerable < SURE


def test_a_follow_up_is_no_word_alone(shelf: Shelf) -> None:
    assert found(shelf, "黄仁勋", context="What does the roof carry?").answerable < SURE


def test_an_amount_with_its_unit_goes_before_the_number_alone(shelf: Shelf) -> None:
    assert "300 kilograms" in found(shelf, "300kg").hits[0].best.text
    assert found(shelf, "300元").answerable < SURE, "kilograms are no money"
