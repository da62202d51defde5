"""How the server is, for people, monitors and programs that make clients."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from assistant.api.docs_page import HEADERS, docs_html
from assistant.api.metrics import CONTENT_TYPE
from assistant.api.needs import TheDoor, faults, no_token
from assistant.api.talk_documents import HealthOut, ModelOut

router = APIRouter(tags=["service"])


@router.get(
    "/health",
    summary="Whether the library is ready",
    response_model=HealthOut,
    responses={503: {"model": HealthOut, "description": "The library can't be loaded."}},
)
def health(door: TheDoor, response: Response) -> HealthOut:
    """Open to everybody, and not counted. While the library loads the status is 200: the server
    lives, and its page is up."""
    state = door.state
    if state.phase != "ready":
        response.status_code = 503 if state.phase == "failed" else 200
        return HealthOut(status=state.phase, message=state.message, modes=[], model=None)
    engine = door.engine()
    model = engine.model_state()
    told = None
    if model:
        told = ModelOut(name=model.name, provider=model.provider, reachable=model.reachable)
    return HealthOut(status="ready", message="", modes=list(engine.modes()), model=told)


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    dependencies=[Depends(no_token)],
    response_class=Response,
    responses={
        200: {"description": "Text, format 0.0.4.", "content": {"text/plain": {}}},
        **{status: one for status, one in faults().items() if status not in (422, 503)},
    },
)
def metrics(door: TheDoor) -> Response:
    """Requests by route and status, how long they take, answers by mode and status, refusals by
    code, answers in the making, the size of the index, and the state of the library."""
    return Response(door.metrics.text(), media_type=CONTENT_TYPE)


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """The same as the OpenAPI document, to be read."""
    return HTMLResponse(docs_html(request.app.openapi()), headers=HEADERS)
