"""Notes with timed topics: cover, digest, speakers, ranges, the editor's picks, boilerplate."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.readers import read_transcript
from corpus.types import Section, Transcript, Utterance

HERE = Path(__file__).parent
SHIPPED = HERE.parents[2] / "corpus" / "transcripts" / "gemini-3-101-live-2025-11-21.md"


def read(text: str, file: str = "talk.md") -> Transcript:
    return read_transcript(file, text.encode())


def section(transcript: Transcript, heading: str) -> Section:
    return next(found for found in transcript.sections if found.heading == heading)


def utterances(transcript: Transcript) -> list[Utterance]:
    return [utterance for found in transcript.sections for utterance in found.utterances]


def said(transcript: Transcript) -> list[tuple[str | None, str]]:
    return [(utterance.speaker, utterance.text) for utterance in utterances(transcript)]


def times(utterance: Utterance) -> tuple[float | None, float | None, bool]:
    return utterance.start_s, utterance.end_s, utterance.estimated


@pytest.fixture(scope="module")
def note() -> Transcript:
    data = (HERE / "fixtures" / "timed-note.md").read_bytes()
    return read_transcript("deep/timed-note.md", data)


@pytest.fixture(scope="module")
def shipped() -> Transcript:
    return read_transcript(SHIPPED.name, SHIPPED.read_bytes())


def test_cover_gives_the_facts_and_is_no_section(note: Transcript) -> None:
    assert note.id == "outbox/solar-roof-live"
    assert note.title == "直播：屋顶光伏值不值"
    assert note.source_url == "https://www.youtube.com/watch?v=AAAAAAAAAA1"
    assert note.published == "2024-03-05"
    assert note.meta["note_date"] == "2024-03-07"
    assert note.meta["duration_s"] == "1800"
    assert note.meta["总字数"] == "420"
    assert note.language == "zh-Hans"
    assert not any("总字数" in text for _, text in said(note))


def test_sections_come_in_order_with_their_kinds(note: Transcript) -> None:
    assert [(found.heading, found.kind) for found in note.sections] == [
        ("摘要总结", "summary"),
        ("开场", "talk"),
        ("成本与“回本”", "talk"),
        ("电网怎么看", "talk"),
        ("收尾", "talk"),
        ("加粗摘选（部分观点）", "summary"),
    ]
    assert [found.position for found in note.sections] == list(range(6))


def test_summary_bullet_is_no_speaker_and_has_no_time(note: Transcript) -> None:
    first = note.sections[0].utterances[0]
    assert first.text == "宣传与真实发电量存在偏差：样本不多，先不下结论。"
    assert first.speaker is None
    assert times(first) == (None, None, False)


def test_bullets_under_a_name_belong_to_it_even_without_a_blank_line(note: Transcript) -> None:
    found = section(note, "成本与“回本”")
    assert [(one.speaker, one.text) for one in found.utterances] == [
        ("Mia", "我装了 6 kW，花了三万，两年回本不现实。"),
        ("Mia", "组件降价快，逆变器没怎么降。"),
        ("林博士", "要看当地 tariff（分时电价）。"),
    ]


def test_lone_utterance_of_a_topic_has_the_topics_exact_span(note: Transcript) -> None:
    assert times(section(note, "开场").utterances[0]) == (0.0, 60.0, False)


def test_times_inside_a_topic_are_estimated_in_its_range(note: Transcript) -> None:
    found = section(note, "成本与“回本”")
    assert (found.start_s, found.end_s) == (60.0, 600.0)
    assert all(one.estimated for one in found.utterances)
    starts = [one.start_s for one in found.utterances]
    assert starts[0] == 60.0
    assert starts == sorted(starts, key=lambda start: start or 0)
    assert found.utterances[-1].end_s == 600.0


def test_a_speakers_own_range_wins(note: Transcript) -> None:
    found = section(note, "电网怎么看")
    host, first, second, neighbour, mia = found.utterances
    assert (host.speaker, host.start_s, host.end_s) == ("主持人", 600.0, 720.0)
    assert host.estimated
    assert (first.start_s, second.end_s) == (720.0, 840.0)
    assert first.end_s == second.start_s
    assert neighbour.speaker == "（邻居）嘉宾"
    assert times(neighbour) == (870.0, 960.0, False)
    assert times(mia) == (1020.0, 1140.0, False)


def test_editors_picks_after_the_rule_are_not_the_hosts_words(note: Transcript) -> None:
    picks = note.sections[-1]
    assert [one.speaker for one in picks.utterances] == [None, None]
    assert (picks.start_s, picks.utterances[0].start_s) == (None, None)
    assert len(section(note, "收尾").utterances) == 1


def test_boilerplate_is_left_out_but_a_speakers_farewell_is_not(note: Transcript) -> None:
    text = "\n".join(words for _, words in said(note))
    assert "微信" not in text
    assert "本文发表于" not in text
    assert "欢迎订阅频道" in text


def test_shipped_note(shipped: Transcript) -> None:
    assert shipped.title.startswith("直播解析谷歌Gemini 3")
    assert shipped.source_url == "https://www.youtube.com/watch?v=1pgCnlJRuxE"
    assert (shipped.published, shipped.meta["note_date"]) == ("2025-11-21", "2025-11-22")
    assert shipped.id == "010-outbox/gemini-3-ai-scaling-law-101-live-2025-m11"
    assert shipped.language == "zh-Hans"
    kinds = [found.kind for found in shipped.sections]
    assert kinds == ["summary", *["talk"] * 15, "summary"]
    speakers = {speaker for speaker, _ in said(shipped)}
    guests = {"Nathan", "田博士", "Gavin", "余北", "（抛砖引玉）嘉宾", "主持人"}
    assert speakers == {None, *guests}


def test_shipped_notes_hard_places(shipped: Transcript) -> None:
    beyond = section(shipped, "Beyond LLM：可解释性、第一性原理与研究提速")
    assert (beyond.start_s, beyond.end_s) == (2760.0, 3859.0)
    tian = [one for one in beyond.utterances if one.speaker == "田博士"]
    yu = [one for one in beyond.utterances if one.speaker == "余北"]
    assert (len(tian), tian[0].start_s, tian[-1].end_s) == (3, 2856.0, 3328.0)
    assert (len(yu), yu[0].start_s, yu[-1].end_s) == (4, 3617.0, 3859.0)
    coding = section(shipped, "“Coding 之争结束了吗？”")
    assert [one.speaker for one in coding.utterances] == ["田博士", "Gavin"]
    assert len(shipped.sections[-1].utterances) == 5
    assert [one.speaker for one in section(shipped, "收尾").utterances] == ["主持人"]
    assert not any("cleezhang" in text or "**" in text for _, text in said(shipped))


@pytest.mark.parametrize(
    "heading",
    [
        "良率（00:01:30 - 00:02:30）",
        "良率 (01:30-02:30)",
        "良率【00:01:30–00:02:30】",
        "良率 [1:30 ~ 2:30]",
        "良率（00:01:30～00:02:30，节选）",
        "良率（00:01:30 — 00:02:30）",
        "良率（00:01:30 至 00:02:30）",
        "**良率** ( 01:30 − 02:30 )",
        "[00:01:30 - 00:02:30] 良率",
        "00:01:30 - 00:02:30 良率",
    ],
)
def test_every_way_to_write_a_range(heading: str) -> None:
    found = read(f"### {heading}\n**嘉宾**：良率是关键。").sections[0]
    assert (found.heading, found.start_s, found.end_s) == ("良率", 90.0, 150.0)


@pytest.mark.parametrize(
    "label",
    ["**Ann Poe**：", "**Ann Poe:** ", "**Ann Poe：**", "**Ann Poe**: ", "__Ann Poe__: "],
)
def test_every_way_to_write_a_bold_name(label: str) -> None:
    transcript = read(f"## A（00:00 - 01:00）\n{label}yes, indeed\n")
    assert said(transcript) == [("Ann Poe", "yes, indeed")]


@pytest.mark.parametrize(
    "label",
    [
        "**Ann Poe**（00:10 - 00:20）：",
        "**Ann Poe (00:10 - 00:20):**",
        "Ann Poe（00:10 ~ 00:20）：",
    ],
)
def test_a_name_with_its_own_range(label: str) -> None:
    transcript = read(f"## A（00:00 - 01:00）\n{label} yes\n")
    [only] = utterances(transcript)
    assert (only.speaker, *times(only)) == ("Ann Poe", 10.0, 20.0, False)


@pytest.mark.parametrize(
    "lead_in",
    ["**关键在于良率**：这句是强调。", "**Why it matters:** because.", "**核心观点**：慢。"],
)
def test_an_emphasised_lead_in_inside_a_turn_is_no_speaker(lead_in: str) -> None:
    transcript = read(f"## A（00:00 - 01:00）\n**林博士**：对。\n\n{lead_in}\n")
    assert {speaker for speaker, _ in said(transcript)} == {"林博士"}


def test_a_bold_bullet_in_the_talk_is_no_speaker_unless_the_name_is_known() -> None:
    transcript = read(
        "## A（00:00 - 05:00）\n**王老师**：\n- **张力**：拉伸时出现。\n- **王老师**：补一句。\n"
    )
    assert [speaker for speaker, _ in said(transcript)] == ["王老师", "王老师"]
    assert said(transcript)[0][1] == "张力：拉伸时出现。"


def test_digest_headings_and_cover_in_other_tongues() -> None:
    transcript = read(
        "# My note\n\n- Title: The talk\n- Link: https://vimeo.com/123\n- Date: March 5, 2024\n"
        "- Duration: 75 min\n\n## TL;DR\nShort.\n\n## 📌 Key takeaways\n- **Ann**: one.\n\n"
        "## Full transcript\n\n### Start (00:00 - 01:00)\n**Ann**: Hi there.\n"
    )
    assert (transcript.title, transcript.source_url) == ("The talk", "https://vimeo.com/123")
    assert (transcript.published, transcript.meta["duration_s"]) == ("2024-03-05", "4500")
    assert [found.kind for found in transcript.sections] == ["summary", "summary", "talk"]
    assert said(transcript)[1:] == [(None, "Ann: one."), ("Ann", "Hi there.")]


def test_traditional_cover_and_digest() -> None:
    transcript = read(
        "## 封面\n- 標題：晶片\n- 鏈接：[影片](https://www.bilibili.com/video/BV1xx411c7mD)\n"
        "- 發佈日期：2024/12/31\n- 覆蓋時長：45:10\n\n## 摘要總結\n- 很貴。\n\n## 逐字稿\n\n"
        "### 開場（00:00 - 01:00）\n**主持人**：歡迎，今天談 yield 與良率。\n"
    )
    assert transcript.source_url == "https://www.bilibili.com/video/BV1xx411c7mD"
    assert (transcript.published, transcript.meta["duration_s"]) == ("2024-12-31", "2710")
    assert [found.kind for found in transcript.sections] == ["summary", "talk"]
    assert transcript.language == "zh-Hant"


def test_a_timed_summing_up_is_talk() -> None:
    transcript = read(
        "## 开场（00:00 - 01:00）\n**Ann**：好。\n\n## 总结（01:00 - 02:00）\n**Ann**：完。\n"
    )
    assert [found.kind for found in transcript.sections] == ["talk", "talk"]


def test_a_hash_in_a_fence_is_no_heading_and_its_words_stay() -> None:
    transcript = read("## A（00:00 - 01:00）\n**Ann**：看\n\n```\n# not a heading\n```\n")
    assert [found.heading for found in transcript.sections] == ["A"]
    assert said(transcript)[-1] == ("Ann", "# not a heading")


def test_untimed_topics_share_the_range_of_the_heading_above() -> None:
    transcript = read(
        "## Part（00:00 - 10:00）\n### A\n**Ann**: one two\n### B\n**Ann**: three\n"
        "## Part 2（10:00 - 12:00）\n**Ann**: four\n"
    )
    first, second, third = transcript.sections
    assert (first.start_s, second.end_s) == (0.0, 600.0)
    assert first.end_s == second.start_s
    assert third.start_s == 600.0


def test_a_heading_with_a_start_alone_ends_where_the_next_begins() -> None:
    transcript = read("duration: x\n\n## [00:10] A\n**Ann**: one\n\n## [00:20] B\n**Ann**: two\n")
    spans = [(found.start_s, found.end_s) for found in transcript.sections if found.kind == "talk"]
    assert spans == [(10.0, 20.0), (20.0, None)]


def test_nonsense_times_are_dropped() -> None:
    transcript = read(
        "## 封面\n- 标题：x\n- 时长：00:30:00\n\n"
        "## A（00:10:00 - 00:05:00）\n**嘉宾**：一。\n"
        "## B（00:15:00 - 00:20:00）\n**嘉宾**（00:40:00 - 00:50:00）：二。\n"
        "**观众**（00:19:00 - 00:29:00）：三。\n"
        "## C（09:59:59 - 10:00:00）\n**嘉宾**：四。\n"
    )
    first, second, third = transcript.sections
    assert (first.start_s, first.end_s) == (600.0, 900.0)
    assert (second.start_s, second.end_s) == (900.0, 1200.0)
    assert times(second.utterances[0]) == (900.0, 1140.0, True)
    assert times(second.utterances[1]) == (1140.0, 1200.0, False)
    assert (third.start_s, third.end_s, third.utterances[0].start_s) == (None, None, None)


def test_a_lead_in_is_no_speaker_even_alone_on_its_line_or_with_a_time() -> None:
    transcript = read(
        "### A（00:00 - 10:00）\n**卡兹克**：\n- 一\n\n**三大要点**：\n- 二\n\n"
        "**核心观点**（05:00 - 06:00）：三\n"
    )
    assert {speaker for speaker, _ in said(transcript)} == {"卡兹克"}


def test_a_bullets_own_time_is_exact() -> None:
    transcript = read("### A（00:00 - 10:00）\n**Ann**：\n- 一（02:00 - 03:00）\n- 二 (04:00)\n")
    first, second = utterances(transcript)
    assert (first.text, *times(first)) == ("一", 120.0, 180.0, False)
    assert (second.text, *times(second)) == ("二", 240.0, 600.0, False)
    assert (first.speaker, second.speaker) == ("Ann", "Ann")
