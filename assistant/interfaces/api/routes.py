"""/api: ask, search, cite, talks, embed tokens, service.

Asking: the whole answer, or its making as events.

What has become of a permanent link's words, and the formats to take them along in.

Searching, and looking up quotes.

How the server is, for people, monitors and programs that make clients.

Talks, their topics, and what is said when.

Signing embed tokens over HTTP, for the site that shows the chat.

The HTTP API put into the server's application.
"""

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
from assistant.interfaces.api.openapi import DOCS_HEADERS, docs_html, telling
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
    reachable,
    read_token,
    sign_token,
    talk_ids,
    talks_of,
)
from assistant.interfaces.http.errors import ApiError, Caller, add_error_handlers, error_response
from assistant.interfaces.http.gateway import (
    CONTENT_TYPE,
    Gateway,
    TheCaller,
    TheDoor,
    TheEngine,
    faults,
    no_token,
)
from assistant.interfaces.http.guard import RequestGuard, UserGuard
from assistant.interfaces.http.streaming import EVENT_HEADERS, EVENT_STREAM, events, whole
from assistant.settings import site_origin
from assistant.types import Citation
from corpus.types import SettingsError
from index.types import Talk

ask_routes = APIRouter(tags=["ask"])

_STREAM = {
    "description": "The answer.",
    "content": {
        EVENT_STREAM: {
            "schema": {"type": "string"},
            "example": 'event: update\ndata: {"stage": "searching", "answer": null, …}\n\n',
        }
    },
}


@ask_routes.post(
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
    history = turns_of(asked.history)
    updates = door.updates(request, caller, asked.question, history, scope, asked.mode)
    home = door.home(request)
    if EVENT_STREAM not in request.headers.get("accept", "").lower():
        last = await whole(updates)
        assert last.answer is not None
        return answer_out(last.answer, home)
    # What is refused is refused before the stream begins, with its own status.
    first = await anext(updates)
    return StreamingResponse(
        events(first, updates, home), media_type=EVENT_STREAM, headers=EVENT_HEADERS
    )


Format = Literal["json", "markdown", "wikitext", "plain", "csl", "bibtex"]
Making = Callable[[Citation, str, str | None], str]

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

citation_routes = APIRouter(tags=["cite"])

_BODIES = {
    "description": "What stands there now; in another format, the citation alone.",
    "content": {kind: {"schema": {"type": "string"}} for kind, _ in _FORMATS.values()},
}


@citation_routes.get(
    "/citations/{identifier}",
    summary="What has become of a citation's words",
    response_model=CitedOut,
    responses={200: _BODIES, **faults(404, 410)},
)
def citation(
    identifier: str,
    request: Request,
    door: TheDoor,
    caller: TheCaller,
    engine: TheEngine,
    format: Format = "json",
) -> Response:
    """`identifier` is what a permanent link `/c/…` ends in. The words are found as long as they
    are said in the library, wherever the file has gone; `changed` shows what stands there now."""
    resolved = _resolved(engine, caller, identifier)
    if format == "json":
        told = cited_out(resolved, talks_of(engine, caller), door.home(request))
        return JSONResponse(told.model_dump(mode="json"))
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
    link = f"{door.home(request)}/{citation_path(_current(resolved, identifier))}"
    return Response(make(one, link, chunk.published), media_type=f"{media_type}; charset=utf-8")


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


search_routes = APIRouter()


@search_routes.get(
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


@search_routes.post(
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
    found = engine.search(asked.question, asked.limit, turns_of(asked.history), scope)
    return search_out(*found, door.home(request))


@search_routes.post(
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


@search_routes.post(
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


service_routes = APIRouter(tags=["service"])


@service_routes.get(
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


@service_routes.get(
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


@service_routes.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """The same as the OpenAPI document, to be read."""
    return HTMLResponse(docs_html(request.app.openapi()), headers=DOCS_HEADERS)


talk_routes = APIRouter(tags=["talks"])


@talk_routes.get(
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


@talk_routes.get(
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


@talk_routes.get(
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


token_routes = APIRouter(tags=["embed"])

MINUTES = 60
TALKS = 100


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
        max_length=TALKS,
        description="Ids or files of the talks it reaches; left out, the whole library.",
    )
    minutes: int = Field(MINUTES, ge=1, le=LONGEST_S // 60, description="How long it holds.")


class SignedToken(BaseModel):
    """The token, and until when it holds in Unix time."""

    token: str
    expires_s: float


@token_routes.post(
    "/embed-tokens",
    summary="Sign a token for an embedded chat",
    response_model=SignedToken,
    responses=faults(400, 404, 413),
)
def sign(asked: TokenRequest, door: TheDoor, caller: TheCaller) -> SignedToken:
    """The token lets one site show the chat, and the chat ask about the named talks alone. An API
    key is needed, whoever else may call."""
    _check_key(caller)
    secret, now_s = door.serving.embed_secret, time()
    if not secret:
        raise ApiError(
            403,
            "no_embed_secret",
            "This server signs no embed tokens.",
            "The operator can set VERBATIM_EMBED_SECRET.",
        )
    origin = site_origin(asked.origin, "origin")
    token = sign_token(secret, origin, _token_talks(asked, door), asked.minutes * 60, now_s)
    return SignedToken(token=token, expires_s=read_token(secret, token, now_s).expires_s)


def _check_key(caller: Caller) -> None:
    if caller.kind != "key":
        raise ApiError(
            403,
            "needs_key",
            "Only the holder of an API key may sign embed tokens.",
            "Send the header Authorization: Bearer <key>; the operator sets VERBATIM_API_KEYS.",
        )


def _token_talks(asked: TokenRequest, door: TheDoor) -> list[str] | None:
    if asked.talks is None:
        return None
    try:
        return talk_ids(asked.talks, {talk.file: talk.id for talk in door.engine().talks()})
    except SettingsError as error:
        raise ApiError(
            404, "not_in_library", str(error), "Choose among what GET /api/talks lists."
        ) from error


PREFIX = "/api"


def add_api(app: FastAPI, door: Gateway) -> None:
    """Adds ``/api``, and lets nobody in unnamed where a proxy names readers.

    Other routes of ``app`` may raise ApiError too. Middleware added later stands in front of this:
    that of CORS should, so that scripts of other sites can read errors as well.
    """
    below = Mount(PREFIX, RequestGuard(make_api(door), door, PREFIX))
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


def make_api(door: Gateway) -> FastAPI:
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
    for routes in (
        ask_routes,
        search_routes,
        citation_routes,
        talk_routes,
        service_routes,
        token_routes,
    ):
        api.include_router(routes)
    return api


def _version() -> str:
    try:
        return version("verbatim")
    except PackageNotFoundError:
        return "0"
