from __future__ import annotations

from pathlib import Path

import pytest

from assistant.retrieval.examples import EXAMPLES, example_questions
from assistant.settings import SHIPPED_LIBRARY
from corpus.library import Library
from corpus.types import SectionKind
from index.storage.catalog import talk_of
from index.types import Topic

HOST = "Lena Host"


def topic(
    file: str, heading: str = "", *speakers: str, title: str = "A talk", kind: SectionKind = "talk"
) -> Topic:
    return Topic(file, Path(file).stem, title, 0, heading, kind, speakers, None, None)


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_shipped_talks_have_questions_written_for_them(language: str) -> None:
    talks = [talk_of(one) for one in Library(SHIPPED_LIBRARY).read_all().transcripts]
    questions = example_questions([one for talk in talks for one in talk.topics], language)
    assert len(set(questions)) == EXAMPLES
    assert not any("“" in question or "「" in question for question in questions)
    for talk in talks:  # none is made from a topic
        assert not any(one.heading in text for text in questions for one in talk.topics[2:])


def test_a_talk_with_topics_is_asked_about_one_that_is_not_its_opening() -> None:
    topics = [
        topic("a.md", "摘要", kind="summary"),
        topic("a.md", "Welcome", "Ann"),
        topic("a.md", "Knives", "Ann"),
        topic("a.md", "Bread", "Ann"),
    ]
    assert example_questions(topics, "en") == ("What was said about “Knives”?",)
    assert example_questions(topics, "zh-Hans") == ("关于「Knives」，大家说了什么？",)
    assert example_questions(topics, "zh-Hant") == ("關於「Knives」，大家說了什麼？",)
    assert example_questions(topics, "fr") == example_questions(topics, "en")


@pytest.mark.parametrize(
    ("title", "speakers"),
    [
        ("What bread wants | Bob Ray", (HOST, "Bob Ray")),
        ("What bread wants", (HOST, "Bob Ray")),
        ("Lena Host meets Bob Ray", (HOST, "Bob Ray", "Speaker 3")),
        ("What bread wants", ("Bob Ray",)),
    ],
)
def test_a_talk_without_topics_is_asked_about_its_guest(
    title: str, speakers: tuple[str, ...]
) -> None:
    other = topic("z.md", "", HOST, "Cy", title="Another one | Cy")
    found = example_questions([topic("a.md", "", *speakers, title=title), other], "en")
    assert found == ("What does Bob Ray care about most?", "What does Cy care about most?")


def test_in_a_library_of_one_the_title_tells_the_guest() -> None:
    named = topic("a.md", "", HOST, "Bob Ray", title="What bread wants | Bob Ray")
    assert example_questions([named], "en") == ("What does Bob Ray care about most?",)
    assert example_questions([named], "zh-Hans") == ("Bob Ray最看重什么？",)


@pytest.mark.parametrize(
    ("title", "speakers"),
    [
        ("What bread wants", (HOST, "Bob Ray")),
        ("Lena Host meets Bob Ray", (HOST, "Bob Ray")),
        ("What bread wants", ()),
    ],
)
def test_where_the_guest_cannot_be_told_nothing_is_asked(
    title: str, speakers: tuple[str, ...]
) -> None:
    assert example_questions([topic("a.md", "", *speakers, title=title)], "en") == ()


def test_the_host_alone_in_a_title_is_not_taken_for_the_guest() -> None:
    topics = [topic(f"{n}.md", "", HOST, f"Guest{n}", title="Lena Host live") for n in ("a", "b")]
    assert example_questions(topics, "en") == ()


def test_several_talks_share_the_room() -> None:
    made = [topic(f"{n}.md", heading, "Ann") for n in "bcdefg" for heading in ("Hello", f"On {n}")]
    silent = topic("a.md")
    found = example_questions([silent, *made], "en")
    assert found == tuple(f"What was said about “On {n}”?" for n in "bcde")
    live = topic("gemini-3-101-live-2025-11-21.md", "开场", "主持人")
    first, *rest = example_questions([live, *made[:2]], "zh-Hans")
    assert first == "为什么说公榜不能反映真实产品表现？"
    assert rest == ["关于「On b」，大家说了什么？", "田博士怎么用小说续写测试模型？"]


def test_an_empty_library_has_no_examples() -> None:
    assert example_questions([], "en") == ()
