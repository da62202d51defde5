"""The embedded chat over HTTP: its page, the answers to its questions, the script for hosts.

An answer comes as events of finished HTML: ``answer``, with ``chat`` and ``sources`` and, once it
is whole, ``turns`` to keep as history. Nothing is kept here: each question brings its own history.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from time import time
from typing import Annotated

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.engine import Assistant
from assistant.interfaces.documents.requests import QUESTION_CHARS, History, turns_of
from assistant.interfaces.embed.page import (
    Preset,
    Shown,
    embed_html,
    narrowing_in,
    offers,
    reached_scope,
    read_preset,
    refused_html,
)
from assistant.interfaces.http.access import Caller, EmbedToken, read_token, talks_of
from assistant.interfaces.http.errors import ApiError, add_error_handlers
from assistant.interfaces.http.gateway import Gateway
from assistant.interfaces.http.guard import RequestGuard, WithHeaders, embed_policy
from assistant.interfaces.http.streaming import (
    EVENT_HEADERS,
    EVENT_STREAM,
    STILL_HERE,
    begun,
    event,
)
from assistant.interfaces.web.narrowing import QUERY_CHARS, Choice, chosen, scope_of
from assistant.interfaces.web.session import Exchange, FailedAnswer, Pending, turns
from assistant.interfaces.web.views import chat_html, sources_html
from assistant.messages.catalogue import Messages, messages, page_languages
from assistant.messages.languages import Lang
from assistant.types import Answer, Update
from corpus.types import VerbatimError
from index.types import Scope

_log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
SCRIPT_CACHE = "public, max-age=600, stale-while-revalidate=86400"
"""So long sites may use an older script: its messages and attributes stay compatible."""
EXCHANGES = 1000
"""More exchanges than one conversation comes to."""


def _page_language(tag: str) -> Lang:
    if tag not in page_languages():
        raise ValueError(f"one of {', '.join(page_languages())}")
    return tag


class EmbedQuestion(BaseModel):
    """One question; ``number`` is that of its exchange in the conversation, from 1."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=QUESTION_CHARS, pattern=r"\S")
    history: History = Field(default_factory=list)
    narrowed: str = Field("", max_length=QUERY_CHARS)
    lang: Annotated[Lang, AfterValidator(_page_language)] = "en"
    number: int = Field(1, ge=1, le=EXCHANGES)


def add_embed(app: FastAPI, gateway: Gateway) -> None:
    """Adds ``/embed``, its answers and files, and ``/embed.js``.

    Whatever catches all other addresses has to be added after them.
    """
    page = _EmbedPage(gateway)
    files = StaticFiles(directory=STATIC)

    async def script(request: Request) -> Response:
        response = await files.get_response("embed.js", request.scope)
        # The page that loads it may be in another encoding.
        response.headers["Content-Type"] = "text/javascript; charset=utf-8"
        # A site may want all that it loads to say that it may be loaded there.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Cache-Control"] = SCRIPT_CACHE
        return response

    app.add_api_route("/embed.js", script, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_api_route("/embed", page.shown, methods=["GET", "HEAD"], include_in_schema=False)
    app.mount("/embed", RequestGuard(_below(page, gateway), gateway, "/embed"))


def _below(page: _EmbedPage, gateway: Gateway) -> FastAPI:
    """What the page asks of the server, with errors as programs know them, and its files."""
    below = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_error_handlers(below, gateway.metrics.refused)
    below.add_api_route("/ask", page.answered, methods=["POST"])
    files = WithHeaders(StaticFiles(directory=STATIC), {"Cache-Control": "no-cache"})
    below.mount("/files", files)
    return below


class _EmbedPage:
    """The document, behind its own guard: a token where tokens are signed, else as any page."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def reader(self, request: Request) -> Caller:
        """Who asks on the page; the request counts. Raises ApiError 401."""
        caller = self.gateway.reader(request)
        if self.gateway.serving.embed_secret and caller.kind != "token":
            raise _no_token()
        return caller

    async def answered(self, request: Request, asked: EmbedQuestion) -> Response:
        """The answer as events. Raises ApiError."""
        return await _answer(self.gateway, request, asked, self.reader(request))

    def shown(self, request: Request) -> Response:
        preset = read_preset(request.url.query, request.headers.get("accept-language"))
        serving = self.gateway.serving
        try:
            caller, token = self._allowed(request, preset)
        except ApiError as error:
            policy = embed_policy(serving.origins)
            return _page(refused_html(preset), preset, policy, error.status)
        framers = _framers(self.gateway.home(request), serving.origins, token)
        html = embed_html(preset, self._shown(request, preset, caller, framers))
        return _page(html, preset, embed_policy(serving.origins, token))

    def _allowed(self, request: Request, preset: Preset) -> tuple[Caller, EmbedToken | None]:
        """The reader and the token that let the page be shown. Raises ApiError."""
        secret = self.gateway.serving.embed_secret
        if not secret:
            return self.gateway.identify(request, asks_keys=False), None
        if not preset.token:
            raise _no_token()
        token = read_token(secret, preset.token, time())
        return Caller("token", token.id, token.talks), token

    def _shown(
        self, request: Request, preset: Preset, caller: Caller, framers: Sequence[str]
    ) -> Shown:
        """What the document says; while the library loads, nothing of what is in it."""
        home = self.gateway.home(request)
        try:
            engine = self.gateway.engine()
            scope = reached_scope(preset.narrowed, engine.talks(), caller)
        except ApiError:
            return Shown(home, framers, questions=preset.questions)
        own = talks_of(engine, caller)
        examples = engine.examples(preset.lang) if caller.talks is None else ()
        offered = offers(preset, scope, own, examples)
        talks = len(own) if caller.talks is not None else 0
        within = chosen(scope_of(preset.narrowed, own), own)
        if caller.talks is not None and not preset.narrowed:
            within = chosen(scope, own)
        return Shown(home, framers, within, talks, offered.questions, offered.topics)


async def _answer(
    gateway: Gateway, request: Request, asked: EmbedQuestion, caller: Caller
) -> Response:
    scope, within = await run_in_threadpool(_narrowed, gateway.engine(), asked.narrowed, caller)
    history = turns_of(asked.history)
    updates = gateway.updates(request, caller, asked.question.strip(), history, scope)
    first = await begun(updates)
    events = answer_events(asked, within, first, updates)
    return StreamingResponse(events, media_type=EVENT_STREAM, headers=EVENT_HEADERS)


def _narrowed(engine: Assistant, asked: str, caller: Caller) -> tuple[Scope, tuple[Choice, ...]]:
    """Where to search, and what of it the reader chose. Raises ApiError 403."""
    query, own = narrowing_in(asked), talks_of(engine, caller)
    return reached_scope(query, engine.talks(), caller), chosen(scope_of(query, own), own)


async def answer_events(
    asked: EmbedQuestion,
    within: Sequence[Choice],
    first: Update,
    rest: AsyncGenerator[Update | None],
) -> AsyncIterator[bytes]:
    """The answer as it grows. What goes wrong on the way is told in the answer's place."""
    say = messages(asked.lang)
    exchange = Exchange(asked.question.strip(), Pending(say("chat.thinking"), first), tuple(within))
    latest = _event(asked.number, exchange, say)
    yield latest
    try:
        async with aclosing(rest) as updates:
            async for update in updates:
                if update is None:
                    yield STILL_HERE
                    continue
                exchange = replace(exchange, outcome=_outcome(update, say))
                news = _event(asked.number, exchange, say)
                if news != latest:
                    yield news
                latest = news
        if isinstance(exchange.outcome, Answer):
            return
        _log.error("an answer ended before it was whole")
        reason = say("chat.error")
    except VerbatimError as error:
        reason = str(error)
    except Exception:
        _log.exception("a question could not be answered")
        reason = say("chat.error")
    yield _event(asked.number, replace(exchange, outcome=FailedAnswer(reason)), say)


def _outcome(update: Update, say: Messages) -> Answer | Pending:
    if update.stage == "done" and update.answer is not None:
        return update.answer
    return Pending(say("chat.thinking"), update)


def _event(number: int, exchange: Exchange, say: Messages) -> bytes:
    """The exchange and its cards; a refusal has none. It offers no search elsewhere either: what
    else there is to ask, the whole application knows."""
    answer = exchange.answer
    if answer and answer.status == "no_evidence":
        exchange = replace(exchange, within=())
    document = {
        "chat": chat_html((exchange,), say, number),
        "sources": sources_html((exchange,), say, number) if answer and answer.citations else "",
        "turns": [{"role": turn.role, "text": turn.text} for turn in turns((exchange,))],
    }
    return event("answer", document)


def _page(html: str, preset: Preset, policy: str, status: int = 200) -> Response:
    headers = {
        "Content-Security-Policy": policy,
        "Content-Language": preset.lang,
        "Vary": "Accept-Language",
        # The address may hold a token.
        "Cache-Control": "no-store",
    }
    return HTMLResponse(html, status, headers)


def _framers(home: str, origins: Sequence[str], token: EmbedToken | None) -> tuple[str, ...]:
    """The sites whose scripts the page listens to: those that may frame it."""
    if token:
        return (token.origin,)
    scheme, _, rest = home.partition("://")
    return (f"{scheme}://{rest.partition('/')[0]}", *origins)


def _no_token() -> ApiError:
    return ApiError(
        401,
        "no_token",
        "This embed needs a token.",
        "Sign one with python app.py token or POST /api/embed-tokens, and give it as token=.",
    )
