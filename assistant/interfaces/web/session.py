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


class Waiting:
    """A question that waits for its answer, in the hands of who asked it; any thread may end it."""

    def __init__(self) -> None:
        self.is_stopped = False
        self.is_forgotten = False
        self._work: Work[Update] | None = None

    def begin(self, work: Work[Update]) -> None:
        """What is to be stopped from now on."""
        self._work = work
        if self.is_stopped:
            work.stop()

    def stop(self) -> None:
        """Ends the work; what was checked by then stays."""
        self.is_stopped = True
        if self._work:
            self._work.stop()

    def forget(self) -> None:
        """Ends the work, and nothing is shown any more."""
        self.is_forgotten = True
        self.stop()


@dataclass(frozen=True, slots=True)
class Pending:
    """Not answered yet; ``note`` says what is going on, ``update`` how far the answer has come."""

    note: str
    update: Update | None = None
    waiting: Waiting | None = field(default=None, repr=False, compare=False)


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
    A question that comes before the library is loaded waits for it. Once it is forgotten the
    conversation is empty: what comes last is what the page shows, since it may come late.
    """
    question = question.strip()[:QUESTION_CHARS]
    if not question:
        yield conversation
        return
    told, waiting = "", Waiting()
    while loading.state.phase == "loading" and not waiting.is_stopped:
        if told != (told := with_detail(say("chat.loading_wait"), loading.state.message)):
            yield (*conversation, Exchange(question, Pending(told, waiting=waiting)))
        _wait(loading)
    if waiting.is_stopped:
        exchanges = iter([Exchange(question, Stopped(None))])
    elif loading.state.phase == "failed":
        failure = FailedAnswer(say("chat.failed", loading.state.message))
        exchanges = iter([Exchange(question, failure)])
    else:
        engine, history = loading.get(0), turns(conversation)
        exchanges = _exchanges(engine, history, question, say, narrowed, mode, waiting)
    for exchange in exchanges:
        if waiting.is_forgotten:
            break
        yield (*conversation, exchange)
    if waiting.is_forgotten:
        yield ()


def stop(conversation: Sequence[Exchange]) -> None:
    """Ends the work on the question that waits, if one does."""
    for waiting in _waiting(conversation):
        waiting.stop()


def forget(conversation: Sequence[Exchange]) -> None:
    """As ``stop``, and nothing of this conversation is shown any more."""
    for waiting in _waiting(conversation):
        waiting.forget()


def _waiting(conversation: Sequence[Exchange]) -> Iterator[Waiting]:
    for exchange in conversation:
        if isinstance(exchange.outcome, Pending) and exchange.outcome.waiting:
            yield exchange.outcome.waiting


def _exchanges(
    engine: Assistant,
    history: Sequence[Turn],
    question: str,
    say: Messages,
    narrowed: str,
    mode: str | None,
    waiting: Waiting,
) -> Iterator[Exchange]:
    """The exchange as it changes, from waiting to what has become of it."""
    talks = engine.talks()
    scope = scope_of(narrowed, talks)
    known = _known(engine, mode) or mode_of(narrowed, engine.modes())
    work = Work(lambda: engine.stream(question, history, scope, known))
    waiting.begin(work)
    thinking = Pending(say("chat.thinking"), waiting=waiting)
    exchange = Exchange(question, thinking, chosen(scope, talks))
    yield exchange
    try:
        for update in work.latest():
            answer = update.answer if update.stage == "done" else None
            exchange = replace(exchange, outcome=answer or replace(thinking, update=update))
            yield exchange
            if answer is not None:
                return
        yield replace(exchange, outcome=_ended(exchange, waiting, say))
    except VerbatimError as error:
        yield replace(exchange, outcome=FailedAnswer(str(error)))
    except Exception:
        _log.exception("a question could not be answered")
        yield replace(exchange, outcome=FailedAnswer(say("chat.error")))
    finally:
        work.stop()


def _known(engine: Assistant, mode: str | None) -> Mode | None:
    return next((known for known in engine.modes() if known == mode), None)


def _ended(exchange: Exchange, waiting: Waiting, say: Messages) -> Stopped | FailedAnswer:
    """What has become of a question whose work ended without a whole answer."""
    if waiting.is_stopped:
        return Stopped(exchange.answer)
    _log.error("an answer ended before it was whole")
    return FailedAnswer(say("chat.error"))


def _wait(loading: Loading) -> None:
    try:
        loading.get(POLL_S)
    except (TimeoutError, VerbatimError):
        return  # the state tells which
