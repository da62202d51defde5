"""Articles: prose without times, a speaker only where a quotation names one."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.readers import read_transcript
from corpus.types import Transcript

HERE = Path(__file__).parent
SHIPPED = HERE.parents[2] / "corpus" / "transcripts" / "gemini3-ahead-of-expectations.md"


def read(text: str, file: str = "talk.md") -> Transcript:
    return read_transcript(file, text.encode())


def said(transcript: Transcript) -> list[tuple[str | None, str]]:
    return [
        (one.speaker, one.text) for section in transcript.sections for one in section.utterances
    ]


@pytest.fixture(scope="module")
def article() -> Transcript:
    return read_transcript("article.md", (HERE / "fixtures" / "article.md").read_bytes())


def test_link_and_both_dates(article: Transcript) -> None:
    assert article.source_url == "https://www.youtube.com/watch?v=CCCCCCCCCC3"
    assert article.published == "2025-03-01"
    assert article.meta["note_date"] == "2025-03-09"
    assert article.language == "zh-Hant"


def test_opening_quote_is_about_the_recording(article: Transcript) -> None:
    first = article.sections[0]
    assert (first.kind, first.heading) == ("about", "")
    [only] = first.utterances
    assert only.text == (
        "本文整理自《Roof Radio》2025 年 3 月 1 日播出的單集，訪談來賓為養蜂人 Ann Poe。"
    )


def test_no_time_is_ever_made_up(article: Transcript) -> None:
    assert all(one.start_s is None and one.end_s is None for one in article.sections)
    assert all(
        one.start_s is None and one.end_s is None and not one.estimated
        for section in article.sections
        for one in section.utterances
    )


def test_quotations_carry_the_full_name_and_the_narration_none(article: Transcript) -> None:
    assert said(article)[2:] == [
        ("Ann Poe", "「椴樹開花很晚，所以夏天也有蜜。」"),
        (None, "Poe 解釋。"),
        ("Ann Poe", "「城市比田野還要暖。」"),
        (None, "這讓「城市養蜂」成了話題。Poe 明確表示："),
        ("Ann Poe", "「不是每個屋頂都適合。」"),
        (None, "風太大就不行。"),
    ]


def test_a_pronoun_names_nobody(article: Transcript) -> None:
    speaker, text = said(article)[1]
    assert speaker is None
    assert text.endswith("她說：「值得。」")


def test_shipped_article() -> None:
    transcript = read_transcript(SHIPPED.name, SHIPPED.read_bytes())
    assert transcript.title == "gemini3 ahead of expectations"
    assert transcript.source_url == "https://www.youtube.com/watch?v=cNGDAqFXvew"
    assert (transcript.published, transcript.meta["note_date"]) == ("2025-12-18", "2025-12-23")
    assert (transcript.id, transcript.language) == ("gemini3-ahead-of-expectations", "zh-Hant")
    assert [section.heading for section in transcript.sections] == [
        "",
        "一個圈內人的坦誠",
        "進展的真實指標：不是跑分，是內部使用量",
        "「沒有大秘密」——Gemini 3 好在哪",
        "數據受限時代來臨：範式正在轉變",
        "接下來幾年會發生什麼",
        "從「觀測」到「理解」的差距",
    ]
    assert [section.kind for section in transcript.sections] == ["about", *["talk"] * 6]
    quoted = [text for speaker, text in said(transcript) if speaker == "Sebastian Bourgeaud"]
    assert [text[:5] for text in quoted] == ["「我們內部", "「人們有時", "「但以我的", "「這些可能"]
    assert {speaker for speaker, _ in said(transcript)} == {None, "Sebastian Bourgeaud"}


def test_shipped_article_keeps_every_word_in_order() -> None:
    transcript = read_transcript(SHIPPED.name, SHIPPED.read_bytes())
    body = SHIPPED.read_text(encoding="utf-8").split("---\n", 3)[3]
    prose = [line for line in body.splitlines() if line and not line.startswith(("#", "---"))]
    read_back = "".join(text for _, text in said(transcript)[1:])
    assert read_back.replace(" ", "") == "".join(prose).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("“It works,” Ann Poe said. Nobody agreed.", "“It works,”"),
        ('"It really works," said Ann Poe.', '"It really works,"'),
        ("Ann Poe said: “It works.” Then rain.", "“It works.”"),
        ("主持人 Ann Poe 問：「為什麼呢？」然後下雨。", "「為什麼呢？」"),
        ("“为什么是现在？”Ann Poe 回答说，因为便宜。", "“为什么是现在？”"),
    ],
)
def test_forms_of_naming(text: str, quoted: str) -> None:
    assert ("Ann Poe", quoted) in said(read(text))


@pytest.mark.parametrize(
    "text",
    [
        "He said: “It works.”",
        "Google 表示：「我們會更好。」",
        "Ann Poe and Bob Roe said: “It works.”",
        "Ann Poe 沒有說：「我會離開。」",
        "研究人員說：「這不可能。」",
        "Ann Poe calls it “magic” and said no more.",
        'An open "quote, Ann Poe said.',
    ],
)
def test_doubtful_naming_names_nobody(text: str) -> None:
    assert said(read(text)) == [(None, text)]


def test_a_surname_of_two_people_stays_a_surname() -> None:
    text = "Ann Poe met Bob Poe.\n\n“It works,” Poe said."
    assert ("Poe", "“It works,”") in said(read(text))


def test_a_chinese_name_must_be_a_name() -> None:
    text = "田博士很忙。\n\n「我們還在等結果。」田博士說。他笑了。"
    assert ("田博士", "「我們還在等結果。」") in said(read(text))


def test_closing_lines_of_the_site_are_left_out() -> None:
    transcript = read(
        "# Bees\n\nBees sleep. They do.\n\n---\n\n*Subscribe to my newsletter.*\n\n"
        "> Originally published on May 5, 2024.\n"
    )
    assert said(transcript) == [(None, "Bees sleep. They do.")]
    assert transcript.meta["note_date"] == "2024-05-05"


def test_an_articles_own_conclusion_is_talk_and_a_digest_at_its_top_is_not() -> None:
    transcript = read("# T\n\n## Summary\nShort.\n\n## Bees\nThey sleep.\n\n## 总结\nSo it is.\n")
    assert [section.kind for section in transcript.sections] == ["summary", "talk", "talk"]


def test_a_list_of_chapters_is_no_talk() -> None:
    body = "Bees sleep in the hive. " * 20
    transcript = read(
        f"# T\n\n## Topics\n- 00:00 Intro\n- 02:10 Bees\n- 05:00 End\n\n## Bees\n{body}"
    )
    assert [section.kind for section in transcript.sections] == ["about", "talk"]
    assert transcript.sections[1].start_s is None
