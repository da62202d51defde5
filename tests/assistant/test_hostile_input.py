"""Texts made to keep pattern matching busy, which would stop the whole server for others."""

from __future__ import annotations

import time
from collections.abc import Callable

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
from corpus.quantities import quantities

MOST_S = 2.0
"""What took a quarter of a minute and more takes some milliseconds."""
MOST_GROWTH = 9
"""Four times the text takes four times as long; where it takes sixteen, one text stops a server."""
UNNOTICED_S = 0.2
HOSTILE = (".", "—", "\n", " \n", "? ", "a ", "A", "A ", "Ab Cd ", "A-", "谁 ", "“a", "who ", "1")


def is_soon_done(work: Callable[[int], None], size: int) -> bool:
    """Whether ``work`` takes little processor time, which grows about as its size does."""

    def seconds(of_size: int) -> float:
        started = time.process_time()
        work(of_size)
        return time.process_time() - started

    return seconds(size) < min(MOST_S, MOST_GROWTH * seconds(size // 4) + UNNOTICED_S)


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_text_keeps_a_thread_for_long(unit: str) -> None:
    def read(size: int) -> None:
        text = f"x{unit * size}"[:size]
        unwrapped(f"{text}!")
        claimed_speakers(f"{text} “It was said like this.” {text}", "It was said like this.")
        split_wishes(text[:QUESTION_CHARS])

    assert is_soon_done(read, ARTICLE_CHARS)


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_history_keeps_a_thread_for_long(unit: str) -> None:
    def read(size: int) -> None:
        history = turns_of([TurnIn(role="user", text=(unit * size)[:size])] * TURNS)
        assert without_wishes(history, "Why is that?")[0] == "Why is that?"

    assert is_soon_done(read, TURN_CHARS)


def test_a_question_around_a_quote_is_still_taken_off() -> None:
    quote = "A sharp knife is safer than a blunt one"
    for asked in (f"{quote}   谁说的？", f"{quote}。 这句话是谁说的", f"{quote}\n who said it?"):
        assert unwrapped(asked) == quote


def test_a_number_beyond_all_numbers_is_no_error() -> None:
    assert quantities("a hundred thousand and " * 400)
    assert quantities(f"{'9' * 400} thousand and {'九' * 400}万")
