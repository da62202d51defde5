"""Asking: the whole answer, or its making as events."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from assistant.api.documents import AnswerOut
from assistant.api.events import HEADERS, MEDIA_TYPE, events, whole
from assistant.api.needs import TheCaller, TheDoor, faults
from assistant.api.requests import AskRequest, turns
from assistant.api.telling import answer_out

router = APIRouter(tags=["ask"])

_STREAM = {
    "description": "The answer.",
    "content": {
        MEDIA_TYPE: {
            "schema": {"type": "string"},
            "example": 'event: update\ndata: {"stage": "searching", "answer": null, …}\n\n',
        }
    },
}


@router.post(
    "/ask",
    summary="Answer a question, with citations",
    response_model=AnswerOut,
    responses={200: _STREAM, **faults(400, 404, 413, 502)},
)
async def ask(
    request: Request,
    asked: AskRequest,
    door: TheDoor,
    caller: TheCaller,
) -> Response | AnswerOut:
    """Only what the talks say is answered; each claim has a marker, and each marker a citation
    with the speaker's own words, the second, and links to it.

    With `Accept: text/event-stream` the answer comes as server-sent events while it is made:
    `update` with the stage and the answer so far, then one `done` with the same document as
    without, or `error`. Lines that begin with a colon keep the connection open.
    """
    scope = await run_in_threadpool(door.scope, caller, asked.narrowing())
    history = turns(asked.history)
    updates = door.updates(request, caller, asked.question, history, scope, asked.mode)
    home = door.home(request)
    if MEDIA_TYPE not in request.headers.get("accept", "").lower():
        last = await whole(updates)
        assert last.answer is not None
        return answer_out(last.answer, home)
    # What is refused is refused before the stream begins, with its own status.
    first = await anext(updates)
    return StreamingResponse(events(first, updates, home), media_type=MEDIA_TYPE, headers=HEADERS)
