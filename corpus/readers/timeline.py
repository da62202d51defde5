"""Where each section and each utterance lies in time: exact where the source says so, else
estimated or None.

Drafts of sections share the scopes of time that a source gives; turns are placed inside them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from corpus.readers.speakers import SpeakerTurn
from corpus.readers.times import Span
from corpus.types import Section, SectionKind, Utterance

_LEAST_LATE = 3
_SLACK_S = 60.0
_ENOUGH_TURNS = 10
_FAR_LONGER = 2.0


@dataclass(frozen=True, slots=True)
class Bound:
    """A moment, or None where it is unknown; ``exact`` if the source states it for this place."""

    at_s: float | None
    exact: bool


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Texts that share one stretch of time between two bounds; ``first`` counts turns."""

    turns: range
    start: Bound
    end: Bound


def believable_duration(stated_s: float | None, starts: Sequence[float]) -> float | None:
    """The recording's length, unless the times speak against it: then it is another recording's.

    They do where several run past it, or where it would make the last turn far longer than any.
    """
    if stated_s is None:
        return None
    if sum(start > stated_s + _SLACK_S for start in starts) >= _LEAST_LATE:
        return None
    inside = sorted(start for start in starts if start <= stated_s)
    longest_s = max((after - before for before, after in pairwise(inside)), default=0.0)
    rest_s = stated_s - inside[-1] if inside else 0.0
    if len(inside) >= _ENOUGH_TURNS and rest_s > _SLACK_S + _FAR_LONGER * longest_s:
        return None
    return stated_s


def longest_rise(values: Sequence[float]) -> frozenset[int]:
    """The places of a longest non-decreasing subsequence: what lies outside it runs backwards.

    Of several the one with the lowest end, so that a wild last time goes; of two times that
    contradict each other inside, the earlier one stays.
    """
    tails: list[float] = []
    ranked: list[list[int]] = []
    for place, value in enumerate(values):
        rank = bisect_right(tails, value)
        tails[rank : rank + 1] = [value]
        if rank == len(ranked):
            ranked.append([])
        ranked[rank].append(place)
    kept: set[int] = set()
    limit = tails[-1] if tails else 0.0
    for places in reversed(ranked):
        # Values of one rank fall from place to place, so the first that fits comes before the
        # place that was kept last.
        place = next(place for place in places if values[place] <= limit)
        kept.add(place)
        limit = values[place]
    return frozenset(kept)


def clean_span(span: Span | None, limit_s: float | None) -> Span | None:
    """``span`` without what can't be: a start past the recording, an end not after the start."""
    if span is None or (limit_s is not None and span.start_s > limit_s + _SLACK_S):
        return None
    end_s = span.end_s
    if end_s is not None and end_s <= span.start_s:
        end_s = None
    if end_s is not None and limit_s is not None and end_s > limit_s + _SLACK_S:
        end_s = max(span.start_s, limit_s)
    return Span(span.start_s, end_s)


def place_turns(
    turns: Sequence[SpeakerTurn], own: Span | None, next_s: float | None, limit_s: float | None
) -> list[list[Utterance]]:
    """The utterances of each turn, with their times.

    ``own`` is the span that the source states for all of these turns together, ``next_s`` the
    next time after them where it states none, ``limit_s`` the recording's length. Times outside
    ``own`` or running backwards are dropped, never an error.
    """
    spans = _spans_in_order([_inside(clean_span(turn.span, limit_s), own) for turn in turns])
    end = Bound(own.end_s if own and own.end_s is not None else next_s, True)
    start = Bound(own.start_s if own else None, True)
    placed: list[list[Utterance]] = [[] for _ in turns]
    for run in _runs(turns, spans, start, end):
        for place, utterance in _spread(turns, run, _is_crowded(spans, run)):
            placed[place].append(utterance)
    return placed


def _inside(span: Span | None, own: Span | None) -> Span | None:
    if span is None or own is None:
        return span
    too_early = span.start_s < own.start_s and (span.end_s is None or span.end_s <= own.start_s)
    if too_early or (own.end_s is not None and span.start_s > own.end_s):
        return None
    end_s = span.end_s
    if end_s is not None and own.end_s is not None:
        end_s = min(end_s, own.end_s)
    return Span(max(span.start_s, own.start_s), end_s)


def _spans_in_order(spans: Sequence[Span | None]) -> list[Span | None]:
    known = [(place, span) for place, span in enumerate(spans) if span]
    rising = longest_rise([span.start_s for _, span in known])
    kept = {place for rank, (place, _) in enumerate(known) if rank in rising}
    return [span if place in kept else None for place, span in enumerate(spans)]


def _runs(
    turns: Sequence[SpeakerTurn], spans: Sequence[Span | None], start: Bound, end: Bound
) -> Iterator[_Stretch]:
    later = _later_starts(spans, end.at_s)
    place, reached = 0, start
    while place < len(spans):
        span = spans[place]
        stop = place + 1
        if span is None or span.end_s is None:
            while stop < len(spans) and spans[stop] is None:
                stop += 1
        if span is None:
            # What stands between two labels with times lies between them, nobody says where.
            until = spans[stop] if stop < len(spans) else None
            close = Bound(until.start_s, False) if until else _not_before(end, reached)
            run = _Stretch(range(place, stop), reached, close)
        elif span.end_s is None:
            run = _Stretch(range(place, stop), Bound(span.start_s, True), Bound(later[place], True))
        else:
            run = _Stretch(range(place, stop), Bound(span.start_s, True), Bound(span.end_s, True))
        yield _before_next(run, later[place], len(turns[place].texts))
        reached = Bound(run.end.at_s, False)
        place = stop


def _not_before(end: Bound, start: Bound) -> Bound:
    late = end.at_s is None or start.at_s is None or end.at_s >= start.at_s
    return end if late else Bound(None, False)


def _before_next(run: _Stretch, next_s: float | None, texts: int) -> _Stretch:
    """The run cut at the next start, if its stated range runs past that and is to be divided.

    One text keeps the whole range: two people may well speak at once.
    """
    if texts < 2 or next_s is None or run.end.at_s is None or run.end.at_s <= next_s:
        return run
    return replace(run, end=Bound(next_s, False))


def _later_starts(spans: Sequence[Span | None], end_s: float | None) -> list[float | None]:
    """For each place the next start that differs from its own, the end's bound after the last."""
    later: list[float | None] = [None] * len(spans)
    following, beyond = end_s, end_s
    for place in range(len(spans) - 1, -1, -1):
        span = spans[place]
        if span is None:
            continue
        if following is not None and following > span.start_s:
            beyond = following
        later[place] = beyond if beyond is not None and beyond > span.start_s else None
        following = span.start_s
    return later


def _is_crowded(spans: Sequence[Span | None], run: _Stretch) -> bool:
    """Whether the next stated start is this run's own: then nothing can be spread before it."""
    following = (span.start_s for span in spans[run.turns.stop :] if span)
    return run.start.exact and next(following, None) == run.start.at_s


def _spread(
    turns: Sequence[SpeakerTurn], run: _Stretch, crowded: bool
) -> Iterator[tuple[int, Utterance]]:
    """The run's texts in its stretch, by their share of its characters."""
    texts = [
        (place, turns[place].speaker, text) for place in run.turns for text in turns[place].texts
    ]
    if not texts:
        return
    shares = list(accumulate((len(text) + 1 for *_, text in texts), initial=0))
    start_s, end_s = run.start.at_s, run.end.at_s
    if start_s is not None and end_s is not None and start_s > end_s:
        start_s = end_s
    for rank, (place, speaker, text) in enumerate(texts):
        if start_s is None:
            yield place, Utterance(text, speaker)
            continue
        from_s, to_s = start_s, end_s
        if end_s is not None and not crowded:
            from_s = _between(start_s, end_s, shares[rank] / shares[-1])
            to_s = _between(start_s, end_s, shares[rank + 1] / shares[-1])
        ends_exactly = crowded or to_s is None or (rank == len(texts) - 1 and run.end.exact)
        exact = rank == 0 and run.start.exact and ends_exactly
        yield place, Utterance(text, speaker, from_s, to_s, not exact)


def _between(start_s: float, end_s: float, share: float) -> float:
    if share in (0.0, 1.0):
        return end_s if share else start_s
    return min(end_s, max(start_s, round(start_s + (end_s - start_s) * share, 1)))


@dataclass(frozen=True, slots=True)
class SectionDraft:
    """A section before its utterances have their times; ``span`` stands in its heading."""

    kind: SectionKind
    heading: str
    level: int
    span: Span | None
    turns: tuple[SpeakerTurn, ...]


@dataclass(frozen=True, slots=True)
class _TimedDrafts:
    """Drafts in a row that share the times of one heading, or that have none from a heading."""

    own: Span | None
    places: tuple[int, ...]
    first_s: float | None


def schedule(drafts: Sequence[SectionDraft], duration_s: float | None) -> tuple[Section, ...]:
    """The sections in source order. Only talk has times; those of a digest would be made up.

    A draft without turns is no section, but its span holds for the untimed ones below it.
    """
    limit_s = believable_duration(duration_s, _stated_starts(drafts))
    scopes = _scopes_in_order(_scopes(drafts, limit_s))
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


def _stated_starts(drafts: Sequence[SectionDraft]) -> list[float]:
    spans = [
        span for draft in drafts for span in (draft.span, *(turn.span for turn in draft.turns))
    ]
    return [span.start_s for span in spans if span]


def _scopes(drafts: Sequence[SectionDraft], limit_s: float | None) -> list[_TimedDrafts]:
    groups: list[tuple[SectionDraft, list[int]]] = []
    for place, draft in enumerate(drafts):
        if draft.kind != "talk":
            continue
        opener = groups[-1][0] if groups else None
        if opener and not draft.span and (not opener.span or draft.level > opener.level):
            groups[-1][1].append(place)
        else:
            groups.append((draft, [place]))
    scopes: list[_TimedDrafts] = []
    for opener, places in groups:
        own = clean_span(opener.span, limit_s)
        turns = (turn for place in places for turn in drafts[place].turns)
        spans = [own, *(clean_span(turn.span, limit_s) for turn in turns)]
        first_s = next((span.start_s for span in spans if span), None)
        scopes.append(_TimedDrafts(own, tuple(places), first_s))
    return scopes


def _scopes_in_order(scopes: Sequence[_TimedDrafts]) -> list[_TimedDrafts]:
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
    later: Sequence[_TimedDrafts], first_s: float | None, limit_s: float | None
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
    scope: _TimedDrafts, drafts: Sequence[SectionDraft], next_s: float | None, limit_s: float | None
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


def _with_own_span(section: Section, scope: _TimedDrafts, next_s: float | None) -> Section:
    assert scope.own is not None
    end_s = scope.own.end_s
    if end_s is None and (next_s is not None or section.end_s is not None):
        ends = [next_s, section.end_s, *(one.end_s for one in section.utterances)]
        end_s = max(end for end in ends if end is not None)
    return replace(section, start_s=scope.own.start_s, end_s=end_s)


def _section(draft: SectionDraft, timed: Sequence[Sequence[Utterance]]) -> Section:
    utterances = tuple(utterance for turn in timed for utterance in turn)
    starts = [utterance.start_s for utterance in utterances if utterance.start_s is not None]
    ends = [utterance.end_s for utterance in utterances if utterance.end_s is not None]
    open_end = not utterances or utterances[-1].end_s is None
    start_s = starts[0] if starts else None
    return Section(
        0, draft.heading, start_s, None if open_end else max(ends), draft.kind, utterances
    )


def _untimed(turn: SpeakerTurn) -> list[Utterance]:
    return [Utterance(text, turn.speaker) for text in turn.texts]
