"""What a question is split into, by rule and of what a model proposes."""

from __future__ import annotations

import pytest

from assistant.generation.deep.parts import (
    Subquestion,
    accepted,
    askable,
    narrowed,
    split_by_rule,
    split_by_talk,
)
from index.types import EVERYWHERE, Scope, Talk
from tests.builders import make_chunk, make_evidence, make_hit

SPEAKERS = ("Annie Duke", "Matt Dixon", "Nathan", "余北", "田博士", "Lenny Rachitsky")
TALKS = (
    Talk("jolt", "jolt.md", "Indecision in sales calls", None, None, "en", ()),
    Talk("bets", "bets.md", "Thinking in bets at work", None, None, "en", ()),
)


def split(question: str) -> tuple[Subquestion, ...]:
    return split_by_rule(question, SPEAKERS, TALKS)


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("Compare what Annie Duke and Matt Dixon say about fear.", ["Annie Duke", "Matt Dixon"]),
        ("余北和田博士对 Scaling Law 的看法有什么不同？", ["余北", "田博士"]),
        ("Nathan、余北和田博士分别怎么看？", ["Nathan", "余北", "田博士"]),
        ("How do Cursor and GitHub Copilot differ in speed?", ["Cursor", "GitHub Copilot"]),
        ("Bourgeaud 和田博士對 Gemini 3 的看法有何不同？", ["Bourgeaud", "田博士"]),
        ("Where do Duke and Dixon disagree about Kahneman?", ["Annie Duke", "Matt Dixon"]),
        (
            "Do “Thinking in bets at work” and “Indecision in sales calls” agree?",
            ["Thinking in bets at work", "Indecision in sales calls"],
        ),
        ("What is said about fear of failure?", ["What is said about fear of failure?"]),
    ],
)  # fmt: skip
def test_sides_that_a_question_names(question: str, titles: list[str]) -> None:
    assert [part.title for part in split(question)] == titles


def test_a_side_is_asked_about_alone_and_looked_for_where_it_speaks() -> None:
    first, second = split("Compare what Annie Duke and Matt Dixon say about fear.")
    assert first.text == "Compare what Annie Duke say about fear."
    assert second.scope == Scope(speakers=frozenset({"Matt Dixon"}))
    assert "fear" in second.topic
    assert "Dixon" not in second.topic


def test_several_questions_are_parts_each_with_its_own_person() -> None:
    parts = split("What does Annie Duke say about quitting? And what scares Matt Dixon's buyers?")
    assert [part.scope.speakers for part in parts] == [{"Annie Duke"}, {"Matt Dixon"}]
    assert parts[0].text == "What does Annie Duke say about quitting?"


def test_a_question_about_one_person_is_one_part_in_that_persons_words() -> None:
    (part,) = split("Why does Annie Duke say that quitting is hard?")
    assert part.scope == Scope(speakers=frozenset({"Annie Duke"}))


def test_a_topic_is_split_by_the_talks_that_have_something_on_it() -> None:
    chunks = [
        make_chunk([("Ann", ["Words."], 0.0, 9.0)], id=name, transcript_id=name, title=name)
        for name in ("near", "also", "far")
    ]
    scores = zip(chunks, (0.9, 0.7, 0.2), strict=True)
    evidence = make_evidence(*(make_hit(chunk, score, [score]) for chunk, score in scores))
    parts = split_by_talk("What about words?", evidence)
    assert [part.title for part in parts] == ["near", "also"]
    assert parts[1].scope == Scope(transcripts=frozenset({"also"}))


def test_a_models_parts_are_taken_if_they_ask_about_what_was_asked() -> None:
    question = "How did pricing change, and why did Nathan leave?"
    good = ["How did pricing change?", "Why did Nathan leave?"]
    assert [part.text for part in accepted(good, question, SPEAKERS, ())] == good
    assert accepted(good[:1], question, SPEAKERS, ()) == ()
    assert accepted(["How did pricing change?", "Why so?"], question, SPEAKERS, ()) == ()


@pytest.mark.parametrize(
    "line",
    [
        "Nathan: he left because of the money.",
        "Why did Nathan leave for OpenAI?",
        "What does 余北 think of pricing?",
    ],
)
def test_a_models_own_answers_are_not_searched_for(line: str) -> None:
    assert askable([line], "Why did Nathan leave?", SPEAKERS, ()) == ()


@pytest.mark.parametrize(
    ("outer", "inner", "both"),
    [
        (EVERYWHERE, Scope(speakers=frozenset({"Ann"})), Scope(speakers=frozenset({"Ann"}))),
        (
            Scope(speakers=frozenset({"Bob"}), since="2025-01-01"),
            Scope(transcripts=frozenset({"t"})),
            Scope(frozenset({"t"}), frozenset({"Bob"}), since="2025-01-01"),
        ),
        (
            Scope(speakers=frozenset({"Bob"})),
            Scope(speakers=frozenset({"Ann"})),
            Scope(speakers=frozenset({"Bob"})),
        ),
    ],
)
def test_a_parts_scope_never_leaves_the_readers(outer: Scope, inner: Scope, both: Scope) -> None:
    assert narrowed(outer, inner) == both
