"""Drafts of sections to sections with times: the scopes that a source gives times for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.readers.timeline import believable_duration, clean_span, longest_rise, place_turns
from corpus.readers.times import Span
from corpus.readers.turns import Turn
from corpus.types import Kind, Section, Utterance


@dataclass(frozen=True, slots=True)
class Draft:
    """A section before its utterances have their times; ``span`` stands in its heading."""

    kind: Kind
    heading: str
    level: int
    span: Span | None
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class _Scope:
    """Drafts in a row that share the times of one heading, or that have none from a heading."""

    own: Span | None
    places: tuple[int, ...]
    first_s: float | None


def schedule(drafts: Sequence[Draft], duration_s: float | None) -> tuple[Section, ...]:
    """The sections in source order. Only talk has times; those of a digest would be made up.

    A draft without turns is no section, but its span holds for the untimed ones below it.
    """
    limit_s = believable_duration(duration_s, _stated_starts(drafts))
    scopes = _in_order(_scopes(drafts, limit_s))
    placed: dict[int, Section] = {}
    for rank, scope in enumerate(scopes):
        next_s = _next_start(scopes[rank + 1 :], scope.first_s, limit_s)
        for place, section in _sections(scope, drafts, next_s, limit_s):
            placed[place] = section
    sections = (
        placed.get(place) or _section(draft, [_untimed(turn) for turn in draft.turns])
        for place, draft in enumerate(drafts)
    )
    spoken = (section for section in sections if section.utterances)
    return tuple(replace(section, position=place) for place, section in enumerate(spoken))


def _stated_starts(drafts: Sequence[Draft]) -> list[float]:
    spans = [
        span for draft in drafts for span in (draft.span, *(turn.span for turn in draft.turns))
    ]
    return [span.start_s for span in spans if span]


def _scopes(drafts: Sequence[Draft], limit_s: float | None) -> list[_Scope]:
    groups: list[tuple[Draft, list[int]]] = []
    for place, draft in enumerate(drafts):
        if draft.kind != "talk":
            continue
        opener = groups[-1][0] if groups else None
        if opener and not draft.span and (not opener.span or draft.level > opener.level):
            groups[-1][1].append(place)
        else:
            groups.append((draft, [place]))
    scopes: list[_Scope] = []
    for opener, places in groups:
        own = clean_span(opener.span, limit_s)
        turns = (turn for place in places for turn in drafts[place].turns)
        spans = [own, *(clean_span(turn.span, limit_s) for turn in turns)]
        first_s = next((span.start_s for span in spans if span), None)
        scopes.append(_Scope(own, tuple(places), first_s))
    return scopes


def _in_order(scopes: Sequence[_Scope]) -> list[_Scope]:
    """Without lone heading times that run backwards; a whole range is believed where it stands."""
    timed = [(place, scope.own) for place, scope in enumerate(scopes) if scope.own]
    rising = longest_rise([own.start_s for _, own in timed])
    bad = {
        place for rank, (place, own) in enumerate(timed) if rank not in rising and own.end_s is None
    }
    return [
        replace(scope, own=None, first_s=None) if place in bad else scope
        for place, scope in enumerate(scopes)
    ]


def _next_start(
    later: Sequence[_Scope], first_s: float | None, limit_s: float | None
) -> float | None:
    """The next time after a scope that the source states: the following scope's, or the end's."""
    if first_s is None:
        return None
    starts = (scope.first_s for scope in later if scope.first_s is not None)
    following = next((start for start in starts if start > first_s), None)
    if following is not None:
        return following
    return limit_s if limit_s is not None and limit_s > first_s else None


def _sections(
    scope: _Scope, drafts: Sequence[Draft], next_s: float | None, limit_s: float | None
) -> list[tuple[int, Section]]:
    turns = [turn for place in scope.places for turn in drafts[place].turns]
    timed = iter(place_turns(turns, scope.own, next_s, limit_s))
    sections: list[tuple[int, Section]] = []
    for place in scope.places:
        section = _section(drafts[place], [next(timed) for _ in drafts[place].turns])
        if scope.own and place == scope.places[0]:
            section = _with_own_span(section, scope, next_s)
        sections.append((place, section))
    return sections


def _with_own_span(section: Section, scope: _Scope, next_s: float | None) -> Section:
    assert scope.own is not None
    end_s = scope.own.end_s
    if end_s is None and (next_s is not None or section.end_s is not None):
        ends = [next_s, section.end_s, *(one.end_s for one in section.utterances)]
        end_s = max(end for end in ends if end is not None)
    return replace(section, start_s=scope.own.start_s, end_s=end_s)


def _section(draft: Draft, timed: Sequence[Sequence[Utterance]]) -> Section:
    utterances = tuple(utterance for turn in timed for utterance in turn)
    starts = [utterance.start_s for utterance in utterances if utterance.start_s is not None]
    ends = [utterance.end_s for utterance in utterances if utterance.end_s is not None]
    open_end = not utterances or utterances[-1].end_s is None
    start_s = starts[0] if starts else None
    return Section(
        0, draft.heading, start_s, None if open_end else max(ends), draft.kind, utterances
    )


def _untimed(turn: Turn) -> list[Utterance]:
    return [Utterance(text, turn.speaker) for text in turn.texts]
