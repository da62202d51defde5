"""The HTTP server around the page: our own FastAPI application, run by uvicorn."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from assistant.loading import Loading
from assistant.web.index_html import STATIC, STATIC_ROUTE, static_tags
from assistant.web.middleware import ClosedRoutes, LocalisedIndex, WithHeaders
from assistant.web.page import mount_page
from corpus.types import VerbatimError

STOP_S = 1
"""How long a stopping server waits for open requests: pages keep one open as long as they live."""


def create_app(
    loading: Loading,
    *,
    origins: Sequence[str] = (),
    frame_ancestors: Sequence[str] = ("'self'",),
) -> FastAPI:
    """The application: the chat page at ``/`` and ``/healthz``. Loading starts with the server.

    ``origins`` are other sites whose scripts may call it, ``frame_ancestors`` the sources (as in
    Content-Security-Policy) that may show it in a frame; by default there are none but itself.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loading.start()
        yield

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    # The last one added comes first. With this CORSMiddleware there, Gradio leaves out its own,
    # which lets every origin in.
    app.add_middleware(CORSMiddleware, allow_origins=list(origins), allow_methods=["GET", "POST"])
    app.add_middleware(LocalisedIndex, tags=static_tags())
    app.add_middleware(ClosedRoutes)
    app.add_middleware(WithHeaders, headers=_security_headers(frame_ancestors))
    _add_routes(app, loading)
    mount_page(app, loading)
    return app


def _add_routes(app: FastAPI, loading: Loading) -> None:
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


def _security_headers(frame_ancestors: Sequence[str]) -> dict[str, str]:
    return {
        "Content-Security-Policy": f"frame-ancestors {' '.join(frame_ancestors)}",
        # Video players refuse to start where no referrer is sent at all.
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # That the requests which open pages hold are cut off now is no error to report.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def serve(app: Any, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until interrupted; ``announce`` is told the URL once the port is listened on.

    Raises ``VerbatimError`` if the address can't be listened on.
    """
    listener = _listen(host, port)
    address, bound = listener.getsockname()[:2]
    shown = "127.0.0.1" if address in ("0.0.0.0", "::") else address
    url = f"http://[{shown}]:{bound}" if ":" in shown else f"http://{shown}:{bound}"
    announce(url)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=STOP_S
    )
    with listener, contextlib.suppress(KeyboardInterrupt):
        _Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        raise VerbatimError(f"port {port} doesn't exist: choose one up to 65535 with --port")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise VerbatimError(_why_not(host, port, error)) from error


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
