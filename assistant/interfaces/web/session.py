"""One browser tab's conversation: what was asked, and what has become of each question."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.engine import Assistant
from assistant.interfaces.http.streaming import Work
from assistant.interfaces.web.narrowing import Choice, chosen, mode_of, scope_of
from assistant.library import Loading
from assistant.messages.catalogue import Messages
from assistant.types import Answer, Mode, Turn, Update
from corpus.types import VerbatimError

_log = logging.getLogger(__name__)

QUESTION_CHARS = 2000
"""A longer question is cut: nobody types one, and the text box takes no more."""
POLL_S = 0.25
"""How often a waiting question looks at how far loading has come."""


def with_detail(text: str, detail: str) -> str:
    """What is going on, with what the loader says of it where it says anything."""
    return f"{text} ({detail})" if detail else text


@dataclass(frozen=True, slots=True)
class Pending:
    """Not answered yet; ``note`` says what is going on, ``update`` how far the answer has come."""

    note: str
    update: Update | None = None
    work: Work[Update] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Stopped:
    """The reader stopped it; ``answer`` is as far as it had come, if it had sentences."""

    answer: Answer | None


@dataclass(frozen=True, slots=True)
class FailedAnswer:
    """Could not be answered; ``reason`` is one line for the reader."""

    reason: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, what has become of it, and what the search was narrowed to, if to anything."""

    question: str
    outcome: Answer | Pending | Stopped | FailedAnswer
    within: tuple[Choice, ...] = ()

    @property
    def answer(self) -> Answer | None:
        """What there is to read of the answer, whole or not."""
        match self.outcome:
            case Answer() as answer:
                return answer
            case Stopped(answer):
                return answer
            case Pending(_, Update(_, Answer() as answer)) if answer.statements:
                return answer
        return None


Conversation = tuple[Exchange, ...]
"""Oldest exchange first."""


def turns(conversation: Sequence[Exchange]) -> tuple[Turn, ...]:
    """The answered part of a conversation, as the engine takes it."""
    return tuple(
        turn
        for exchange in conversation
        if (answer := exchange.answer) and not isinstance(exchange.outcome, Pending)
        for turn in (Turn("user", exchange.question), Turn("assistant", answer.text))
    )


def converse(
    loading: Loading,
    conversation: Conversation,
    question: str,
    say: Messages,
    narrowed: str = "",
    mode: str | None = None,
) -> Iterator[Conversation]:
    """The conversation as it grows by ``question``: waiting, being answered, then answered or not.

    ``narrowed`` is what to search in, as an address says it (narrowing.py), ``mode`` how to answer.
    A question that comes before the library is loaded waits for it.
    """
    question = question.strip()[:QUESTION_CHARS]
    if not question:
        yield conversation
        return
    told = ""
    while loading.state.phase == "loading":
        if told != (told := with_detail(say("chat.loading_wait"), loading.state.message)):
            yield (*conversation, Exchange(question, Pending(told)))
        _wait(loading)
    if loading.state.phase == "failed":
        failure = FailedAnswer(say("chat.failed", loading.state.message))
        yield (*conversation, Exchange(question, failure))
        return
    engine = loading.get(0)
    history = turns(conversation)
    for exchange in _exchanges(engine, history, question, say, narrowed, mode):
        yield (*conversation, exchange)


def stop(conversation: Sequence[Exchange]) -> None:
    """Ends the work on the question that waits, if one does."""
    for exchange in conversation:
        if isinstance(exchange.outcome, Pending) and exchange.outcome.work:
            exchange.outcome.work.stop()


def _exchanges(
    engine: Assistant,
    history: Sequence[Turn],
    question: str,
    say: Messages,
    narrowed: str,
    mode: str | None,
) -> Iterator[Exchange]:
    """The exchange as it changes, from waiting to what has become of it."""
    talks = engine.talks()
    scope = scope_of(narrowed, talks)
    known = _known(engine, mode) or mode_of(narrowed, engine.modes())
    work = Work(lambda: engine.stream(question, history, scope, known))
    exchange = Exchange(question, Pending(say("chat.thinking"), work=work), chosen(scope, talks))
    yield exchange
    try:
        for update in work.latest():
            outcome = _outcome(update, work, say)
            exchange = replace(exchange, outcome=outcome)
            yield exchange
            if isinstance(outcome, Answer):
                return
        yield replace(exchange, outcome=_ended(exchange, work, say))
    except VerbatimError as error:
        yield replace(exchange, outcome=FailedAnswer(str(error)))
    except Exception:
        _log.exception("a question could not be answered")
        yield replace(exchange, outcome=FailedAnswer(say("chat.error")))
    finally:
        work.stop()


def _known(engine: Assistant, mode: str | None) -> Mode | None:
    return next((known for known in engine.modes() if known == mode), None)


def _outcome(update: Update, work: Work[Update], say: Messages) -> Answer | Pending:
    if update.stage == "done" and update.answer is not None:
        return update.answer
    return Pending(say("chat.thinking"), update, work)


def _ended(exchange: Exchange, work: Work[Update], say: Messages) -> Stopped | FailedAnswer:
    """What has become of a question whose work ended without a whole answer."""
    if work.is_stopped:
        return Stopped(exchange.answer)
    _log.error("an answer ended before it was whole")
    return FailedAnswer(say("chat.error"))


def _wait(loading: Loading) -> None:
    try:
        loading.get(POLL_S)
    except (TimeoutError, VerbatimError):
        return  # the state tells which
