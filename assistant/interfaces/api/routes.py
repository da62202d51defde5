"""/api: one route after the other, in the order in which docs/api.md lists them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from time import time
from types import MappingProxyType
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.routing import Mount

from assistant.citation import formats
from assistant.citation.citation import citation_at
from assistant.citation.permalink import (
    Changed,
    FoundAgain,
    Gone,
    Resolved,
    citation_path,
    place_id,
)
from assistant.engine import Assistant
from assistant.interfaces.api.openapi import DOCS_HEADERS, docs_html, faults, openapi_of
from assistant.interfaces.documents.answers import (
    AnswerOut,
    CheckedOut,
    CitedOut,
    LookupOut,
    SearchOut,
    answer_out,
    checked_out,
    cited_out,
    lookup_out,
    search_out,
)
from assistant.interfaces.documents.requests import (
    ArticleRequest,
    AskRequest,
    CiteRequest,
    MomentsQuery,
    Name,
    SearchQuery,
    SearchRequest,
    TalksQuery,
    turns_of,
)
from assistant.interfaces.documents.talks import (
    HealthOut,
    ModelOut,
    MomentsOut,
    TalkDetailOut,
    TalksOut,
    moment_out,
    position_at,
    said_in,
    talk_out,
    talks_within,
    topic_out,
)
from assistant.interfaces.http.access import (
    LONGEST_S,
    TOKEN_MINUTES,
    Caller,
    reachable,
    read_token,
    sign_token,
    talk_ids,
    talks_of,
)
from assistant.interfaces.http.errors import (
    ApiError,
    add_error_handlers,
    error_response,
    not_for_tokens,
)
from assistant.interfaces.http.gateway import Gateway
from assistant.interfaces.http.guard import RequestGuard
from assistant.interfaces.http.metrics import CONTENT_TYPE
from assistant.interfaces.http.streaming import (
    EVENT_HEADERS,
    EVENT_STREAM,
    begun,
    events,
    whole,
)
from assistant.settings import site_origin
from assistant.types import Citation
from corpus.types import SettingsError
from index.types import Talk

PREFIX = "/api"
TOKEN_TALKS = 100
"""How many talks an embed token can name."""

Format = Literal["json", "markdown", "wikitext", "plain", "csl", "bibtex"]
Making = Callable[[Citation, str, str | None], str]
"""A citation in a format, from itself, its permanent link and the day it was published."""

_FORMATS: Mapping[str, tuple[str, Making]] = MappingProxyType(
    {
        "markdown": ("text/markdown", lambda one, link, _: formats.markdown(one, link)),
        "wikitext": ("text/x-wiki", lambda one, link, _: formats.wikitext(one, link)),
        "plain": ("text/plain", lambda one, link, _: formats.plain(one, link)),
        "csl": (
            "application/vnd.citationstyles.csl+json",
            lambda one, link, day: json.dumps(
                [formats.csl_json(one, link, day)], ensure_ascii=False
            ),
        ),
        "bibtex": ("application/x-bibtex", formats.bibtex),
    }
)

_STREAM = {
    "description": "The answer.",
    "content": {
        EVENT_STREAM: {
            "schema": {"type": "string"},
            "example": 'event: update\ndata: {"stage": "searching", "answer": null, …}\n\n',
        }
    },
}
_BODIES = {
    "description": "What stands there now; in another format, the citation alone.",
    "content": {kind: {"schema": {"type": "string"}} for kind, _ in _FORMATS.values()},
}

routes = APIRouter()


async def gateway_of(request: Request) -> Gateway:
    """The gateway that the application was made with."""
    gateway: Gateway = request.app.state.gateway
    return gateway


async def caller_of(request: Request) -> Caller:
    """Who calls; the request counts."""
    return (await gateway_of(request)).caller(request)


async def engine_of(request: Request) -> Assistant:
    """The engine, once it is there."""
    return (await gateway_of(request)).engine()


async def no_token(request: Request) -> Caller:
    """Who calls, unless it is an embedded chat, which sees nothing of the server itself."""
    caller = await caller_of(request)
    if caller.kind == "token":
        raise not_for_tokens()
    return caller


GatewayDep = Annotated[Gateway, Depends(gateway_of)]
CallerDep = Annotated[Caller, Depends(caller_of)]
EngineDep = Annotated[Assistant, Depends(engine_of)]


def add_api(app: FastAPI, gateway: Gateway) -> None:
    """Adds ``/api``. Other routes of ``app`` may raise ApiError too."""
    below = Mount(PREFIX, RequestGuard(make_api(gateway), gateway, PREFIX))
    # Starlette's own pattern ends at a line end, and such an address would find another app.
    below.path_regex = re.compile(below.path_regex.pattern, re.DOTALL)
    app.router.routes.append(below)

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)
        gateway.metrics.refused(error.code)
        return error_response(error)

    app.add_exception_handler(ApiError, refused)


def make_api(gateway: Gateway) -> FastAPI:
    """The API alone, its routes without the prefix."""
    api = FastAPI(
        title="Verbatim",
        version=_version(),
        docs_url=None,
        redoc_url=None,
        root_path_in_servers=False,
    )
    api.state.gateway = gateway
    api.openapi = openapi_of(api, gateway.serving, PREFIX)  # type: ignore[method-assign]
    add_error_handlers(api, gateway.metrics.refused)
    api.include_router(routes)
    return api


def _version() -> str:
    try:
        return version("verbatim")
    except PackageNotFoundError:
        return "0"


@routes.post(
    "/ask",
    tags=["ask"],
    summary="Answer a question, with citations",
    response_model=AnswerOut,
    responses={200: _STREAM, **faults(400, 404, 413, 502)},
)
async def ask(
    request: Request,
    asked: AskRequest,
    gateway: GatewayDep,
    caller: CallerDep,
) -> Response | AnswerOut:
    """Only what the talks say is answered; each claim has a marker, and each marker a citation
    with the speaker's own words, the second, and links to it.

    With `Accept: text/event-stream` the answer comes as server-sent events while it is made:
    `update` with the stage and the answer so far, then one `done` with the same document as
    without, or `error`. Lines that begin with a colon keep the connection open.
    """
    scope = await run_in_threadpool(gateway.scope, caller, asked.narrowing())
    history = turns_of(asked.history)
    updates = gateway.updates(request, caller, asked.question, history, scope, asked.mode)
    home = gateway.home(request)
    if EVENT_STREAM not in request.headers.get("accept", "").lower():
        last = await whole(updates)
        assert last.answer is not None
        return answer_out(last.answer, home)
    first = await begun(updates)
    return StreamingResponse(
        events(first, updates, home), media_type=EVENT_STREAM, headers=EVENT_HEADERS
    )


@routes.get(
    "/search",
    tags=["search"],
    summary="Find the passages that answer",
    response_model=SearchOut,
    responses=faults(404),
)
def search_by_query(
    request: Request,
    query: Annotated[SearchQuery, Query()],
    gateway: GatewayDep,
    caller: CallerDep,
    engine: EngineDep,
) -> SearchOut:
    """The same as with POST, for questions without a conversation before them."""
    scope = gateway.scope(caller, query.narrowing())
    return search_out(*engine.search(query.q, query.limit, (), scope), gateway.home(request))


@routes.post(
    "/search",
    tags=["search"],
    summary="Find the passages that answer, in a conversation",
    response_model=SearchOut,
    responses=faults(400, 404, 413),
)
def search(
    request: Request,
    asked: SearchRequest,
    gateway: GatewayDep,
    caller: CallerDep,
    engine: EngineDep,
) -> SearchOut:
    """No language model is asked. `answerable` tells how likely the library has an answer at all:
    hits are given in any case."""
    scope = gateway.scope(caller, asked.narrowing())
    found = engine.search(asked.question, asked.limit, turns_of(asked.history), scope)
    return search_out(*found, gateway.home(request))


@routes.post(
    "/cite",
    tags=["cite"],
    summary="Find who said it, where and when",
    response_model=LookupOut,
    responses=faults(400, 404, 413),
)
def cite(
    request: Request, asked: CiteRequest, gateway: GatewayDep, caller: CallerDep, engine: EngineDep
) -> LookupOut:
    """A quote as remembered: garbled, cut, translated, in the other Chinese script. With `match`
    `none` the hits are only what comes nearest."""
    scope = gateway.scope(caller, asked.narrowing())
    return lookup_out(engine.look_up(asked.quote, asked.limit, scope), gateway.home(request))


@routes.post(
    "/cite/article",
    tags=["cite"],
    summary="Check an article's quotations",
    response_model=CheckedOut,
    responses=faults(400, 404, 413),
)
async def check(
    request: Request, asked: ArticleRequest, gateway: GatewayDep, caller: CallerDep
) -> CheckedOut:
    """Each sentence that quotes the library, with its place, and what the text has otherwise:
    another speaker, another number. It takes one of the places for answers."""
    scope = await run_in_threadpool(gateway.scope, caller, asked.narrowing())
    checked = await gateway.checked(request, asked.text, scope)
    return checked_out(checked, gateway.home(request))


@routes.get(
    "/citations/{identifier}",
    tags=["cite"],
    summary="What has become of a citation's words",
    response_model=CitedOut,
    responses={200: _BODIES, **faults(404, 410)},
)
def citation(
    identifier: str,
    request: Request,
    gateway: GatewayDep,
    caller: CallerDep,
    engine: EngineDep,
    format: Format = "json",
) -> Response:
    """`identifier` is what a permanent link `/c/…` ends in. The words are found as long as they
    are said in the library, wherever the file has gone; `changed` shows what stands there now."""
    resolved = _resolved(engine, caller, identifier)
    if format == "json":
        document = cited_out(resolved, talks_of(engine, caller), gateway.home(request))
        return JSONResponse(document.model_dump(mode="json"))
    if isinstance(resolved, Gone):
        raise ApiError(
            410,
            "gone",
            "These words are no longer said in the library.",
            "Look the quote up with POST /api/cite: it may have been worded anew.",
        )
    media_type, make = _FORMATS[format]
    chunk = resolved.place.chunk
    one = citation_at(resolved.place, engine.transcript(chunk.file))
    link = f"{gateway.home(request)}/{citation_path(_current(resolved, identifier))}"
    return Response(make(one, link, chunk.published), media_type=f"{media_type}; charset=utf-8")


@routes.get(
    "/talks",
    tags=["talks"],
    summary="List the talks",
    response_model=TalksOut,
    responses=faults(404),
)
def talks(
    request: Request,
    query: Annotated[TalksQuery, Query()],
    gateway: GatewayDep,
    caller: CallerDep,
    engine: EngineDep,
) -> TalksOut:
    """In the order of files; the filters are those of search."""
    scope = gateway.scope(caller, query.narrowing())
    found = talks_within(talks_of(engine, caller), scope)
    page = found[query.offset : query.offset + query.limit]
    home = gateway.home(request)
    return TalksOut(talks=[talk_out(one, home) for one in page], total=len(found))


@routes.get(
    "/talks/{talk_id:path}",
    tags=["talks"],
    summary="A talk and its topics",
    response_model=TalkDetailOut,
    responses=faults(404),
)
def talk(
    talk_id: str, request: Request, gateway: GatewayDep, caller: CallerDep, engine: EngineDep
) -> TalkDetailOut:
    """With when each topic begins, who speaks in it, and links to it."""
    found = _found(engine, caller, talk_id)
    topics = [topic_out(topic, found) for topic in found.topics]
    return TalkDetailOut(**talk_out(found, gateway.home(request)).model_dump(), topics=topics)


@routes.get(
    "/moments",
    tags=["talks"],
    summary="What is said at a moment, or all moments of a talk",
    response_model=MomentsOut,
    responses=faults(404),
)
def moments(
    request: Request,
    query: Annotated[MomentsQuery, Query()],
    gateway: GatewayDep,
    caller: CallerDep,
    engine: EngineDep,
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
    shown = [moment_out(at, said[at], found) for at in range(first, min(end, len(said)))]
    whole = talk_out(found, gateway.home(request))
    return MomentsOut(talk=whole, current=current, moments=shown, total=len(said))


@routes.get(
    "/health",
    tags=["service"],
    summary="Whether the library is ready",
    response_model=HealthOut,
    responses={503: {"model": HealthOut, "description": "The library can't be loaded."}},
)
def health(gateway: GatewayDep, response: Response) -> HealthOut:
    """Open to everybody, and not counted. While the library loads the status is 200: the server
    lives, and its page is up."""
    state = gateway.state
    if state.phase != "ready":
        response.status_code = 503 if state.phase == "failed" else 200
        return HealthOut(status=state.phase, message=state.message, modes=[], model=None)
    engine = gateway.engine()
    model = engine.model_state()
    shown = None
    if model:
        shown = ModelOut(name=model.name, provider=model.provider, reachable=model.reachable)
    return HealthOut(status="ready", message="", modes=list(engine.modes()), model=shown)


@routes.get(
    "/metrics",
    tags=["service"],
    summary="Figures for Prometheus",
    dependencies=[Depends(no_token)],
    response_class=Response,
    responses={
        200: {"description": "Text, format 0.0.4.", "content": {"text/plain": {}}},
        **{status: one for status, one in faults().items() if status not in (422, 503)},
    },
)
def metrics(gateway: GatewayDep) -> Response:
    """Requests by route and status, how long they take, answers by mode and status, refusals by
    code, answers in the making, the size of the index, and the state of the library."""
    return Response(gateway.metrics.text(), media_type=CONTENT_TYPE)


@routes.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """The same as the OpenAPI document, to be read."""
    return HTMLResponse(docs_html(request.app.openapi()), headers=DOCS_HEADERS)


class TokenRequest(BaseModel):
    """What the token is for."""

    model_config = ConfigDict(extra="forbid")

    origin: str = Field(
        max_length=300,
        description="The site that shows the chat.",
        examples=["https://wiki.example.org"],
    )
    talks: list[Name] | None = Field(
        None,
        min_length=1,
        max_length=TOKEN_TALKS,
        description="Ids or files of the talks it reaches; left out, the whole library.",
    )
    minutes: int = Field(TOKEN_MINUTES, ge=1, le=LONGEST_S // 60, description="How long it holds.")


class SignedToken(BaseModel):
    """The token, and until when it holds in Unix time."""

    token: str
    expires_s: float


@routes.post(
    "/embed-tokens",
    tags=["embed"],
    summary="Sign a token for an embedded chat",
    response_model=SignedToken,
    responses=faults(400, 404, 413),
)
def sign(asked: TokenRequest, gateway: GatewayDep, caller: CallerDep) -> SignedToken:
    """The token lets one site show the chat, and the chat ask about the named talks alone. An API
    key is needed, whoever else may call."""
    _check_key(caller)
    secret, now_s = gateway.serving.embed_secret, time()
    if not secret:
        raise ApiError(
            403,
            "no_embed_secret",
            "This server signs no embed tokens.",
            "The operator can set VERBATIM_EMBED_SECRET.",
        )
    origin = site_origin(asked.origin, "origin")
    token = sign_token(secret, origin, _token_talks(asked, gateway), asked.minutes * 60, now_s)
    return SignedToken(token=token, expires_s=read_token(secret, token, now_s).expires_s)


def _resolved(engine: Assistant, caller: Caller, identifier: str) -> Resolved:
    """The words, unless the caller may not reach their talk: then they are gone for it."""
    try:
        resolved = engine.cited(identifier)
    except SettingsError as error:
        raise ApiError(
            404, "no_citation", str(error), "Take the id from a `link` or an `id` of the API."
        ) from error
    if isinstance(resolved, Gone) or reachable(caller, resolved.place.chunk.transcript_id):
        return resolved
    return Gone(None)


def _current(resolved: FoundAgain | Changed, identifier: str) -> str:
    """The id to pass on: of words that have moved or changed, their new one."""
    if isinstance(resolved, FoundAgain) and not resolved.moved:
        return identifier
    return place_id(resolved.place)


def _found(engine: Assistant, caller: Caller, talk_id: str) -> Talk:
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


def _check_key(caller: Caller) -> None:
    if caller.kind != "key":
        raise ApiError(
            403,
            "needs_key",
            "Only the holder of an API key may sign embed tokens.",
            "Send the header Authorization: Bearer <key>; the operator sets VERBATIM_API_KEYS.",
        )


def _token_talks(asked: TokenRequest, gateway: Gateway) -> list[str] | None:
    if asked.talks is None:
        return None
    try:
        return talk_ids(asked.talks, {talk.file: talk.id for talk in gateway.engine().talks()})
    except SettingsError as error:
        raise ApiError(
            404, "not_in_library", str(error), "Choose among what GET /api/talks lists."
        ) from error
