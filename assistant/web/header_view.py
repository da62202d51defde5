"""What stands above the conversation, and the words that the page's script needs, as HTML."""

from __future__ import annotations

import json
from html import escape

from assistant.web.answer_words import answer_words
from assistant.web.i18n import Words
from assistant.web.languages import Lang
from assistant.web.page_words import page_words

MARK = """
<svg class="vb-mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8"/>
<path d="M8 13c0-3 1.7-5 4.6-5.6l.5 1.5c-1.5.5-2.3 1.4-2.5 2.6h2.3V17H8zm8 0c0-3 1.7-5 4.6-5.6
l.5 1.5c-1.5.5-2.3 1.4-2.5 2.6h2.3V17H16z"/><path d="M8 22.2h16v1.8H8z"/></svg>"""

PLAYER_HTML = (
    '<section id="vb-dock" hidden><header><p class="vb-dock-title"></p>'
    '<button type="button" class="vb-icon" data-close-player>✕</button></header>'
    '<div class="vb-frame"></div></section>'
)
"""Where the player goes. It never changes, so that a player that runs is left alone; the script
puts its words in."""

LIVE_HTML = '<div id="vb-live" class="vb-sr" aria-live="polite" aria-atomic="true"></div>'
"""What screen readers are told of: the conversation itself is written anew with every change."""


def brand_html(lang: Lang, words: Words) -> str:
    """The name and the tagline; its attributes tell the script the language and its words."""
    told = json.dumps(
        {
            "player": words.player,
            "closePlayer": words.close_player,
            "ready": words.ready,
            "readyOne": words.ready_one,
            "chat": words.chat,
            "language": words.language,
            "mode": answer_words(lang).mode,
            "sources": words.sources,
        },
        ensure_ascii=False,
    )
    return (
        f'<div class="vb-brand" data-lang="{lang}" data-title="{escape(words.title)}" '
        f'data-words="{escape(told)}">{MARK}'
        f"<div><h1>Verbatim</h1><p>{escape(words.tagline)}</p></div></div>"
    )


def theme_html(words: Words) -> str:
    """The way to the lookup of quotes, and the switch between light and dark."""
    label = escape(words.theme)
    look_up = escape(page_words(words.lang).look_up)
    return (
        f'<a class="vb-icon" href="lookup?lang={words.lang}" target="_blank" data-carry'
        f' aria-label="{look_up} ({escape(words.new_tab)})" title="{look_up}">'
        '<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="8.6" cy="8.6" r="6.1"/>'
        '<path d="m13.2 12.1 4.6 4.6-1.1 1.1-4.6-4.6zM5.4 10.9c0-2.2.8-3.7 2.6-4.3l.3.9c-.8.3-1.2.8'
        '-1.3 1.4h1.2v2zm3.6 0c0-2.2.8-3.7 2.6-4.3l.3.9c-.8.3-1.2.8-1.3 1.4h1.2v2z"/></svg></a>'
        f'<button type="button" class="vb-icon" data-theme-toggle aria-label="{label}" '
        f'title="{label}">'
        '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 2.5a7.5 7.5 0 1 0 0 15z"/>'
        '<circle cx="10" cy="10" r="7.5"/></svg></button>'
    )


def side_head_html(words: Words) -> str:
    """The heading over the sources; its button leads back up where they stand below the chat."""
    return (
        f'<div class="vb-side-head"><h2>{escape(words.sources)}</h2>'
        f'<button type="button" class="vb-link vb-back" data-back>'
        f"↑ {escape(words.back)}</button></div>"
    )
