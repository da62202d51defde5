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
from index.types import Evidence
from tests.builders import make_chunk, make_evidence, make_hit, make_transcript

ONE = "The first of all these sentences is about the sharpness of knives."
TWO = "A second one is about the bread that was cut with them in the morning."
THREE = "And the third one speaks of neither of these two, but of the weather."
FOUR = "Somebody else says later on that he would rather have had some tea."
SIX = "In another talk it was said that nobody should cut bread with an axe."
FIRST = make_chunk([("Ann", [ONE, TWO, THREE], 10.0, 40.0)], id="a")
LATER = make_chunk([("Bob", [FOUR, "Five."], 100.0, 120.0)], id="b", section=1)
OTHER = make_chunk([("Cy", [SIX], 5.0, 9.0)], id="c", file="other.md", title="Other talk")


def words(evidence: Evidence) -> list[str]:
    return [" ".join(one.text for one in quote.sentences) for quote in choose_quotes(evidence)]


def test_what_answers_best_comes_first() -> None:
    evidence = make_evidence(make_hit(FIRST, 0.9, [0.8, 0.1, 0.1]), make_hit(OTHER, 0.85, [0.9]))
    assert words(evidence) == [SIX, ONE]


def test_quotes_of_one_passage_are_told_in_its_order_where_the_first_of_them_stood() -> None:
    chunk = make_chunk(
        [("Ann", [ONE], 0.0, 5.0), ("Bob", [TWO], 5.0, 9.0), ("Ann", [THREE], 9.0, 12.0)]
    )
    evidence = make_evidence(make_hit(chunk, 0.9, [0.8, 0.1, 0.9]), make_hit(OTHER, 0.8, [0.85]))
    assert words(evidence) == [ONE, THREE, SIX]


def test_neighbours_in_one_turn_are_one_quote() -> None:
    picks = choose_quotes(make_evidence(make_hit(FIRST, 0.9, [0.8, 0.7, 0.1])))
    assert len(picks) == 1
    _, (citation,) = quotes_text(picks, "Lead:", lambda _: make_transcript(FIRST))
    assert citation.quote == f"{ONE} {TWO}"


def test_of_a_turn_that_answers_throughout_a_quote_takes_the_best_and_no_more_than_four() -> None:
    told = [f"Sentence number {n} of what was said at length about it." for n in range(12)]
    chunk = make_chunk([(None, told, 0.0, 12.0)])
    picks = choose_quotes(make_evidence(make_hit(chunk, 0.9, [0.8] * 6 + [0.9] + [0.8] * 5)))
    assert any(told[6] in [one.text for one in quote.sentences] for quote in picks)
    assert all(len(quote.sentences) <= 4 for quote in picks)


def test_what_answers_much_less_is_left_out() -> None:
    evidence = make_evidence(make_hit(FIRST, 0.9, [0.9, 0.3, 0.1]), make_hit(OTHER, 0.8, [0.5]))
    assert words(evidence) == [ONE]


def test_never_more_than_four_quotes() -> None:
    chunks = [
        make_chunk([("Ann", [f"{n} {ONE}"], 0.0, 5.0)], id=str(n), section=n) for n in range(9)
    ]
    assert len(words(make_evidence(*(make_hit(chunk, 0.9, [0.9]) for chunk in chunks)))) == 4


def test_the_same_words_are_quoted_once() -> None:
    """Also where a talk lies there twice, once without the last words."""
    copy = make_chunk([("Ann", [ONE], 10.0, 40.0)], id="z", file="copy.md")
    evidence = make_evidence(make_hit(FIRST, 0.9, [0.9, 0.9, 0.1]), make_hit(copy, 0.9, [0.9]))
    assert words(evidence) == [f"{ONE} {TWO}"]


def test_not_what_is_asked_is_quoted_but_what_is_replied() -> None:
    chunk = make_chunk(
        [
            ("Ann", [ONE, "Do you still trust the happiness survey?"], 0.0, 9.0),
            ("Bob", [TWO, THREE], 9.0, 20.0),
        ]
    )
    assert words(make_evidence(make_hit(chunk, 0.9, [0.1, 0.9, 0.1, 0.1]))) == [TWO]
    alone = make_chunk([("Ann", [ONE, "And what is it that you sell?"], 0.0, 9.0)])
    assert words(make_evidence(make_hit(alone, 0.9, [0.1, 0.9]))) == [
        "And what is it that you sell?"
    ]


def test_a_short_reply_is_quoted_with_what_its_speaker_says_next() -> None:
    chunk = make_chunk(
        [
            ("Host", ["Do you use pesticides up there, on the roof of a hospital?"], 0.0, 5.0),
            ("Ann", ["Never.", "Patients eat this.", "We release ladybirds in May."], 5.0, 20.0),
            ("Host", ["Let us move on to hiring and to pay."], 20.0, 30.0),
        ]
    )
    assert words(make_evidence(make_hit(chunk, 0.9, [0.1, 0.9, 0.2, 0.1, 0.1]))) == [
        "Never. Patients eat this. We release ladybirds in May."
    ]


def test_a_digest_is_quoted_only_where_nothing_that_was_said_is_worth_more() -> None:
    digest = make_chunk([(None, [SIX], None, None)], id="d", kind="summary")
    both = make_evidence(make_hit(digest, 0.9, [0.9]), make_hit(FIRST, 0.8, [0.8, 0.1, 0.1]))
    assert words(both) == [ONE]
    alone = make_evidence(make_hit(digest, 0.9, [0.9]), make_hit(FIRST, 0.3, [0.3, 0.1, 0.1]))
    assert words(alone) == [SIX]


def test_nothing_found_is_nothing_quoted() -> None:
    assert choose_quotes(make_evidence()) == ()


def test_each_quote_has_its_marker_and_its_talk_is_named_once() -> None:
    picks = choose_quotes(
        make_evidence(make_hit(LATER, 0.9, [0.9, 0.1]), make_hit(FIRST, 0.8, [0.8, 0.1, 0.1]))
    )
    text, citations = quotes_text(picks, "Lead:", lambda _: make_transcript(FIRST))
    assert text.startswith(f"Lead:\n\n**The talk**\n\n- Bob: {FOUR} [1]\n- Ann: {ONE} [2]")
    assert [citation.marker for citation in citations] == [1, 2]
    assert [citation.verified for citation in citations] == [False, True]


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


def test_on_a_subject_of_the_talks_the_nearest_words_are_offered_and_not_cited() -> None:
    hits = [make_hit(FIRST, 0.3, [0.1, 0.2, 0.1]), make_hit(OTHER, 0.2, [0.1])]
    evidence = replace(make_evidence(*hits, answerable=0.2), on_subject=0.9)
    text, topics = refusal_text(evidence, "en")
    assert text.startswith("The talks speak of “Opening”, but nobody says this.")
    assert text.endswith(f"> Ann: {TWO} (The talk, 0:00:10)")
    assert topics == ("Opening",)
    assert refusal_text(replace(evidence, on_subject=0.1), "en")[0].startswith("The transcripts")


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


def test_who_said_it_is_not_quoted_without_what_was_said() -> None:
    words = ["「沒有大秘密。」", "Bourgeaud 說。", "「許多小改進加在一起。」", "他解釋。"]
    chunk = make_chunk([(None, words, 10.0, 40.0)])
    picks = choose_quotes(make_evidence(make_hit(chunk, 0.9, [0.8, 0.9, 0.8, 0.8])))
    assert [one.text for part in picks for one in part.sentences] == [words[0], words[2]]
