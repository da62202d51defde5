"""Wishes and follow-ups before a language model: what is searched for, and what it is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.types import Turn
from tests.assistant.kitchen import FOUND, ScriptedRetriever
from tests.assistant.kitchen_model import ASKED, SAFER, Engine, kitchen_engine
from tests.scripted_llm import Scene, ScriptedServer


@pytest.fixture
def engine(scripted: ScriptedServer) -> Engine:
    return kitchen_engine(scripted)


def prompt(scripted: ScriptedServer) -> str:
    return scripted.requests[-1].text


def test_a_wish_is_heeded_and_not_searched_for(scripted: ScriptedServer, engine: Engine) -> None:
    scripted.play(Scene("鋒利的刀更安全 [1]。"))
    found = ScriptedRetriever()
    answer = engine(found).ask(f"{ASKED} 用繁體回答。")
    assert found.asked[-1][0].text == ASKED
    assert "請用繁體中文回答" in prompt(scripted)
    assert answer.notice.startswith("語言模型")
    assert answer.text.startswith("逐字稿裡是這樣說的")


def test_a_wish_alone_asks_the_last_question_again(
    scripted: ScriptedServer, engine: Engine
) -> None:
    scripted.play(Scene(f"{SAFER} [1]."))
    found = ScriptedRetriever()
    history = [Turn("user", ASKED), Turn("assistant", "Since it slips less. [1]")]
    assert engine(found).ask("shorter", history).text == f"{SAFER}. [1]"
    assert [query.text for query, _ in found.asked] == [ASKED]
    assert f"Question: {ASKED}" in prompt(scripted)
    assert "one or two short sentences" in prompt(scripted)
    assert len(scripted.requests) == 1, "a question that stands alone is not rewritten"


BEFORE = [Turn("user", "How long does a sourdough starter take?"), Turn("assistant", "A week.")]


def test_a_follow_up_is_made_whole_by_the_model(scripted: ScriptedServer, engine: Engine) -> None:
    whole = "What flour does Bob want for a sourdough starter?"
    scripted.play(
        Scene(whole, when="Last question"), Scene("A starter wants flour [1].", when="<excerpts>")
    )
    found = ScriptedRetriever()
    answer = engine(found).ask("And which flour?", BEFORE)
    asked = found.asked[-1][0]
    assert (asked.text, asked.context, asked.speakers) == (whole, "", frozenset({"Bob Ray"}))
    assert f"Question: {whole}" in prompt(scripted)
    assert "Reply: A week." in scripted.requests[0].text
    assert answer.text == "A starter wants flour. [1]"


def test_a_rewriting_that_finds_less_than_the_question_itself_is_left(
    scripted: ScriptedServer, engine: Engine
) -> None:
    whole = "Which flour is the cheapest one?"
    scripted.play(
        Scene(whole, when="Last question"), Scene("A starter wants flour [1].", when="<excerpts>")
    )
    unsure = replace(FOUND["starter"], answerable=0.0)
    found = ScriptedRetriever({"cheapest": unsure, "starter": FOUND["starter"]})
    engine(found).ask("And which flour?", BEFORE)
    assert [query.text for query, _ in found.asked] == [
        BEFORE[0].text,
        "And which flour?",
        "And which flour",
        whole,
    ]
    assert f"Question: {BEFORE[0].text} And which flour?" in prompt(scripted)


def test_deep_answers_take_up_the_same_question(scripted: ScriptedServer, engine: Engine) -> None:
    scripted.play(Scene("A starter wants flour [1].", when="<excerpts>"), Scene(status=500))
    found = ScriptedRetriever()
    engine(found).ask("And which flour?", BEFORE, mode="deep")
    assert f"{BEFORE[0].text} And which flour?" in {query.text for query, _ in found.asked[3:]}


@pytest.mark.parametrize(
    "scene",
    [
        Scene(status=500),
        Scene("And which flour?"),
        Scene("请问需要什么面粉来做酸面团？"),
        Scene("What flour " * 60),
        Scene("What flour does", finish="length"),
    ],
    ids=["fails", "as it was", "another language", "rambles", "cut"],
)
def test_where_the_model_cannot_the_rules_make_it_whole(
    scripted: ScriptedServer, engine: Engine, scene: Scene
) -> None:
    scripted.play(Scene("A starter wants flour [1].", when="<excerpts>"), scene)
    found = ScriptedRetriever()
    engine(found).ask("And which flour?", BEFORE)
    asked = found.asked[-1][0]
    assert (asked.text, asked.context) == ("And which flour", BEFORE[0].text)
    assert f"Question: {BEFORE[0].text} And which flour?" in prompt(scripted)
