"""What a reader narrows the search to: read from an address, and told in the reader's terms.

One form serves the page's address and the page's own field: ``talk=`` (a talk's id, or its file),
``speaker=`` (a whole name), ``spoken=`` (a language; ``zh`` is Chinese in both scripts), ``since=``
and ``until=`` (ISO dates, both included). The first three may come more than once. Parts of names,
which the command line takes, would let a link's meaning change as the library grows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal
from urllib.parse import parse_qs

from assistant.types import Mode
from corpus.language import fold
from index.types import Scope, Talk

Kind = Literal["talk", "speaker", "spoken", "since", "until"]

QUERY_CHARS = 20_000
"""A longer one is cut: no choice of the panel's comes near it."""

# Each language's name in itself.
_OWN_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "zh-Hans": "简体中文",
        "zh-Hant": "繁體中文",
        "en": "English",
        "ja": "日本語",
        "ko": "한국어",
        "de": "Deutsch",
        "fr": "Français",
        "es": "Español",
        "it": "Italiano",
        "pt": "Português",
        "nl": "Nederlands",
        "ru": "Русский",
        "uk": "Українська",
        "ar": "العربية",
        "hi": "हिन्दी",
        "th": "ไทย",
        "vi": "Tiếng Việt",
        "tr": "Türkçe",
        "pl": "Polski",
    }
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that the search is narrowed to; ``label`` is what the reader knows it by.

    ``known`` is false for what an address names and the library hasn't got.
    """

    kind: Kind
    value: str
    label: str
    known: bool = True


def scope_of(query: str, talks: Sequence[Talk]) -> Scope:
    """The scope that an address asks for; other parameters, and dates that are none, are left out.

    A name that the library hasn't got stays in: to leave it out would search what nobody asked for.
    """
    asked = parse_qs(query.removeprefix("?")[:QUERY_CHARS])
    ids = {talk.file: talk.id for talk in talks} | {talk.id: talk.id for talk in talks}
    people = {_plain(name): name for name in _people(talks)}
    return Scope(
        transcripts=frozenset(ids.get(name, name) for name in asked.get("talk", [])),
        speakers=frozenset(people.get(_plain(name), name) for name in asked.get("speaker", [])),
        languages=_tags(asked.get("spoken", []), talks),
        since=_iso_date(asked.get("since", [])),
        until=_iso_date(asked.get("until", [])),
    )


def mode_of(query: str, modes: Sequence[Mode]) -> Mode | None:
    """How to answer, where an address says so: ``mode=`` with one of ``modes``."""
    asked = parse_qs(query.removeprefix("?")[:QUERY_CHARS]).get("mode", [])
    return next((mode for mode in modes if mode in asked[:1]), None)


def offered(talks: Sequence[Talk]) -> tuple[Choice, ...]:
    """What one can choose in this library, dates aside, in the library's order."""
    return (
        *(Choice("talk", talk.id, talk.title) for talk in talks),
        *(Choice("speaker", name, name) for name in _people(talks)),
        *(Choice("spoken", tag, language_name(tag)) for tag in _languages(talks)),
    )


def chosen(scope: Scope, talks: Sequence[Talk]) -> tuple[Choice, ...]:
    """What the scope is made of: what the library has in its order, then the rest, then dates."""
    values: Mapping[Kind, frozenset[str]] = {
        "talk": scope.transcripts,
        "speaker": scope.speakers,
        "spoken": scope.languages,
    }
    known = [choice for choice in offered(talks) if choice.value in values[choice.kind]]
    held = {(choice.kind, choice.value) for choice in known}
    unknown = (
        Choice(kind, value, value, known=False)
        for kind, asked in values.items()
        for value in sorted(asked)
        if (kind, value) not in held
    )
    dates: list[tuple[Kind, str | None]] = [("since", scope.since), ("until", scope.until)]
    return (*known, *unknown, *(Choice(kind, day, day) for kind, day in dates if day))


def language_name(tag: str) -> str:
    """A language's name in itself; the tag where it isn't known."""
    return _OWN_NAMES.get(tag, tag)


def speakers_of(talk: Talk) -> tuple[str, ...]:
    """Everybody who speaks in the talk, in its order."""
    return tuple(dict.fromkeys(name for topic in talk.topics for name in topic.speakers))


def _people(talks: Sequence[Talk]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for talk in talks for name in speakers_of(talk)))


def _languages(talks: Sequence[Talk]) -> tuple[str, ...]:
    """The tags of the talks' languages, the most common first."""
    tags = [talk.language for talk in talks]
    return tuple(sorted(dict.fromkeys(tags), key=tags.count, reverse=True))


def _plain(name: str) -> str:
    """A name as it is compared: whatever its case, width and Chinese script."""
    return " ".join(fold(name).split())


def _tags(asked: Sequence[str], talks: Sequence[Talk]) -> frozenset[str]:
    """The library's tags that the asked ones cover; an asked one as it is where it covers none."""
    held = {tag: f"{tag}-".lower() for tag in _languages(talks)}
    covered = (
        [tag for tag, full in held.items() if full.startswith(f"{wanted}-".lower())] or [wanted]
        for wanted in asked
    )
    return frozenset(tag for tags in covered for tag in tags)


def _iso_date(asked: Sequence[str]) -> str | None:
    try:
        return date.fromisoformat(asked[0]).isoformat()
    except (IndexError, ValueError):
        return None
