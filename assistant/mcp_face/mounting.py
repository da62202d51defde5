"""The tools over HTTP, at ``/mcp`` of the server that serves the page."""

from __future__ import annotations

import asyncio
from functools import cached_property

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from assistant.access.hosts import is_from_elsewhere
from assistant.access.types import ApiError, Caller
from assistant.api.door import Door
from assistant.api.errors import api_error, error_response
from assistant.api.framed import Framed
from assistant.mcp_face import sdk
from assistant.mcp_face.visits import HttpVisit

ROUTE = "/mcp"
_CALLER = "verbatim_mcp_caller"


def add_mcp(app: FastAPI, door: Door) -> None:
    """Adds ``/mcp`` where the SDK is installed, behind the same door as the API."""
    if sdk.is_installed():
        endpoint = Framed(Endpoint(door), door, ROUTE)
        app.router.routes += [Route(path, endpoint) for path in (ROUTE, f"{ROUTE}/")]


class Endpoint:
    """ASGI: lets callers in, then hands their requests to the SDK."""

    def __init__(self, door: Door) -> None:
        self._door = door

    @cached_property
    def _serve(self) -> sdk.Asgi:
        """Made for the first caller: the SDK takes a second to load, and the page shall be up."""
        return sdk.http_endpoint(sdk.make_server(self._visit))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            self._check(request)
            scope.setdefault("state", {})[_CALLER] = self._door.caller(request)
            body = await request.body()
        except (ApiError, HTTPException) as error:
            known = api_error(error)
            self._door.metrics.refused(known.code)
            response = error_response(known)
            if known.status == 405:
                response.headers["Allow"] = "POST"
            await response(scope, receive, send)
            return
        serve = await asyncio.to_thread(lambda: self._serve)
        await serve(scope, _again(body, receive), send)

    def _visit(self, request: Request) -> HttpVisit:
        caller: Caller = request.scope["state"][_CALLER]
        return HttpVisit(self._door, request, caller)

    def _check(self, request: Request) -> None:
        """Raises ApiError for another site's page, and for what isn't a call: nothing is ever sent
        of our own accord, so there is no stream to open and no session to end."""
        if request.method != "POST":
            raise ApiError(
                405, "method_not_allowed", "Tools are called with POST.", "Use a client of MCP."
            )
        origin = request.headers.get("origin", "")
        told = (origin, request.headers.get("sec-fetch-site", ""), request.headers.get("host", ""))
        serving = self._door.serving
        if origin.lower() not in serving.origins and is_from_elsewhere(*told, serving):
            raise ApiError(
                403,
                "other_site",
                "Pages of other sites may not call the tools.",
                "The operator can list the site in VERBATIM_EMBED_ORIGINS.",
            )


def _again(body: bytes, receive: Receive) -> Receive:
    """What a request brings, with its body from the start."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay
