"""Where an API begins, however it was written down. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

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
