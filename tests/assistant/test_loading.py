"""Loading in the background, and a conversation while it lasts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from assistant.engine import Assistant
from assistant.interfaces.web.session import (
    Exchange,
    FailedAnswer,
    Pending,
    Stopped,
    converse,
    forget,
    stop,
    turns,
)
from assistant.library import Loading, LoadState
from assistant.messages.catalogue import messages
from assistant.types import Turn, Update
from corpus.types import ModelError, VerbatimError
from tests.assistant.interfaces.web.fakes import ANSWERED, FakeEngine, held_back, loaded

EN = messages("en")


def test_an_engine_comes_when_it_is_ready() -> None:
    engine = FakeEngine()
    loading, go = held_back(engine, "unpacking")
    assert loading.state == LoadState("loading")
    loading.start()
    with pytest.raises(TimeoutError):
        loading.get(0.05)
    assert loading.state == LoadState("loading", "unpacking")
    go.set()
    assert loading.get(5) is engine
    assert loading.state == LoadState("ready")


def test_it_loads_once() -> None:
    runs: list[int] = []

    def build(_: Callable[[str], None]) -> Assistant:
        runs.append(1)
        return FakeEngine()

    loading = Loading(build).start()
    loading.start().get(5)
    assert runs == [1]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            ModelError("the model is broken: delete .verbatim"),
            "the model is broken: delete .verbatim",
        ),
        (RuntimeError("first\nsecond"), "RuntimeError: first"),
        (KeyError(), "KeyError"),
    ],
)
def test_a_failure_is_one_line(error: Exception, line: str) -> None:
    def build(_: Callable[[str], None]) -> Assistant:
        raise error

    loading = Loading(build).start()
    with pytest.raises(VerbatimError) as caught:
        loading.get(5)
    assert str(caught.value) == line
    assert loading.state == LoadState("failed", line)


def test_a_question_is_pending_then_answered() -> None:
    engine = FakeEngine()
    before = (Exchange("old", ANSWERED), Exchange("failed", FailedAnswer("no")))
    steps = list(converse(loaded(engine), before, "  new?\n", EN))
    assert all(step[:2] == before for step in steps)
    exchanges = [step[2] for step in steps]
    assert exchanges[0] == Exchange("new?", Pending(EN("chat.thinking")))
    assert exchanges[-1] == Exchange("new?", ANSWERED)
    assert engine.asked == [("new?", (Turn("user", "old"), Turn("assistant", ANSWERED.text)))]


def test_a_question_asked_early_says_that_it_waits() -> None:
    loading, go = held_back(FakeEngine(), "reading")
    steps = converse(loading.start(), (), "early", EN)
    first = next(steps)[0].outcome
    assert isinstance(first, Pending) and first.note.startswith(EN("chat.loading_wait"))
    go.set()
    assert list(steps)[-1] == (Exchange("early", ANSWERED),)


def test_a_question_that_waits_can_be_stopped_or_forgotten() -> None:
    for end, left in ((stop, [(Exchange("early", Stopped(None)),)]), (forget, [()])):
        engine = FakeEngine()
        loading, go = held_back(engine)
        steps = converse(loading.start(), (), "early", EN)
        end(next(steps))
        go.set()
        assert list(steps) == left
        assert engine.asked == []


def test_a_question_that_is_forgotten_leaves_an_empty_conversation() -> None:
    go = threading.Event()

    def one_and_no_more(_: str) -> Iterator[Update]:
        yield Update("writing", ANSWERED)
        go.wait(10)

    engine = FakeEngine(updates=one_and_no_more)
    steps = converse(loaded(engine), (), "new?", EN)
    next(steps)
    forget(next(steps))
    assert list(steps) == [()]
    go.set()
    assert engine.closed.wait(5)


def test_nothing_is_asked_without_words() -> None:
    engine = FakeEngine()
    assert list(converse(loaded(engine), (), " \n ", EN)) == [()]
    assert engine.asked == []


def test_only_what_was_answered_is_history() -> None:
    assert turns((Exchange("a", Pending("…")), Exchange("b", FailedAnswer("no")))) == ()
