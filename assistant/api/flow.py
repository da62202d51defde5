"""An answer in the making, from the thread that makes it to the loop that serves it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from dataclasses import replace
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool

from assistant.access.types import ApiError
from assistant.types import Update

LOOK_S = 0.25
"""How often to look whether the client is still there. Servers don't tell it when sending."""

News = Update | Exception | None
Step = TypeVar("Step")
_END: Any = object()


class Flow:
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
    work: Generator[Step], has_left: Callable[[], Awaitable[bool]]
) -> tuple[Step, ...]:
    """All that short steps give, each made in a thread; closes them. Raises ApiError 499 once the
    client has left, and what the work raises."""
    done: list[Step] = []
    with contextlib.closing(work):
        while (step := await run_in_threadpool(next, work, _END)) is not _END:
            done.append(step)
            if await has_left():
                raise _left()
    return tuple(done)


def _left() -> ApiError:
    return ApiError(499, "client_left", "The client has left.", "Ask again.")


def _says_the_same(update: Update, before: Update) -> bool:
    """Whether only time has passed: the engine gives such updates so that it can be left."""
    return replace(update, seconds_left=before.seconds_left) == before
