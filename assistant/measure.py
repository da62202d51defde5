"""What search is worth on a team's own questions: hits, ranks and figures.

Pure but for ``ask_all``, which keeps the time. A hit is a place in the gold's own file whose span
meets the gold's and is short enough to be a moment: ``is_hit`` has the rule. MRR is the mean of the
first hit's reciprocal rank among ``CONSIDERED`` places, hit@k the share with a hit among the first
k (Voorhees, TREC-8 question answering track, 1999).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from assistant.conversation import Assistant
from assistant.questions import Gold, Question
from assistant.types import Turn
from index.moments import moment_of_hit
from index.types import Hit, Talk

CONSIDERED = 10
"""How many places are looked at: what stands below them nobody reads."""
LONGEST_HIT_S = 180.0
"""A longer span is no moment, unless the gold's own is as long."""

Json = dict[str, Any]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a search leads: a file, its heading there, and a span in seconds where it has one."""

    file: str
    heading: str
    start_s: float | None
    end_s: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """Places, best first; ``answered`` is ``None`` of a system that always answers."""

    places: tuple[Place, ...]
    answered: bool | None = None


Find = Callable[[Question], Found]
"""A system under measurement."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question's result: the first hit's rank, 1-based, ``None`` where none was considered."""

    question: Question
    rank: int | None
    answered: bool | None
    elapsed_ms: float


def assistant_finder(assistant: Assistant, min_confidence: float) -> Find:
    """The assistant's own search; it would answer from ``min_confidence`` on."""

    def find(question: Question) -> Found:
        history = tuple(Turn("user", text) for text in question.history)
        evidence, _ = assistant.search(question.text, CONSIDERED, history)
        answered = evidence.answerable >= min_confidence
        return Found(tuple(place_of_hit(hit) for hit in evidence.hits), answered)

    return find


def place_of_hit(hit: Hit) -> Place:
    """The place that ``search`` shows for a hit: the span is that of its best moment."""
    moment = moment_of_hit(hit.chunk, hit.best)
    return Place(hit.chunk.file, hit.chunk.heading, moment.start_s, moment.end_s)


def ask_all(questions: Iterable[Question], find: Find) -> tuple[Outcome, ...]:
    """Asks one question after the other and keeps the wall time of each."""
    outcomes = []
    for question in questions:
        started = time.perf_counter()
        found = find(question)
        elapsed_ms = (time.perf_counter() - started) * 1000
        rank = first_hit(found.places[:CONSIDERED], question.gold)
        outcomes.append(Outcome(question, rank, found.answered, elapsed_ms))
    return tuple(outcomes)


def first_hit(places: Sequence[Place], golds: Sequence[Gold]) -> int | None:
    """The rank, from 1, of the first place that hits any gold; ``None`` without one."""
    for rank, place in enumerate(places, start=1):
        if any(is_hit(place, gold) for gold in golds):
            return rank
    return None


def is_hit(place: Place, gold: Gold) -> bool:
    """Whether a place leads to the gold.

    In the same file, half-open spans have to meet, and the place's may be no longer than
    ``LONGEST_HIT_S`` or than the gold's, whichever is more. Where the gold has no times the heading
    has to be the same. A place without an end counts as the instant of its start.
    """
    if place.file != gold.file:
        return False
    if gold.start_s is None or gold.end_s is None:
        return place.heading == gold.heading
    if place.start_s is None:
        return False
    end_s = place.start_s if place.end_s is None else place.end_s
    if end_s - place.start_s > max(LONGEST_HIT_S, gold.end_s - gold.start_s):
        return False
    starts_inside = gold.start_s <= place.start_s < gold.end_s
    return starts_inside or place.start_s < gold.start_s < end_s


def figures(outcomes: Sequence[Outcome], talks: Sequence[Talk]) -> Json:
    """All figures of one system, in the shape that ``eval --json`` prints."""
    spoken = {talk.file: base_language(talk.language) for talk in talks}
    qa = [outcome for outcome in outcomes if outcome.question.kind == "qa"]
    return {
        **{kind: _by_language(outcomes, kind, ranking) for kind in ("qa", "followup", "quote")},
        "unanswerable": _by_language(outcomes, "unanswerable", refusals),
        "pairs": grouped(qa, lambda outcome: _pair(outcome.question, spoken), ranking),
        "timings_ms": timings([outcome.elapsed_ms for outcome in outcomes]),
    }


def ranking(outcomes: Sequence[Outcome]) -> Json:
    """Figures of questions that have a gold; ``answered`` only of a system that can decline."""
    ranks = [outcome.rank for outcome in outcomes]
    known = [outcome.answered for outcome in outcomes if outcome.answered is not None]
    return {
        "n": len(ranks),
        "hit@1": share(rank == 1 for rank in ranks),
        "hit@5": share(_in_five(outcome) for outcome in outcomes),
        "mrr": round(statistics.fmean(1 / rank if rank else 0.0 for rank in ranks), 4),
        **({"answered": share(known)} if known else {}),
    }


def refusals(outcomes: Sequence[Outcome]) -> Json:
    """Figures of questions without an answer: the share that was declined."""
    return {"n": len(outcomes), "refused": share(not outcome.answered for outcome in outcomes)}


def timings(elapsed_ms: Sequence[float]) -> Json:
    """Median and 95th percentile, the nearest-rank one, in milliseconds."""
    ordered = sorted(elapsed_ms)
    p95 = ordered[-(-95 * len(ordered) // 100) - 1]
    return {"median": round(statistics.median(ordered), 1), "p95": round(p95, 1)}


def missed(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Ids of the questions to look into: no hit among the first five, or answered in error."""
    return tuple(
        outcome.question.id
        for outcome in outcomes
        if (outcome.answered if outcome.question.kind == "unanswerable" else not _in_five(outcome))
    )


def base_language(tag: str) -> str:
    """A language tag without script or region: the scripts of Chinese are one language."""
    return tag.replace("_", "-").partition("-")[0].lower()


def _pair(question: Question, spoken: Mapping[str, str]) -> str | None:
    """Question's and passage's language, ``None`` where the library hasn't got the passage."""
    told = next((spoken[gold.file] for gold in question.gold if gold.file in spoken), None)
    return f"{base_language(question.language)}>{told}" if told else None


def _by_language(
    outcomes: Sequence[Outcome], kind: str, score: Callable[[Sequence[Outcome]], Json]
) -> Json:
    chosen = [outcome for outcome in outcomes if outcome.question.kind == kind]
    return grouped(chosen, lambda outcome: outcome.question.language, score)


def grouped(
    items: Iterable[Item], key: Callable[[Item], str | None], row: Callable[[Sequence[Item]], Json]
) -> Json:
    """Figures by group, in the order of names; what has none (``None``) is left out."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        name = key(item)
        if name is not None:
            groups.setdefault(name, []).append(item)
    return {name: row(groups[name]) for name in sorted(groups)}


def share(marks: Iterable[bool]) -> float:
    """The share that is true, of one or more."""
    return round(statistics.fmean(map(float, marks)), 4)


def _in_five(outcome: Outcome) -> bool:
    return outcome.rank is not None and outcome.rank <= 5
