"""What of the library a question names, and what is left as its subject."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.retrieval.mentions import (
    Mentions,
    known_names,
    mentions_of,
    subject_of,
    talks_meant,
)
from index.types import Talk

TODAY = date(2026, 3, 4)


def talk(title: str, file: str) -> Talk:
    return Talk(file, file, title, None, None, "en", ())


TALKS = (
    talk("Long Memory: reading for machines", "podcast-2025-03-08.md"),
    talk("具身智能直播：机器人什么时候进家门", "robots-2025-12-02.md"),
)
SPEAKERS = ("David Ross", "David Chen", "林可", "周楠", "主持人")


def mentions(question: str) -> Mentions:
    return mentions_of(question, known_names(TALKS, SPEAKERS), TODAY)


def test_a_part_of_a_name_means_all_who_have_it() -> None:
    assert mentions("What did David say?").people == (("David Ross", "David Chen"),)
    assert mentions("What did david chen say?").people == (("David Chen",),)
    found = mentions("比较林可和周楠对价格的看法")
    assert found.people == (("林可",), ("周楠",))
    assert found.masked == "比较Alex和Robin对价格的看法"


def test_a_role_is_nobodys_name() -> None:
    assert mentions("主持人是谁？").people == ()


def test_a_part_of_a_title_names_the_talk() -> None:
    found = mentions("Summarise long memory in November 2025")
    assert found.talks == TALKS[:1] and found.masked == "Summarise «Talk» in November"
    assert found.days is not None and found.days.since == "2025-11-01"
    assert mentions("Is memory long?").talks == ()


@pytest.mark.parametrize(
    ("question", "label", "subject"),
    [
        ("Which talks are about the housing market?", "talks.about", "housing market"),
        ("Who talks about soil in Leeds?", "who.about", "soil in Leeds"),
        ("Where is GPT-4o mentioned?", "moments", "GPT-4o"),
        ("Everything David Ross says about bees", "everything", "bees"),
        ("What did David say?", "everything", ""),
        ("哪些谈话提到了灵巧手？", "talks.about", "灵巧手"),
        ("谁谈到了数据采集", "who.about", "数据采集"),
        ("林可和周楠对遥操作的看法有何不同？", "compare", "遥操作"),
        ("哪裡提到了毛巾？", "moments", "毛巾"),
    ],
)
def test_the_subject_is_what_the_asking_leaves(question: str, label: str, subject: str) -> None:
    assert subject_of(mentions(question), label) == subject


def test_a_talk_is_meant_by_a_word_that_only_its_title_has() -> None:
    assert talks_meant(mentions("总结一下这期直播"), TALKS) == TALKS[1:]
    assert talks_meant(mentions("Summarise the robots one"), TALKS) == TALKS[1:]
    assert talks_meant(mentions("Summarise it"), TALKS) == ()
