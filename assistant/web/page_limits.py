"""The limits of what the chat page itself sends, which goes past the programs' routes. ASGI."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.access.types import ApiError
from assistant.api.door import Door
from assistant.api.errors import error_response
from assistant.api.framed import declared_too_large, limited, too_large
from assistant.web.middleware import route_of

_PAGE = "/gradio_api/"
_ASKING = "/gradio_api/queue/join"
"""Where questions are sent. What the page sends besides, as while it waits for the library, isn't
counted."""


class PageLimits:
    """Answers 413 to a body of Gradio's routes that is too large, since Gradio takes any, and 429
    to a reader who asks more than anybody may."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = route_of(scope)
        if scope["type"] != "http" or not path.startswith(_PAGE):
            await self.app(scope, receive, send)
            return
        try:
            if declared_too_large(scope):
                raise too_large()
            if path.rstrip("/") == _ASKING and scope["method"] == "POST":
                self.door.reader(Request(scope))
        except ApiError as error:
            self.door.metrics.refused(error.code)
            await error_response(error)(scope, receive, send)
            return
        await self.app(scope, limited(receive), send)
