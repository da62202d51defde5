"""Questions about whole talks and the whole library, over a small library and the real model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.engine import Assistant
from assistant.library import lock_library
from assistant.settings import Settings
from assistant.types import Answer, Turn

ORCHARD = """## 封面
- 标题：果园夜谈：苹果树怎么过冬
- 链接：https://www.bilibili.com/video/BV1xx411c7mA
- 发布日期：2025-11-08
- 覆盖时长：00:30:00

## 摘要总结
- 本期讲苹果树过冬的三件事：涂白、浇冻水和修剪。
- 两位果农对要不要修剪意见不一。

## 全文

### 涂白和冻水（00:00:00 - 00:12:00）
**主持人赵敏**：
- 冬天之前最要紧的是什么？

**何青**：
- 十一月初我们就给树干涂白，石灰水里要加盐，不然雪一化就冲掉了。
- 冻水要在地面夜里结冰、白天化开的时候浇，浇早了树不休眠。

### 修剪之争（00:12:00 - 00:30:00）
**何青**：
- 我主张冬天修剪，叶子落光了看得清，伤口到春天就长好了。

**孟川**：
- 我反对冬天修剪，我们那里零下二十度，剪口会冻坏整根枝条。
- 无人机喷药我试过两年，省工，但是树冠里面喷不透。
"""
WORKSHOP = """---
title: "Bench Notes 7: Planes, saws and glue"
date: 2025-06-14
youtube_url: https://www.youtube.com/watch?v=bbbbbbbbbb1
---

Ida Nowak (00:00:05):
With me is Peter Lang, who builds chairs in a barn. What do you cut with, Peter?

Peter Lang (00:00:30):
I saw everything by hand. A Japanese saw cuts on the pull, so the blade can be thin.

Ida Nowak (00:02:10):
And which glue do you trust?

Peter Lang (00:02:16):
Hide glue, because hide glue lets go with warm water. Drones bring it to my barn these days.
"""
HARBOUR = """---
title: "Bench Notes 9: A boat from scrap"
date: 2026-02-01
youtube_url: https://www.youtube.com/watch?v=bbbbbbbbbb2
---

Ida Nowak (00:00:08):
Peter Voss built a boat from scrap. How did it begin?

Peter Voss (00:00:40):
With a sunken hull that nobody wanted. I cut away rotten planks and kept the oak frames.

Ida Nowak (00:03:00):
What would you do differently?

Peter Voss (00:03:05):
I would buy new bolts. Old bolts look fine and then the head comes off in a storm.
"""


@pytest.fixture(scope="module")
def ask(model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("notes")
    notes = {"orchard.md": ORCHARD, "bench-7.md": WORKSHOP, "bench-9.md": HARBOUR}
    for name, text in notes.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "orchard-again.md").write_text(ORCHARD, encoding="utf-8")
    with lock_library(Settings(library=folder, data=model_dir)) as held:
        yield held.open(lambda _: None).assistant


def places(answer: Answer) -> set[tuple[str, float | None]]:
    """Where it cites. Everything that it cites stands in the talk."""
    assert answer.status == "answered", answer.text
    assert all(one.verified for one in answer.citations)
    markers = [f"[{one.marker}]" for one in answer.citations]
    assert all(marker in answer.text for marker in markers)
    return {(one.file, one.start_s) for one in answer.citations}


def files(answer: Answer) -> set[str]:
    return {file.replace("orchard-again", "orchard") for file, _ in places(answer)}


@pytest.mark.parametrize("question", ["总结一下果园夜谈", "果园夜谈讲了什么？", "11月讲了什么？"])
def test_an_overview_has_the_digest_and_every_topic(ask: Assistant, question: str) -> None:
    answer = ask.ask(question)
    assert files(answer) == {"orchard.md"}
    assert "涂白、浇冻水和修剪" in answer.text and "编者" in answer.text
    topics = [one.heading for one in answer.citations]
    assert topics.index("涂白和冻水") < topics.index("修剪之争")
    assert "孟川" in answer.text and answer.answerable == 1.0


def test_topics_without_headings_have_their_key_terms_and_a_sentence_each(
    model_dir: Path, tmp_path: Path
) -> None:
    subjects = {
        "bread": "The sourdough starter wants flour, and the dough rests before it is baked.",
        "bees": "The bees swarm in May, and a hive without its queen makes no honey.",
        "boats": "The hull is planked with oak, and a keel of lead holds the boat upright.",
    }
    turns = [
        f"{who} (0:{10 * part + n // 6:02}:{n % 6 * 10:02}):\n{text} That was number {n}."
        for part, text in enumerate(subjects.values())
        for n, who in enumerate(["Ann", "Bob"] * 30)
    ]
    note = '---\ntitle: "An evening of three trades"\n---\n\n' + "\n\n".join(turns) + "\n"
    (tmp_path / "evening.md").write_text(note, encoding="utf-8")
    with lock_library(Settings(library=tmp_path, data=model_dir)) as held:
        answer = held.open(lambda _: None).assistant.ask("Summarise the talk")
    told = [line for line in answer.text.splitlines() if line.startswith("- ")]
    assert places(answer) and len(told) == 3
    for line, (word, text) in zip(told, subjects.items(), strict=True):
        assert text in line, word
        named = line.partition("**")[2].partition("**")[0].casefold()
        assert any(term in text.casefold() for term in named.split(" · ")), named


def test_which_talk_is_asked_where_it_may_be_any(ask: Assistant) -> None:
    answer = ask.ask("Give me a summary")
    assert files(answer) == {"orchard.md", "bench-7.md", "bench-9.md"}
    assert answer.text.startswith("Which talk is meant?")


def test_the_talk_of_the_conversation_is_meant(ask: Assistant) -> None:
    before = ask.ask("Why does Peter Lang saw by hand?")
    turns = [Turn("user", "Why does Peter Lang saw by hand?"), Turn("assistant", before.text)]
    assert files(ask.ask("Give me a summary", turns)) == {"bench-7.md"}


@pytest.mark.parametrize(
    ("question", "held", "left_out"),
    [
        ("What talks do you have?", {"orchard.md", "bench-7.md", "bench-9.md"}, ""),
        ("How many talks are there?", {"orchard.md", "bench-7.md", "bench-9.md"}, "4 talks"),
        ("What is the latest talk?", {"bench-9.md"}, "Planes"),
        ("最新一期是什么", {"bench-9.md"}, "Planes"),
        ("Which talks are from June 2025?", {"bench-7.md"}, "scrap"),
        ("Which talks feature Peter Voss?", {"bench-9.md"}, "Planes"),
        ("Which talks mention drones?", {"bench-7.md"}, "scrap"),
        ("哪些谈话提到了胶水？", {"bench-7.md"}, "scrap"),
    ],
)
def test_talks_are_listed(ask: Assistant, question: str, held: set[str], left_out: str) -> None:
    answer = ask.ask(question)
    assert files(answer) == held
    assert not left_out or left_out not in answer.text


def test_a_talk_that_lies_there_twice_counts_once(ask: Assistant) -> None:
    assert "3 talks" in ask.ask("How many talks are there?").text
    assert ask.ask("哪些谈话提到了冻水？").text.count("冻水要在") == 1


def test_who_speaks_is_told_by_talk(ask: Assistant) -> None:
    text = ask.ask("有哪些嘉宾？").text
    assert all(name in text for name in ("何青", "孟川", "Peter Lang", "Peter Voss"))
    assert "Ida Nowak（提问）" in text
    assert "赵敏" in ask.ask("果园夜谈的主持人是谁？").text


def test_who_speaks_of_a_subject(ask: Assistant) -> None:
    answer = ask.ask("Who talks about glue?")
    assert ("bench-7.md", 136.0) in places(answer)
    assert "**Peter Lang**" in answer.text and "Voss" not in answer.text


def test_moments_of_a_subject(ask: Assistant) -> None:
    answer = ask.ask("Where are bolts mentioned?")
    assert ("bench-9.md", 185.0) in places(answer) and "03:05" in answer.text


def test_each_side_is_heard_or_said_to_be_silent(ask: Assistant) -> None:
    text = ask.ask("比较何青和孟川对冬天修剪的看法").text
    he, meng = text.index("**何青**"), text.index("**孟川**")
    assert he < text.index("我主张冬天修剪") < meng < text.index("我反对冬天修剪")
    text = ask.ask("Compare what Peter Lang and Peter Voss think of hide glue").text
    assert "hide glue lets go" in text and "says nothing of it" in text


def test_two_of_one_name_are_told_apart(ask: Assistant) -> None:
    answer = ask.ask("What did Peter say?")
    assert "**Peter Lang**" in answer.text and "**Peter Voss**" in answer.text
    assert files(answer) == {"bench-7.md", "bench-9.md"}


@pytest.mark.parametrize(
    ("question", "words"), [("hello", "Glad to help"), ("谢谢", "很高兴"), ("你能做什么？", "引文")]
)
def test_a_courtesy_is_one_line_and_some_questions(
    ask: Assistant, question: str, words: str
) -> None:
    answer = ask.ask(question)
    assert (answer.status, answer.citations) == ("answered", ())
    assert words in answer.text and answer.suggestions
    assert all(f"- {one}" in answer.text.replace("\\", "") for one in answer.suggestions)


def test_days_narrow_a_plain_question(ask: Assistant) -> None:
    assert files(ask.ask("Why did Peter choose hide glue in June 2025?")) == {"bench-7.md"}


@pytest.mark.parametrize(
    "question",
    ["Why is hide glue good for a chair?", "为什么石灰水里要加盐？", "Who buys new bolts?"],
)
def test_a_plain_question_is_answered_as_before(ask: Assistant, question: str) -> None:
    answer = ask.ask(question)
    assert answer.text.startswith(("This is what was said", "转录稿里是这样说的"))
