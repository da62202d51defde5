"""One browser tab's conversation: what was asked, and what has become of each question."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.loading import Engine, Loading
from assistant.types import Answer, Turn
from assistant.web.i18n import Words
from assistant.web.narrowing import Choice, chosen, scope_of
from corpus.types import VerbatimError
from index.types import Scope

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
    """A question, what has become of it, and what the search was narrowed to, if to anything."""

    question: str
    outcome: Answer | Pending | Failure
    within: tuple[Choice, ...] = ()


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
    loading: Loading, conversation: Conversation, question: str, words: Words, narrowed: str = ""
) -> Iterator[Conversation]:
    """The conversation as it grows by ``question``: waiting first, then answered or failed.

    ``narrowed`` is what to search in, as an address says it (narrowing.py). A question that comes
    before the library is loaded waits for it.
    """
    question = question.strip()[:QUESTION_CHARS]
    if not question:
        yield conversation
        return
    for exchange in _exchanges(loading, turns(conversation), question, words, narrowed):
        yield (*conversation, exchange)


def _exchanges(
    loading: Loading, history: Sequence[Turn], question: str, words: Words, narrowed: str
) -> Iterator[Exchange]:
    told = ""
    while loading.state.phase == "loading":
        if told != (told := note(words.loading_wait, loading.state.message)):
            yield Exchange(question, Pending(told))
        _wait(loading)
    if loading.state.phase == "failed":
        yield Exchange(question, Failure(words.failed.format(loading.state.message)))
        return
    engine = loading.get(0)
    talks = engine.talks()
    scope = scope_of(narrowed, talks)
    waiting = Exchange(question, Pending(words.thinking), chosen(scope, talks))
    yield waiting
    yield replace(waiting, outcome=_ask(engine, history, question, scope, words))


def _wait(loading: Loading) -> None:
    try:
        loading.get(POLL_S)
    except (TimeoutError, VerbatimError):
        return  # the state tells which


def _ask(
    engine: Engine, history: Sequence[Turn], question: str, scope: Scope, words: Words
) -> Answer | Failure:
    try:
        return engine.ask(question, history, scope)
    except VerbatimError as error:
        return Failure(str(error))
    except Exception:
        _log.exception("a question could not be answered")
        return Failure(words.error)


def note(text: str, detail: str) -> str:
    """What is going on, with what the loader says of it where it says anything."""
    return f"{text} ({detail})" if detail else text
