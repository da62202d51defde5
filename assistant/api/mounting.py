"""The HTTP API put into the server's application."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI, Request, Response
from starlette.routing import Mount

from assistant.access.types import ApiError
from assistant.api import (
    ask_routes,
    citation_routes,
    search_routes,
    service_routes,
    talk_routes,
)
from assistant.api.door import Door
from assistant.api.errors import add_error_handlers, error_response
from assistant.api.framed import Framed
from assistant.api.openapi import telling
from assistant.api.user_guard import UserGuard
from assistant.embed import token_route

PREFIX = "/api"


def add_api(app: FastAPI, door: Door) -> None:
    """Adds ``/api``, and lets nobody in unnamed where a proxy names readers.

    Other routes of ``app`` may raise ApiError too. Middleware added later stands in front of this:
    that of CORS should, so that scripts of other sites can read errors as well.
    """
    below = Mount(PREFIX, Framed(make_api(door), door, PREFIX))
    # Starlette's own pattern ends at a line end, and such an address would find another app.
    below.path_regex = re.compile(below.path_regex.pattern, re.DOTALL)
    app.router.routes.append(below)

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)
        door.metrics.refused(error.code)
        return error_response(error)

    app.add_exception_handler(ApiError, refused)
    if door.names_users:
        app.add_middleware(UserGuard, door=door)


def make_api(door: Door) -> FastAPI:
    """The API alone, its routes without the prefix."""
    api = FastAPI(
        title="Verbatim",
        version=_version(),
        docs_url=None,
        redoc_url=None,
        root_path_in_servers=False,
    )
    api.state.door = door
    api.openapi = telling(api, door.serving, PREFIX)  # type: ignore[method-assign]
    add_error_handlers(api, door.metrics.refused)
    for routes in (ask_routes, search_routes, citation_routes, talk_routes, service_routes):
        api.include_router(routes.router)
    api.include_router(token_route.router)
    return api


def _version() -> str:
    try:
        return version("verbatim")
    except PackageNotFoundError:
        return "0"
