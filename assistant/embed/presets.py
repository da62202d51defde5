"""What the address of an embedded chat presets: pure.

``talk=`` (a talk's id, or its file), ``speaker=``, ``spoken=``, ``since=`` and ``until=`` narrow
the search as on the chat page (narrowing.py); ``scope=`` holds any of them as one value, in the
form of an address. ``lang=``, ``theme=`` (``light``, ``dark`` or ``auto``), ``q=`` (asked at once),
``greeting=``, ``questions=`` (suggested ones, one a line or one a parameter) and ``token=``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal
from urllib.parse import parse_qs, parse_qsl, urlencode

from assistant.access.types import ApiError, Caller
from assistant.web.languages import Lang, choose_language
from assistant.web.narrowing import QUERY_CHARS, scope_of
from assistant.web.session import QUESTION_CHARS
from index.types import Scope, Talk

Theme = Literal["auto", "light", "dark"]

_THEMES: Mapping[str, Theme] = MappingProxyType({"light": "light", "dark": "dark"})
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
        theme=_THEMES.get(first("theme"), "auto"),
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
