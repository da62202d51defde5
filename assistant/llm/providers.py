"""OpenAI-compatible, Ollama and Gemini over LlamaIndex: one factory each.

Where an API begins, however it was written down. Pure.

What a server's way of speaking is, learnt from what it refuses. Pure.

Requests hold as few fields as possible, yet there is no set that every server takes: newer models
of OpenAI's want another name for the limit and no temperature, some chat templates know no system
messages or no two messages of one role in a row.

Any LlamaIndex ``LLM`` as a source of chunks: what the providers have in common.

Gemini's own API, through LlamaIndex's GoogleGenAI: an extra. The one file that knows it.

Ollama's own API, through LlamaIndex's Ollama: an extra. The one file that knows it.

Beside its OpenAI-compatible API, this one can set the window, which otherwise is short and cuts
the front off a prompt without a word.

OpenAI-compatible servers, through LlamaIndex's OpenAILike. The one file that knows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.llm.types import Finish, Message, ReplyChunk
from assistant.llm.wire import Wire
from assistant.settings import ModelSettings

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatResponse
    from llama_index.core.llms import LLM


_ENDPOINTS = ("/chat/completions", "/completions", "/models", "/responses")


def openai_base(url: str) -> str:
    """The base of an OpenAI-compatible API, without a slash at the end.

    An address without a path gets ``/v1``, where all servers of one's own have it; an endpoint
    that was copied along is taken off.
    """
    base = url.rstrip("/")
    for endpoint in _ENDPOINTS:
        base = base.removesuffix(endpoint).rstrip("/")
    return base if urlsplit(base).path else f"{base}/v1"


def ollama_base(url: str) -> str:
    """The address of an Ollama server: its own API stands at the root."""
    base = url.rstrip("/")
    for end in (*_ENDPOINTS, "/v1", "/api"):
        base = base.removesuffix(end).rstrip("/")
    return base


def gemini_base(url: str) -> str:
    """The host of Gemini's own API; the library adds the version."""
    base = url.rstrip("/")
    for end in ("/openai", "/v1beta", "/v1"):
        base = base.removesuffix(end).rstrip("/")
    return base


_REFUSALS = (400, 422, 500)
_SYSTEM = re.compile(r"(system|developer)\W+(\w+\W+)?(role|message|prompt|instruction)|system.role")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server takes. ``thinks_first``: replies begin in a thought without its opening."""

    system_messages: bool = True
    temperature: bool = True
    limit_field: str = "max_tokens"
    thinks_first: bool = False


def adapted(dialect: Dialect, status: int | None, said: str) -> Dialect | None:
    """The dialect in which to ask again after a refusal; ``None`` where nothing else is left."""
    if status not in _REFUSALS:
        return None
    said = said.lower()
    if "max_completion_tokens" in said and dialect.limit_field == "max_tokens":
        return replace(dialect, limit_field="max_completion_tokens")
    if "temperature" in said and dialect.temperature:
        return replace(dialect, temperature=False)
    if _SYSTEM.search(said) and dialect.system_messages:
        return replace(dialect, system_messages=False)
    return None


def spoken(messages: Sequence[Message], dialect: Dialect) -> tuple[Message, ...]:
    """The messages as the server takes them: neighbours of one role as one message, instructions
    in front of what the user says where it knows no system messages."""
    if not dialect.system_messages:
        messages = [
            Message("user", each.text) if each.role == "system" else each for each in messages
        ]
    return tuple(
        Message(role, "\n\n".join(each.text for each in group))
        for role, group in groupby(messages, key=lambda each: each.role)
    )


_FINISHES: dict[str, Finish] = {
    "length": "limit",
    "max_tokens": "limit",
    "content_filter": "withheld",
    "safety": "withheld",
    "recitation": "withheld",
    "prohibited_content": "withheld",
    "blocklist": "withheld",
    "spii": "withheld",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request: messages as the server takes them, the longest reply, and how long to wait."""

    messages: tuple[Message, ...]
    max_tokens: int
    timeout_s: float
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Backend:
    """A provider: how to open a LlamaIndex ``LLM`` for one call, and how its replies end.

    ``open`` gets a wire from ``make_wire`` to send its requests through. ``load`` imports the
    library, which takes a second or two, ahead of the first call. ``models_url`` answers a GET
    when the provider can be reached. ``finish`` reads a response's own word for why the reply
    ended, ``ended_by`` does so where the library raises instead. With ``must_finish`` there always
    is one, so that a reply without it broke off.
    """

    open: Callable[[Call, Wire], LLM]
    url: str
    load: Callable[[], object] = lambda: None
    models_url: str | None = None
    make_wire: Callable[[], Wire] = lambda: Wire({})
    finish: Callable[[ChatResponse], object] = lambda _: None
    ended_by: Callable[[Exception], object] = lambda _: None
    must_finish: bool = False


def backend_of(llm: LLM) -> Backend:
    """A ready LlamaIndex ``LLM`` with limits and retries of its own."""
    return Backend(lambda *_: llm, llm.metadata.model_name)


def chunks(backend: Backend, call: Call, wire: Wire) -> Iterator[ReplyChunk]:
    """The reply as it comes in. Raises whatever the libraries raise."""
    from llama_index.core.base.llms.types import ChatMessage

    llm = backend.open(call, wire)
    messages = [ChatMessage(role=each.role, content=each.text) for each in call.messages]
    try:
        for response in llm.stream_chat(messages):
            yield ReplyChunk(response.delta or "", finish_of(backend.finish(response)))
    except Exception as error:
        if (finish := finish_of(backend.ended_by(error))) is None:
            raise
        yield ReplyChunk("", finish)


def finish_of(word: object) -> Finish | None:
    """A provider's word for the end, of which there are many for stopping as one should."""
    name = str(getattr(word, "value", word) or "").lower()
    return _FINISHES.get(name, "stop") if name and "unspecified" not in name else None


def gemini_backend(settings: ModelSettings) -> Backend:
    """Gemini's API at ``settings.url``."""
    base = gemini_base(settings.url)
    headers = {"x-goog-api-key": settings.key.reveal() or None}

    def open_(call: Call, wire: Wire) -> LLM:
        fields: Any = {
            "api_key": "the wire puts it in",
            "temperature": settings.temperature if call.dialect.temperature else None,
            "max_tokens": call.max_tokens,
            "context_window": settings.window_tokens,
            "max_retries": 0,
            "is_function_calling_model": False,
            "file_mode": "inline",
            "http_options": {
                "base_url": base,
                "timeout": max(1, int(call.timeout_s * 1000)),
                "httpx_client": wire.client(call.timeout_s),
            },
        }
        return _load_gemini()(model=settings.name, **fields)

    return Backend(
        open_,
        base,
        _load_gemini,
        f"{base}/v1beta/models",
        lambda: Wire(headers),
        finish=_gemini_finish,
        ended_by=_ended_by,
    )


def _load_gemini() -> Callable[..., LLM]:
    from llama_index.llms.google_genai import GoogleGenAI

    return GoogleGenAI


def _gemini_finish(response: ChatResponse) -> object:
    return response.raw.get("finish_reason") if isinstance(response.raw, dict) else None


def _ended_by(error: Exception) -> object:
    """LlamaIndex raises where Gemini ends a reply for any reason but its being whole."""
    ended = re.match(r"Response was terminated early: (\w+)", str(error))
    return ended[1] if ended else None


def ollama_backend(settings: ModelSettings) -> Backend:
    """An Ollama server at ``settings.url``."""
    base = ollama_base(settings.url)
    key = settings.key.reveal()
    headers = {"Authorization": f"Bearer {key}" if key else None}

    def open_(call: Call, wire: Wire) -> LLM:
        from ollama import Client

        fields: Any = {
            "client": Client(host=base, timeout=call.timeout_s, **wire.options()),
            "context_window": settings.window_tokens,
            "temperature": settings.temperature if call.dialect.temperature else None,
            "request_timeout": call.timeout_s,
            "is_function_calling_model": False,
            "additional_kwargs": {"num_predict": call.max_tokens},
        }
        return _load_ollama()(model=settings.name, base_url=base, **fields)

    return Backend(
        open_,
        base,
        _load_ollama,
        f"{base}/api/tags",
        lambda: Wire(headers),
        finish=_ollama_finish,
        must_finish=True,
    )


def _load_ollama() -> Callable[..., LLM]:
    from llama_index.llms.ollama import Ollama

    return Ollama


def _ollama_finish(response: ChatResponse) -> object:
    return response.raw.get("done_reason") if isinstance(response.raw, dict) else None


def openai_backend(settings: ModelSettings) -> Backend:
    """A server of the OpenAI shape at ``settings.url``."""
    base = openai_base(settings.url)
    key = settings.key.reveal()
    headers = {"Authorization": f"Bearer {key}" if key else None}

    def open_(call: Call, wire: Wire) -> LLM:
        fields: Any = {
            "api_base": base,
            "api_key": "the wire puts it in",
            "context_window": settings.window_tokens,
            "is_chat_model": True,
            "is_function_calling_model": False,
            "temperature": settings.temperature,
            "max_retries": 0,
            "timeout": call.timeout_s,
            "http_client": wire.client(call.timeout_s),
        }
        return _load_openai_like()(model=settings.name, **fields, **_in_dialect(call))

    return Backend(
        open_,
        base,
        _load_openai_like,
        f"{base}/models",
        lambda: Wire(headers),
        finish=_openai_like_finish,
        must_finish=True,
    )


def _load_openai_like() -> Callable[..., LLM]:
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike


def _in_dialect(call: Call) -> dict[str, Any]:
    """The limit under its plain name lets LlamaIndex rename it for the models that it knows."""
    from openai import omit

    others: dict[str, Any] = {} if call.dialect.temperature else {"temperature": omit}
    if call.dialect.limit_field == "max_tokens":
        return {"max_tokens": call.max_tokens, "additional_kwargs": others}
    return {"additional_kwargs": {**others, call.dialect.limit_field: call.max_tokens}}


def _openai_like_finish(response: ChatResponse) -> object:
    choices = getattr(response.raw, "choices", None)
    return choices[0].finish_reason if choices else None
