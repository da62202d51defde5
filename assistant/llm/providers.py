"""OpenAI-compatible servers, Ollama and Gemini, each through LlamaIndex's own class.

A ``Backend`` is what one of them needs: where its API begins, the arguments of its class for one
call, and how it tells that a reply ended. ``backend_for`` makes that of the settings; ``chunks``
makes a call. Ollama and Gemini are extras. Ollama's own API stands beside its OpenAI-compatible
one because it can set the window, which otherwise is short and cuts the front off a prompt
without a word.

What differs from server to server is the ``Dialect``, learnt from what a server refuses. Requests
hold as few fields as possible, yet there is no set that every server takes: newer models of
OpenAI's want another name for the limit and no temperature, some chat templates know no system
messages or no two messages of one role in a row.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from assistant.llm.failures import ReportedError, said_by
from assistant.llm.types import Finish, Message, ReplyChunk
from assistant.llm.wire import Headers, Wire
from assistant.settings import ModelSettings, Provider
from corpus.types import SettingsError

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatResponse
    from llama_index.core.llms import LLM

_EXTRAS: Final[Mapping[str, str]] = MappingProxyType(
    {"ollama": "llama_index.llms.ollama", "gemini": "llama_index.llms.google_genai"}
)
_ENDPOINTS: Final = ("/chat/completions", "/completions", "/models", "/responses")
_NO_KEY: Final = "the wire puts it in"
_REFUSALS: Final = (400, 422, 500)
_SYSTEM: Final = re.compile(
    r"(system|developer)\W+(\w+\W+)?(role|message|prompt|instruction)|system.role"
)
_FINISHES: Final[Mapping[str, Finish]] = MappingProxyType(
    {
        "length": "limit",
        "max_tokens": "limit",
        "content_filter": "withheld",
        "safety": "withheld",
        "recitation": "withheld",
        "prohibited_content": "withheld",
        "blocklist": "withheld",
        "spii": "withheld",
    }
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server takes. ``thinks_first``: replies begin in a thought without its opening."""

    system_messages: bool = True
    temperature: bool = True
    limit_field: str = "max_tokens"
    thinks_first: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One request: messages as the server takes them, the longest reply, and how long to wait."""

    messages: tuple[Message, ...]
    max_tokens: int
    timeout_s: float
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Backend:
    """A provider: how to open LlamaIndex's ``LLM`` for one call, and how its replies end.

    ``models_url`` answers a GET when the provider can be reached. ``headers`` are made for each
    call, so that the key lies in no object that may be shown. ``load`` imports the library, which
    takes a second or two, and gives its class; ``arguments`` are that class's for one call,
    beside those that all of them have. ``finish`` reads a response's own word for why the reply
    ended, ``ended_by`` does so where the library raises instead; ``reported`` knows the library's
    error for what the server says went wrong. With ``must_finish`` there always is a word for the
    end, so that a reply without it broke off.
    """

    settings: ModelSettings
    url: str
    models_url: str
    headers: Callable[[], Headers]
    load: Callable[[], Callable[..., LLM]]
    arguments: Callable[[Call, Wire], dict[str, Any]]
    finish: Callable[[ChatResponse], object]
    ended_by: Callable[[Exception], object] = lambda _: None
    reported: Callable[[Exception], bool] = lambda _: False
    must_finish: bool = True

    def wire(self) -> Wire:
        """A connection for one call."""
        return Wire(self.headers())

    def open(self, call: Call, wire: Wire) -> LLM:
        """The model for one call, which sends its requests through ``wire``."""
        return self.load()(
            model=self.settings.name,
            context_window=self.settings.window_tokens,
            is_function_calling_model=False,
            **self.arguments(call, wire),
        )


def backend_for(settings: ModelSettings) -> Backend:
    """The provider of the settings. Raises SettingsError where its extra is not installed."""
    extra = _EXTRAS.get(settings.provider)
    if extra and importlib.util.find_spec(extra) is None:
        raise SettingsError(
            f"VERBATIM_LLM_PROVIDER is {settings.provider!r}, which needs an extra:"
            f" pip install -e '.[{settings.provider}]'"
        )
    backends: Mapping[Provider, Callable[[ModelSettings], Backend]] = {
        "openai-compatible": _openai,
        "ollama": _ollama,
        "gemini": _gemini,
    }
    return backends[settings.provider](settings)


def chunks(backend: Backend, call: Call, wire: Wire) -> Iterator[ReplyChunk]:
    """The reply as it comes in.

    Raises ReportedError for what the server says went wrong meanwhile, and else whatever the
    libraries raise.
    """
    from llama_index.core.base.llms.types import ChatMessage

    llm = backend.open(call, wire)
    messages = [ChatMessage(role=each.role, content=each.text) for each in call.messages]
    try:
        for response in llm.stream_chat(messages):
            yield ReplyChunk(response.delta or "", finish_of(backend.finish(response)))
    except Exception as error:
        if (finish := finish_of(backend.ended_by(error))) is not None:
            yield ReplyChunk("", finish)
        elif backend.reported(error):
            raise ReportedError(said_by(error)) from error
        else:
            raise


def finish_of(word: object) -> Finish | None:
    """A provider's word for the end, of which there are many for stopping as one should."""
    name = str(getattr(word, "value", word) or "").lower()
    return _FINISHES.get(name, "stop") if name and "unspecified" not in name else None


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


def openai_base(url: str) -> str:
    """The base of an OpenAI-compatible API, without a slash at the end.

    An address without a path gets ``/v1``, where all servers of one's own have it; an endpoint
    that was copied along is taken off.
    """
    base = _without(url, _ENDPOINTS)
    return base if urlsplit(base).path else f"{base}/v1"


def ollama_base(url: str) -> str:
    """The address of an Ollama server: its own API stands at the root."""
    return _without(url, (*_ENDPOINTS, "/v1", "/api"))


def gemini_base(url: str) -> str:
    """The host of Gemini's own API; the library adds the version."""
    return _without(url, ("/openai", "/v1beta", "/v1"))


def _without(url: str, ends: Sequence[str]) -> str:
    base = url.rstrip("/")
    for end in ends:
        base = base.removesuffix(end).rstrip("/")
    return base


def _bearer(settings: ModelSettings) -> Headers:
    return {"Authorization": f"Bearer {settings.key.reveal()}" if settings.key else None}


def _temperature(settings: ModelSettings, call: Call) -> float | None:
    return settings.temperature if call.dialect.temperature else None


def _raw_word(field: str) -> Callable[[ChatResponse], object]:
    """Reads the word for the end out of a response that is a dictionary."""
    return lambda response: response.raw.get(field) if isinstance(response.raw, dict) else None


def _openai(settings: ModelSettings) -> Backend:
    base = openai_base(settings.url)

    def arguments(call: Call, wire: Wire) -> dict[str, Any]:
        return {
            "api_base": base,
            "api_key": _NO_KEY,
            "is_chat_model": True,
            "temperature": settings.temperature,
            "max_retries": 0,
            "timeout": call.timeout_s,
            "http_client": wire.client(call.timeout_s),
            **_openai_dialect(call),
        }

    return Backend(
        settings,
        base,
        f"{base}/models",
        lambda: _bearer(settings),
        _load_openai,
        arguments,
        _openai_finish,
        reported=_openai_reported,
    )


def _load_openai() -> Callable[..., LLM]:
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike


def _openai_dialect(call: Call) -> dict[str, Any]:
    """The limit under its plain name lets LlamaIndex rename it for the models that it knows."""
    from openai import omit

    others: dict[str, Any] = {} if call.dialect.temperature else {"temperature": omit}
    if call.dialect.limit_field == "max_tokens":
        return {"max_tokens": call.max_tokens, "additional_kwargs": others}
    return {"additional_kwargs": {**others, call.dialect.limit_field: call.max_tokens}}


def _openai_finish(response: ChatResponse) -> object:
    choices = getattr(response.raw, "choices", None)
    return choices[0].finish_reason if choices else None


def _openai_reported(error: Exception) -> bool:
    from openai import APIConnectionError, APIError, APIStatusError

    return isinstance(error, APIError) and not isinstance(
        error, APIConnectionError | APIStatusError
    )


def _ollama(settings: ModelSettings) -> Backend:
    base = ollama_base(settings.url)

    def arguments(call: Call, wire: Wire) -> dict[str, Any]:
        from ollama import Client

        return {
            "base_url": base,
            "client": Client(host=base, timeout=call.timeout_s, **wire.options()),
            "temperature": _temperature(settings, call),
            "request_timeout": call.timeout_s,
            "additional_kwargs": {"num_predict": call.max_tokens},
        }

    return Backend(
        settings,
        base,
        f"{base}/api/tags",
        lambda: _bearer(settings),
        _load_ollama,
        arguments,
        _raw_word("done_reason"),
        reported=_ollama_reported,
    )


def _load_ollama() -> Callable[..., LLM]:
    from llama_index.llms.ollama import Ollama

    return Ollama


def _ollama_reported(error: Exception) -> bool:
    from ollama import ResponseError

    return isinstance(error, ResponseError) and error.status_code < 300


def _gemini(settings: ModelSettings) -> Backend:
    base = gemini_base(settings.url)

    def arguments(call: Call, wire: Wire) -> dict[str, Any]:
        return {
            "api_key": _NO_KEY,
            "temperature": _temperature(settings, call),
            "max_tokens": call.max_tokens,
            "max_retries": 0,
            "file_mode": "inline",
            "http_options": {
                "base_url": base,
                "timeout": max(1, int(call.timeout_s * 1000)),
                "httpx_client": wire.client(call.timeout_s),
            },
        }

    return Backend(
        settings,
        base,
        f"{base}/v1beta/models",
        lambda: {"x-goog-api-key": settings.key.reveal() or None},
        _load_gemini,
        arguments,
        _raw_word("finish_reason"),
        ended_by=_gemini_ended_by,
        must_finish=False,
    )


def _load_gemini() -> Callable[..., LLM]:
    from llama_index.llms.google_genai import GoogleGenAI

    return GoogleGenAI


def _gemini_ended_by(error: Exception) -> object:
    """LlamaIndex raises where Gemini ends a reply for any reason but its being whole."""
    ended = re.match(r"Response was terminated early: (\w+)", str(error))
    return ended[1] if ended else None
