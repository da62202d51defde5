"""Our own questions behind other questions, over the transcripts that ship: the rule is set here.

Ids tell what is right: ``leaning`` needs the question before it, ``alone`` doesn't, and what is
``elsewhere`` no talk answers, whatever was asked before.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.evaluation.questions import EvalQuestion, read_questions
from assistant.library import OpenLibrary
from assistant.types import Turn
from index.types import Evidence

FILE = Path(__file__).parent / "follow_ups.jsonl"
KEPT = 0.94
"""Of the questions that stand alone, this share keep their first hit behind another question."""
FIRST = 0.85
"""Of those that lean, this share have a section that answers first."""
DRAWN_IN = 0.1
"""Of those without an answer, at most this share are answered only because of what came before."""
ANSWERED = 0.5


def questions(kind: str) -> list[EvalQuestion]:
    return [one for one in read_questions(FILE) if one.id.startswith(kind)]


def found(opened: OpenLibrary, question: EvalQuestion, *, behind: bool = True) -> Evidence:
    """The evidence for a question, ``behind`` those before it or without them."""
    history = [Turn("user", text) for text in question.history if behind]
    return opened.assistant.search(question.text, 5, history)[0]


def test_the_set_is_large_enough_and_in_three_writings() -> None:
    for kind in ("leaning", "alone", "elsewhere"):
        assert len(questions(kind)) >= 20
        assert {one.language for one in questions(kind)} == {"zh-Hans", "zh-Hant", "en"}


def test_what_stands_alone_keeps_its_first_hit(shipped: OpenLibrary) -> None:
    lost = [
        one.text
        for one in questions("alone")
        if found(shipped, one).hits[0].best != found(shipped, one, behind=False).hits[0].best
    ]
    assert len(lost) <= (1 - KEPT) * len(questions("alone")), lost


def test_what_leans_finds_its_answer_first(shipped: OpenLibrary) -> None:
    gold = {
        one.id: {(place.file, place.heading) for place in one.gold} for one in questions("leaning")
    }
    late = [
        one.text
        for one in questions("leaning")
        if (chunk := found(shipped, one).hits[0].chunk)
        and (chunk.file, chunk.heading) not in gold[one.id]
    ]
    assert len(late) <= (1 - FIRST) * len(gold), late


def test_the_turns_before_answer_nothing_that_no_talk_answers(shipped: OpenLibrary) -> None:
    drawn = [
        one.text
        for one in questions("elsewhere")
        if found(shipped, one).answerable >= ANSWERED > found(shipped, one, behind=False).answerable
    ]
    assert len(drawn) <= DRAWN_IN * len(questions("elsewhere")), drawn


@pytest.mark.parametrize(
    ("before", "question", "file"),
    [
        ("古埃及人的比喻是什么意思？", "What is Anti-Gravity?", "gemini-3-101-live-2025-11-21.md"),
        ("What is Anti-Gravity?", "继续", "gemini-3-101-live-2025-11-21.md"),
        ("古埃及人的比喻是什么意思？", "继续", "gemini3-ahead-of-expectations.md"),
        ("Does Bourgeaud think AGI is near?", "Why?", "gemini3-ahead-of-expectations.md"),
        ("田渊栋怎么看可解释性？", "那他怎么看开源？", "gemini-3-101-live-2025-11-21.md"),
    ],
)
def test_the_talk_follows_the_question(
    shipped: OpenLibrary, before: str, question: str, file: str
) -> None:
    evidence, _ = shipped.assistant.search(question, 3, [Turn("user", before)])
    assert evidence.hits[0].chunk.file == file
