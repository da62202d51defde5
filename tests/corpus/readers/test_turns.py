"""Podcasts in speaker turns: names with times, continuations, equal and backward times."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.readers import read_transcript
from corpus.types import Transcript, Utterance

HERE = Path(__file__).parent


def read(text: str, file: str = "talk.md") -> Transcript:
    return read_transcript(file, text.encode())


def turns(transcript: Transcript) -> list[tuple[str | None, float | None, float | None, str]]:
    return [(one.speaker, one.start_s, one.end_s, one.text) for one in utterances(transcript)]


def utterances(transcript: Transcript) -> list[Utterance]:
    return [one for section in transcript.sections for one in section.utterances]


@pytest.fixture(scope="module")
def podcast() -> Transcript:
    return read_transcript("podcast.md", (HERE / "fixtures" / "podcast.md").read_bytes())


def test_front_matter_names_the_episode_not_the_wrong_heading(podcast: Transcript) -> None:
    assert podcast.title == "Bees in the city: what | a keeper learns"
    assert podcast.source_url == "https://www.youtube.com/watch?v=BBBBBBBBBB2"
    assert podcast.published == "2023-05-04"
    assert podcast.meta["guest"] == "Ann Poe"
    assert podcast.meta["keywords"] == "bees, roofs"
    assert (podcast.id, podcast.language) == ("podcast", "en")


def test_a_lone_transcript_heading_is_one_talk_without_topic(podcast: Transcript) -> None:
    [section] = podcast.sections
    assert (section.kind, section.heading) == ("talk", "")
    assert (section.start_s, section.end_s) == (0.0, 130.0)


def test_turns_continuations_and_equal_times(podcast: Transcript) -> None:
    found = turns(podcast)
    assert found[:6] == [
        ("Ann Poe", 0.0, 20.0, "Bees like roofs [inaudible 00:00:42] more than lawns."),
        ("Max", 20.0, 40.0, "How so? I've read: they don't."),
        ("Max", 40.0, 50.0, "And who told you?"),
        ("Speaker 3", 50.0, 80.0, "[inaudible 00:00:51]."),
        ("Max", 50.0, 80.0, "Sorry?"),
        ("Ann Poe", 80.0, found[5][2], "Lindens, mostly."),
    ]
    assert not any(one.estimated for one in utterances(podcast)[:5])


def test_a_turns_further_paragraph_is_estimated_and_stays_whole(podcast: Transcript) -> None:
    first, further = utterances(podcast)[5:7]
    assert further.speaker == "Ann Poe"
    assert further.text == "They flower late. You can subscribe to my newsletter for that."
    assert further.estimated
    assert 80.0 < (further.start_s or 0) < 120.0
    assert (first.end_s, further.end_s) == (further.start_s, 120.0)


def test_the_last_turn_ends_with_the_recording(podcast: Transcript) -> None:
    assert turns(podcast)[-1] == ("Max", 120.0, 130.0, "Thanks. Bye.")


def test_without_a_duration_the_last_turn_has_no_end() -> None:
    transcript = read("Ann (00:10):\nHi.\n\nBob (00:20):\nBye.\n")
    assert turns(transcript)[-1] == ("Bob", 20.0, None, "Bye.")
    assert transcript.sections[0].end_s is None


def test_a_duration_that_the_turns_run_past_is_another_recordings() -> None:
    lines = "".join(f"Ann ({minute:02}:00):\nWord {minute}.\n\n" for minute in range(1, 9))
    transcript = read(f"---\nduration: '3:00'\n---\n{lines}")
    assert [start for _, start, _, _ in turns(transcript)] == [60.0 * i for i in range(1, 9)]
    assert turns(transcript)[-1][2] is None


def test_a_time_past_the_recording_is_dropped() -> None:
    text = "---\nduration_seconds: 60\n---\nAnn (00:10):\nHi.\n\nBob (59:00):\nOops.\n"
    assert turns(read(text)) == [
        ("Ann", 10.0, turns(read(text))[1][1], "Hi."),
        ("Bob", turns(read(text))[0][2], 60.0, "Oops."),
    ]


@pytest.mark.parametrize(("bad", "kept"), [("00:30", 60.0), ("9:59:59", 60.0)])
def test_a_time_that_runs_backwards_or_wild_is_estimated(bad: str, kept: float) -> None:
    transcript = read(f"Ann (01:00):\none\n\nBob ({bad}):\ntwo\n\nAnn (02:00):\nthree\n")
    first, second, third = utterances(transcript)
    assert (first.start_s, third.start_s) == (kept, 120.0)
    assert second.estimated
    assert kept <= (second.start_s or 0) <= 120.0


@pytest.mark.parametrize(
    ("line", "speaker"),
    [
        ("Ryan J. Poe (00:00:10): Hi there.", "Ryan J. Poe"),
        ("田博士（00:00:10）：Hi there.", "田博士"),
        ("[00:00:10] Ann Poe: Hi there.", "Ann Poe"),
        ("[00:00:10](https://youtu.be/x?t=10) **Ann Poe:** Hi there.", "Ann Poe"),
        ("**[00:00:10]** Ann Poe: Hi there.", "Ann Poe"),
        ("**Ann Poe** (00:00:10): Hi there.", "Ann Poe"),
        ("Ann Poe 【00:10】: Hi there.", "Ann Poe"),
        ("主持人 [00:10]：Hi there.", "主持人"),
    ],
)
def test_every_form_of_a_timed_turn(line: str, speaker: str) -> None:
    transcript = read(f"{line}\n\nBob Roe (00:20): Bye.\n")
    assert turns(transcript)[0] == (speaker, 10.0, 20.0, "Hi there.")


def test_plain_names_that_return_are_speakers() -> None:
    transcript = read("Ann: Well, I mean: yes.\nBob: No.\nAnn: Why?\nstill me\nBob: So.\n", "a.txt")
    assert [(speaker, text) for speaker, _, _, text in turns(transcript)] == [
        ("Ann", "Well, I mean: yes."),
        ("Bob", "No."),
        ("Ann", "Why? still me"),
        ("Bob", "So."),
    ]


def test_a_colon_in_prose_is_no_speaker() -> None:
    transcript = read(
        "Remember: bees sleep.\n\nNote: they do.\n\nHence: be quiet.\n\nLong prose.\n"
    )
    assert {one.speaker for one in utterances(transcript)} == {None}


def test_bold_names_in_a_talk_without_times_must_return() -> None:
    transcript = read(
        "**Host:** Welcome.\n\n**Jane Doe:** Hi. **Key:** bees.\n\n**Linden:** a tree.\n\n"
        "**Jane Doe:** Bye.\n"
    )
    assert [one.speaker for one in utterances(transcript)] == [
        "Host",
        "Jane Doe",
        "Jane Doe",
        "Jane Doe",
    ]
    assert utterances(transcript)[2].text == "Linden: a tree."


def test_captions_without_names_keep_their_times() -> None:
    transcript = read("00:01 one\n00:03 two words\n00:07 three\n", "captions.txt")
    assert turns(transcript) == [
        (None, 1.0, 3.0, "one"),
        (None, 3.0, 7.0, "two words"),
        (None, 7.0, None, "three"),
    ]


def test_topics_between_turns_are_sections() -> None:
    transcript = read(
        "# Show\n\nWelcome to these notes.\n\n## One\n\nAnn (00:10):\nHi.\n\n## Two\n\n"
        "Bob (00:30):\nBye.\n\n## Show notes\n\n- a link\n"
    )
    assert [(one.kind, one.heading, one.start_s, one.end_s) for one in transcript.sections] == [
        ("about", "", None, None),
        ("talk", "One", 10.0, 30.0),
        ("talk", "Two", 30.0, None),
        ("about", "Show notes", None, None),
    ]


def test_a_rule_right_below_a_turn_makes_no_heading_of_it() -> None:
    transcript = read(
        "Ann (00:10):\nA long answer about bees and roofs.\n---\nBob (00:30):\nBye.\n"
    )
    assert [one.heading for one in transcript.sections] == [""]
    assert [one.speaker for one in utterances(transcript)] == ["Ann", "Bob"]


def test_words_that_look_like_markup_stay() -> None:
    transcript = read("Ann (00:10):\n2028. That was it.\n\nBob (00:20):\n[Ann]: yes\n")
    assert [one.text for one in utterances(transcript)] == ["2028. That was it.", "[Ann]: yes"]


def test_exported_meeting_notes_with_bare_times() -> None:
    transcript = read(
        "说话人 1 00:00:03\n大家好，现在是 10:30。\n\n说话人 2 00:00:20\n好的。\n", "m.txt"
    )
    assert turns(transcript) == [
        ("说话人 1", 3.0, 20.0, "大家好，现在是 10:30。"),
        ("说话人 2", 20.0, None, "好的。"),
    ]


def test_a_time_in_prose_is_no_turn() -> None:
    text = "See the chapter (12:30): it is fun."
    transcript = read(f"{text}\n\nMore prose. He said (12:30) nothing.\n")
    assert turns(transcript)[0] == (None, None, None, text)


def test_a_length_that_would_make_the_last_turn_far_longer_than_any_is_another_recordings() -> None:
    turns = "\n".join(f"Ann (00:{n:02}:00):\nPart {n} of what I have to say.\n" for n in range(12))
    fitting, foreign = (
        read_transcript("talk.md", f"---\nduration_seconds: {length}\n---\n\n{turns}".encode())
        for length in (700, 1800)
    )
    assert fitting.sections[0].utterances[-1].end_s == 700
    assert foreign.sections[0].utterances[-1].start_s == 660
    assert foreign.sections[0].utterances[-1].end_s is None
