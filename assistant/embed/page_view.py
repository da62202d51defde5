"""The embedded chat's document: one column for a frame of 320 px and more.

Its parts have the chat page's own names, so that the same style sheets and the same functions write
both. What the script needs to know stands in ``data-`` attributes of the body; no script or style
stands in the document itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from assistant.embed.embed_words import EmbedWords, embed_words
from assistant.embed.presets import Preset, Theme
from assistant.web.answer_words import answer_words
from assistant.web.chat_view import asking_buttons
from assistant.web.header_view import LIVE_HTML, MARK, PLAYER_HTML
from assistant.web.i18n import Words, words
from assistant.web.index_html import STATIC_ROUTE
from assistant.web.narrowing import Choice
from assistant.web.scope_view import named
from assistant.web.scope_words import scope_words
from assistant.web.session import QUESTION_CHARS

STYLES = ("base.css", "chat.css", "answer.css", "sources.css")
OWN_FILES = "embed/files"
NAMED = 3
"""So many of the things that the search is narrowed to are named."""

_THEMES: Mapping[Theme, tuple[str, str]] = {
    "auto": ("vb-auto", ' media="(prefers-color-scheme: dark)"'),
    "light": ("vb-light", ' media="not all"'),
    "dark": ("dark", ""),
}
_PLUS = (
    '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M9 4h2v5h5v2h-5v5H9v-5H4V9h5z"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the document tells beside its preset.

    ``home`` is the address of the whole application, ``framers`` the origins whose scripts may
    talk to the frame, ``within`` what the search is narrowed to, ``talks`` the number of talks that
    a token gives access to (0 for all), ``topics`` what may be asked about where no questions are
    suggested.
    """

    home: str
    framers: Sequence[str]
    within: Sequence[Choice] = ()
    talks: int = 0
    questions: Sequence[str] = ()
    topics: Sequence[str] = ()


def embed_html(preset: Preset, shown: Shown) -> str:
    """The whole document of the chat."""
    text, said = words(preset.lang), embed_words(preset.lang)
    data = {
        "lang": preset.lang,
        "narrowed": preset.narrowed,
        "token": preset.token,
        "question": preset.question,
        "home": shown.home,
        "framers": json.dumps(list(shown.framers)),
        "words": json.dumps(_script_words(text, said), ensure_ascii=False),
    }
    attributes = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    offers = asking_buttons(shown.questions, text.examples) or asking_buttons(
        shown.topics, said.topics
    )
    body = (
        f"{_head(preset, shown, text, said)}"
        f'<main id="vb-main"><div id="vb-talk"><div id="vb-chat" role="region"'
        f' aria-label="{escape(text.chat)}">{_welcome(preset, shown, text, said)}</div>'
        f'<div id="vb-examples">{offers}</div></div>{_composer(text)}</main>'
        f'<div id="vb-told">{LIVE_HTML}</div><template id="vb-player-template">{_player(text)}'
        "</template>"
    )
    head = f'<script type="module" src="{OWN_FILES}/page.js"></script>'
    return _document(preset, said.title, attributes, body, _discovery(preset, shown) + head)


def refused_html(preset: Preset) -> str:
    """A page that says why there is no chat."""
    said = embed_words(preset.lang)
    body = (
        f'<main id="vb-main"><section class="vb-welcome"><h2>{escape(said.needs_token)}</h2>'
        f"<p>{escape(said.needs_token_more)}</p></section></main>"
    )
    return _document(preset, said.needs_token, "", body, "")


def _discovery(preset: Preset, shown: Shown) -> str:
    """Where oEmbed tells of this chat; not of one with a token, which is nobody's to hand on."""
    if preset.token:
        return ""
    address = f"{shown.home}/embed?{_query(preset)}"
    oembed = f"{shown.home}/oembed?{urlencode({'url': address, 'format': 'json'})}"
    return f'<link rel="alternate" type="application/json+oembed" href="{escape(oembed)}">'


def _query(preset: Preset) -> str:
    """What the search is narrowed to and the language, for other addresses of ours."""
    return "&".join(filter(None, (preset.narrowed, urlencode({"lang": preset.lang}))))


def _document(preset: Preset, title: str, attributes: str, body: str, head: str) -> str:
    css_class, media = _THEMES[preset.theme]
    styles = "".join(f'<link rel="stylesheet" href="{STATIC_ROUTE}/{name}">' for name in STYLES)
    return (
        f'<!doctype html><html lang="{preset.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)} · Verbatim</title>{styles}'
        f'<link rel="stylesheet" href="{STATIC_ROUTE}/dark.css"{media}>'
        f'<link rel="stylesheet" href="{OWN_FILES}/page.css">'
        f'<link rel="icon" type="image/svg+xml" href="{STATIC_ROUTE}/mark.svg">{head}</head>'
        f'<body class="gradio-container vb-embed {css_class}"{attributes}>'
        f'<div id="vb-embed">{body}</div></body></html>'
    )


def _head(preset: Preset, shown: Shown, text: Words, said: EmbedWords) -> str:
    new, open_ = escape(text.new_chat), escape(said.open)
    home = escape(f"{shown.home}/?{_query(preset)}")
    return (
        f'<header id="vb-embed-head">{MARK}<p id="vb-embed-title"><span>{escape(said.title)}</span>'
        f"{_about(preset, shown, said)}</p>"
        f'<button type="button" class="vb-icon" data-new-chat hidden aria-label="{new}"'
        f' title="{new}">{_PLUS}</button>'
        f'<a class="vb-open" data-open href="{home}" target="_blank"'
        f' rel="noopener" title="{open_}" aria-label="{open_} ({escape(text.new_tab)})">'
        '<span aria-hidden="true">Verbatim ↗</span></a></header>'
    )


def _about(preset: Preset, shown: Shown, said: EmbedWords) -> str:
    """What the answers come from, where that isn't the whole library."""
    names = [named(choice, scope_words(preset.lang)) for choice in shown.within]
    if 0 < len(names) <= NAMED:
        told = said.about.format(words(preset.lang).speaker_join.join(names))
    elif shown.talks:
        told = said.about_talks.format(shown.talks)
    else:
        return ""
    return f'<small title="{escape(told)}">{escape(told)}</small>'


def _welcome(preset: Preset, shown: Shown, text: Words, said: EmbedWords) -> str:
    told = [] if preset.greeting else [text.welcome_more]
    if shown.within and not preset.token:
        told.append(said.more)
    more = "".join(f"<p>{escape(line)}</p>" for line in told)
    greeting = escape(preset.greeting or text.welcome)
    return f'<section class="vb-welcome"><h2>{greeting}</h2>{more}</section>'


def _composer(text: Words) -> str:
    stop = escape(answer_words(text.lang).stop)
    return (
        f'<form id="vb-composer" autocomplete="off"><div id="vb-question"><textarea rows="1"'
        f' disabled maxlength="{QUESTION_CHARS}" aria-label="{escape(text.question)}"'
        f' placeholder="{escape(text.placeholder)}"></textarea></div>'
        f'<button id="vb-send">{escape(text.send)}</button>'
        f'<button type="button" id="vb-stop">{stop}</button></form>'
    )


def _player(text: Words) -> str:
    player, close = escape(text.player), escape(text.close_player)
    named_ = PLAYER_HTML.replace("<section ", f'<section aria-label="{player}" ', 1)
    button = f'data-close-player aria-label="{close}" title="{close}"'
    return f'<div id="vb-player">{named_.replace("data-close-player", button)}</div>'


def _script_words(text: Words, said: EmbedWords) -> Mapping[str, str]:
    stopped = answer_words(text.lang)
    return {
        "asked": text.you_asked,
        "thinking": text.thinking,
        "waiting": said.waiting,
        "ready": text.ready,
        "readyOne": text.ready_one,
        "retry": text.retry,
        "error": text.error,
        "busy": said.busy,
        "expired": said.expired,
        "unreachable": said.unreachable,
        "refused": said.refused,
        "stopped": stopped.stopped,
        "nothingYet": stopped.nothing_yet,
    }
