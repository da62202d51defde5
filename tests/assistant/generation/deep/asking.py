"""The question of the tests of deep answers, and which excerpts a request to the model has."""

from __future__ import annotations

from collections.abc import Callable

from assistant.types import Update
from tests.scripted_llm import Request

ASKED = "Compare what Ann Lee and Bob Ray advise in the kitchen."
SAFER = "A sharp knife is safer"
FLOUR = "A starter wants flour"
WEEK = "It takes a week."

Ask = Callable[..., list[Update]]
"""All updates of a deep answer; keywords are the budget's, a retriever, a scope."""


def reads(*words: str) -> Callable[[Request], bool]:
    """Whether these words, of all that there are, stand in the excerpts of a request."""
    every = (SAFER, FLOUR)
    return lambda request: [word in request.text for word in every] == [w in words for w in every]
