"""The turns that a model is shown of a conversation."""

from __future__ import annotations

from assistant.retrieval.query import remembered
from assistant.types import Turn


def test_the_last_turns_that_fit_are_kept_in_order() -> None:
    history = [
        Turn("user", "What is a whetstone for? " * 20),
        Turn("assistant", "It sharpens knives."),
        Turn("user", "And a strop?"),
        Turn("assistant", "It polishes them."),
    ]
    assert remembered(history, 1000) == (
        Turn("user", history[0].text[:600]), *history[1:],
    )  # fmt: skip
    assert remembered(history, 60) == tuple(history[2:])
    assert remembered((), 60) == ()


def test_of_long_turns_the_beginning_is_kept() -> None:
    (asked,) = remembered([Turn("user", "word " * 5000)], 50)
    assert asked.text == ("word " * 5000)[:600]
    replied = remembered([Turn("user", "So?"), Turn("assistant", "word " * 5000)], 900)[1]
    assert len(replied.text) == 200
