"""Texts made to keep pattern matching busy, which would stop the whole server for others."""

from __future__ import annotations

import time

import pytest

from assistant.citation.article import claimed_speakers
from assistant.citation.lookup import unwrapped
from assistant.interfaces.documents.requests import (
    ARTICLE_CHARS,
    QUESTION_CHARS,
    TURN_CHARS,
    TURNS,
    TurnIn,
    turns_of,
)
from assistant.retrieval.wishes import split_wishes, without_wishes
from assistant.verification.quantities import quantities

MOST_S = 2.0
"""What took a quarter of a minute and more takes some milliseconds."""
HOSTILE = (".", "—", "\n", " \n", "? ", "a ", "A", "A ", "Ab Cd ", "A-", "谁 ", "“a", "who ", "1")


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_text_keeps_a_thread_for_long(unit: str) -> None:
    text = f"x{unit * ARTICLE_CHARS}"[:ARTICLE_CHARS]
    started = time.process_time()
    unwrapped(f"{text}!")
    claimed_speakers(f"{text} “It was said like this.” {text}", "It was said like this.")
    split_wishes(text[:QUESTION_CHARS])
    assert time.process_time() - started < MOST_S


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_history_keeps_a_thread_for_long(unit: str) -> None:
    text = (unit * TURN_CHARS)[:TURN_CHARS]
    started = time.process_time()
    history = turns_of([TurnIn(role="user", text=text)] * TURNS)
    assert without_wishes(history, "Why is that?")[0] == "Why is that?"
    assert time.process_time() - started < MOST_S


def test_a_question_around_a_quote_is_still_taken_off() -> None:
    quote = "A sharp knife is safer than a blunt one"
    for asked in (f"{quote}   谁说的？", f"{quote}。 这句话是谁说的", f"{quote}\n who said it?"):
        assert unwrapped(asked) == quote


def test_a_number_beyond_all_numbers_is_no_error() -> None:
    assert quantities("a hundred thousand and " * 400)
    assert quantities(f"{'9' * 400} thousand and {'九' * 400}万")
