"""The document around each page that the server writes whole: head, header, and headers of HTTP.

Nothing in it needs a script to be read. What may be loaded is our own files, and the players of the
recordings that the page names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape

from assistant.web.addresses import origin, playing, web_url
from assistant.web.header_view import MARK, PLAYER_HTML
from assistant.web.i18n import Words, words
from assistant.web.index_html import STATIC_ROUTE
from assistant.web.languages import LANG_NAMES, Lang
from assistant.web.page_words import page_words
from assistant.web.visit import Theme, Visit

STYLES = ("base.css", "sources.css", "pages.css")
SCRIPT = "pages.js"
SHARE_CHARS = 200
"""A longer title or description is cut by those who unfurl a link, in the middle of a word."""

_OWN_FILES = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"
_BOUNDS = "connect-src 'self'; form-action 'self'; base-uri 'none'"
_THEMES: Mapping[Theme | None, tuple[str, str]] = {
    None: ("vb-auto", ' media="(prefers-color-scheme: dark)"'),
    "light": ("vb-light", ' media="not all"'),
    "dark": ("dark", ""),
}
_LOCALES: Mapping[Lang, str] = {"zh-Hans": "zh_CN", "zh-Hant": "zh_TW", "en": "en_US"}


@dataclass(frozen=True, slots=True)
class Document:
    """A page before it is framed.

    ``path`` is its lasting address below the root, empty for a page that nobody should link to;
    ``unfurls`` says that /oembed knows it. ``players`` are the addresses that it may play.
    """

    title: str
    body: str
    description: str = ""
    path: str = ""
    unfurls: bool = False
    players: tuple[str, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    card: bool = False


def document_html(document: Document, visit: Visit) -> str:
    """The whole document; one that is a ``card``, made for a frame, has no header."""
    text = words(visit.lang)
    css_class, media = _THEMES[visit.theme]
    inner = f'<main id="vb-page" class="vb-card-page">{document.body}</main>'
    if not document.card:
        inner = (
            f"{_header(visit, text)}"
            f'<main id="vb-page"><div id="vb-player">{_player(text)}</div>{document.body}</main>'
        )
    files = visit.to_file(STATIC_ROUTE)
    styles = "".join(f'<link rel="stylesheet" href="{files}/{name}">' for name in STYLES)
    return (
        f'<!doctype html><html lang="{visit.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(document.title)} · Verbatim</title>{_share(document, visit)}{styles}"
        f'<link rel="stylesheet" href="{files}/dark.css"{media}>'
        f'<link rel="icon" type="image/svg+xml" href="{files}/mark.svg">'
        f'<script type="module" src="{files}/{SCRIPT}"></script></head>'
        f'<body class="vb-page {css_class}">{inner}</body></html>'
    )


def headers_of(document: Document, visit: Visit) -> dict[str, str]:
    """HTTP headers; the policy lets in no script, style or frame but those of the page."""
    players = " ".join(sorted(set(_origins(document.players)))) or "'none'"
    return {
        "Content-Language": visit.lang,
        "Vary": "Accept-Language",
        "Cache-Control": "no-cache",
        "Content-Security-Policy": f"{_OWN_FILES}; frame-src {players}; {_BOUNDS}",
        **document.headers,
    }


def shortened(text: str, limit: int = SHARE_CHARS) -> str:
    """The text on one line, cut with an ellipsis where it is longer."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def _origins(players: Iterable[str]) -> Iterable[str]:
    return filter(None, (origin(playing(url)) for url in map(web_url, players) if url))


def _share(document: Document, visit: Visit) -> str:
    """What search engines, link previews and oEmbed read."""
    if not document.path:
        return '<meta name="robots" content="noindex">'
    address = visit.absolute(document.path)
    title, more = shortened(document.title), shortened(document.description)
    facts = {
        "og:type": "article",
        "og:site_name": "Verbatim",
        "og:title": title,
        "og:description": more,
        "og:url": address,
        "og:locale": _LOCALES[visit.lang],
    }
    cards = {
        "description": more,
        "twitter:card": "summary",
        "twitter:title": title,
        "twitter:description": more,
    }
    tags = [f'<link rel="canonical" href="{escape(address)}">']
    tags += [f'<meta property="{name}" content="{escape(told)}">' for name, told in facts.items()]
    tags += [f'<meta name="{name}" content="{escape(told)}">' for name, told in cards.items()]
    if document.unfurls:
        oembed = escape(visit.absolute("oembed", url=address, format="json"))
        tags.append(
            f'<link rel="alternate" type="application/json+oembed" href="{oembed}"'
            f' title="{escape(title)}">'
        )
    return "".join(tags)


def _header(visit: Visit, text: Words) -> str:
    said = page_words(visit.lang)
    links = ((said.ask, ""), (said.look_up, "lookup"), (said.all_talks, "talks"))
    pages = "".join(
        f'<a href="{escape(visit.to(path))}"{_current(path == visit.path, "page")}>'
        f"{escape(name)}</a>"
        for name, path in links
    )
    return (
        f'<header id="vb-header"><a class="vb-brand" href="{escape(visit.to(""))}"'
        f' aria-label="Verbatim">{MARK}<b>Verbatim</b></a>'
        f'<nav aria-label="{escape(said.pages)}">{pages}</nav>'
        f"{_languages(visit, text)}{_theme(visit, text)}</header>"
    )


def _languages(visit: Visit, text: Words) -> str:
    links = "".join(
        f'<a href="{escape(visit.same(lang=lang))}" hreflang="{lang}" lang="{lang}"'
        f"{_current(lang == visit.lang, 'true')}>{escape(name)}</a>"
        for lang, name in LANG_NAMES.items()
    )
    return f'<nav class="vb-languages" aria-label="{escape(text.language)}">{links}</nav>'


def _current(is_current: bool, what: str) -> str:
    return f' aria-current="{what}"' if is_current else ""


def _theme(visit: Visit, text: Words) -> str:
    """Two links, of which the style sheet shows the one that changes something."""
    label = escape(text.theme)
    icon = (
        '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 2.5a7.5 7.5 0 1 0 0 15z"/>'
        '<circle cx="10" cy="10" r="7.5"/></svg>'
    )
    return "".join(
        f'<a class="vb-icon vb-to-{theme}" href="{escape(visit.same(__theme=theme))}"'
        f' aria-label="{label}" title="{label}">{icon}</a>'
        for theme in ("light", "dark")
    )


def _player(text: Words) -> str:
    """Where the player goes, named in the reader's language."""
    label = escape(text.player)
    close = escape(text.close_player)
    return PLAYER_HTML.replace('id="vb-dock"', f'id="vb-dock" aria-label="{label}"').replace(
        "data-close-player", f'data-close-player aria-label="{close}" title="{close}"'
    )
