"""ASGI: known hosts, own pages only, forwarded headers, below a path, frames, sizes, closed routes.

To which names the server answers, and whose requests may change anything: pure.

A page elsewhere can have its own name point at this machine (DNS rebinding): then the browser takes
our answers for that page's own. Such a request still carries the foreign name as its ``Host``.
An IP address can't be made to point elsewhere, so addresses are let in, whichever.

What surrounds every request of a program: sizes, limits told, metrics, the last catch. ASGI.

Where every reader has to be named by a proxy, nothing is served without that. ASGI.

ASGI middleware of the page, in plain ASGI so that streams pass through untouched.

The embedded page's Content-Security-Policy: pure.

ASGI middleware that looks at requests before any route does: names, foreign sites, the path.

The limits of what the chat page itself sends, which goes past the programs' routes. ASGI.
"""

from __future__ import annotations

import math
import re
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.interfaces.http.access import Authenticator, EmbedToken
from assistant.interfaces.http.errors import ApiError, api_error, error_response, not_for_tokens
from assistant.interfaces.http.gateway import Gateway, allowance
from assistant.settings import ServingSettings

_OURS = ("same-origin", "none")
"""What ``Sec-Fetch-Site`` says of requests from our own pages, and of those that a person makes."""


def is_known_host(header: str, serving: ServingSettings, bound: str) -> bool:
    """Whether ``Host`` names us. ``bound`` is the address or name that is listened on.

    Names: ``localhost`` and below, the name that is listened on, that of the public address,
    ``serving.hosts`` (``*.example.org`` takes all below in, ``*`` everything), and this machine's
    own name where more than the machine itself can reach it.
    """
    name = _name(header)
    if "*" in serving.hosts or is_address(name) or _is_loopback_name(name):
        return True
    public = urlsplit(serving.public_url).hostname or ""
    known = {bound.lower().rstrip("."), public, *(host.lower() for host in serving.hosts)}
    if not (is_address(bound) and ip_address(bound).is_loopback) and not _is_loopback_name(bound):
        own = socket.gethostname().lower()
        known |= {own, f"{own.partition('.')[0]}.local"}
    return bool(name) and (
        name in known or any(name.endswith(host[1:]) for host in known if host.startswith("*."))
    )


def is_from_elsewhere(origin: str, fetch_site: str, host: str, serving: ServingSettings) -> bool:
    """Whether another site's page sent it, by its ``Origin``, ``Sec-Fetch-Site`` and ``Host``.

    Browsers let no script write the second; they leave it out on plain HTTP beyond the machine.
    Programs send neither.
    """
    if fetch_site:
        return fetch_site not in _OURS
    if not origin:
        return False
    try:
        site = urlsplit(origin).netloc.lower()
    except ValueError:
        return True
    return not site or site not in {host.lower(), urlsplit(serving.public_url).netloc.lower()}


def is_address(name: str) -> bool:
    """Whether it is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _name(header: str) -> str:
    """The name in ``Host``, without its port; empty where it is none."""
    try:
        return (urlsplit(f"//{header.strip()}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_loopback_name(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost")


MOST_BYTES = 1_000_000
"""Of a body: the longest article in any script, escaped as JSON may be."""
ASKED_TO_LEAVE = 499
"""Of a request whose client left before there was a response."""


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestGuard:
    """``app`` below ``prefix``, each request limited in size, counted, and answered whatever
    happens; ``respond`` makes the response to an error that the application can't answer."""

    def __init__(
        self,
        app: ASGIApp,
        door: Gateway,
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
    if left := allowance(scope):
        headers["ratelimit-limit"] = str(left.limit)
        headers["ratelimit-remaining"] = str(left.remaining)
        headers["ratelimit-reset"] = str(math.ceil(left.reset_s))


OPEN = ("/healthz", "/api/health")
"""For monitors, which come past the proxy; they say nothing about the library's contents."""
EMBEDDED = ("/embed", "/embed.js")
BELOW = ("/embed/", "/files/")
"""The embedded chat has its own guard, which tokens pass; the pages' own files are no secret."""
SCOPED = ("/api/", "/v1/", "/mcp")
"""What keeps a token to its talks; the chat page and the others know of no such bounds."""


class UserGuard:
    """Answers 401 to every request of nobody in particular, but for health."""

    def __init__(self, app: ASGIApp, door: Gateway) -> None:
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


RawHeaders = list[tuple[bytes, bytes]]

_NEEDED = re.compile(
    r"/gradio_api/(run/predict|queue/join|queue/data|heartbeat/[\w-]+|cancel|reset|startup-events)/?"
)
"""What our page calls of Gradio's API. The rest (uploads, files, a proxy, …) is not served."""

_UNUSED = re.compile(r"/(?:login|logout|monitoring|openapi\.json)(?:/.*)?", re.DOTALL)
"""What else Gradio has at the root and our page doesn't call."""
_POLICY = b"content-security-policy"


class WithHeaders:
    """Sets response headers, in the place of those of the same names."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
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

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
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

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = route_of(scope)
        beyond = path.startswith("/gradio_api/") and not _NEEDED.fullmatch(path)
        if beyond or _UNUSED.fullmatch(path):
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.app(scope, receive, send)


def _without(headers: Iterable[tuple[bytes, bytes]], ours: RawHeaders) -> RawHeaders:
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


_OWN_FILES_ONLY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    # The players of recordings, wherever they are.
    "frame-src https:",
    "base-uri 'none'",
    "form-action 'none'",
)


def embed_policy(origins: Sequence[str], token: EmbedToken | None = None) -> str:
    """Own files and players alone; framed by the token's site alone, without a token by our own
    pages and ``origins``."""
    who = frame_ancestors([token.origin], own="") if token else frame_ancestors(origins)
    return "; ".join([*_OWN_FILES_ONLY, who])


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
        self._gate = Authenticator(serving)

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


_PAGE = "/gradio_api/"
_ASKING = "/gradio_api/queue/join"
"""Where questions are sent. What the page sends besides, as while it waits for the library, isn't
counted."""


class PageLimits:
    """Answers 413 to a body of Gradio's routes that is too large, since Gradio takes any, and 429
    to a reader who asks more than anybody may."""

    def __init__(self, app: ASGIApp, door: Gateway) -> None:
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
