"""The whole way from question to cited answer, with the real model over what ships."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from assistant.library import OpenLibrary
from assistant.settings import Settings
from assistant.types import Turn
from corpus.library import Library

LIVE = "gemini-3-101-live-2025-11-21.md"
ARTICLE = "gemini3-ahead-of-expectations.md"
QUESTIONS = Path(__file__).parents[2] / "index"


@pytest.mark.parametrize(
    ("question", "heading", "lead"),
    [
        (
            "為什麼說公榜不能反映真實產品表現？",
            "真实世界表现、早期内测与公榜之限",
            "逐字稿裡是這樣說的：",
        ),
        (
            "How do guests explain that Google can push scaling further?",
            "硬件经济学与 multi-modality 困难度",
            "This is what was said:",
        ),
    ],
)
def test_an_answer_shows_words_speaker_and_second(
    shipped: OpenLibrary, question: str, heading: str, lead: str
) -> None:
    answer = shipped.assistant.ask(question)
    assert answer.status == "answered"
    assert answer.text.startswith(lead)
    assert [int(n) for n in re.findall(r"\[(\d+)\]", answer.text)] == [
        citation.marker for citation in answer.citations
    ]
    cited = next(one for one in answer.citations if one.heading == heading)
    assert cited.speakers == ("余北",)
    assert cited.start_s is not None and cited.end_s is not None
    assert cited.url is not None and cited.url.endswith(f"t={int(cited.start_s)}s")
    assert cited.player_url is not None and f"start={int(cited.start_s)}" in cited.player_url
    assert all(citation.verified for citation in answer.citations)


def test_the_article_is_cited_without_times(shipped: OpenLibrary) -> None:
    answer = shipped.assistant.ask("What did Gemini 3's pre-training lead say the secret was?")
    cited = next(one for one in answer.citations if "remarkably simple" in one.quote)
    assert (cited.file, cited.heading) == (ARTICLE, "「沒有大秘密」——Gemini 3 好在哪")
    assert (cited.start_s, cited.end_s, cited.estimated) == (None, None, False)
    assert cited.url == "https://www.youtube.com/watch?v=cNGDAqFXvew"
    assert cited.verified


def test_every_quote_stands_in_its_file(shipped: OpenLibrary) -> None:
    library = Library(Settings().library)
    for line in (QUESTIONS / "questions_shipped.jsonl").read_text("utf-8").splitlines():
        for citation in shipped.assistant.ask(json.loads(line)["question"]).citations:
            assert citation.verified
            words = "\n".join(
                utterance.text
                for section in library.read(citation.file).sections
                for utterance in section.utterances
            )
            assert citation.quote in words


def test_most_questions_are_answered_and_most_strange_ones_refused(shipped: OpenLibrary) -> None:
    def answered(name: str, kinds: tuple[str | None, ...]) -> list[bool]:
        items = [json.loads(line) for line in (QUESTIONS / name).read_text("utf-8").splitlines()]
        return [
            shipped.assistant.ask(item["question"]).status == "answered"
            for item in items
            if item.get("kind") in kinds
        ]

    known = answered("questions_shipped.jsonl", (None,))
    strange = answered("off_topic.jsonl", ("off_topic",))
    assert sum(known) >= 0.75 * len(known)
    assert sum(strange) <= 0.25 * len(strange)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("番茄炒蛋要放几勺糖？", "现有的转录稿没有谈到这个问题。"),
        ("陽台上的番茄多久澆一次水？", "現有的逐字稿沒有談到這個問題。"),
        ("Who won the football World Cup in 2018?", "The transcripts don't cover this."),
    ],
)
def test_an_off_topic_question_is_refused_without_sources(
    shipped: OpenLibrary, question: str, line: str
) -> None:
    answer = shipped.assistant.ask(question)
    assert answer.status == "no_evidence"
    assert answer.text.startswith(line)
    assert answer.citations == ()
    assert 1 <= len(answer.suggestions) <= 3


@pytest.mark.parametrize(
    ("before", "question", "heading", "words"),
    [
        (
            "Gavin 说生成三维内容有哪几条路线？",
            "那他怎么看开源？",
            "观众问答3：视频模型都在做自回归吗？以及 3D 表达路线",
            "open source",
        ),
        (
            "田博士覺得 Gemini 3 續寫小說比以前強在哪？",
            "那寫程式呢？",
            "小说续写与创作性推理：质感变化",
            "Coding|code|代码",
        ),
        (
            "What does Bourgeaud expect for long context?",
            "And what about attention?",
            "接下來幾年會發生什麼",
            "注意力",
        ),
    ],
)
def test_a_follow_up_takes_talk_and_people_from_before(
    shipped: OpenLibrary, before: str, question: str, heading: str, words: str
) -> None:
    answer = shipped.assistant.ask(question, [Turn("user", before), Turn("assistant", "…")])
    assert answer.status == "answered"
    assert heading in [citation.heading for citation in answer.citations]
    assert any(re.search(words, citation.quote) for citation in answer.citations)


def test_timings_name_the_steps(shipped: OpenLibrary) -> None:
    timings = shipped.assistant.ask("田博士怎么用小说续写测试模型？").timings_ms
    assert {"resolve", "search", "answer", "total"} <= timings.keys()


def test_examples_are_questions_that_get_answers(shipped: OpenLibrary) -> None:
    for language in ("zh-Hans", "zh-Hant", "en"):
        questions = shipped.assistant.examples(language)
        assert len(questions) == 4
        for question in questions:
            assert shipped.assistant.ask(question).status == "answered", question
