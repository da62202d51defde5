"""A whole text held against a library: what it quotes, wrong names, altered numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.citation.article import check_text, claimed_speakers
from assistant.citation.lookup import QuoteFinder
from assistant.citation.types import Problem
from index.quotes import QuoteIndex
from tests.index.shelf import Shelf, opened_shelf

TALK = """# Kitchen talk

### Knives（00:00:10 - 00:01:00）
**Ann Lee**：
- A sharp knife is safer than a blunt knife, because it does not slip off the tomato.
- I sharpen my knife on a whetstone for 20 minutes every second Sunday of the month.

### Bread（00:01:00 - 00:02:30）
**Bob Al**：
- A sourdough starter wants flour and water for a whole week before it rises.

### 榜单（00:03:00 - 00:04:00）
**田博士**：
- 公开榜单不能反映真实产品的表现，因为题目已经泄露。
**余北**：
- 训练用了三千张显卡，花了两个月才看到结果。
"""


@pytest.fixture
def finder(tmp_path: Path) -> Iterator[QuoteFinder]:
    with opened_shelf(tmp_path) as shelf:
        shelf.put(kitchen=TALK)
        yield QuoteFinder(QuoteIndex(shelf.store, shelf.embedder))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with opened_shelf(tmp_path) as shelf:
        yield shelf


def problems(finder: QuoteFinder, text: str) -> list[Problem]:
    return [one for quotation in check_text(text, finder).quotations for one in quotation.problems]


def test_only_sentences_that_quote_are_found_and_where_they_stand(finder: QuoteFinder) -> None:
    quoted = "Ann Lee said that a sharp knife is safer than a blunt knife."
    text = f"# Report\n\nThe market hall opened its doors early this year.\n\n- {quoted}\n"
    checked = check_text(text, finder)
    (found,) = checked.quotations
    assert text[found.start : found.end].endswith(quoted)
    assert (found.lookup.match, found.claimed, found.problems) == ("exact", ("Ann Lee",), ())
    assert checked.sentences == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            'Bob Al said: "A sharp knife is safer than a blunt knife, because it does not slip."',
            Problem("speaker", "Bob Al", "Ann Lee"),
        ),
        (
            'At the market Bob Al said, "A sharp knife is safer than a blunt knife. '
            'I sharpen my knife on a whetstone for 20 minutes." Then he left.',
            Problem("speaker", "Bob Al", "Ann Lee"),
        ),
        (
            "“A sourdough starter wants flour and water for a whole week,” said Ann Lee.",
            Problem("speaker", "Ann Lee", "Bob Al"),
        ),
        (
            "余北说：“公开榜单不能反映真实产品的表现，因为题目已经泄露。”",
            Problem("speaker", "余北", "田博士"),
        ),
        (
            "「訓練用了三千張顯卡，花了兩個月才看到結果」，田博士說。",
            Problem("speaker", "田博士", "余北"),
        ),
        (
            "I sharpen my knife on a whetstone for 50 minutes every second Sunday of the month.",
            Problem("number", "50", "20"),
        ),
        (
            "余北说，训练用了五千张显卡，花了两个月才看到结果。",
            Problem("number", "五千", "三千"),
        ),
    ],
)
def test_wrong_names_and_numbers_are_pointed_out(
    finder: QuoteFinder, text: str, problem: Problem
) -> None:
    assert problems(finder, text) == [problem]


@pytest.mark.parametrize(
    "text",
    [
        'As Ann put it, "A sharp knife is safer than a blunt knife, because it does not slip."',
        "The guest said that a sharp knife is safer than a blunt knife.",
        "田博士说：“公开榜单不能反映真实产品的表现。”",
        "Dr. Tian said 公开榜单不能反映真实产品的表现，因为题目已经泄露。",
        "I sharpen my knife on a whetstone for twenty minutes every second Sunday.",
        "In 2024 余北说训练用了三千张显卡，花了两个月才看到结果。",
    ],
)
def test_nobody_is_accused_without_reason(finder: QuoteFinder, text: str) -> None:
    assert check_text(text, finder).quotations, "the sentence must be found"
    assert problems(finder, text) == []


def test_words_that_several_people_say_are_any_ones(shelf: Shelf) -> None:
    said = "- The feedback loop is as long as you choose it to be.\n"
    note = f"# Talk\n\n### A（00:00:10 - 00:01:00）\n**Ann Lee**：\n{said}**Bob Al**：\n{said}"
    shelf.put(talk=note)
    finder = QuoteFinder(QuoteIndex(shelf.store, shelf.embedder))
    told = "{} said, “The feedback loop is as long as you choose it to be.”"
    assert problems(finder, told.format("Bob Al")) == []
    assert problems(finder, told.format("Ann Lee")) == []
    (wrong,) = problems(finder, told.format("Cy Twain"))
    assert set(wrong.detail.split(", ")) == {"Ann Lee", "Bob Al"}


def test_a_name_glued_to_chinese_is_the_whole_speaker() -> None:
    sentence = "“你看，公榜未必反映产品实际能力，”田博士说。"
    assert claimed_speakers(sentence, "你看，公榜未必反映产品实际能力，", ["田博士"]) == ("田博士",)
