"""What surrounds every request of a program: sizes, limits told, metrics, the last catch. ASGI."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.access.types import ApiError
from assistant.api.door import Door, standing
from assistant.api.errors import api_error, error_response

MOST_BYTES = 1_000_000
"""Of a body: the longest article in any script, escaped as JSON may be."""
ASKED_TO_LEAVE = 499
"""Of a request whose client left before there was a response."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Framed:
    """``app`` below ``prefix``, each request limited in size, counted, and answered whatever
    happens; ``respond`` makes the response to an error that the application can't answer."""

    def __init__(
        self,
        app: App,
        door: Door,
        prefix: str,
        respond: Callable[[ApiError], Response] = error_response,
    ) -> None:
        self._app = app
        self._door = door
        self._prefix = prefix
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_s, status = time.monotonic(), 0
        scope.setdefault("state", {})

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(raw=message["headers"]), scope)
            await send(message)

        try:
            await self._inside(scope, receive, framed)
        except Exception as error:
            known = api_error(error)
            if not status:
                self._door.metrics.refused(known.code)
                await self._respond(known)(scope, receive, framed)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            seconds = time.monotonic() - started_s
            self._door.metrics.requested(
                self._route(scope), method, status or ASKED_TO_LEAVE, seconds
            )

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application, unless the body says beforehand that it is too large."""
        if declared_too_large(scope):
            self._door.metrics.refused("too_large")
            await self._respond(too_large())(scope, receive, send)
            return
        await self._app(scope, limited(receive), send)

    def _route(self, scope: Scope) -> str:
        """The route as it is written; one name for all addresses that there aren't."""
        path = getattr(scope.get("route"), "path_format", None)
        return f"{self._prefix}{path}" if isinstance(path, str) else f"{self._prefix}/…"


def declared_too_large(scope: Scope) -> bool:
    """Whether a request says so of its body."""
    length = Headers(scope=scope).get("content-length", "")
    return length.isdecimal() and int(length) > MOST_BYTES


def limited(receive: Receive) -> Receive:
    """A body without a declared length, cut off where it gets too large: then HTTPException 413."""
    received = 0

    async def received_so_far() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MOST_BYTES:
            raise HTTPException(413)
        return message

    return received_so_far


def too_large() -> ApiError:
    """That a body is."""
    return ApiError(
        413,
        "too_large",
        f"The body has more than {MOST_BYTES:,} bytes.",
        "Send less at once.",
    )


def _add_headers(headers: MutableHeaders, scope: Scope) -> None:
    """What the caller has left, and that nobody keeps the response unless it says so itself."""
    headers.setdefault("cache-control", "no-store")
    if left := standing(scope):
        headers["ratelimit-limit"] = str(left.limit)
        headers["ratelimit-remaining"] = str(left.remaining)
        headers["ratelimit-reset"] = str(math.ceil(left.reset_s))
