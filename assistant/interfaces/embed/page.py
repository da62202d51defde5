"""The chat for a frame: address presets, document, offers.

What the address of an embedded chat presets: pure.

``talk=`` (a talk's id, or its file), ``speaker=``, ``spoken=``, ``since=`` and ``until=`` narrow
the search as on the chat page (narrowing.py); ``scope=`` holds any of them as one value, in the
form of an address. ``lang=``, ``theme=`` (``light``, ``dark`` or ``auto``), ``q=`` (asked at once),
``greeting=``, ``questions=`` (suggested ones, one a line or one a parameter) and ``token=``.

What an embedded chat offers to ask: pure.

The embedded chat's document: one column for a frame of 320 px and more.

Its parts have the chat page's own names, so that the same style sheets and the same functions write
both. What the script needs to know stands in ``data-`` attributes of the body; no script or style
stands in the document itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from types import MappingProxyType
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlencode

from assistant.interfaces.http.access import Caller
from assistant.interfaces.http.errors import ApiError
from assistant.interfaces.web.chat import LIVE_HTML, MARK, PLAYER_HTML
from assistant.interfaces.web.document import STATIC_ROUTE
from assistant.interfaces.web.narrowing import QUERY_CHARS, Choice, named, scope_of
from assistant.interfaces.web.session import QUESTION_CHARS
from assistant.interfaces.web.views import asking_buttons
from assistant.messages.answer_words import answer_words
from assistant.messages.embed_words import EmbedWords, embed_words
from assistant.messages.i18n import Words, words
from assistant.messages.languages import Lang, choose_language
from assistant.messages.scope_words import scope_words
from index.types import EVERYWHERE, Scope, Talk

Theme = Literal["auto", "light", "dark"]

_THEME_NAMES: Mapping[str, Theme] = MappingProxyType({"light": "light", "dark": "dark"})
NARROWING = ("talk", "speaker", "spoken", "since", "until")
GREETING_CHARS = 300
SUGGESTED = 6
SUGGESTED_CHARS = 200


@dataclass(frozen=True, slots=True)
class Preset:
    """How an embedded chat begins; ``narrowed`` is what it searches in, as an address says it."""

    lang: Lang
    theme: Theme = "auto"
    narrowed: str = ""
    question: str = ""
    greeting: str = ""
    questions: tuple[str, ...] = ()
    token: str = ""


def read_preset(query: str, accepted: str | None) -> Preset:
    """The preset that a query string asks for; ``accepted`` is an Accept-Language header."""
    asked = parse_qs(query[:QUERY_CHARS])

    def first(name: str) -> str:
        return asked.get(name, [""])[0].strip()

    lines = (line.strip() for text in asked.get("questions", []) for line in text.splitlines())
    return Preset(
        lang=choose_language(first("lang") or None, accepted),
        theme=_THEME_NAMES.get(first("theme"), "auto"),
        narrowed=narrowing_in(query),
        question=first("q")[:QUESTION_CHARS],
        greeting=first("greeting")[:GREETING_CHARS],
        questions=tuple(line[:SUGGESTED_CHARS] for line in lines if line)[:SUGGESTED],
        token=first("token"),
    )


def narrowing_in(query: str) -> str:
    """Of an address only what narrows the search, ``scope=`` unfolded."""
    pairs = parse_qsl(query[:QUERY_CHARS])
    inner = (pair for name, text in pairs if name == "scope" for pair in parse_qsl(text))
    return urlencode([pair for pair in (*pairs, *inner) if pair[0] in NARROWING])


def reached_scope(narrowed: str, talks: Sequence[Talk], caller: Caller) -> Scope:
    """What an address narrows the search to, inside the talks that the caller may reach.

    Whoever may reach all talks gets what the address says. Raises ApiError 403 where nothing of it
    is within reach, since a scope without talks would be the whole library.
    """
    own = [talk for talk in talks if caller.talks is None or talk.id in caller.talks]
    asked = scope_of(narrowed, own)
    if caller.talks is None:
        return asked
    reached = asked.transcripts & caller.talks if asked.transcripts else caller.talks
    if not reached:
        raise ApiError(
            403,
            "not_allowed",
            "This embed may not ask about these talks.",
            "Sign its token for them, or leave talk= out.",
        )
    return replace(asked, transcripts=reached)


OFFERED = 4


class Offers(NamedTuple):
    """Questions as they stand, else topics of the talks that are asked about."""

    questions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


def offers(preset: Preset, scope: Scope, talks: Sequence[Talk], examples: Sequence[str]) -> Offers:
    """The preset's own questions, else the library's ``examples`` where all of it is searched,
    else headings from the talks in scope, taken in turn from each; ``talks`` are the reachable."""
    if preset.questions:
        return Offers(preset.questions)
    if scope == EVERYWHERE:
        return Offers(tuple(examples))
    within = [talk for talk in talks if not scope.transcripts or talk.id in scope.transcripts]
    headings = [_headings(talk) for talk in within[:OFFERED]]
    in_turn = (
        heading for n in range(OFFERED) for listed in headings for heading in listed[n : n + 1]
    )
    return Offers(topics=tuple(dict.fromkeys(in_turn))[:OFFERED])


def _headings(talk: Talk) -> list[str]:
    return [topic.heading for topic in talk.topics if topic.kind == "talk" and topic.heading]


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
