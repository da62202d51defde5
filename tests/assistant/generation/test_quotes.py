"""Answers in quotes, refusals, and the line on why an answer came about so."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from assistant.generation.quotes import (
    choose_quotes,
    escaped_words,
    quotes_text,
    refusal_text,
    speaker_label,
    why_cut_short,
    why_in_quotes,
)
from assistant.llm.failures import FailureReason
from tests.builders import make_chunk, make_evidence, make_hit, make_transcript, make_untimed

FIRST = make_chunk([("Ann", ["One.", "Two.", "Three."], 10.0, 40.0)], id="a")
LATER = make_chunk([("Bob", ["Four.", "Five."], 100.0, 120.0)], id="b", section=1)
OTHER = make_chunk([("Cy", ["Six."], 5.0, 9.0)], id="c", file="other.md", title="Other talk")


def test_sentences_come_in_the_order_of_the_talk() -> None:
    evidence = make_evidence(
        make_hit(LATER, 0.9, [0.9, 0.2]),
        make_hit(FIRST, 0.85, [0.2, 0.8, 0.1]),
    )
    assert [part.sentences[0].text for part in choose_quotes(evidence)] == ["Two.", "Four."]


def test_untimed_quotes_of_one_topic_come_in_the_order_of_the_talk() -> None:
    """Whichever passage of it was found first, and wherever in its passage a sentence stands."""
    said = [f"Number {n} of the things that were said without any time." for n in range(24)]
    chunks = make_untimed(said)
    assert len(chunks) > 2
    hits = [
        make_hit(chunk, 0.9 + n / 100, [0.1] * len(chunk.sentences))
        for n, chunk in enumerate(chunks[:3])
    ]
    # The later a passage comes, the better it fits, and the nearer to its beginning.
    told = [
        replace(hit, sentences=((hit.chunk.sentences[2 - n], hit.score),))
        for n, hit in enumerate(hits)
    ]
    quotes_answer = [
        one.text for part in choose_quotes(make_evidence(*reversed(told))) for one in part.sentences
    ]
    assert quotes_answer == sorted(quotes_answer, key=said.index)


def test_talks_come_in_the_order_of_their_best_hit() -> None:
    evidence = make_evidence(
        make_hit(OTHER, 0.9, [0.8]),
        make_hit(FIRST, 0.85, [0.9, 0.2, 0.1]),
    )
    assert [part.chunk.file for part in choose_quotes(evidence)] == ["other.md", "talk.md"]


def test_neighbours_in_one_turn_are_one_quote() -> None:
    picks = choose_quotes(make_evidence(make_hit(FIRST, 0.9, [0.8, 0.7, 0.1])))
    assert len(picks) == 1
    _, (citation,) = quotes_text(picks, "Lead:", lambda _: make_transcript(FIRST))
    assert citation.quote == "One. Two."


def test_never_more_than_six_sentences() -> None:
    chunk = make_chunk([(None, [f"Sentence {n}."], float(n), n + 1.0) for n in range(12)])
    picks = choose_quotes(make_evidence(make_hit(chunk, 0.9, [0.5] * 12)))
    assert sum(len(part.sentences) for part in picks) == 6


def test_weak_segments_and_sentences_are_left_out() -> None:
    evidence = make_evidence(
        make_hit(FIRST, 0.9, [0.9, 0.3, 0.1]),
        make_hit(OTHER, 0.4, [0.85]),
    )
    assert [part.sentences[0].text for part in choose_quotes(evidence)] == ["One."]


def test_a_digest_is_quoted_only_when_the_talk_is_silent() -> None:
    digest = make_chunk([(None, ["In short."], None, None)], id="d", kind="summary")
    both = make_evidence(make_hit(digest, 0.9, [0.9]), make_hit(FIRST, 0.8, [0.8, 0.1, 0.1]))
    assert {part.chunk.id for part in choose_quotes(both)} == {"a"}
    assert {
        part.chunk.id for part in choose_quotes(make_evidence(make_hit(digest, 0.9, [0.9])))
    } == {"d"}


def test_nothing_found_is_nothing_quoted() -> None:
    assert choose_quotes(make_evidence()) == ()


def test_each_quote_has_its_marker_and_its_talk_is_named_once() -> None:
    picks = choose_quotes(
        make_evidence(make_hit(LATER, 0.9, [0.9, 0.1]), make_hit(FIRST, 0.8, [0.8, 0.1, 0.1]))
    )
    text, citations = quotes_text(picks, "Lead:", lambda _: make_transcript(FIRST))
    assert text.startswith("Lead:\n\n**The talk**\n\n- Ann: One. [1]\n- Bob: Four. [2]")
    assert [citation.marker for citation in citations] == [1, 2]
    assert [citation.verified for citation in citations] == [True, False]


@pytest.mark.parametrize(
    ("speakers", "label"),
    [
        (("Ann",), "Ann: "),
        (("田博士",), "田博士："),
        (("田博士", "Ann"), "田博士、Ann："),
        ((), ""),
    ],
)
def test_a_speaker_has_a_colon_of_their_script(speakers: tuple[str, ...], label: str) -> None:
    assert speaker_label(speakers) == label


def test_markup_in_a_transcript_is_escaped() -> None:
    hostile = "See [1] and **bold** <script> [link](http://x) a_b `c`"
    shown = escaped_words(hostile)
    for live in ("[1]", "**", "<script", "](", " `c`"):
        assert live not in shown.replace("\\" + live, "")
    assert shown.replace("\\", "") == hostile


def test_a_refusal_names_up_to_three_topics_that_are_near() -> None:
    hits = [
        make_hit(make_chunk([("A", ["x."], 0.0, 1.0)], id=str(n), heading=f"Topic {n}"), 0.3, [0.1])
        for n in range(5)
    ]
    text, topics = refusal_text(make_evidence(*hits), "en")
    assert topics == ("Topic 0", "Topic 1", "Topic 2")
    assert text.startswith("The transcripts don't cover this.")
    assert "“Topic 2”" in text


def test_a_refusal_of_an_empty_library_names_nothing() -> None:
    assert refusal_text(make_evidence(), "zh-Hant") == (
        "現有的逐字稿沒有談到這個問題。",
        (),
    )


def test_a_refusal_in_a_language_without_lines_is_in_english() -> None:
    assert refusal_text(make_evidence(), "sw") == refusal_text(make_evidence(), "en")
    assert refusal_text(make_evidence(), "zh") == refusal_text(make_evidence(), "zh-Hans")


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_every_reason_has_a_line_of_its_own(language: str) -> None:
    reasons = (*get_args(FailureReason), "cut", "declined", "unsupported")
    for say in (why_in_quotes, why_cut_short):
        lines = [say(reason, language) for reason in reasons]
        assert len(set(lines)) == len(reasons)
        assert all(line and "\n" not in line for line in lines)


def test_other_languages_are_told_in_english() -> None:
    assert why_in_quotes("slow", "de") == why_in_quotes("slow", "en")
    assert why_in_quotes("slow", "zh") == why_in_quotes("slow", "zh-Hans")


def test_a_reason_that_is_new_has_a_line_too() -> None:
    assert why_in_quotes("on fire", "en") == why_in_quotes("failed", "en")


def test_after_a_quoted_question_comes_its_answer() -> None:
    asked = make_chunk(
        [
            ("Host", ["Do you still trust the happiness survey?"], 0.0, 5.0),
            ("Ann", ["Hm.", "I trust it for trends and for nothing else."], 5.0, 20.0),
            ("Host", ["Let us move on to hiring and to pay."], 20.0, 30.0),
        ]
    )
    picks = choose_quotes(make_evidence(make_hit(asked, 0.9, [0.9, 0.0, 0.1, 0.0])))
    assert [part.sentences[0].text for part in picks][:2] == [
        "Do you still trust the happiness survey?",
        "I trust it for trends and for nothing else.",
    ]


def test_a_single_sentence_is_followed_by_what_the_same_speaker_says_next() -> None:
    chunk = make_chunk(
        [
            ("Ann", ["The ranking misleads us all.", "It measures what is easy to measure."], 0, 9),
            ("Bob", ["That is not what I have seen so far."], 9.0, 14.0),
        ]
    )
    first, second = (
        choose_quotes(make_evidence(make_hit(chunk, 0.9, scores)))
        for scores in ([0.9, 0.1, 0.1], [0.1, 0.9, 0.1])
    )
    assert [one.text for one in first[0].sentences] == [
        "The ranking misleads us all.",
        "It measures what is easy to measure.",
    ]
    assert [one.text for part in second for one in part.sentences] == [
        "It measures what is easy to measure."
    ]


def test_who_said_it_is_not_quoted_without_what_was_said() -> None:
    words = ["「沒有大秘密。」", "Bourgeaud 說。", "「許多小改進加在一起。」", "他解釋。"]
    chunk = make_chunk([(None, words, 10.0, 40.0)])
    picks = choose_quotes(make_evidence(make_hit(chunk, 0.9, [0.8, 0.9, 0.8, 0.8])))
    assert [one.text for part in picks for one in part.sentences] == [words[0], words[2]]
