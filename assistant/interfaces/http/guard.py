"""What surrounds a request, in plain ASGI, so that streams pass through untouched.

From the outside in, as a request meets them: ``BelowRoot`` (the path of a proxy), ``WithHeaders``
and ``FramedBy`` (headers of all responses), ``KnownHosts`` (under which name), ``ForwardedHost``
(whose proxy), ``OwnPagesOnly`` (from whose page), ``ClosedRoutes`` and ``PageLimits`` (of Gradio's
page), ``UserGuard`` (for whom, where a proxy names readers). Around each face for programs stands a
``RequestGuard``. What they go by are pure functions at the end.
"""

from __future__ import annotations

import math
import re
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.interfaces.http.access import EmbedToken
from assistant.interfaces.http.errors import ApiError, api_error, error_response, not_for_tokens
from assistant.interfaces.http.gateway import Gateway, allowance
from assistant.settings import ServingSettings

MOST_BYTES = 1_000_000
"""Of a body: the longest article in any script, escaped as JSON may be."""
ASKED_TO_LEAVE = 499
"""Of a request whose client left before there was a response."""

_CONNECTIONS = ("http", "websocket")
"""What comes from a client; the server's own start and end come the same way."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PROGRAMS = ("/api", "/v1", "/mcp")
"""Below these, other sites' scripts may send what CORS and keys let them."""
_OURS = ("same-origin", "none")
"""What ``Sec-Fetch-Site`` says of requests from our own pages, and of those that a person makes."""

_GRADIO = "/gradio_api/"
_ASKING = "/gradio_api/queue/join"
"""Where the chat page sends questions. What it sends besides, as while it waits for the library,
isn't counted."""
_NEEDED = re.compile(
    r"/gradio_api/(run/predict|queue/join|queue/data|heartbeat/[\w-]+|cancel|reset|startup-events)/?"
)
"""What our page calls of Gradio's API. The rest (uploads, files, a proxy, …) is not served."""
_UNUSED = re.compile(r"/(?:login|logout|monitoring|openapi\.json)(?:/.*)?", re.DOTALL)
"""What else Gradio has at the root and our page doesn't call."""

_OPEN = ("/healthz", "/api/health")
"""For monitors, which come past the proxy; they say nothing about the library's contents."""
_EMBEDDED = ("/embed", "/embed.js")
_BELOW = ("/embed/", "/files/")
"""The embedded chat has its own guard, which tokens pass; the pages' own files are no secret."""
_SCOPED = ("/api/", "/v1/", "/mcp")
"""What keeps a token to its talks; the chat page and the others know of no such bounds."""

_POLICY = "content-security-policy"
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


@dataclass(frozen=True, slots=True)
class BelowRoot:
    """Serves an application below ``root``, such as ``/verbatim``, behind any proxy.

    Some proxies pass the whole path on, others take the root off: both become one. The root itself
    leads to its slash, since addresses on the page are relative.
    """

    app: ASGIApp
    root: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in _CONNECTIONS:
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


@dataclass(frozen=True, slots=True)
class WithHeaders:
    """Sets response headers, in the place of those of the same names."""

    app: ASGIApp
    headers: Mapping[str, str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, at_start(send, lambda _, own: own.update(self.headers)))


@dataclass(frozen=True, slots=True)
class FramedBy:
    """Says of each response who may frame it, unless its own policy does: our own pages, and for
    the card of a citation also the sites that the operator lists."""

    app: ASGIApp
    origins: Sequence[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = frame_ancestors(self.origins if _is_card(scope) else ())

        def add_policy(_: int, headers: MutableHeaders) -> None:
            policies = headers.getlist(_POLICY)
            if not any("frame-ancestors" in policy for policy in policies):
                headers[_POLICY] = "; ".join([*policies, who])

        await self.app(scope, receive, at_start(send, add_policy))


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """Answers 421 to requests under a name that isn't ours (RFC 9110, 15.5.20).

    A page elsewhere can have its own name point at this machine (DNS rebinding): then the browser
    takes our answers for that page's own. Such a request still carries the foreign name as its
    ``Host``. An IP address can't be made to point elsewhere, so addresses are let in, whichever.
    """

    app: ASGIApp
    serving: ServingSettings
    bound: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("host") if scope["type"] in _CONNECTIONS else None
        # Only programs of long ago send none; a browser always does.
        if host is None or is_known_host(host, self.serving, self.bound):
            await self.app(scope, receive, send)
        else:
            await _refuse(_unknown_host(host), scope, receive, send, _readable(scope))


@dataclass(frozen=True, slots=True)
class ForwardedHost:
    """Takes out the headers that move the page's own address, where no proxy of ours set them:
    Gradio believes them, and the page would send what is asked to whatever they name."""

    app: ASGIApp
    gateway: Gateway
    bound: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in _CONNECTIONS:
            peer = scope["client"][0] if scope.get("client") else ""
            kept = [one for one in scope["headers"] if self._stays(one, peer)]
            scope = {**scope, "headers": kept}
        await self.app(scope, receive, send)

    def _stays(self, header: tuple[bytes, bytes], peer: str) -> bool:
        name, value = header[0].lower(), header[1].decode("latin-1")
        if name == b"x-forwarded-host":
            first = value.partition(",")[0]
            known = is_known_host(first, self.gateway.serving, self.bound)
            return known and self.gateway.is_proxy(peer)
        return name != b"x-gradio-server"


@dataclass(frozen=True, slots=True)
class OwnPagesOnly:
    """Answers 403 to what a page of another site sends to the routes of our own pages.

    What it may send to the programs' routes is for CORS and their keys to say.
    """

    app: ASGIApp
    serving: ServingSettings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in _UNSAFE and not _is_programs(scope):
            headers = Headers(scope=scope)
            if is_from_elsewhere(headers, self.serving):
                error = _from_elsewhere(headers)
                await _refuse(error, scope, receive, send, _readable(scope))
                return
        await self.app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class ClosedRoutes:
    """Answers 404 for what Gradio serves beyond the needs of our page."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = route_of(scope)
        beyond = path.startswith(_GRADIO) and not _NEEDED.fullmatch(path)
        if beyond or _UNUSED.fullmatch(path):
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class PageLimits:
    """Answers 413 to a body of Gradio's routes that is too large, since Gradio takes any, and 429
    to a reader who asks more than anybody may."""

    app: ASGIApp
    gateway: Gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = route_of(scope)
        if scope["type"] == "http" and path.startswith(_GRADIO):
            try:
                limited = within_limit(scope, receive)
                if path.rstrip("/") == _ASKING and scope["method"] == "POST":
                    self.gateway.reader(Request(scope))
            except ApiError as error:
                self.gateway.metrics.refused(error.code)
                await _refuse(error, scope, receive, send)
                return
            receive = limited
        await self.app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class UserGuard:
    """Answers 401 to every request of nobody in particular, but for health."""

    app: ASGIApp
    gateway: Gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in _CONNECTIONS and not _is_open(scope):
            try:
                caller = self.gateway.identify(HTTPConnection(scope))
                if caller.kind == "token" and not route_of(scope).startswith(_SCOPED):
                    raise not_for_tokens()
            except ApiError as error:
                await _refuse(error, scope, receive, send)
                return
        await self.app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class RequestGuard:
    """``app`` below ``prefix``, each request limited in size, counted, and answered whatever
    happens; ``respond`` makes the response to an error that the application can't answer."""

    app: ASGIApp
    gateway: Gateway
    prefix: str
    respond: Callable[[ApiError], Response] = error_response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started_s, status = time.monotonic(), 0
        scope.setdefault("state", {})

        def starts(own: int, headers: MutableHeaders) -> None:
            nonlocal status
            status = own
            _add_allowance(headers, scope)

        send = at_start(send, starts)
        try:
            await self.app(scope, within_limit(scope, receive), send)
        except Exception as error:
            known = api_error(error)
            if not status:
                self.gateway.metrics.refused(known.code)
                await _refuse(known, scope, receive, send, self.respond)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            seconds = time.monotonic() - started_s
            self.gateway.metrics.requested(
                self._route(scope), method, status or ASKED_TO_LEAVE, seconds
            )

    def _route(self, scope: Scope) -> str:
        """The route as it is written; one name for all addresses that there aren't."""
        path = getattr(scope.get("route"), "path_format", None)
        return f"{self.prefix}{path}" if isinstance(path, str) else f"{self.prefix}/…"


def at_start(send: Send, change: Callable[[int, MutableHeaders], None]) -> Send:
    """``send``, with ``change`` called before a response goes out: with its status, and with its
    headers to be changed."""

    async def changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            change(message["status"], MutableHeaders(scope=message))
        await send(message)

    return changed


def within_limit(scope: Scope, receive: Receive) -> Receive:
    """What a request brings. Raises ApiError 413 at once for a body that is declared too large;
    one without a declared length is cut off where it gets too large, with HTTPException 413."""
    length = Headers(scope=scope).get("content-length", "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise ApiError(
            413,
            "too_large",
            f"The body has more than {MOST_BYTES:,} bytes.",
            "Send less at once.",
        )
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MOST_BYTES:
            raise HTTPException(413)
        return message

    return counted


def route_of(scope: Scope) -> str:
    """The path below the application's own root; empty for what is no HTTP request."""
    path: str = scope.get("path", "")
    return path.removeprefix(scope.get("root_path", ""))


def is_known_host(header: str, serving: ServingSettings, bound: str) -> bool:
    """Whether ``Host`` names us. ``bound`` is the address or name that is listened on.

    Names: ``localhost`` and below, the name that is listened on, that of the public address,
    ``serving.hosts`` (``*.example.org`` takes all below in, ``*`` everything), and this machine's
    own name where more than the machine itself can reach it.
    """
    name = _name(header)
    if "*" in serving.hosts or _is_address(name) or _is_loopback_name(name):
        return True
    public = urlsplit(serving.public_url).hostname or ""
    known = {bound.lower().rstrip("."), public, *(host.lower() for host in serving.hosts)}
    if not (_is_address(bound) and ip_address(bound).is_loopback) and not _is_loopback_name(bound):
        own = socket.gethostname().lower()
        known |= {own, f"{own.partition('.')[0]}.local"}
    return bool(name) and (
        name in known or any(name.endswith(host[1:]) for host in known if host.startswith("*."))
    )


def is_from_elsewhere(headers: Mapping[str, str], serving: ServingSettings) -> bool:
    """Whether another site's page sent it, by ``origin``, ``sec-fetch-site`` and ``host``.

    Browsers let no script write the second; they leave it out on plain HTTP beyond the machine.
    Programs send neither.
    """
    fetch_site, origin = headers.get("sec-fetch-site", ""), headers.get("origin", "")
    if fetch_site:
        return fetch_site not in _OURS
    if not origin:
        return False
    try:
        site = urlsplit(origin).netloc.lower()
    except ValueError:
        return True
    ours = {headers.get("host", "").lower(), urlsplit(serving.public_url).netloc.lower()}
    return not site or site not in ours


def frame_ancestors(origins: Sequence[str], own: str = "'self'") -> str:
    """The directive by which browsers refuse frames of all but our own pages and these sites."""
    return " ".join(["frame-ancestors", *filter(None, (own, *origins))])


def embed_policy(origins: Sequence[str], token: EmbedToken | None = None) -> str:
    """The policy of the embedded chat: own files and players alone; framed by the token's site
    alone, without a token by our own pages and ``origins``."""
    who = frame_ancestors([token.origin], own="") if token else frame_ancestors(origins)
    return "; ".join([*_OWN_FILES_ONLY, who])


def _name(header: str) -> str:
    """The name in ``Host``, without its port; empty where it is none."""
    try:
        return (urlsplit(f"//{header.strip()}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback_name(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost")


def _is_card(scope: Scope) -> bool:
    """Whether a citation is asked for as the card that oEmbed puts into a frame."""
    if not route_of(scope).startswith("/c/"):
        return False
    return "card" in parse_qs(scope["query_string"].decode("latin-1"))


def _is_programs(scope: Scope) -> bool:
    path = route_of(scope)
    return any(path == top or path.startswith(f"{top}/") for top in _PROGRAMS)


def _is_open(scope: Scope) -> bool:
    path = route_of(scope)
    return path in (*_OPEN, *_EMBEDDED) or path.startswith(_BELOW)


def _add_allowance(headers: MutableHeaders, scope: Scope) -> None:
    """What the caller has left, and that nobody keeps the response unless it says so itself."""
    headers.setdefault("cache-control", "no-store")
    if left := allowance(scope):
        headers["ratelimit-limit"] = str(left.limit)
        headers["ratelimit-remaining"] = str(left.remaining)
        headers["ratelimit-reset"] = str(math.ceil(left.reset_s))


async def _refuse(
    error: ApiError,
    scope: Scope,
    receive: Receive,
    send: Send,
    respond: Callable[[ApiError], Response] = error_response,
) -> None:
    """Answers a request, or closes a connection, with what is wrong."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await respond(error)(scope, receive, send)


def _readable(scope: Scope) -> Callable[[ApiError], Response]:
    """One line for people, or the JSON that programs know."""
    if "text/html" not in Headers(scope=scope).get("accept", ""):
        return error_response
    return lambda error: PlainTextResponse(f"{error} {error.todo}", error.status)


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
