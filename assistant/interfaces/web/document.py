"""The chat page's first document: Gradio's own, made ours before it is sent. ASGI.

Gradio fixes ``<html lang>`` to English, has one title for all and puts style sheets in only once
its script runs. So the document gets the reader's language, our title and our files here.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.interfaces.http.guard import route_of
from assistant.interfaces.web.rendering import render
from assistant.messages.catalogue import messages
from assistant.messages.languages import Lang, choose_language

STATIC = Path(__file__).parent / "static"
STATIC_ROUTE = "files"
"""Where our files lie, below the root."""
_LANG = re.compile(r"<html\b[^>]*?\blang=\"[^\"]*\"")
_SHARE_TAGS = re.compile(r"\s*<meta\s+(?:property=\"og:|name=\"twitter:)[^>]*>")


def localised(document: str, lang: Lang) -> str:
    """Gradio's document in ``lang`` with our title, share text and files in its head."""
    head = render("head.html", say=messages(lang), files=STATIC_ROUTE)
    document = _LANG.sub(lambda tag: _with_lang(tag[0], lang), document, count=1)
    document = _SHARE_TAGS.sub("", document)
    return document.replace("</head>", f"{head}</head>", 1)


def _with_lang(tag: str, lang: Lang) -> str:
    # Gradio's script sets lang to the browser's own later on; the other attribute stays.
    return re.sub(r"lang=\"[^\"]*\"", f'lang="{lang}" data-page-lang="{lang}"', tag, count=1)


class LocalisedIndex:
    """Sends the page's document in the reader's language; other responses pass as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or route_of(scope) != "/":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [None])[0]
        lang = choose_language(asked, headers.get(b"accept-language", b"").decode("latin-1"))
        # Without this, the document comes compressed.
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                document = localised(body.decode("utf-8"), lang).encode()
                await send(_start(start, len(document), lang))
                await send({"type": "http.response.body", "body": document})

        await self.app({**scope, "headers": plain}, receive, collect)


def _start(start: Message, length: int, lang: str) -> Message:
    headers = MutableHeaders(scope=start)
    headers["content-length"] = str(length)
    headers["content-language"] = lang
    headers.append("vary", "Accept-Language")
    return start
