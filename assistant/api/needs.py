"""What routes depend on: the door they are behind, who calls, and the engine."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from assistant.access.types import Caller
from assistant.api.documents import ErrorDocument
from assistant.api.door import Door
from assistant.api.errors import not_for_tokens
from assistant.loading import Engine


async def door_of(request: Request) -> Door:
    """The door that the application was made with."""
    door: Door = request.app.state.door
    return door


async def caller_of(request: Request) -> Caller:
    """Who calls; the request counts."""
    return (await door_of(request)).caller(request)


async def engine_of(request: Request) -> Engine:
    """The engine, once it is there."""
    return (await door_of(request)).engine()


async def no_token(request: Request) -> Caller:
    """Who calls, unless it is an embedded chat, which sees nothing of the server itself."""
    caller = await caller_of(request)
    if caller.kind == "token":
        raise not_for_tokens()
    return caller


TheDoor = Annotated[Door, Depends(door_of)]
TheCaller = Annotated[Caller, Depends(caller_of)]
TheEngine = Annotated[Engine, Depends(engine_of)]

_FAULTS: dict[int, str] = {
    400: "The body is not JSON.",
    401: "Who calls has to be shown: see `Authorization`.",
    403: "This caller may not do that.",
    404: "There is no such thing, or not for this caller.",
    410: "The words are gone.",
    413: "The body is too large.",
    422: "Something in the request can't be taken; the message says what and where.",
    429: "Too many requests, or all places for answers are taken: come back after `Retry-After`.",
    500: "Something went wrong here.",
    502: "The language model gave out.",
    503: "The library is still loading, or can't be loaded.",
}


def faults(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The responses of errors, as OpenAPI lists them."""
    return {
        status: {"model": ErrorDocument, "description": _FAULTS[status]}
        for status in sorted({401, 403, 422, 429, 500, 503, *statuses})
    }
