"""An answer as server-sent events (HTML standard, 9.2)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from assistant.access.types import ApiError
from assistant.api.errors import api_error, error_json
from assistant.api.telling import answer_out, update_out
from assistant.types import Update

MEDIA_TYPE = "text/event-stream"
HEADERS = {
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
