"""The engine over evidence that a test lays down; test_answers.py has the real way."""

from __future__ import annotations

from typing import cast

import pytest

from assistant.engine import Assistant
from assistant.generation.quotes import QUOTED_HITS
from assistant.types import Turn
from index.retriever import TranscriptRetriever
from index.types import EVERYWHERE, Query, Scope
from tests.assistant.kitchen import FOUND, KNIVES, ScriptedRetriever, source
from tests.builders import make_evidence, make_hit


def assistant(scripted: ScriptedRetriever | None = None, min_confidence: float = 0.5) -> Assistant:
    retriever = cast(TranscriptRetriever, scripted or ScriptedRetriever())
    return Assistant(retriever, source, min_confidence)


def asked(*questions: str) -> list[Turn]:
    """The questions with an answer after each."""
    return [turn for text in questions for turn in (Turn("user", text), Turn("assistant", "…"))]


def test_an_answer_quotes_what_was_found() -> None:
    scripted = ScriptedRetriever()
    answer = assistant(scripted).ask("Why keep a knife sharp?")
    assert (answer.status, answer.mode, answer.answerable) == ("answered", "quotes", 0.9)
    assert answer.text.startswith("This is what was said:\n\n**The talk**\n\n- Ann Lee: A sharp")
    (citation,) = answer.citations
    assert (citation.marker, citation.speakers, citation.verified) == (1, ("Ann Lee",), True)
    assert answer.suggestions == ()
    assert scripted.asked == [(Query("Why keep a knife sharp?"), QUOTED_HITS)]


def test_timings_are_told_by_step_and_in_sum() -> None:
    timings = assistant().ask("Why keep a knife sharp?").timings_ms
    assert list(timings) == ["resolve", "search", "answer", "total"]
    assert all(value >= 0 for value in timings.values())
    steps = timings["resolve"] + timings["search"] + timings["answer"]
    assert timings["total"] == pytest.approx(steps, abs=0.3)
    _, laps = assistant().search("Why keep a knife sharp?", 3)
    assert list(laps) == ["resolve", "search", "total"]


@pytest.mark.parametrize(
    ("min_confidence", "answerable", "status"),
    [
        (0.5, 0.5, "answered"),
        (0.5, 0.49, "no_evidence"),
        (0.0, 0.0, "answered"),
        (1.0, 0.999, "no_evidence"),
        (1.0, 1.0, "answered"),
    ],
)
def test_below_the_least_confidence_nothing_is_answered(
    min_confidence: float, answerable: float, status: str
) -> None:
    evidence = make_evidence(make_hit(KNIVES, 0.9, [0.9, 0.2]), answerable=answerable)
    answer = assistant(ScriptedRetriever({"knife": evidence}), min_confidence).ask(
        "Why a sharp knife?"
    )
    assert answer.status == status
    assert answer.answerable == answerable
    assert bool(answer.citations) == (status == "answered")
    assert answer.suggestions == (() if status == "answered" else ("Opening",))


def test_an_empty_library_refuses_at_any_confidence() -> None:
    answer = assistant(ScriptedRetriever({"knife": make_evidence(answerable=0.0)}), 0.0).ask(
        "Why a knife?"
    )
    assert (answer.status, answer.citations, answer.suggestions) == ("no_evidence", (), ())
    assert answer.text == "The transcripts don't cover this."


@pytest.mark.parametrize(
    ("question", "lead", "refusal"),
    [
        ("为什么刀要锋利？knife", "转录稿里是这样说的：", "现有的转录稿没有谈到这个问题。"),
        ("為什麼刀要鋒利？knife", "逐字稿裡是這樣說的：", "現有的逐字稿沒有談到這個問題。"),
        ("Why is a sharp knife safer?", "This is what was said:", "The transcripts don't cover"),
        ("ナイフはなぜ鋭いのですか？knife", "文字起こしでは次", "手元の文字起こしでは"),
    ],
)
def test_the_assistants_own_words_are_in_the_language_of_the_question(
    question: str, lead: str, refusal: str
) -> None:
    assert assistant().ask(question).text.startswith(lead)
    assert assistant(min_confidence=1.0).ask(question).text.startswith(refusal)


def test_asking_takes_the_history_in_and_searches_for_both_readings() -> None:
    scripted = ScriptedRetriever()
    before = "How long does a sourdough starter take?"
    answer = assistant(scripted).ask("And the water?", asked(before))
    who_answered, *readings = scripted.asked
    assert who_answered == (Query(before), 1)
    assert [(query.context, limit) for query, limit in readings] == [("", 8), (before, 8)]
    assert answer.citations[0].file == "bread.md"
    evidence, laps = assistant(scripted).search("And the water?", 3, asked(before))
    assert scripted.asked[3:] == [who_answered, *((query, 3) for query, _ in readings)]
    assert evidence == FOUND["starter"]
    assert list(laps) == ["resolve", "search", "total"]


def test_a_search_heeds_wishes_as_an_answer_does() -> None:
    scripted = ScriptedRetriever()
    assistant(scripted).search("Why keep a knife sharp? Answer in German", 3)
    assert scripted.asked == [(Query("Why keep a knife sharp?"), 3)]


def test_examples_come_from_the_librarys_topics() -> None:
    assert assistant().examples("en") == ("What was said about “Knives”?",)


@pytest.mark.parametrize("question", ["What does Ann Lee say?", "And what does she say?", "Why?"])
def test_every_search_stays_in_scope(question: str) -> None:
    scripted = ScriptedRetriever()
    scope = Scope(transcripts=frozenset({"talk"}))
    engine = assistant(scripted)
    engine.ask(question, asked("Why keep a knife sharp?"), scope)
    engine.search(question, 3, asked("Why keep a knife sharp?"), scope)
    assert len(scripted.asked) >= 2
    assert {query.scope for query, _ in scripted.asked} == {scope}


def test_without_a_scope_it_searches_everywhere() -> None:
    scripted = ScriptedRetriever()
    assistant(scripted).ask("Why keep a knife sharp?")
    assert [query.scope for query, _ in scripted.asked] == [EVERYWHERE]
