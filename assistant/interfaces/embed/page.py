"""The page of an embedded chat: what its address presets, what it offers to ask, its document.

``talk=`` (a talk's id, or its file), ``speaker=``, ``spoken=``, ``since=`` and ``until=`` narrow
the search as on the chat page; ``scope=`` holds any of them as one value, in the form of an
address. ``lang=``, ``theme=`` (``light``, ``dark`` or ``auto``), ``q=`` (asked at once),
``greeting=``, ``questions=`` (suggested ones, one a line or one a parameter) and ``token=``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlencode

from assistant.interfaces.http.access import Caller
from assistant.interfaces.http.errors import ApiError
from assistant.interfaces.web.document import STATIC_ROUTE
from assistant.interfaces.web.narrowing import QUERY_CHARS, Choice, named_choices, scope_of
from assistant.interfaces.web.rendering import templates
from assistant.interfaces.web.session import QUESTION_CHARS
from assistant.messages.catalogue import Messages, messages
from assistant.messages.languages import Lang, choose_language
from index.types import EVERYWHERE, Scope, Talk

Theme = Literal["auto", "light", "dark"]

NARROWING = ("talk", "speaker", "spoken", "since", "until")
GREETING_CHARS = 300
SUGGESTED = 6
"""So many suggested questions are taken from the address."""
SUGGESTED_CHARS = 200
OFFERED = 4
"""So many topics are offered, of so many talks at most."""
NAMED = 3
"""So many of the things that the search is narrowed to are named."""
OWN_FILES = "embed/files"
"""Where this page's own files lie, below the root."""

_THEME_NAMES: Mapping[str, Theme] = MappingProxyType({"light": "light", "dark": "dark"})


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


class Offers(NamedTuple):
    """Questions as they stand, else topics of the talks that are asked about."""

    questions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the document says beside its preset.

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


def embed_html(preset: Preset, shown: Shown) -> str:
    """The whole document of the chat."""
    say = messages(preset.lang)
    query = _query(preset)
    return _document(
        "embed.html",
        preset,
        shown=shown,
        about=_about(shown, say),
        framers=json.dumps(list(shown.framers)),
        oembed="" if preset.token else _oembed(shown.home, query),
        question_chars=QUESTION_CHARS,
        script_words=json.dumps(_script_words(say), ensure_ascii=False),
        whole_page=f"{shown.home}/?{query}",
    )


def refused_html(preset: Preset) -> str:
    """A page that says why there is no chat."""
    return _document("embed_refused.html", preset)


def _document(template: str, preset: Preset, **values: object) -> str:
    return templates(__package__).render(
        template,
        say=messages(preset.lang),
        preset=preset,
        files=STATIC_ROUTE,
        own_files=OWN_FILES,
        **values,
    )


def _oembed(home: str, query: str) -> str:
    """Where oEmbed tells of this chat."""
    address = {"url": f"{home}/embed?{query}", "format": "json"}
    return f"{home}/oembed?{urlencode(address)}"


def _query(preset: Preset) -> str:
    """What the search is narrowed to and the language, for other addresses of ours."""
    return "&".join(filter(None, (preset.narrowed, urlencode({"lang": preset.lang}))))


def _about(shown: Shown, say: Messages) -> str:
    """What the answers come from; empty where that is the whole library."""
    if 0 < len(shown.within) <= NAMED:
        return say("embed.about", named_choices(shown.within, say))
    return say("embed.about_talks", shown.talks) if shown.talks else ""


def _script_words(say: Messages) -> Mapping[str, str]:
    """The words that the page's script needs; formats have their ``{}``."""
    return {
        "asked": say("chat.you_asked"),
        "thinking": say("chat.thinking"),
        "waiting": say("embed.waiting"),
        "ready": say("chat.ready"),
        "readyOne": say("chat.ready", n=1),
        "retry": say("chat.retry"),
        "error": say("chat.error"),
        "busy": say("embed.busy"),
        "expired": say("embed.expired"),
        "unreachable": say("embed.unreachable"),
        "refused": say("embed.refused"),
        "stopped": say("answer.stopped"),
        "nothingYet": say("answer.nothing_yet"),
    }


def _headings(talk: Talk) -> list[str]:
    return [topic.heading for topic in talk.topics if topic.kind == "talk" and topic.heading]
