"""The thread that works on a question: what it passes on, to whom, and that it lets go in time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Generator
from dataclasses import replace

import pytest

from assistant.interfaces.http.errors import ApiError
from assistant.interfaces.http.streaming import Work
from assistant.types import Step, Update
from tests.assistant.interfaces.web.fakes import WRITTEN

BEGUN = Update("writing", replace(WRITTEN, steps=()), 60.0, 8)
SOON_S = 1.0
"""Within that time the work has to end for whoever doesn't read any more."""


class Endless:
    """Updates without an end, twenty a second as while a model is silent; tells when it is over."""

    def __init__(self) -> None:
        self.begun, self.over = threading.Event(), threading.Event()

    def updates(self) -> Generator[Update]:
        end = time.monotonic() + 20
        try:
            while time.monotonic() < end:
                self.begun.set()
                yield Update("writing")
                time.sleep(0.05)
        finally:
            self.over.set()


async def arrived(work: Work[Update], silence_s: float | None = None) -> list[Update | None]:
    return [update async for update in work.arriving(silence_s=silence_s)]


def test_updates_in_which_only_time_has_passed_are_not_passed_on() -> None:
    go, passed = threading.Semaphore(0), threading.Semaphore(0)
    grown = replace(WRITTEN, steps=(Step("draft", "a draft"),))
    script = (
        BEGUN,
        replace(BEGUN, seconds_left=59.5),
        replace(BEGUN, seconds_left=59.0),
        replace(BEGUN, answer=grown, seconds_left=58.5),
        replace(BEGUN, answer=grown, seconds_left=58.0, calls_left=7),
    )

    def updates() -> Generator[Update]:
        for update in script:
            go.acquire(timeout=5)
            yield update
            passed.release()

    coming = (work := Work(updates)).latest()
    seen = []
    for n in range(len(script)):
        go.release()
        passed.acquire(timeout=5)
        if n not in (1, 2):
            seen.append(next(coming))
    assert seen == [script[0], script[3], script[4]]
    assert list(coming) == []
    assert not work.is_stopped


def test_a_slow_page_gets_the_last_of_several() -> None:
    go, made = threading.Event(), threading.Event()

    def updates() -> Generator[Update]:
        yield BEGUN
        go.wait(5)
        yield from (replace(BEGUN, calls_left=left) for left in (7, 6, 5))
        made.set()

    coming = Work(updates).latest()
    assert next(coming) == BEGUN
    go.set()
    assert made.wait(5)
    assert [update.calls_left for update in coming] == [5]


def test_a_stop_ends_the_reading_at_once_and_the_work_soon() -> None:
    endless = Endless()
    work = Work(endless.updates)
    coming = work.latest()
    assert next(coming) == Update("writing")
    threading.Timer(0.1, work.stop).start()
    assert list(coming) == []
    assert work.is_stopped
    assert endless.over.wait(SOON_S)


def test_what_the_work_raises_reaches_the_reader() -> None:
    def updates() -> Generator[Update]:
        yield BEGUN
        raise KeyError("gone")

    with pytest.raises(KeyError):
        list(Work(updates).latest())
    with pytest.raises(KeyError):
        asyncio.run(arrived(Work(updates)))


def test_a_stream_gets_every_update() -> None:
    script = [replace(BEGUN, calls_left=n) for n in range(5)]
    assert asyncio.run(arrived(Work(lambda: (update for update in script)))) == script


def test_silence_is_told() -> None:
    def slow() -> Generator[Update]:
        time.sleep(0.2)
        yield BEGUN

    told = asyncio.run(arrived(Work(slow), 0.05))
    assert told[:2] == [None, None]
    assert told[-1] == BEGUN


def test_who_closes_a_stream_ends_the_work() -> None:
    endless = Endless()

    async def read_one() -> None:
        updates = Work(endless.updates).arriving()
        assert await anext(updates) == Update("writing")
        await updates.aclose()

    asyncio.run(read_one())
    assert endless.over.wait(SOON_S)


def test_a_client_that_leaves_ends_the_work_even_if_nobody_reads_on() -> None:
    """A response that is cut off before it begins never closes what it was to be made of."""
    endless = Endless()

    async def read_one() -> None:
        left = asyncio.Event()

        async def has_left() -> bool:
            return left.is_set()

        updates = Work(endless.updates).arriving(has_left)
        assert await anext(updates) == Update("writing")
        left.set()
        assert await asyncio.to_thread(endless.over.wait, SOON_S), "the engine works on for nobody"
        with pytest.raises(ApiError) as refused:
            await anext(updates)
        assert refused.value.status == 499

    asyncio.run(read_one())


def test_a_loop_that_is_closed_meanwhile_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """As when the server stops: the work goes on to its next step and ends without a word."""
    go, over = threading.Event(), threading.Event()

    def updates() -> Generator[Update]:
        yield BEGUN
        go.wait(5)
        yield replace(BEGUN, calls_left=7)

    async def read_one() -> None:
        assert await anext(Work(updates, over.set).arriving()) == BEGUN

    asyncio.run(read_one())
    go.set()
    assert over.wait(5)
    assert not caplog.records
