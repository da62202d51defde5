"""What a person typed to narrow a search, as the scope of this library that it means: pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeVar

from corpus.language import fold
from corpus.types import SettingsError
from index.types import Scope, Talk

SUGGESTED = 3
"""How many of what there is are named when what was asked for isn't there."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_One = TypeVar("_One")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A restriction as it was typed.

    ``talks`` are ids, files or parts of titles, ``speakers`` names or words of names, ``languages``
    tags such as ``zh``, ``since`` and ``until`` ISO dates. Of several talks, speakers or languages
    any one will do; an empty field restricts nothing.
    """

    talks: Sequence[str] = ()
    speakers: Sequence[str] = ()
    languages: Sequence[str] = ()
    since: str | None = None
    until: str | None = None


def resolve_scope(narrowing: Narrowing, talks: Sequence[Talk], speakers: Sequence[str]) -> Scope:
    """The scope that is meant in a library of these talks and speakers.

    Raises SettingsError for what the library hasn't got, with the nearest of what it has.
    """
    if narrowing.since and narrowing.until and narrowing.since > narrowing.until:
        raise SettingsError(
            f"no day is since {narrowing.since} and until {narrowing.until}: swap the dates"
        )
    return Scope(
        transcripts=frozenset(
            talk.id for typed in narrowing.talks for talk in _talks_meant(typed, talks)
        ),
        speakers=frozenset(
            name for typed in narrowing.speakers for name in _speakers_meant(typed, speakers)
        ),
        languages=frozenset(narrowing.languages),
        since=narrowing.since,
        until=narrowing.until,
    )


def _talks_meant(typed: str, talks: Sequence[Talk]) -> list[Talk]:
    """The talk of this id, file or title, else all in whose title or file it stands."""
    sought = _plain(typed)
    names = {talk: tuple(map(_plain, (talk.id, talk.file, talk.title))) for talk in talks}
    exact = [talk for talk in talks if sought in names[talk]]
    within = [talk for talk in talks if sought and any(sought in name for name in names[talk])]
    if not (exact or within):
        near = _nearest(sought, talks, lambda talk: names[talk])
        raise _unknown("talk", typed, [f"{talk.title} ({talk.file})" for talk in near])
    return exact or within


def _speakers_meant(typed: str, speakers: Sequence[str]) -> list[str]:
    """The speaker of this name, else all whose names have these words."""
    sought = _plain(typed)
    exact = [name for name in speakers if _plain(name) == sought]
    within = [name for name in speakers if sought and _is_part(sought, _plain(name))]
    if not (exact or within):
        near = _nearest(sought, speakers, lambda name: (_plain(name), *_plain(name).split()))
        raise _unknown("speaker", typed, list(near))
    return exact or within


def _is_part(sought: str, name: str) -> bool:
    """By whole words, or anywhere in Chinese, which has none."""
    return set(sought.split()) <= set(name.split()) or (
        _HAN.search(sought) is not None and sought in name
    )


def _nearest(
    sought: str, there: Iterable[_One], names: Callable[[_One], Iterable[str]]
) -> list[_One]:
    def likeness(one: _One) -> float:
        return max(SequenceMatcher(None, sought, name).ratio() for name in names(one))

    return sorted(there, key=likeness, reverse=True)[:SUGGESTED]


def _unknown(kind: str, typed: str, near: Sequence[str]) -> SettingsError:
    known = f"the nearest are {'; '.join(near)}" if near else f"the library has no {kind}"
    return SettingsError(f"there is no {kind} {typed!r}: {known}")


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
