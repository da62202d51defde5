"""The one FastAPI application with all faces mounted, run by uvicorn."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from types import MappingProxyType
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware

from assistant.interfaces.api.routes import add_api
from assistant.interfaces.embed.routes import add_embed
from assistant.interfaces.http.gateway import Gateway
from assistant.interfaces.http.guard import (
    BelowRoot,
    ClosedRoutes,
    ForwardedHost,
    FramedBy,
    KnownHosts,
    OwnPagesOnly,
    PageLimits,
    UserGuard,
    WithHeaders,
)
from assistant.interfaces.mcp.server import add_mcp
from assistant.interfaces.openai.routes import add_openai
from assistant.interfaces.web.chat import mount_page
from assistant.interfaces.web.document import STATIC, STATIC_ROUTE, LocalisedIndex
from assistant.interfaces.web.pages import add_pages
from assistant.library import Loading
from assistant.settings import ServingSettings
from corpus.types import VerbatimError

LOOP = "asyncio"
"""uvicorn would take uvloop where it is installed, whose loop can't always be closed while a page
holds a request open: the stop then ends in a traceback."""
STOP_S = 1
"""How long a stopping server waits for open requests: pages keep one open as long as they live."""
_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        # Video players refuse to start where no referrer is sent at all.
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
)
_MCP_HEADERS = ("Mcp-Protocol-Version", "Mcp-Session-Id", "Mcp-Method", "Mcp-Name")
_READABLE = ("Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
"""Headers that scripts of listed sites may read."""


def create_app(
    loading: Loading,
    serving: ServingSettings | None = None,
    host: str = "127.0.0.1",
) -> FastAPI:
    """The application: the chat page at ``/``, and all other faces. Loading starts with the server.

    ``host`` is the name or address that is listened on. Other sites may call it from scripts and
    show its embedded chat in a frame only where ``serving`` lists them.
    """
    serving = serving or ServingSettings()

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loading.start()
        yield

    gateway = Gateway(loading, serving)
    app = FastAPI(
        lifespan=lifespan,
        middleware=_middleware(gateway, host),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    add_api(app, gateway)
    add_openai(app, gateway)
    add_mcp(app, gateway)
    _add_health_and_files(app, loading)
    add_pages(app, loading, serving)
    add_embed(app, gateway)
    # Last, since it catches all other addresses.
    mount_page(app, loading)
    return app


def _middleware(gateway: Gateway, host: str) -> list[Middleware]:
    """What every request goes through, from the outside in."""
    serving = gateway.serving
    below_root = [Middleware(BelowRoot, root=serving.root_path)] if serving.root_path else []
    # With this one there, Gradio leaves out its own, which lets every origin in. Errors of all that
    # stands behind it can be read by scripts of other sites too.
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(serving.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", *_MCP_HEADERS],
        expose_headers=_READABLE if serving.origins else [],
    )
    user_guard = [Middleware(UserGuard, gateway=gateway)] if gateway.names_users else []
    return [
        *below_root,
        Middleware(WithHeaders, headers=_HEADERS),
        Middleware(FramedBy, origins=serving.origins),
        Middleware(KnownHosts, serving=serving, bound=host),
        Middleware(ForwardedHost, gateway=gateway, bound=host),
        Middleware(OwnPagesOnly, serving=serving),
        Middleware(ClosedRoutes),
        Middleware(PageLimits, gateway=gateway),
        Middleware(LocalisedIndex),
        cors,
        *user_guard,
    ]


def _add_health_and_files(app: FastAPI, loading: Loading) -> None:
    """What monitors and pages ask beside the faces."""

    def healthz() -> JSONResponse:
        state = loading.state
        body = {"status": state.phase, "message": state.message}
        return JSONResponse(body, status_code=503 if state.phase == "failed" else 200)

    def favicon() -> FileResponse:
        return FileResponse(STATIC / "mark.svg", media_type="image/svg+xml")

    app.add_api_route("/healthz", healthz)
    app.add_api_route("/favicon.ico", favicon)
    # The files' names never change: browsers ask whether a newer one is there.
    files = WithHeaders(StaticFiles(directory=STATIC), {"Cache-Control": "no-cache"})
    app.mount(f"/{STATIC_ROUTE}", files)


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # That the requests which open pages hold are cut off now is no error to report.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def serve(app: Any, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until interrupted; ``announce`` is told the URL once the port is listened on.

    Raises ``VerbatimError`` if the address can't be listened on.
    """
    listener = listen(host, port)
    address, bound = listener.getsockname()[:2]
    shown = "127.0.0.1" if address in ("0.0.0.0", "::") else address
    url = f"http://[{shown}]:{bound}" if ":" in shown else f"http://{shown}:{bound}"
    announce(url)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=STOP_S,
        # Who is a proxy is for our own settings to say.
        proxy_headers=False,
        loop=LOOP,
    )
    with listener, contextlib.suppress(KeyboardInterrupt):
        _Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A socket to serve from; port 0 is any that is free. Raises VerbatimError where none can be
    had."""
    if not 0 <= port <= 65535:
        raise VerbatimError(f"port {port} doesn't exist: choose one up to 65535 with --port")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise VerbatimError(_why_not(host, port, error)) from error
    # Connections inherit it. Without it each answer on one that is kept waits 40 ms for the client
    # to confirm its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    return listener


def _why_not(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            why, what = (
                "is already in use",
                "stop what listens there, or choose another with --port",
            )
        case errno.EACCES:
            why, what = "may not be opened by this user", "choose one above 1023 with --port"
        case _:
            why, what = f"can't be opened ({error})", "check --host and --port"
    return f"port {port} on {host} {why}: {what}"
