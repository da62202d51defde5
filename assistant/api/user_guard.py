"""Where every reader has to be named by a proxy, nothing is served without that. ASGI."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.access.types import ApiError
from assistant.api.door import Door
from assistant.api.errors import error_response, not_for_tokens

OPEN = ("/healthz", "/api/health")
"""For monitors, which come past the proxy; they say nothing about the library's contents."""
EMBEDDED = ("/embed", "/embed.js")
BELOW = ("/embed/", "/files/")
"""The embedded chat has its own guard, which tokens pass; the pages' own files are no secret."""
SCOPED = ("/api/", "/v1/", "/mcp")
"""What keeps a token to its talks; the chat page and the others know of no such bounds."""


class UserGuard:
    """Answers 401 to every request of nobody in particular, but for health."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not _is_open(scope):
            try:
                caller = self.door.identify(HTTPConnection(scope))
                if caller.kind == "token" and not _path(scope).startswith(SCOPED):
                    raise not_for_tokens()
            except ApiError as error:
                if scope["type"] == "websocket":
                    await send({"type": "websocket.close", "code": 1008})
                else:
                    await error_response(error)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _is_open(scope: Scope) -> bool:
    path = _path(scope)
    return path in (*OPEN, *EMBEDDED) or path.startswith(BELOW)


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
