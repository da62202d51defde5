"""Ollama's own API, through LlamaIndex's Ollama: an extra. The one file that knows it.

Beside its OpenAI-compatible API, this one can set the window, which otherwise is short and cuts
the front off a prompt without a word.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assistant.llm.addresses import ollama_base
from assistant.llm.backend import Backend, Call
from assistant.llm.settings import ModelSettings
from assistant.llm.wire import Wire

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatResponse
    from llama_index.core.llms import LLM


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
        return _load()(model=settings.name, base_url=base, **fields)

    return Backend(
        open_,
        base,
        _load,
        f"{base}/api/tags",
        lambda: Wire(headers),
        finish=_finish,
        must_finish=True,
    )


def _load() -> Callable[..., LLM]:
    from llama_index.llms.ollama import Ollama

    return Ollama


def _finish(response: ChatResponse) -> object:
    return response.raw.get("done_reason") if isinstance(response.raw, dict) else None
