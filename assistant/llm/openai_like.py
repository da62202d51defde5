"""OpenAI-compatible servers, through LlamaIndex's OpenAILike. The one file that knows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assistant.llm.addresses import openai_base
from assistant.llm.backend import Backend, Call
from assistant.llm.settings import ModelSettings
from assistant.llm.wire import Wire

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatResponse
    from llama_index.core.llms import LLM


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
        return _load()(model=settings.name, **fields, **_in_dialect(call))

    return Backend(
        open_,
        base,
        _load,
        f"{base}/models",
        lambda: Wire(headers),
        finish=_finish,
        must_finish=True,
    )


def _load() -> Callable[..., LLM]:
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike


def _in_dialect(call: Call) -> dict[str, Any]:
    """The limit under its plain name lets LlamaIndex rename it for the models that it knows."""
    from openai import omit

    others: dict[str, Any] = {} if call.dialect.temperature else {"temperature": omit}
    if call.dialect.limit_field == "max_tokens":
        return {"max_tokens": call.max_tokens, "additional_kwargs": others}
    return {"additional_kwargs": {**others, call.dialect.limit_field: call.max_tokens}}


def _finish(response: ChatResponse) -> object:
    choices = getattr(response.raw, "choices", None)
    return choices[0].finish_reason if choices else None
