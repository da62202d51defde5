"""Key moments: turns that the source times itself, one in five minutes, and their first words."""

from __future__ import annotations

import pytest

from assistant.interfaces.wiki.pages import count_words, key_moments, lead
from corpus.types import Section, Transcript, Utterance

ANSWER = "A whetstone takes off less steel than a grinder does, and it costs less. "


def talk(*turns: Utterance, kind: str = "talk") -> Transcript:
    section = Section(0, "", 0.0, None, "summary" if kind == "summary" else "talk", turns)
    return Transcript("id", "id.md", "Title", None, None, "en", (section,), "f")


def turn(
    speaker: str | None, start_s: float | None, text: str, estimated: bool = False
) -> Utterance:
    return Utterance(text, speaker, start_s, None, estimated)


def test_the_longest_turn_of_each_five_minutes() -> None:
    moments = key_moments(
        talk(
            turn("Ann", 10.0, ANSWER),
            turn("Ann", 40.0, ANSWER * 3),
            turn("Bob", 200.0, ANSWER * 2),
            turn("Bob", 310.0, ANSWER),
            turn("Ann", 700.0, "Yes."),
        )
    )
    assert [(each.start_s, each.speaker) for each in moments] == [(40.0, "Ann"), (310.0, "Bob")]


def test_no_moment_without_a_time_of_the_source() -> None:
    guessed = turn("Ann", 10.0, ANSWER, estimated=True)
    assert key_moments(talk(guessed, turn("Ann", None, ANSWER))) == ()
    assert key_moments(talk(turn("Ann", 10.0, ANSWER), kind="summary")) == ()


def test_who_asks_is_left_out_but_never_everybody() -> None:
    asked = [
        turn("Host", 0.0, "This show is brought to you by a maker of knives. " * 9),
        turn("Host", 20.0, "How do you keep a knife sharp?"),
        turn("Ann", 30.0, ANSWER * 8),
    ]
    assert [each.speaker for each in key_moments(talk(*asked))] == ["Ann"]
    alone = turn("Ann", 30.0, f"{ANSWER * 4} Is it not so?")
    assert [each.speaker for each in key_moments(talk(alone))] == ["Ann"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Short and good.", "Short and good."),
        (f"Yeah. Right. {ANSWER}", ANSWER.strip()),
        (ANSWER * 4, (ANSWER * 2).strip()),
        (
            "嗯。" + "公榜的分数不等于产品里的表现" * 2 + "。",
            "公榜的分数不等于产品里的表现" * 2 + "。",
        ),
    ],
)
def test_the_first_words_that_say_something(text: str, shown: str) -> None:
    assert lead(text) == shown


@pytest.mark.parametrize("text", ["one and another " * 60, "字" * 400, "很长的话，" * 90])
def test_a_sentence_without_end_is_cut(text: str) -> None:
    cut = lead(text)
    assert cut.endswith("…") and 20 <= len(cut) <= 181
    assert text.startswith(cut[:-1]) and not cut[:-1].endswith((" ", "，"))


@pytest.mark.parametrize(
    ("text", "count"),
    [("Don't stop, it's 3 p.m. now", 7), ("公榜 ≠ 产品", 4), ("用 GPT-5 写code", 5), ("…", 0)],
)
def test_words_are_counted_in_any_script(text: str, count: int) -> None:
    assert count_words(talk(turn(None, None, text))) == count
