from __future__ import annotations

import pytest

from assistant.retrieval.query import (
    Lead,
    leading_question,
    leans_back,
    named_speakers,
    stand_alone,
)
from assistant.types import Turn


@pytest.mark.parametrize(
    "question",
    [
        "那他怎么看开源？",
        "那頭腦風暴呢？",
        "他为什么这么说？",
        "为什么呢？",
        "And the last letter?",
        "What about open source?",
        "Why does he think so?",
        "Is it still useful for anything?",
        "And the odds that it ends badly?",
    ],
)
def test_follow_ups_lean_back(question: str) -> None:
    assert leans_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "为什么说公榜不能反映真实产品表现？",
        "田博士怎么用小说续写测试模型？",
        "How do guests explain that Google can push scaling further?",
        "What did Gemini 3's pre-training lead say the secret was?",
        "研究者為什麼說進入了數據受限的時代？",
        "那家没动大型机、只改审批办法的公司，原来是怎么批的？",
        "余北认为应该去找的另一条规律是什么？",
        "What does it mean that research is now limited by data?",
        "Why might a market leader face more hesitation from buyers?",
        "Was there one big breakthrough behind the jump to Gemini 3?",
        "Why does the guest's team measure how much they use a model themselves?",
    ],
)
def test_whole_questions_stand_alone(question: str) -> None:
    assert not leans_back(question)


def test_the_leading_question_is_the_last_that_stood_alone_with_what_followed() -> None:
    history = [
        Turn("user", "田博士怎么用小说续写测试模型？"),
        Turn("assistant", "……"),
        Turn("user", "Gavin 说生成三维内容有哪几条路线？"),
        Turn("assistant", "……"),
        Turn("user", "那他怎么看开源？"),
    ]
    leading = leading_question(history)
    assert leading == "Gavin 说生成三维内容有哪几条路线？ 那他怎么看开源？"


def test_without_a_question_there_is_nothing_to_lean_on() -> None:
    assert leading_question([]) is None
    assert leading_question([Turn("assistant", "Ask me anything."), Turn("user", "  ")]) is None


def test_the_pronoun_becomes_the_person() -> None:
    lead = Lead("Gavin 说生成三维内容有哪几条路线？", ("Gavin",), ("gemini",))
    query = stand_alone("那他怎么看开源？", lead)
    assert "Gavin" in query.text
    assert "他" not in query.text
    assert query.context == ""
    assert query.speakers == {"Gavin"}
    assert query.transcripts == {"gemini"}


def test_a_possessive_keeps_its_form() -> None:
    query = stand_alone("And what is her advice?", Lead("Who is Ann?", ("Ann Lee",), ()))
    assert query.text == "what is Ann Lee's advice"


def test_without_a_person_the_words_stay() -> None:
    query = stand_alone("What is it good for?", Lead("What is a world model?", (), ()))
    assert query.text == "What is it good for"
    assert query.context == "What is a world model?"


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("那头脑风暴呢？", "头脑风暴"),
        ("And what about attention?", "attention"),
        ("那呢？", "那呢？"),
    ],
)
def test_only_the_subject_of_a_follow_up_is_looked_for(question: str, subject: str) -> None:
    assert stand_alone(question, Lead("…", (), ())).text == subject


def test_people_are_named_by_part_of_their_name_or_in_the_other_script() -> None:
    speakers = ("田博士", "余北", "Ann Lee", "Al")
    assert named_speakers("余北怎么看？", speakers) == ("余北",)
    assert named_speakers("What does ann say?", speakers) == ("Ann Lee",)
    assert named_speakers("Also, what is planned for the annual fair?", speakers) == ()
    assert named_speakers("張偉明怎麼看？", ("张伟明",)) == ("张伟明",)
