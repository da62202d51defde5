"""One browser tab's conversation: what was asked, and what has become of each question."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.loading import Engine, Loading
from assistant.types import Answer, Turn
from assistant.web.i18n import Words
from corpus.types import VerbatimError

_log = logging.getLogger(__name__)

QUESTION_CHARS = 2000
"""A longer question is cut: nobody types one, and the text box takes no more."""
POLL_S = 0.25
"""How often a waiting question looks at how far loading has come."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Not answered yet; ``note`` says what is going on."""

    note: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Could not be answered; ``reason`` is one line for the reader."""

    reason: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what has become of it."""

    question: str
    outcome: Answer | Pending | Failure


Conversation = tuple[Exchange, ...]
"""Oldest exchange first."""


def turns(conversation: Sequence[Exchange]) -> tuple[Turn, ...]:
    """The answered part of a conversation, as the engine takes it."""
    return tuple(
        turn
        for exchange in conversation
        if isinstance(exchange.outcome, Answer)
        for turn in (Turn("user", exchange.question), Turn("assistant", exchange.outcome.text))
    )


def converse(
    loading: Loading, conversation: Conversation, question: str, words: Words
) -> Iterator[Conversation]:
    """The conversation as it grows by ``question``: waiting first, then answered or failed.

    A question that comes before the library is loaded waits for it.
    """
    question = question.strip()[:QUESTION_CHARS]
    if not question:
        yield conversation
        return
    for outcome in _outcomes(loading, turns(conversation), question, words):
        yield (*conversation, Exchange(question, outcome))


def _outcomes(
    loading: Loading, history: Sequence[Turn], question: str, words: Words
) -> Iterator[Answer | Pending | Failure]:
    told = ""
    while loading.state.phase == "loading":
        if told != (told := note(words.loading_wait, loading.state.message)):
            yield Pending(told)
        _wait(loading)
    if loading.state.phase == "failed":
        yield Failure(words.failed.format(loading.state.message))
        return
    yield Pending(words.thinking)
    yield _ask(loading.get(0), history, question, words)


def _wait(loading: Loading) -> None:
    try:
        loading.get(POLL_S)
    except (TimeoutError, VerbatimError):
        return  # the state tells which


def _ask(engine: Engine, history: Sequence[Turn], question: str, words: Words) -> Answer | Failure:
    try:
        return engine.ask(question, history)
    except VerbatimError as error:
        return Failure(str(error))
    except Exception:
        _log.exception("a question could not be answered")
        return Failure(words.error)


def note(text: str, detail: str) -> str:
    """What is going on, with what the loader says of it where it says anything."""
    return f"{text} ({detail})" if detail else text
