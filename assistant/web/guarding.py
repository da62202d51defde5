"""ASGI middleware that looks at requests before any route does: names, foreign sites, the path."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.access.gate import Gate
from assistant.access.hosts import is_from_elsewhere, is_known_host
from assistant.access.settings import ServingSettings
from assistant.access.types import ApiError
from assistant.api.errors import error_response
from assistant.web.middleware import route_of

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PROGRAMS = ("/api", "/v1", "/mcp")
"""Below these, other sites' scripts may send what CORS and keys let them."""


class KnownHosts:
    """Answers 421 to requests under a name that isn't ours (RFC 9110, 15.5.20)."""

    def __init__(self, app: ASGIApp, serving: ServingSettings, bound: str) -> None:
        self.app = app
        self.serving = serving
        self.bound = bound

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            host = Headers(scope=scope).get("host")
            # Only programs of long ago send none; a browser always does.
            if host is not None and not is_known_host(host, self.serving, self.bound):
                await _refuse(_unknown_host(host), scope, receive, send)
                return
        await self.app(scope, receive, send)


class ForwardedHost:
    """Takes out the headers that move the page's own address, where no proxy of ours set them:
    Gradio believes them, and the page would send what is asked to whatever they name."""

    def __init__(self, app: ASGIApp, serving: ServingSettings, bound: str) -> None:
        self.app = app
        self.serving = serving
        self.bound = bound
        self._gate = Gate(serving)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            peer = scope["client"][0] if scope.get("client") else ""
            scope = {
                **scope,
                "headers": [one for one in scope["headers"] if self._stays(one, peer)],
            }
        await self.app(scope, receive, send)

    def _stays(self, header: tuple[bytes, bytes], peer: str) -> bool:
        name, value = header[0].lower(), header[1].decode("latin-1")
        if name == b"x-forwarded-host":
            first = value.partition(",")[0]
            known = is_known_host(first, self.serving, self.bound)
            return known and self._gate.is_proxy(peer)
        return name != b"x-gradio-server"


class OwnPagesOnly:
    """Answers 403 to what a page of another site sends to the routes of our own pages.

    What it may send to the programs' routes is for CORS and their keys to say.
    """

    def __init__(self, app: ASGIApp, serving: ServingSettings) -> None:
        self.app = app
        self.serving = serving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in _UNSAFE and not _is_programs(scope):
            headers = Headers(scope=scope)
            origin, site = headers.get("origin", ""), headers.get("sec-fetch-site", "")
            if is_from_elsewhere(origin, site, headers.get("host", ""), self.serving):
                await _refuse(_from_elsewhere(headers), scope, receive, send)
                return
        await self.app(scope, receive, send)


class BelowRoot:
    """Serves an application below ``root``, such as ``/verbatim``, behind any proxy.

    Some proxies pass the whole path on, others take the root off: both become one. The root itself
    leads to its slash, since addresses on the page are relative.
    """

    def __init__(self, app: ASGIApp, root: str) -> None:
        self.app = app
        self.root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if path == self.root:
            await RedirectResponse(f"{self.root}/")(scope, receive, send)
            return
        raw: bytes = scope.get("raw_path") or path.encode()
        if not path.startswith(f"{self.root}/"):
            path, raw = self.root + path, self.root.encode() + raw
        below = {**scope, "path": path, "raw_path": raw, "root_path": self.root}
        await self.app(below, receive, send)


def _is_programs(scope: Scope) -> bool:
    path = route_of(scope)
    return any(path == top or path.startswith(f"{top}/") for top in _PROGRAMS)


def _unknown_host(host: str) -> ApiError:
    return ApiError(
        421,
        "unknown_host",
        f"Verbatim doesn't answer to the name {host!r}.",
        "The operator can add it to VERBATIM_HOSTS, or set VERBATIM_PUBLIC_URL.",
    )


def _from_elsewhere(headers: Headers) -> ApiError:
    return ApiError(
        403,
        "other_site",
        f"This was sent from another site ({headers.get('origin', 'unknown')}).",
        "Send it from Verbatim's own pages, or use the API. Behind a proxy that changes the Host"
        " header, set VERBATIM_PUBLIC_URL.",
    )


async def _refuse(error: ApiError, scope: Scope, receive: Receive, send: Send) -> None:
    """One line for people, or the JSON that programs know."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    response: Response = error_response(error)
    if "text/html" in Headers(scope=scope).get("accept", ""):
        response = PlainTextResponse(f"{error} {error.todo}", error.status)
    await response(scope, receive, send)
