"""OpenAI's chat API as this server speaks it: requests, the turns they come to, replies, errors.

What the library has no use for (temperature, tools, a seed and so on) is taken and left alone; what
would promise something else than is given (several answers, JSON, images) is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError

from assistant.interfaces.documents.requests import QUESTION_CHARS, TURN_CHARS, TURNS, Filters
from assistant.interfaces.documents.text import turn_text
from assistant.interfaces.http.errors import SHOWN, ApiError, error_headers
from assistant.interfaces.openai.errands import readers_question
from assistant.retrieval.scope import Narrowing
from assistant.types import Json, Mode, Turn

BASE = "verbatim"
"""The model in the engine's default mode; the others have a mode behind it."""
MOST_MESSAGES = 1000
DONE = "data: [DONE]\n\n"
STILL_THERE = ": at work\n\n"
"""A comment that keeps proxies from closing a stream while nothing is said."""

_TYPES: Mapping[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    413: "invalid_request_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
}

_Read = TypeVar("_Read")


class Part(BaseModel):
    """A part of a message's content; only text has an effect."""

    type: str
    text: str | None = None


class Message(BaseModel):
    """One message of the conversation."""

    role: str
    content: str | list[Part] | None = None


class StreamOptions(BaseModel):
    """How a streamed answer ends."""

    include_usage: bool | None = None


class Wanted(Filters):
    """The field ``verbatim``: where to search, as ``POST /api/ask`` has it, and how to answer."""

    mode: Mode | None = None


class ResponseFormat(BaseModel):
    """The form of an answer; there is text alone."""

    type: Literal["text"] = "text"


class ChatRequest(BaseModel):
    """The body, as far as it has an effect."""

    model: str
    messages: list[Message] = Field(min_length=1, max_length=MOST_MESSAGES)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    response_format: ResponseFormat | None = None
    tool_choice: Any = None
    metadata: dict[str, Any] | None = None
    verbatim: Wanted | None = None


@dataclass(frozen=True, slots=True)
class AskedConversation:
    """The question and the turns before it, oldest first."""

    question: str
    history: tuple[Turn, ...]


class Refused(ApiError):
    """A request that can't be met as it is; ``param`` names the field, where it is one."""

    def __init__(self, message: str, todo: str, param: str | None) -> None:
        super().__init__(400, "invalid_request", message, todo)
        self.param = param


def require_json(content_type: str) -> None:
    """Raises Refused for another kind of body: browsers send those, and bodies of no kind, for any
    site without asking whether it may."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Refused(
            "The body is not marked as JSON.", "Send Content-Type: application/json.", None
        )


def read_request(body: bytes) -> ChatRequest:
    """The request. Raises Refused that names what is wrong with it."""
    request = _valid(lambda: ChatRequest.model_validate_json(body), ())
    held = (request.metadata or {}).get("verbatim")
    if request.verbatim is None and held is not None:
        request.verbatim = _valid(lambda: _in_metadata(held), ("metadata", "verbatim"))
    if request.n not in (None, 1):
        raise Refused("There is one answer to a question.", "Leave out n, or make it 1.", "n")
    if request.tool_choice not in (None, "auto", "none"):
        raise Refused("No tools are called here.", "Leave out tool_choice.", "tool_choice")
    return request


def mode_of(request: ChatRequest, modes: Sequence[Mode]) -> Mode | None:
    """How to answer, ``None`` for the default. Raises ApiError 404 for a model that isn't among
    ``model_ids``, 400 for a mode that isn't among ``modes``."""
    known = model_ids(modes)
    if request.model not in known:
        raise unknown_model(request.model, known)
    wanted = request.verbatim.mode if request.verbatim else None
    if wanted and wanted not in modes:
        raise Refused(
            f"There is no mode {wanted!r} here.",
            f"Choose one of {', '.join(modes)}.",
            "verbatim.mode",
        )
    return wanted or next((mode for mode in modes if request.model == f"{BASE}-{mode}"), None)


def model_ids(modes: Sequence[Mode]) -> tuple[str, ...]:
    """The names under which the library can be asked; the first answers as it does by default."""
    return (BASE, *(f"{BASE}-{mode}" for mode in modes))


def unknown_model(name: str, known: Sequence[str]) -> ApiError:
    """That there is no model of this name."""
    shown = name[:80].encode("utf-8", "replace").decode()
    return ApiError(
        404,
        "model_not_found",
        f"There is no model {shown!r}.",
        f"Choose one of {', '.join(known)}.",
    )


def narrowing_of(request: ChatRequest) -> Narrowing:
    """Where to search."""
    return request.verbatim.narrowing() if request.verbatim else Narrowing()


def conversation_of(request: ChatRequest) -> AskedConversation:
    """The turns of readers and answers; all other messages are passed over, and so are the oldest
    turns of a very long conversation.

    Raises Refused where the last of them is no question in text.
    """
    spoken = [one for one in request.messages if one.role in ("user", "assistant")]
    if not spoken or spoken[-1].role != "user":
        raise _no_question("The last message is no question.", "End with a message of the user.")
    last = spoken[-1]
    if isinstance(last.content, list) and any(part.type != "text" for part in last.content):
        raise _no_question("Images, sounds and files can't be read.", "Send text alone.")
    question = readers_question(text_of(last)).strip()
    if not question:
        raise _no_question("The question has no text.", "Write one.")
    if len(question) > QUESTION_CHARS:
        raise _no_question(
            f"The question has more than {QUESTION_CHARS} characters.", "Ask in fewer words."
        )
    turns = [turn for turn in map(_turn, spoken[:-1]) if turn.text]
    return AskedConversation(question, tuple(turns[-TURNS:]))


def text_of(message: Message) -> str:
    """The text of a message, its parts on lines of their own."""
    if isinstance(message.content, list):
        return "\n".join(part.text for part in message.content if part.text)
    return message.content or ""


def _turn(message: Message) -> Turn:
    text = text_of(message)
    if message.role == "user":
        return Turn("user", readers_question(text).strip()[:QUESTION_CHARS])
    return Turn("assistant", turn_text(text)[:TURN_CHARS])


def _no_question(message: str, todo: str) -> Refused:
    return Refused(message, todo, "messages")


def _in_metadata(value: Any) -> Wanted:
    """OpenAI's metadata holds strings: there the field is written as JSON."""
    if isinstance(value, str):
        return Wanted.model_validate_json(value)
    return Wanted.model_validate(value)


def _valid(read: Callable[[], _Read], place: tuple[str, ...]) -> _Read:
    """What was read. Raises Refused that names the fields at fault, below ``place``."""
    try:
        return read()
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
    places = [".".join(map(str, (*place, *fault["loc"]))) for fault in faults]
    lines = [f"{where or 'body'}: {one['msg']}" for where, one in zip(places, faults, strict=True)]
    message = "; ".join(lines[:SHOWN]).encode("utf-8", "replace").decode()
    raise Refused(f"{message}.", "Mend that and send it again.", places[0] or None)


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What all documents of one answer have in common; ``created_s`` is a Unix time."""

    id: str
    model: str
    created_s: int

    def completion(self, message: Mapping[str, Any], usage: Json) -> Json:
        """The whole answer in one document."""
        choice = {
            "index": 0,
            "message": {"role": "assistant", "refusal": None, **message},
            "logprobs": None,
            "finish_reason": "stop",
        }
        return {**self._head("chat.completion"), "choices": [choice], "usage": usage}

    def chunk(self, delta: Mapping[str, Any], finish_reason: str | None = None) -> str:
        """One event of a stream."""
        choice = {
            "index": 0,
            "delta": delta,
            "logprobs": None,
            "finish_reason": finish_reason,
        }
        return event({**self._head("chat.completion.chunk"), "choices": [choice]})

    def usage_chunk(self, usage: Json) -> str:
        """The event with the tokens, for who asked for it."""
        return event({**self._head("chat.completion.chunk"), "choices": [], "usage": usage})

    def _head(self, kind: str) -> Json:
        return {"id": self.id, "object": kind, "created": self.created_s, "model": self.model}


def event(document: Json) -> str:
    """A document as a server-sent event."""
    return f"data: {json.dumps(document, ensure_ascii=False)}\n\n"


def usage_json(prompt_tokens: int, completion_tokens: int) -> Json:
    """Tokens in o200k_base: of the messages as sent, and of the answer."""
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }


def model_json(name: str, created_s: int) -> Json:
    """One model of the list."""
    return {"id": name, "object": "model", "created": created_s, "owned_by": "verbatim"}


def models_json(names: Sequence[str], created_s: int) -> Json:
    """The list of models."""
    return {"object": "list", "data": [model_json(name, created_s) for name in names]}


def openai_error(error: ApiError) -> dict[str, Any]:
    """The document."""
    return {
        "error": {
            "message": f"{error} {error.todo}",
            "type": _TYPES.get(error.status, "server_error"),
            "code": error.code,
            "param": error.param if isinstance(error, Refused) else None,
        }
    }


def openai_error_response(error: ApiError) -> JSONResponse:
    """The whole response."""
    return JSONResponse(openai_error(error), error.status, headers=error_headers(error))
