"""The library as a model of OpenAI's chat API, at ``/v1``: for Open WebUI and any other client."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from assistant.interfaces.documents.text import WrittenAnswer, said, said_so_far, unsent
from assistant.interfaces.http.access import Caller
from assistant.interfaces.http.errors import api_error
from assistant.interfaces.http.gateway import Gateway
from assistant.interfaces.http.guard import RequestGuard
from assistant.interfaces.http.streaming import (
    EVENT_HEADERS,
    EVENT_STREAM,
    begun,
    whole,
)
from assistant.interfaces.openai.errands import Said, errand_reply
from assistant.interfaces.openai.protocol import (
    DONE,
    STILL_THERE,
    ChatReply,
    ChatRequest,
    conversation_of,
    event,
    mode_of,
    model_ids,
    model_json,
    models_json,
    narrowing_of,
    openai_error,
    openai_error_response,
    read_request,
    require_json,
    text_of,
    unknown_model,
    usage_json,
)
from assistant.types import Json, Mode, Update
from corpus.tokens import count_tokens
from corpus.types import VerbatimError

ROUTE = "/v1"


def add_openai(app: FastAPI, gateway: Gateway) -> None:
    """Adds ``/v1/models`` and ``/v1/chat/completions``; all that goes wrong there is told in
    OpenAI's shape."""
    v1 = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    models, chat = _Models(gateway), _Chat(gateway)
    v1.add_api_route("/models", models.all, response_model=None)
    v1.add_api_route("/models/{name:path}", models.one, response_model=None)
    v1.add_api_route("/chat/completions", chat.complete, methods=["POST"], response_model=None)

    async def respond(_: Request, error: Exception) -> JSONResponse:
        known = api_error(error)
        gateway.metrics.refused(known.code)
        return openai_error_response(known)

    for kind in (VerbatimError, HTTPException, Exception):
        v1.add_exception_handler(kind, respond)
    app.mount(ROUTE, RequestGuard(v1, gateway, ROUTE, openai_error_response))


class _Models:
    """The library under a name for each way in which it can answer."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._since_s = int(time.time())

    def all(self, request: Request) -> Json:
        self._gateway.caller(request)
        return models_json(model_ids(self._gateway.engine().modes()), self._since_s)

    def one(self, request: Request, name: str) -> Json:
        self._gateway.caller(request)
        known = model_ids(self._gateway.engine().modes())
        if name not in known:
            raise unknown_model(name, known)
        return model_json(name, self._since_s)


@dataclass(frozen=True, slots=True)
class _Chat:
    """Chat completions, whole or as a stream."""

    gateway: Gateway

    async def complete(self, request: Request) -> Response:
        caller = self.gateway.caller(request)
        require_json(request.headers.get("content-type", ""))
        asked = read_request(await request.body())
        mode = mode_of(asked, self.gateway.engine().modes())
        reply = ChatReply(f"chatcmpl-{uuid.uuid4().hex}", asked.model, int(time.time()))
        errand = errand_reply([Said(one.role, text_of(one)) for one in asked.messages])
        if errand is not None:
            written = WrittenAnswer(errand, is_whole=True)
            if asked.stream:
                return _stream(_events(asked, reply, _once(written)))
            return JSONResponse(reply.completion(_message(written), await _usage(asked, errand)))
        return await self._answer(request, caller, asked, mode, reply)

    async def _answer(
        self,
        request: Request,
        caller: Caller,
        asked: ChatRequest,
        mode: Mode | None,
        reply: ChatReply,
    ) -> Response:
        conversation, home = conversation_of(asked), self.gateway.home(request)
        question, history = conversation.question, conversation.history
        scope = await asyncio.to_thread(self.gateway.scope, caller, narrowing_of(asked))
        updates = self.gateway.updates(request, caller, question, history, scope, mode)
        if asked.stream:
            first = await begun(updates)
            return _stream(_events(asked, reply, _written(first, updates, question, home)))
        last = await whole(updates)
        assert last.answer is not None  # or ``whole`` would have raised
        written = said(last.answer, question, home)
        return JSONResponse(reply.completion(_message(written), await _usage(asked, written.text)))


def _stream(events: AsyncIterator[str]) -> StreamingResponse:
    return StreamingResponse(events, media_type=EVENT_STREAM, headers=EVENT_HEADERS)


async def _once(written: WrittenAnswer) -> AsyncGenerator[WrittenAnswer | None]:
    yield written


async def _written(
    first: Update, rest: AsyncGenerator[Update | None], question: str, home: str
) -> AsyncGenerator[WrittenAnswer | None]:
    """What can be sent after each update: whole sentences, which have been checked. ``None`` when
    there has been nothing for a while."""
    yield said_so_far(first.answer, home)
    async with aclosing(rest) as updates:
        async for update in updates:
            if update is None:
                yield None
            elif update.answer and update.stage == "done":
                yield said(update.answer, question, home)
            else:
                yield said_so_far(update.answer, home)


async def _events(
    asked: ChatRequest, reply: ChatReply, answers: AsyncGenerator[WrittenAnswer | None]
) -> AsyncIterator[str]:
    """The events of a stream. What fails once it runs is an event too."""
    yield reply.chunk({"role": "assistant", "content": ""})
    sent, last = "", WrittenAnswer("")
    try:
        async with aclosing(answers) as each:
            async for written in each:
                if written is None:
                    yield STILL_THERE
                    continue
                last = written
                if new := _new(sent, written):
                    sent += new
                    yield reply.chunk({"content": new})
    except Exception as error:
        yield event(openai_error(api_error(error))) + DONE
        return
    yield reply.chunk(_cited(last.moved(len(sent) - len(last.text))))
    yield reply.chunk({}, "stop")
    if asked.stream_options and asked.stream_options.include_usage:
        yield reply.usage_chunk(await _usage(asked, sent))
    yield DONE


def _new(sent: str, written: WrittenAnswer) -> str:
    """What is to be sent next: of an answer in the making only what goes on where it stopped."""
    return unsent(sent, written.text) if written.is_whole or written.text.startswith(sent) else ""


def _message(written: WrittenAnswer) -> Json:
    return {"content": written.text, **_cited(written)}


def _cited(written: WrittenAnswer) -> Json:
    return {"annotations": list(written.annotations), "citations": list(written.citations)}


async def _usage(asked: ChatRequest, text: str) -> Json:
    """Tokens counted in a thread: a long conversation takes a while."""

    def count() -> tuple[int, int]:
        return sum(count_tokens(text_of(one)) for one in asked.messages), count_tokens(text)

    return usage_json(*await asyncio.to_thread(count))
