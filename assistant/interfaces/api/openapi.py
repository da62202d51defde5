"""The OpenAPI document of the API, true to how the server is set up, and the page that shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from assistant.interfaces.documents.answers import ErrorDocument
from assistant.settings import ServingSettings
from assistant.types import Json

DOCS_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
}
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 0 auto; padding: 1.5rem; }
h2 { margin-top: 3rem; } h3 { margin-top: 2.5rem; border-top: 1px solid; padding-top: 1rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid; border-radius: .4rem; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; }
td { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
"""
_CODE = re.compile(r"`([^`]+)`")


def docs_html(openapi: Json) -> str:
    """The whole page."""
    info = openapi["info"]
    parts = [f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>"]
    parts.append(_prose(info.get("description", "")))
    parts.append('<p><a href="openapi.json">openapi.json</a></p>')
    root = openapi.get("servers", [{"url": ""}])[0]["url"]
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            parts.append(_operation(method, f"{root}{path}", operation))
    parts.append("<h2>Documents</h2>")
    for name, schema in openapi["components"]["schemas"].items():
        parts.append(_schema(name, schema))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}: API</title><style>{_STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>"
    )


def _operation(method: str, path: str, operation: Json) -> str:
    heading = f"<code>{escape(method.upper())} {escape(path)}</code>"
    parts = [f"<h3>{heading}</h3>", f"<p><strong>{escape(operation['summary'])}</strong></p>"]
    parts.append(_prose(operation.get("description", "")))
    if parameters := operation.get("parameters"):
        rows = (
            (one["name"], _type(one["schema"]), one.get("description", "")) for one in parameters
        )
        parts.append(_table(("parameter", "type", ""), rows))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        parts.append(f"<p>Body: {_type(content['schema'])}</p>")
        if example := content.get("example"):
            parts.append(f"<pre>{escape(json.dumps(example, ensure_ascii=False, indent=2))}</pre>")
    rows = (
        (status, _content(response), response.get("description", ""))
        for status, response in operation["responses"].items()
    )
    parts.append(_table(("status", "body", ""), rows))
    return "".join(parts)


def _content(response: Json) -> str:
    kinds = response.get("content", {})
    told = [
        _type(content["schema"]) if content.get("schema", {}).get("$ref") else escape(kind)
        for kind, content in kinds.items()
    ]
    return ", ".join(dict.fromkeys(told))


def _schema(name: str, schema: Json) -> str:
    required = schema.get("required", ())
    rows = (
        (f"{field}{'' if field in required else '?'}", _type(one), _described(one))
        for field, one in schema.get("properties", {}).items()
    )
    heading = f'<h3 id="{escape(name)}">{escape(name)}</h3>'
    return heading + _prose(schema.get("description", "")) + _table(("field", "type", ""), rows)


def _described(schema: Json) -> str:
    """The description, with the first example."""
    examples = [f"Such as `{one}`." for one in schema.get("examples", ())[:1]]
    return " ".join([*filter(None, [schema.get("description")]), *examples])


def _type(schema: Json) -> str:
    """A schema in a few words, as HTML; documents are links."""
    if ref := schema.get("$ref"):
        name = escape(ref.rsplit("/", 1)[-1])
        return f'<a href="#{name}">{name}</a>'
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(map(_type, several))
    if choices := schema.get("enum"):
        return " | ".join(f"<code>{escape(json.dumps(choice))}</code>" for choice in choices)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    kind = escape(str(schema.get("format") or schema.get("type", "any")))
    return kind + _bounds(schema)


def _bounds(schema: Json) -> str:
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    if high is None:
        return ""
    unit = " characters" if "maxLength" in schema else ""
    return f", {low if low is not None else ''}…{high:,}{unit}" if low else f", ≤ {high:,}{unit}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, str, str]]) -> str:
    """Rows of a name, a type that is HTML already, and a description."""
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{kind}</td><td>{_inline(text)}</td></tr>"
        for name, kind, text in rows
    )
    return f"<table><tr>{cells}</tr>{body}</table>" if body else ""


def _prose(text: str) -> str:
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    return "".join(f"<p>{_inline(part)}</p>" for part in paragraphs if part)


def _inline(text: str) -> str:
    """Escaped, with what stands in backquotes as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


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
