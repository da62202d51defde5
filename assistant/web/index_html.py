"""The page's first document: Gradio's own, made ours before it is sent.

Gradio fixes ``<html lang>`` to English, has one title for all and puts style sheets in only once
its script runs. So the document gets the reader's language, our title and our files here.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from assistant.web.i18n import words
from assistant.web.languages import Lang

STATIC = Path(__file__).parent / "static"
STATIC_ROUTE = "files"
STYLES = ("base.css", "dark.css", "chat.css", "answer.css", "scope.css", "sources.css")
SCRIPT = "main.js"

_LANG = re.compile(r"<html\b[^>]*?\blang=\"[^\"]*\"")
_SHARE_TAGS = re.compile(r"\s*<meta\s+(?:property=\"og:|name=\"twitter:)[^>]*>")


def static_tags() -> str:
    """The elements that load our files, at addresses relative to the page."""
    links = "".join(f'<link rel="stylesheet" href="{STATIC_ROUTE}/{name}">' for name in STYLES)
    icon = f'<link rel="icon" type="image/svg+xml" href="{STATIC_ROUTE}/mark.svg">'
    script = f'<script type="module" src="{STATIC_ROUTE}/{SCRIPT}"></script>'
    return links + icon + script


def localised(document: str, lang: Lang, tags: str) -> str:
    """Gradio's document in ``lang`` with our title, share text and ``tags`` in its head."""
    text = words(lang)
    head = (
        f"<title>{escape(text.title)}</title>"
        f'<meta name="description" content="{escape(text.tagline)}">'
        f'<meta property="og:title" content="Verbatim">'
        f'<meta property="og:description" content="{escape(text.tagline)}">{tags}'
    )
    document = _LANG.sub(lambda tag: _with_lang(tag[0], lang), document, count=1)
    document = _SHARE_TAGS.sub("", document)
    return document.replace("</head>", f"{head}</head>", 1)


def _with_lang(tag: str, lang: Lang) -> str:
    # Gradio's script sets lang to the browser's own later on; the other attribute stays.
    return re.sub(r"lang=\"[^\"]*\"", f'lang="{lang}" data-page-lang="{lang}"', tag, count=1)
