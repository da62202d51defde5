"""A reverse proxy for tests: what lies below a path goes to a server, answers stream through."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.browser.serving import served

_OWN_HOP = {"host", "connection", "transfer-encoding", "content-length", "keep-alive"}


@contextlib.contextmanager
def proxied(
    target: Callable[[], str], root: str, *, keeps: bool, names_host: bool
) -> Iterator[str]:
    """The proxy's address; below ``root`` it shows what the server at ``target`` serves.

    ``keeps`` passes the whole path on, otherwise the root is taken off. ``names_host`` passes the
    reader's Host on, otherwise the target gets its own.
    """

    async def passed_on(request: Request) -> Response:
        path = request.url.path
        if path != root and not path.startswith(f"{root}/"):
            return PlainTextResponse("not below the root", 404)
        if path == root and not keeps:
            # As nginx does for a location that ends in a slash.
            return RedirectResponse(f"{root}/")
        below = path if keeps else path.removeprefix(root) or "/"
        headers = [(name, value) for name, value in request.headers.items() if name not in _OWN_HOP]
        headers.append(("x-forwarded-for", "127.0.0.1"))
        if names_host:
            headers.append(("host", request.headers["host"]))
        query = f"?{request.url.query}" if request.url.query else ""
        address = f"{target()}{below}{query}"
        outgoing = client.build_request(
            request.method, address, headers=headers, content=await request.body()
        )
        incoming = await client.send(outgoing, stream=True)

        async def body() -> AsyncIterator[bytes]:
            async with contextlib.aclosing(incoming):
                async for part in incoming.aiter_raw():
                    yield part

        response = StreamingResponse(body(), incoming.status_code)
        response.raw_headers = [
            (name.lower(), value)
            for name, value in incoming.headers.raw
            if name.lower() not in (b"transfer-encoding", b"connection")
        ]
        return response

    client = httpx.AsyncClient(timeout=None)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    methods = ["GET", "HEAD", "POST", "OPTIONS"]
    routes = [Route("/{path:path}", passed_on, methods=methods)]
    app = Starlette(routes=routes, lifespan=lifespan)
    with served(None, app) as address:  # type: ignore[arg-type]
        yield address
