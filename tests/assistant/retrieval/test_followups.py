"""What a question is taken to mean after the turns before it, by rule and by evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest

from assistant.retrieval.query import Resolver, lead_of, named_speakers, stands_for
from assistant.types import Turn
from index.retriever import TranscriptRetriever
from index.types import Query
from tests.assistant.kitchen import BREAD, FOUND, KNIVES, ScriptedRetriever
from tests.builders import make_evidence, make_hit

SPEAKERS = ("Ann Lee", "Bob Ray", "余北", "田博士")
REPLY = "This is what was said:\n\n**Bread talk**\n\n- Bob Ray: A starter wants flour. [1]"
STARTER = "How long does a sourdough starter take?"
SURE = FOUND["starter"]


def after(*questions: str, reply: str = "…") -> list[Turn]:
    """The questions, each with this reply."""
    return [turn for text in questions for turn in (Turn("user", text), Turn("assistant", reply))]


def resolved(
    question: str, history: Sequence[Turn], retriever: ScriptedRetriever | None = None
) -> Query:
    found = cast(TranscriptRetriever, retriever or ScriptedRetriever())
    return Resolver(found).asked(question, 3, history).query


def sure_of(*keys: str) -> ScriptedRetriever:
    """Surest of what these words stand in."""
    return ScriptedRetriever(dict.fromkeys(keys, SURE))


@pytest.mark.parametrize(
    "history",
    [[], [Turn("assistant", "Ask me about knives.")], [Turn("user", "  ")]],
    ids=["none", "assistant only", "blank"],
)
def test_without_a_question_before_a_follow_up_stands_as_it_is(history: list[Turn]) -> None:
    retriever = ScriptedRetriever()
    assert resolved("Why is that?", history, retriever) == Query("Why is that?")
    assert retriever.asked == []


@pytest.mark.parametrize(
    ("own", "other", "taken"),
    [(0.4, 0.6, "starter"), (0.6, 0.4, "tea"), (0.6, 0.6, "tea")],
    ids=["the turns before", "alone", "a tie"],
)
def test_the_surer_reading_is_taken(own: float, other: float, taken: str) -> None:
    both = {
        "starter": make_evidence(make_hit(BREAD, 0.9, [0.9, 0.2]), answerable=other),
        "tea": make_evidence(make_hit(KNIVES, 0.9, [0.9, 0.2]), answerable=own),
    }
    retriever = ScriptedRetriever(both)
    asked = Resolver(cast(TranscriptRetriever, retriever)).asked("Which tea?", 3, after(STARTER))
    assert asked.evidence == both[taken]
    assert asked.query.context == (STARTER if taken == "starter" else "")
    assert asked.question == (f"{STARTER} Which tea?" if taken == "starter" else "Which tea?")
    assert [query.text for query, _ in retriever.asked] == [STARTER, "Which tea?", "Which tea"]


def test_a_long_question_says_itself_what_it_is_about() -> None:
    retriever = sure_of("knife")
    question = "How long does a sourdough starter take to rise?"
    assert resolved(question, after("Why a sharp knife?"), retriever) == Query(question)
    assert retriever.asked == []


def test_whom_a_question_names_is_preferred() -> None:
    query = resolved("Why does Bob think that a starter wants flour?", [])
    assert query == Query(query.text, speakers=frozenset({"Bob Ray"}))


def test_a_follow_up_takes_the_talk_the_subject_and_who_answered() -> None:
    query = resolved("And what about water?", after(STARTER, reply=REPLY))
    people, talks = frozenset({"Bob Ray"}), frozenset({"bread"})
    assert query == Query("water", STARTER, talks, people)
    pronoun = resolved(
        "And what does he say of water?", after(STARTER, reply=REPLY), sure_of("Bob")
    )
    assert pronoun == Query("And what does Bob Ray say of water?", "", talks, people)


def test_where_the_reply_tells_neither_a_search_tells_who_answered_in_which_talk() -> None:
    retriever = ScriptedRetriever()
    query = resolved("那水呢？", after(STARTER), retriever)
    assert query == Query("水", STARTER, frozenset({"bread"}), frozenset({"Bob Ray"}))
    assert [limit for _, limit in retriever.asked] == [1, 3]
    nobody = ScriptedRetriever({"starter": replace(SURE, hits=())})
    assert resolved("那水呢？", after(STARTER), nobody) == Query("水", STARTER)


def test_who_was_named_comes_before_who_answered() -> None:
    history = after("What did Ann say about the starter?", reply=REPLY)
    query = resolved("And her oven?", history, sure_of("Ann Lee's"))
    assert (query.text, query.speakers) == ("And Ann Lee's oven?", {"Ann Lee"})
    assert query.transcripts == {"bread"}


def test_a_pronoun_between_two_people_stays_as_it_is() -> None:
    query = resolved("Why does he?", after("Do Ann and Bob like the starter?"))
    assert (query.text, query.speakers) == ("Why does he", {"Ann Lee", "Bob Ray"})
    assert query.context == "Do Ann and Bob like the starter?"


@pytest.mark.parametrize("question", ["What do they say?", "他们怎么看？", "其他呢？", "他們呢？"])
def test_they_and_others_are_nobody_in_particular(question: str) -> None:
    query = resolved(question, after("What did Ann say about the starter?"))
    assert query.text == question.rstrip("?？")


def test_in_a_chain_the_last_who_was_named_is_meant() -> None:
    history = after("田博士怎么用小说续写测试模型？", "那余北呢？")
    assert resolved("那他怎么看开源？", history, sure_of("余北")).text == "那 余北 怎么看开源？"
    history = [*history, *after("为什么呢？")]
    assert resolved("那他怎么看开源？", history, sure_of("余北")).speakers == {"余北"}


def test_a_chain_reaches_back_to_the_last_question_that_says_what_it_is_about() -> None:
    history = after(
        "What did Ann say about the knife?",
        "How long does a sourdough starter take to rise?",
        "And the flour?",
        "Why?",
    )
    lead = lead_of(history, SPEAKERS, ())
    assert lead is not None
    assert lead.question == "How long does a sourdough starter take to rise? And the flour? Why?"
    assert lead.speakers == ()


def test_a_name_alone_asks_of_that_person_what_was_asked_of_another() -> None:
    retriever = ScriptedRetriever()
    query = resolved("那余北呢？", after("田博士怎么用小说续写测试模型？"), retriever)
    assert (query.text, query.context) == ("余北怎么用小说续写测试模型？", "")
    assert query.speakers == {"余北"}
    assert retriever.asked[1:] == [(query, 3)], "alone it says nothing"
    other = resolved("What about Bob?", after("Why keep a knife sharp?"))
    assert (other.text, other.context) == ("Bob", "Why keep a knife sharp?")
    assert other.speakers == {"Bob Ray"}


def test_a_namesake_is_somebody_else() -> None:
    class Namesakes(ScriptedRetriever):
        def speakers(self) -> tuple[str, ...]:
            return ("David Ross", "David Chen")

    query = resolved("What about David Chen?", after("What did David Ross say?"), Namesakes())
    assert (query.text, query.speakers) == ("What did David Chen say?", {"David Chen"})


def test_beside_a_name_a_pronoun_may_mean_anybody() -> None:
    query = resolved("Does Bob like her idea?", after("What did Ann say of the knife?"))
    assert (query.text, query.speakers) == ("Does Bob like her idea", {"Bob Ray"})


@pytest.mark.parametrize("question", ["Why?", "And then?"])
def test_what_says_nothing_alone_is_not_searched_alone(question: str) -> None:
    retriever = ScriptedRetriever()
    assert resolved(question, after(STARTER), retriever).context == STARTER
    assert [(query.text, query.context) for query, _ in retriever.asked] == [
        (STARTER, ""),
        (question.rstrip("?"), STARTER),
    ]


def test_people_are_named_by_part_of_their_name_or_in_the_other_script() -> None:
    speakers = ("田博士", "余北", "Ann Lee", "Al")
    assert named_speakers("余北怎么看？", speakers) == ("余北",)
    assert named_speakers("What does ann say?", speakers) == ("Ann Lee",)
    assert named_speakers("Also, what is planned for the annual fair?", speakers) == ()
    assert named_speakers("張偉明怎麼看？", ("张伟明",)) == ("张伟明",)
    davids = ("David Ross", "David Chen")
    assert named_speakers("What does David say?", davids) == davids
    assert named_speakers("And David Chen?", davids) == ("David Chen",)


def test_a_rewriting_has_to_change_something() -> None:
    history = after(STARTER)
    assert stands_for("Which flour does a starter want?", "Which flour?", history)
    assert not stands_for("which flour?", "Which flour?", history)
    assert not stands_for(f"{STARTER} Which flour?", "Which flour?", history)
