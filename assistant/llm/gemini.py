"""Gemini's own API, through LlamaIndex's GoogleGenAI: an extra. The one file that knows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assistant.llm.addresses import gemini_base
from assistant.llm.backend import Backend, Call
from assistant.llm.settings import ModelSettings
from assistant.llm.wire import Wire

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatResponse
    from llama_index.core.llms import LLM


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
        return _load()(model=settings.name, **fields)

    return Backend(
        open_,
        base,
        _load,
        f"{base}/v1beta/models",
        lambda: Wire(headers),
        finish=_finish,
        ended_by=_ended_by,
    )


def _load() -> Callable[..., LLM]:
    from llama_index.llms.google_genai import GoogleGenAI

    return GoogleGenAI


def _finish(response: ChatResponse) -> object:
    return response.raw.get("finish_reason") if isinstance(response.raw, dict) else None


def _ended_by(error: Exception) -> object:
    """LlamaIndex raises where Gemini ends a reply for any reason but its being whole."""
    ended = re.match(r"Response was terminated early: (\w+)", str(error))
    return ended[1] if ended else None
