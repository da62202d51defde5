"""Searching, and looking up quotes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool

from assistant.api.documents import CheckedOut, LookupOut, SearchOut
from assistant.api.needs import TheCaller, TheDoor, TheEngine, faults
from assistant.api.requests import (
    ArticleRequest,
    CiteRequest,
    SearchQuery,
    SearchRequest,
    turns,
)
from assistant.api.telling import checked_out, lookup_out, search_out

router = APIRouter()


@router.get(
    "/search",
    tags=["search"],
    summary="Find the passages that answer",
    response_model=SearchOut,
    responses=faults(404),
)
def search_by_query(
    request: Request,
    query: Annotated[SearchQuery, Query()],
    door: TheDoor,
    caller: TheCaller,
    engine: TheEngine,
) -> SearchOut:
    """The same as with POST, for questions without a conversation before them."""
    scope = door.scope(caller, query.narrowing())
    return search_out(*engine.search(query.q, query.limit, (), scope), door.home(request))


@router.post(
    "/search",
    tags=["search"],
    summary="Find the passages that answer, in a conversation",
    response_model=SearchOut,
    responses=faults(400, 404, 413),
)
def search(
    request: Request, asked: SearchRequest, door: TheDoor, caller: TheCaller, engine: TheEngine
) -> SearchOut:
    """No language model is asked. `answerable` tells how likely the library has an answer at all:
    hits are given in any case."""
    scope = door.scope(caller, asked.narrowing())
    found = engine.search(asked.question, asked.limit, turns(asked.history), scope)
    return search_out(*found, door.home(request))


@router.post(
    "/cite",
    tags=["cite"],
    summary="Find who said it, where and when",
    response_model=LookupOut,
    responses=faults(400, 404, 413),
)
def cite(
    request: Request, asked: CiteRequest, door: TheDoor, caller: TheCaller, engine: TheEngine
) -> LookupOut:
    """A quote as remembered: garbled, cut, translated, in the other Chinese script. With `match`
    `none` the hits are only what comes nearest."""
    scope = door.scope(caller, asked.narrowing())
    return lookup_out(engine.look_up(asked.quote, asked.limit, scope), door.home(request))


@router.post(
    "/cite/article",
    tags=["cite"],
    summary="Check an article's quotations",
    response_model=CheckedOut,
    responses=faults(400, 404, 413),
)
async def check(
    request: Request, asked: ArticleRequest, door: TheDoor, caller: TheCaller
) -> CheckedOut:
    """Each sentence that quotes the library, with its place, and what the text has otherwise:
    another speaker, another number. It takes one of the places for answers."""
    scope = await run_in_threadpool(door.scope, caller, asked.narrowing())
    checked = await door.checked(request, asked.text, scope)
    return checked_out(checked, door.home(request))
