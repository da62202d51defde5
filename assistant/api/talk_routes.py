"""Talks, their topics, and what is said when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from assistant.access.scope import talks_of
from assistant.access.types import ApiError, Caller
from assistant.api.moments import position_at, said_in
from assistant.api.needs import TheCaller, TheDoor, TheEngine, faults
from assistant.api.requests import MomentsQuery, TalksQuery
from assistant.api.talk_documents import MomentsOut, TalkDetailOut, TalksOut
from assistant.api.talk_telling import moment_out, talk_out, talks_within, topic_out
from assistant.loading import Engine
from index.types import Talk

router = APIRouter(tags=["talks"])


@router.get(
    "/talks",
    summary="List the talks",
    response_model=TalksOut,
    responses=faults(404),
)
def talks(
    request: Request,
    query: Annotated[TalksQuery, Query()],
    door: TheDoor,
    caller: TheCaller,
    engine: TheEngine,
) -> TalksOut:
    """In the order of files; the filters are those of search."""
    scope = door.scope(caller, query.narrowing())
    found = talks_within(talks_of(engine, caller), scope)
    page = found[query.offset : query.offset + query.limit]
    home = door.home(request)
    return TalksOut(talks=[talk_out(one, home) for one in page], total=len(found))


@router.get(
    "/talks/{talk_id:path}",
    summary="A talk and its topics",
    response_model=TalkDetailOut,
    responses=faults(404),
)
def talk(
    talk_id: str, request: Request, door: TheDoor, caller: TheCaller, engine: TheEngine
) -> TalkDetailOut:
    """With when each topic begins, who speaks in it, and links to it."""
    found = _found(engine, caller, talk_id)
    topics = [topic_out(topic, found) for topic in found.topics]
    return TalkDetailOut(**talk_out(found, door.home(request)).model_dump(), topics=topics)


@router.get(
    "/moments",
    summary="What is said at a moment, or all moments of a talk",
    response_model=MomentsOut,
    responses=faults(404),
)
def moments(
    request: Request,
    query: Annotated[MomentsQuery, Query()],
    door: TheDoor,
    caller: TheCaller,
    engine: TheEngine,
) -> MomentsOut:
    """With `at`, what is said at that second is at `current`, and `limit` neighbours stand on each
    side of it; without, `limit` moments from `offset` on."""
    found = _found(engine, caller, query.talk)
    transcript = engine.transcript(found.file)
    if transcript is None:
        raise _unknown(query.talk)
    said = said_in(transcript)
    current, first, end = None, query.offset, query.offset + query.limit
    if query.at is not None:
        current = position_at(said, query.at)
        if current is None:
            raise ApiError(
                404,
                "no_times",
                "The talk's source gives no times.",
                "List its moments without at.",
            )
        first, end = max(current - query.limit, 0), current + query.limit + 1
    told = [moment_out(at, said[at], found) for at in range(first, min(end, len(said)))]
    whole = talk_out(found, door.home(request))
    return MomentsOut(talk=whole, current=current, moments=told, total=len(said))


def _found(engine: Engine, caller: Caller, talk_id: str) -> Talk:
    """The talk of an id, if the caller may reach it."""
    for one in talks_of(engine, caller):
        if one.id == talk_id:
            return one
    raise _unknown(talk_id)


def _unknown(talk_id: str) -> ApiError:
    return ApiError(
        404,
        "no_talk",
        f"There is no talk with the id {talk_id[:80]!r}.",
        "Choose among what GET /api/talks lists.",
    )
