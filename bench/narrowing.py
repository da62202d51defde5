"""Scopes to measure searches with: by talk, speaker, date and language, each narrow and broad."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from index.types import Scope, Talk


def scopes_of(talks: Sequence[Talk]) -> dict[str, Scope]:
    """By name; a narrow one holds the least that there is, a broad one the most or half."""
    speakers = _by_frequency(
        name
        for talk in talks
        for name in {name for topic in talk.topics for name in topic.speakers}
    )
    languages = _by_frequency(talk.language for talk in talks)
    days = sorted(talk.published for talk in talks if talk.published)
    ids = [talk.id for talk in talks]
    scopes = {"one talk": _talks(ids[:1]), "every other talk": _talks(ids[::2])}
    if speakers:
        scopes["one guest"] = Scope(speakers=frozenset(speakers[-1:]))
        scopes["the host"] = Scope(speakers=frozenset(speakers[:1]))
    if days:
        scopes["one day"] = Scope(since=days[0], until=days[0])
        scopes["the later half"] = Scope(since=days[len(days) // 2])
    scopes["rarest language"] = Scope(languages=frozenset(languages[-1:]))
    scopes["commonest language"] = Scope(languages=frozenset(languages[:1]))
    return scopes


def _talks(ids: Iterable[str]) -> Scope:
    return Scope(transcripts=frozenset(ids))


def _by_frequency(names: Iterable[str]) -> list[str]:
    return [name for name, _ in Counter(names).most_common()]
