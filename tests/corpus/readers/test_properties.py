"""Whatever the text: only ReadError, and times that are in order and inside their section."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.readers import read_transcript
from corpus.types import ReadError, Transcript, Utterance

_CLOCKS = st.one_of(
    st.integers(0, 7200).map(lambda s: f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}"),
    st.integers(0, 3599).map(lambda s: f"{s // 60}:{s % 60:02}"),
    st.sampled_from(["99:59:59", "00:00", "00:61:99"]),
)
_RANGES = st.one_of(
    st.just(""),
    st.builds("（{}）".format, _CLOCKS),
    st.builds("（{} - {}）".format, _CLOCKS, _CLOCKS),
    st.builds(" ({}–{})".format, _CLOCKS, _CLOCKS),
)
_NAMES = st.sampled_from(["Ann", "田博士", "主持人", "Bob Roe", "（甲）嘉宾", "公榜与表现的偏差"])
_WORDS = st.text(alphabet='ab 的。.「」“”"*=_`[](){}<>#|-—:：\n', min_size=1, max_size=60)
_LINES = st.one_of(
    st.builds("\n{} {}{}\n".format, st.sampled_from(["#", "##", "###"]), _WORDS, _RANGES),
    st.builds("**{}**{}：{}".format, _NAMES, _RANGES, _WORDS),
    st.builds("{}{}:\n{}\n".format, _NAMES, _RANGES, _WORDS),
    st.builds("{}：{}".format, _RANGES, _WORDS),
    st.builds("- {}".format, _WORDS),
    st.builds("- **{}**{}：{}".format, _NAMES, _RANGES, _WORDS),
    st.sampled_from(
        [
            "",
            "\n---\n",
            "——\n",
            "## 全文",
            "## 摘要",
            "加粗摘选：",
            "```",
            "> 本文发表于 2024-01-02",
        ]
    ),
    st.builds("- 时长：{}\n- 标题：x".format, _CLOCKS),
    _WORDS,
)
_NOTES = st.lists(_LINES, max_size=25).map("\n".join)


def _check_times(transcript: Transcript) -> None:
    for section in transcript.sections:
        assert section.utterances
        if section.start_s is not None and section.end_s is not None:
            assert section.start_s <= section.end_s
        if section.kind != "talk":
            assert section.start_s is None
        reached = section.start_s
        for utterance in section.utterances:
            _check_utterance(utterance, section.start_s, section.end_s)
            if utterance.start_s is not None:
                assert reached is not None
                assert utterance.start_s >= reached
                reached = utterance.start_s


def _check_utterance(utterance: Utterance, start_s: float | None, end_s: float | None) -> None:
    assert utterance.text.strip() == utterance.text != ""
    assert "\n" not in utterance.text
    if utterance.start_s is None:
        assert utterance.end_s is None
        assert not utterance.estimated
        return
    assert start_s is not None
    assert start_s <= utterance.start_s
    if utterance.end_s is not None:
        assert utterance.start_s <= utterance.end_s
        assert end_s is None or utterance.end_s <= end_s


def _check_estimates(transcript: Transcript) -> None:
    """An estimated stretch ends before the next stated start, unless it begins in that second."""
    for section in transcript.sections:
        for place, one in enumerate(section.utterances):
            if not one.estimated or one.end_s is None or one.start_s is None:
                continue
            for later in section.utterances[place + 1 :]:
                if later.estimated or later.start_s is None or later.start_s == one.start_s:
                    continue
                assert one.end_s <= later.start_s


@settings(max_examples=150, deadline=None)
@given(_NOTES)
def test_notes_of_any_shape(text: str) -> None:
    with contextlib.suppress(ReadError):
        transcript = read_transcript("note.md", text.encode())
        _check_times(transcript)
        _check_estimates(transcript)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=300).map(str.encode), st.binary(max_size=300)))
def test_any_bytes(data: bytes) -> None:
    with contextlib.suppress(ReadError):
        _check_times(read_transcript("note.md", data))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=120), st.text(max_size=120))
def test_any_front_matter(block: str, body: str) -> None:
    text = f"---\n{block}\n---\n{body}"
    with contextlib.suppress(ReadError):
        read_transcript("note.md", text.encode("utf-8", "replace"))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="ab c，。甲乙", min_size=1, max_size=30), min_size=1, max_size=8))
def test_no_word_of_a_talk_is_lost(texts: list[str]) -> None:
    spoken = [text for text in texts if any(char.isalnum() for char in text)]
    lines = "\n".join(f"**Ann**：{text}" for text in texts)
    note = f"## Talk（00:00 - 10:00）\n**Ann**：start\n{lines}\n"
    transcript = read_transcript("note.md", note.encode())
    found = [one.text for section in transcript.sections for one in section.utterances]
    assert found == ["start", *(" ".join(text.split()) for text in spoken)]
