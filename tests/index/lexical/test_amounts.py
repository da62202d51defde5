"""Amounts as terms: figures, words and units meet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import fold
from index.lexical.amounts import cut_amounts, held_terms, passage_terms
from index.lexical.concepts import Concept
from index.lexical.terms import terms


def amount_in(question: str) -> Concept:
    (concept,) = cut_amounts(fold(question))[1]
    return concept


def finds(question: str, text: str) -> bool:
    """Whether an amount's own form stands in a passage."""
    return set(amount_in(question).own) <= set(passage_terms(text))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("90 seconds", "ninety seconds incremental"),
        ("九十秒", "it takes 1.5 minutes"),
        ("12万元", "成本是十二万元"),
        ("120,000 yuan", "成本是十二万元"),
        ("64GB", "We bought 64 GB of memory"),
        ("64 gigabytes", "每台 64GB 内存"),
        ("20毫秒", "二十毫秒以内"),
        ("20 ms", "二十毫秒以内"),
        ("四万", "one costs 40,000"),
        ("$1,800", "约 1800 美元"),
        ("40%", "百分之四十"),
        ("half an hour", "30 分钟"),
        ("11月", "in November"),
        ("2019年", "二〇一九年"),
        ("twenty-two", "22 volunteers"),
    ],
)
def test_an_amount_is_found_however_it_is_written(question: str, text: str) -> None:
    assert finds(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("90 seconds", "ninety minutes"),
        ("12万元", "十二万美元"),
        ("64GB", "64 MB"),
        ("20毫秒", "二十秒"),
        ("四万", "十四万"),
        ("四万", "好几万"),
    ],
)
def test_another_amount_is_not(question: str, text: str) -> None:
    assert not finds(question, text)


def test_a_number_without_its_unit_is_a_weaker_form() -> None:
    (without,) = amount_in("300元").translations
    assert set(without) <= set(passage_terms("要花三百块"))
    assert not set(without) & set(passage_terms("300 kilograms"))


@pytest.mark.parametrize("question", ["GPT 4 and Claude 3.5", "in 2019", "64", "十分重要"])
def test_figures_of_names_and_bare_ones_stay_words(question: str) -> None:
    folded = fold(question)
    assert cut_amounts(folded) == (folded, ())


def test_the_rest_of_a_question_stays() -> None:
    rest, amounts = cut_amounts("样机要十二万元吗 within 90 seconds")
    assert terms(rest) == terms("样机要 吗 within")
    assert len(amounts) == 2
    rest, amounts = cut_amounts("未来两三年,bourgeaud 看好什么")
    assert "bourgeaud" in terms(rest) and len(amounts) == 2


@given(st.text())
def test_a_passage_has_its_words_and_whatever_stands_is_held(text: str) -> None:
    found = passage_terms(text)
    assert found[: len(terms(text))] == terms(text)
    assert held_terms(text, cut_amounts(fold(text))[1]) >= set(terms(text))
