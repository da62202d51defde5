"""An answer from the engine to a reader who may leave: ``Work`` runs it, and events carry it.

The engine works in a thread and can be ended only where it yields; while a model is silent it
yields twice a second all the same. So whoever presses Stop, and whoever hangs up, ends the work
within a second, and a reader who is slower than the engine holds nothing up.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from assistant.interfaces.documents.answers import answer_out, update_out
from assistant.interfaces.http.errors import ApiError, api_error, error_json
from assistant.types import Update

LOOK_S = 0.25
"""How often to look whether a client is still there. Servers don't tell it when sending."""
SILENCE_S = 10.0
"""How long a stream may be silent: after that, proxies close it."""

EVENT_STREAM = "text/event-stream"
EVENT_HEADERS = {
    "Cache-Control": "no-store",
    # Proxies of the nginx kind would hold events back until there are many.
    "X-Accel-Buffering": "no",
}
STILL_HERE = b": still here\n\n"
"""A comment among the events, for while there is nothing to say."""

StepT = TypeVar("StepT")
HasLeft = Callable[[], Awaitable[bool]]
"""Whether the client of a request has hung up."""


async def _stays() -> bool:
    """For a reader who never hangs up, but ends the reading."""
    return False


@dataclass(frozen=True, slots=True)
class _End:
    """What comes last, with what went wrong, if anything did."""

    error: Exception | None = None

    def tell(self) -> None:
        """Raises what went wrong."""
        if self.error:
            raise self.error


class Work(Generic[StepT]):
    """Iterates what ``begin`` gives, in a thread of its own; one reader takes the steps out.

    The reader is a thread (``latest``) or a coroutine (``arriving``). Once stopped, or left by its
    reader, the generator is closed at its next step. ``ended`` is called when the work is over,
    from its thread. Of updates in which only time has passed the first alone is passed on.
    """

    def __init__(
        self, begin: Callable[[], Generator[StepT]], ended: Callable[[], None] = lambda: None
    ) -> None:
        self._begin = begin
        self._ended = ended
        self._steps: SimpleQueue[StepT | _End] = SimpleQueue()
        self._arrived: Callable[[], object] = lambda: None
        self._stopped = threading.Event()
        try:
            threading.Thread(target=self._run, name="verbatim-answer", daemon=True).start()
        except RuntimeError:  # no more threads
            ended()
            raise

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        """Ends the reading at once and the work soon; any thread may call it, more than once."""
        self._stopped.set()
        self._put(_End())

    def latest(self) -> Iterator[StepT]:
        """The steps, until the end or the stop; of several that wait only the last one.

        Raises what the work raised.
        """
        arrived = threading.Event()
        self._arrived = arrived.set
        while not self.is_stopped:
            arrived.clear()
            steps, end = self._taken()
            if steps:
                yield steps[-1]
            if end:
                return end.tell()
            arrived.wait()

    async def arriving(
        self, has_left: HasLeft = _stays, silence_s: float | None = None
    ) -> AsyncGenerator[StepT | None]:
        """The steps, until the end, and ``None`` whenever none has come for ``silence_s``.

        Raises what the work raised, and ApiError 499 as soon as the client has left. The work is
        stopped then even if nobody iterates any more: a response that is cut off before it begins
        never closes what it was to be made of.
        """
        loop, arrived = asyncio.get_running_loop(), asyncio.Event()
        self._arrived = lambda: loop.call_soon_threadsafe(arrived.set)
        watching = asyncio.create_task(self._watch(has_left))
        try:
            while True:
                arrived.clear()
                steps, end = self._taken()
                for step in steps:
                    yield step
                if end:
                    end.tell()
                    return
                try:
                    async with asyncio.timeout(silence_s):
                        await arrived.wait()
                except TimeoutError:
                    yield None
        finally:
            watching.cancel()
            self.stop()

    async def collected(self, has_left: HasLeft) -> list[StepT | None]:
        """All steps. Raises as ``arriving`` does."""
        async with aclosing(self.arriving(has_left)) as steps:
            return [step async for step in steps]

    async def _watch(self, has_left: HasLeft) -> None:
        while not await has_left():
            await asyncio.sleep(LOOK_S)
        self._put(_End(ApiError(499, "client_left", "The client has left.", "Ask again.")))
        self.stop()

    def _run(self) -> None:
        error: Exception | None = None
        try:
            with contextlib.closing(self._begin()) as steps:
                before: StepT | None = None
                for step in steps:
                    if self.is_stopped:
                        break
                    if not _only_time_has_passed(before, step):
                        self._put(step)
                    before = step
        except Exception as raised:
            error = raised
        finally:
            self._ended()
        self._put(_End(error))

    def _put(self, step: StepT | _End) -> None:
        self._steps.put(step)
        # The reader's loop is closed when the server has stopped meanwhile.
        with contextlib.suppress(RuntimeError):
            self._arrived()

    def _taken(self) -> tuple[list[StepT], _End | None]:
        """All steps that wait, and the end if it is there."""
        steps: list[StepT] = []
        while not self._steps.empty():
            step = self._steps.get()
            if isinstance(step, _End):
                return steps, step
            steps.append(step)
        return steps, None


def _only_time_has_passed(before: object, step: object) -> bool:
    """Whether there is nothing new in an update: pages count the time down by themselves."""
    if not (isinstance(before, Update) and isinstance(step, Update)):
        return False
    return replace(step, seconds_left=before.seconds_left) == before


async def begun(updates: AsyncGenerator[Update | None]) -> Update:
    """The first update: what is refused is refused before the response begins, with its own status.

    Raises ApiError 500 where there is none.
    """
    async for update in updates:
        if update:
            return update
    raise _broken_off()


async def whole(updates: AsyncGenerator[Update | None]) -> Update:
    """The update with the whole answer. Raises ApiError 500 where none has it."""
    async with aclosing(updates) as each:
        async for update in each:
            if update and update.stage == "done" and update.answer:
                return update
    raise _broken_off()


def _broken_off() -> ApiError:
    return ApiError(500, "internal", "The answer broke off.", "Ask again.")


async def events(
    first: Update, rest: AsyncGenerator[Update | None], home: str
) -> AsyncIterator[bytes]:
    """``update`` for each step, then ``done`` with the whole answer, or ``error``."""
    yield _update_event(first, home)
    try:
        async with aclosing(rest) as updates:
            async for update in updates:
                yield _update_event(update, home) if update else STILL_HERE
    except Exception as error:
        yield event("error", error_json(api_error(error)))


def event(name: str, document: Any) -> bytes:
    """A server-sent event (HTML standard, 9.2); its data is one line of JSON."""
    data = json.dumps(document, ensure_ascii=False)
    return f"event: {name}\ndata: {data}\n\n".encode()


def _update_event(update: Update, home: str) -> bytes:
    if update.stage == "done" and update.answer:
        return event("done", answer_out(update.answer, home).model_dump(mode="json"))
    return event("update", update_out(update, home).model_dump(mode="json"))
