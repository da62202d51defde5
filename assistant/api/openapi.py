"""The OpenAPI document of the API, true to how the server is set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from assistant.access.settings import ServingSettings

DESCRIPTION = """
Ask your talks; get the words, the speaker and the second.

Every error is a document `{"error": {"code", "message", "todo"}}`. Times are seconds from the
recording's start, null where the source gives none. Responses tell in `RateLimit-Limit`,
`RateLimit-Remaining` and `RateLimit-Reset` what the caller has left; beyond it, and while all
places for answers are taken, the status is 429, and `Retry-After` says when to come back.
"""
TAGS = [
    {"name": "ask", "description": "Answers with citations."},
    {"name": "search", "description": "Passages, without an answer."},
    {"name": "cite", "description": "Who said it, where and when."},
    {"name": "talks", "description": "What there is."},
    {"name": "embed", "description": "Chats in other pages."},
    {"name": "service", "description": "How the server is."},
]
BEARER = "key"
OPEN = frozenset({"/health"})
"""Routes that anybody may ask."""


def telling(app: FastAPI, serving: ServingSettings, prefix: str) -> Callable[[], dict[str, Any]]:
    """A function that gives the document, made once, of ``app`` as it stands below ``prefix``."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                description=DESCRIPTION,
                routes=app.routes,
                tags=TAGS,
                servers=[{"url": f"{serving.root_path}{prefix}"}],
            )
            app.openapi_schema = _secured(document, serving)
        return app.openapi_schema

    return openapi


def _secured(document: dict[str, Any], serving: ServingSettings) -> dict[str, Any]:
    """A key is needed where there are keys; else it may be left out."""
    document["components"]["securitySchemes"] = {
        BEARER: {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key of VERBATIM_API_KEYS, or an embed token.",
        }
    }
    key: list[dict[str, list[str]]] = [{BEARER: []}]
    needed = bool(serving.keys) and not serving.user_header
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path not in OPEN:
                operation["security"] = key if needed else [{}, *key]
    return document
