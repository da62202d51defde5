"""An answer from the engine's thread to a client who may leave: one pump, server-sent events.

An answer as server-sent events (HTML standard, 9.2).

An answer in the making, from the thread that makes it to the loop that serves it.

The work on one question, in a thread of its own: a reader who stops it waits for nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import aclosing
from dataclasses import replace
from queue import SimpleQueue
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool

from assistant.interfaces.documents.answers import answer_out, update_out
from assistant.interfaces.http.errors import ApiError, api_error, error_json
from assistant.types import Update

EVENT_STREAM = "text/event-stream"
EVENT_HEADERS = {
    "Cache-Control": "no-store",
    # Proxies of the nginx kind would hold events back until there are many.
    "X-Accel-Buffering": "no",
}
BEAT_S = 10.0
"""How often something is sent at least: proxies close what stays silent."""
_BEAT = b": still here\n\n"


async def events(
    first: Update, rest: AsyncGenerator[Update], home: str, beat_s: float = BEAT_S
) -> AsyncIterator[bytes]:
    """``update`` for each step, then ``done`` with the whole answer, or ``error``."""
    yield _told(first, home)
    try:
        async with aclosing(with_beats(rest, beat_s)) as updates:
            async for update in updates:
                yield _BEAT if update is None else _told(update, home)
    except Exception as error:
        yield event("error", error_json(api_error(error)))


async def with_beats(
    updates: AsyncGenerator[Update], beat_s: float
) -> AsyncGenerator[Update | None]:
    """The updates, and ``None`` whenever none has come for so long; closes them when closed."""
    coming: asyncio.Future[Update] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(updates))
            done, _ = await asyncio.wait({coming}, timeout=beat_s)
            if not done:
                yield None
                continue
            try:
                update = coming.result()
            except StopAsyncIteration:
                return
            finally:
                coming = None
            yield update
    finally:
        if coming is not None:
            # It is inside the updates, which end where it is cancelled.
            coming.cancel()
        else:
            await updates.aclose()


def event(name: str, document: Any) -> bytes:
    """One event; its data is one line of JSON."""
    data = json.dumps(document, ensure_ascii=False)
    return f"event: {name}\ndata: {data}\n\n".encode()


def _told(update: Update, home: str) -> bytes:
    if update.stage == "done" and update.answer:
        return event("done", answer_out(update.answer, home).model_dump(mode="json"))
    return event("update", update_out(update, home).model_dump(mode="json"))


async def whole(updates: AsyncGenerator[Update]) -> Update:
    """The last update. Raises ApiError 500 where none was the last."""
    async with aclosing(updates) as each:
        async for update in each:
            if update.stage == "done" and update.answer:
                return update
    raise ApiError(500, "internal", "The answer broke off.", "Ask again.")


LOOK_S = 0.25
"""How often to look whether the client is still there. Servers don't tell it when sending."""

News = Update | Exception | None
StepT = TypeVar("StepT")
_END: Any = object()


class AnswerStream:
    """Runs what ``begin`` gives in a thread; once stopped, it is closed as soon as it lets go.

    ``ended`` is called when the work is over, from that thread.
    """

    def __init__(
        self, begin: Callable[[], Generator[Update]], ended: Callable[[], None] = lambda: None
    ) -> None:
        self._begin = begin
        self._ended = ended
        self._stopped = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.Queue[News] = asyncio.Queue()
        try:
            threading.Thread(target=self._run, name="verbatim-answer", daemon=True).start()
        except RuntimeError:  # no more threads
            ended()
            raise

    def stop(self) -> None:
        """Any thread may call it, and more than once."""
        self._stopped.set()

    async def updates(self, has_left: Callable[[], Awaitable[bool]]) -> AsyncIterator[Update]:
        """What comes in, until the end. Raises what the work raised, and ApiError 499 as soon as
        the client has left.

        The work is stopped then even if nobody iterates any more: a response that is cut off
        before it begins never closes what it was to be made of.
        """
        watching = asyncio.create_task(self._watch(has_left))
        try:
            while (news := await self._news.get()) is not None:
                if isinstance(news, Exception):
                    raise news
                yield news
        finally:
            watching.cancel()

    async def _watch(self, has_left: Callable[[], Awaitable[bool]]) -> None:
        while not await has_left():
            await asyncio.sleep(LOOK_S)
        self.stop()
        self._news.put_nowait(_left())

    def _run(self) -> None:
        last: News = None
        try:
            with contextlib.closing(self._begin()) as work:
                latest: Update | None = None
                for update in work:
                    if self._stopped.is_set():
                        break
                    if latest is None or not _says_the_same(update, latest):
                        self._tell(update)
                    latest = update
        except Exception as error:
            last = error
        finally:
            self._ended()
        self._tell(last)

    def _tell(self, news: News) -> None:
        # The loop is closed when the server has stopped meanwhile.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._news.put_nowait, news)


async def in_steps(
    work: Generator[StepT], has_left: Callable[[], Awaitable[bool]]
) -> tuple[StepT, ...]:
    """All that short steps give, each made in a thread; closes them. Raises ApiError 499 once the
    client has left, and what the work raises."""
    done: list[StepT] = []
    with contextlib.closing(work):
        while (step := await run_in_threadpool(next, work, _END)) is not _END:
            done.append(step)
            if await has_left():
                raise _left()
    return tuple(done)


def _left() -> ApiError:
    return ApiError(499, "client_left", "The client has left.", "Ask again.")


def _says_the_same(update: Update, before: Update) -> bool:
    """Whether only time has passed, which the page counts down by itself."""
    return replace(update, seconds_left=before.seconds_left) == before


class Work:
    """Iterates what ``begin`` gives. Once stopped, the iterator is closed as soon as it lets go."""

    def __init__(self, begin: Callable[[], Iterator[Update]]) -> None:
        self._begin = begin
        self._news: SimpleQueue[Update | Exception | None] = SimpleQueue()
        self._stopped = threading.Event()

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def start(self) -> Work:
        threading.Thread(target=self._run, name="verbatim-answer", daemon=True).start()
        return self

    def stop(self) -> None:
        """Ends ``updates`` at once; any thread may call it, and more than once."""
        self._stopped.set()
        self._news.put(None)

    def updates(self) -> Iterator[Update]:
        """What comes in, until the end or the stop; of several that wait only the last one.

        Raises what the iterator raised.
        """
        while not self._stopped.is_set():
            latest = self._news.get()
            while isinstance(latest, Update) and not self._news.empty():
                following = self._news.get()
                if not isinstance(following, Update):
                    self._news.put(following)
                    break
                latest = following
            if isinstance(latest, Exception):
                raise latest
            if latest is None:
                return
            yield latest

    def _run(self) -> None:
        try:
            updates = self._begin()
            latest: Update | None = None
            try:
                for update in updates:
                    if self._stopped.is_set():
                        return
                    if latest is None or not _says_the_same(update, latest):
                        self._news.put(update)
                    latest = update
            finally:
                if isinstance(updates, Generator):
                    updates.close()
            self._news.put(None)
        except Exception as error:
            self._news.put(error)
