"""The API's OpenAPI document, true to how the server is set up, and a page of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from assistant.interfaces.documents.answers import ErrorDocument
from assistant.interfaces.http.templates import Templates
from assistant.settings import ServingSettings
from assistant.types import Json

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

_FAULTS: dict[int, str] = {
    400: "The body is not JSON.",
    401: "Who calls has to be shown: see `Authorization`.",
    403: "This caller may not do that.",
    404: "There is no such thing, or not for this caller.",
    410: "The words are gone.",
    413: "The body is too large.",
    422: "Something in the request can't be taken; the message says what and where.",
    429: "Too many requests, or all places for answers are taken: come back after `Retry-After`.",
    500: "Something went wrong here.",
    502: "The language model gave out.",
    503: "The library is still loading, or can't be loaded.",
}
DOCS_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
}
_CODE = re.compile(r"`([^`]+)`")


def faults(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The responses of errors, as OpenAPI lists them."""
    return {
        status: {"model": ErrorDocument, "description": _FAULTS[status]}
        for status in sorted({401, 403, 422, 429, 500, 503, *statuses})
    }


def openapi_of(app: FastAPI, serving: ServingSettings, prefix: str) -> Callable[[], dict[str, Any]]:
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


def docs_html(openapi: Json) -> str:
    """The document as one page that needs no script and no network."""
    return _templates().render(
        "docs.html",
        info=openapi["info"],
        root=openapi.get("servers", [{"url": ""}])[0]["url"],
        paths=openapi["paths"],
        schemas=openapi["components"]["schemas"],
    )


@cache
def _templates() -> Templates:
    return Templates(__package__, functions=_FUNCTIONS)


def _paragraphs(text: str) -> list[str]:
    """Each on one line."""
    parts = (" ".join(part.split()) for part in text.split("\n\n"))
    return [part for part in parts if part]


def _code_pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it stood in backquotes."""
    for number, piece in enumerate(_CODE.split(text)):
        yield piece, bool(number % 2)


def _contents(response: Json) -> list[tuple[str, Json | None]]:
    """What a response may hold: a media type, and the schema where that names a document; each
    document and each other type once."""
    found: dict[str, tuple[str, Json | None]] = {}
    for kind, content in response.get("content", {}).items():
        schema = content.get("schema", {})
        reference = schema.get("$ref")
        found.setdefault(reference or kind, (kind, schema if reference else None))
    return list(found.values())


def _as_json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=indent is None, indent=indent)


def _described(schema: Json) -> str:
    """The description, with the first example."""
    examples = [f"Such as `{one}`." for one in schema.get("examples", ())[:1]]
    return " ".join([*filter(None, [schema.get("description")]), *examples])


def _bounds(schema: Json) -> str:
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    if high is None:
        return ""
    unit = " characters" if "maxLength" in schema else ""
    return f", {low if low is not None else ''}…{high:,}{unit}" if low else f", ≤ {high:,}{unit}"


_FUNCTIONS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "as_json": _as_json,
        "bounds": _bounds,
        "code_pieces": _code_pieces,
        "contents": _contents,
        "described": _described,
        "paragraphs": _paragraphs,
    }
)
