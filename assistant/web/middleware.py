"""ASGI middleware of the page, in plain ASGI so that streams pass through untouched."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from assistant.web.index_html import localised
from assistant.web.languages import choose_language

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_NEEDED = re.compile(
    r"/gradio_api/(run/predict|queue/join|queue/data|heartbeat/[\w-]+|cancel|reset|startup-events)/?"
)
"""What our page calls of Gradio's API. The rest (uploads, files, a proxy, …) is not served."""

_UNUSED = re.compile(r"/(?:login|logout|monitoring|openapi\.json)(?:/.*)?", re.DOTALL)
"""What else Gradio has at the root and our page doesn't call."""
_POLICY = b"content-security-policy"


class WithHeaders:
    """Sets response headers, in the place of those of the same names."""

    def __init__(self, app: App, headers: Mapping[str, str]) -> None:
        self.app = app
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _without(message["headers"], self.headers) + self.headers
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class FramedBy:
    """Says of each response who may frame it, unless its own policy does: our own pages, and for
    the card of a citation also the sites that the operator lists."""

    def __init__(self, app: App, origins: Sequence[str]) -> None:
        self.app = app
        self.origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = frame_ancestors(self.origins if _is_card(scope) else ()).encode()

        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                policies = [value for name, value in headers if name.lower() == _POLICY]
                if not any(b"frame-ancestors" in policy for policy in policies):
                    policies = [b"; ".join([*policies, who])]
                ours = [(_POLICY, policy) for policy in policies]
                message["headers"] = _without(headers, ours) + ours
            await send(message)

        await self.app(scope, receive, framed if scope["type"] == "http" else send)


def frame_ancestors(origins: Sequence[str], own: str = "'self'") -> str:
    """The directive by which browsers refuse frames of all but our own pages and these sites."""
    return " ".join(["frame-ancestors", *filter(None, (own, *origins))])


class ClosedRoutes:
    """Answers 404 for what Gradio serves beyond the needs of our page."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = route_of(scope)
        beyond = path.startswith("/gradio_api/") and not _NEEDED.fullmatch(path)
        if beyond or _UNUSED.fullmatch(path):
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.app(scope, receive, send)


class LocalisedIndex:
    """Sends the page's document in the reader's language; other responses pass as they are."""

    def __init__(self, app: App, tags: str) -> None:
        self.app = app
        self.tags = tags

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or route_of(scope) != "/":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [None])[0]
        lang = choose_language(asked, headers.get(b"accept-language", b"").decode("latin-1"))
        # Without this, the document comes compressed.
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                document = localised(body.decode("utf-8"), lang, self.tags).encode()
                await send(_start(start, len(document), lang))
                await send({"type": "http.response.body", "body": document})

        await self.app({**scope, "headers": plain}, receive, collect)


def _start(start: Message, length: int, lang: str) -> Message:
    ours: Headers = [
        (b"content-length", str(length).encode()),
        (b"content-language", lang.encode()),
    ]
    vary = (b"vary", b"Accept-Language")
    return {**start, "headers": [*_without(start["headers"], ours), *ours, vary]}


def _without(headers: Iterable[tuple[bytes, bytes]], ours: Headers) -> Headers:
    names = {name for name, _ in ours}
    return [(name, value) for name, value in headers if name.lower() not in names]


def _is_card(scope: Scope) -> bool:
    """Whether a citation is asked for as the card that oEmbed puts into a frame."""
    if not route_of(scope).startswith("/c/"):
        return False
    return "card" in parse_qs(scope["query_string"].decode("latin-1"))


def route_of(scope: Scope) -> str:
    """The path below the application's own root; empty for what is no HTTP request."""
    path: str = scope.get("path", "")
    return path.removeprefix(scope.get("root_path", ""))
