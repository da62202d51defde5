"""hit@k, MRR, refusals, citation precision; what an answer is worth.

What search is worth on a team's own questions: hits, ranks and figures.

Pure but for ``ask_all``, which keeps the time. A hit is a place in the gold's own file whose span
meets the gold's and is short enough to be a moment: ``is_hit`` has the rule. MRR is the mean of the
first hit's reciprocal rank among ``CONSIDERED`` places, hit@k the share with a hit among the first
k (Voorhees, TREC-8 question answering track, 1999).

What answers are worth on a team's own questions: where they cite, what they say, how long.

Pure but for ``answer_all``, which keeps the time. A citation is right where its moment is a hit for
the question's gold, by the rule of ``is_hit``. How near an answer comes to the reference
answer is told twice: by the F1 of their terms (Rajpurkar et al. 2016, arXiv:1606.05250, with
``index.lexical.terms`` in place of English words), and by the cosine of their centred vectors,
which also holds where the two are in different languages.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from assistant.engine import Assistant
from assistant.evaluation.questions import (
    OF_STRUCTURE,
    WITHOUT_ANSWER,
    EvalQuestion,
    Gold,
    QuestionKind,
)
from assistant.retrieval.scope import Narrowing
from assistant.types import Answer, Citation, Json, Mode, Outcome, Turn, Update
from index.lexical.terms import terms
from index.moments import moment_of_hit
from index.types import EVERYWHERE, Embedder, Hit, Scope, Talk

CONSIDERED = 10
"""How many places are looked at: what stands below them nobody reads."""
LONGEST_HIT_S = 180.0
"""A longer span is no moment, unless the gold's own is as long."""

GroupedT = TypeVar("GroupedT")


@dataclass(frozen=True, slots=True)
class Location:
    """Where a search leads: a file, its heading there, and a span in seconds where it has one."""

    file: str
    heading: str
    start_s: float | None
    end_s: float | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Places, best first; ``answered`` is ``None`` of a system that always answers."""

    places: tuple[Location, ...]
    answered: bool | None = None


Find = Callable[[EvalQuestion], Ranking]
"""A system under measurement."""


@dataclass(frozen=True, slots=True)
class RankedQuestion:
    """One question's result: the first hit's rank, 1-based, ``None`` where none was considered."""

    question: EvalQuestion
    rank: int | None
    answered: bool | None
    elapsed_ms: float


def assistant_finder(assistant: Assistant, min_confidence: float) -> Find:
    """The assistant's own search; it would answer from ``min_confidence`` on."""

    def find(question: EvalQuestion) -> Ranking:
        history = tuple(Turn("user", text) for text in question.history)
        scope = scope_of(question, assistant)
        evidence, _ = assistant.search(question.text, CONSIDERED, history, scope)
        answered = evidence.answerable >= min_confidence
        return Ranking(tuple(place_of_hit(hit) for hit in evidence.hits), answered)

    return find


def scope_of(question: EvalQuestion, assistant: Assistant) -> Scope:
    """The talk that a question is about, where its line names one. Raises SettingsError for a talk
    that the library hasn't got."""
    return assistant.scope(Narrowing(talks=[question.talk])) if question.talk else EVERYWHERE


def place_of_hit(hit: Hit) -> Location:
    """The place that ``search`` shows for a hit: the span is that of its best moment."""
    moment = moment_of_hit(hit.chunk, hit.best)
    return Location(hit.chunk.file, hit.chunk.heading, moment.start_s, moment.end_s)


def ask_all(questions: Iterable[EvalQuestion], find: Find) -> tuple[RankedQuestion, ...]:
    """Asks one question after the other and keeps the wall time of each."""
    outcomes = []
    for question in questions:
        started = time.perf_counter()
        found = find(question)
        elapsed_ms = (time.perf_counter() - started) * 1000
        rank = first_hit(found.places[:CONSIDERED], question.gold)
        outcomes.append(RankedQuestion(question, rank, found.answered, elapsed_ms))
    return tuple(outcomes)


def first_hit(places: Sequence[Location], golds: Sequence[Gold]) -> int | None:
    """The rank, from 1, of the first place that hits any gold; ``None`` without one."""
    for rank, place in enumerate(places, start=1):
        if any(is_hit(place, gold) for gold in golds):
            return rank
    return None


def is_hit(place: Location, gold: Gold) -> bool:
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


def figures(outcomes: Sequence[RankedQuestion], talks: Sequence[Talk]) -> Json:
    """All figures of one system, in the shape that ``eval --json`` prints."""
    spoken = {talk.file: base_language(talk.language) for talk in talks}
    qa = [outcome for outcome in outcomes if outcome.question.kind == "qa"]
    return {
        **{kind: _by_language(outcomes, kind, ranking) for kind in ("qa", "followup", "quote")},
        **{kind: _by_language(outcomes, kind, refusals) for kind in WITHOUT_ANSWER},
        "pairs": grouped(qa, lambda outcome: _pair(outcome.question, spoken), ranking),
        "timings_ms": timings([outcome.elapsed_ms for outcome in outcomes]),
    }


def ranking(outcomes: Sequence[RankedQuestion]) -> Json:
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


def refusals(outcomes: Sequence[RankedQuestion]) -> Json:
    """Figures of questions without an answer: the share that was declined."""
    return {"n": len(outcomes), "refused": share(not outcome.answered for outcome in outcomes)}


def timings(elapsed_ms: Sequence[float]) -> Json:
    """Median and 95th percentile, the nearest-rank one, in milliseconds; 0 of nothing."""
    if not elapsed_ms:
        return {"median": 0.0, "p95": 0.0}
    ordered = sorted(elapsed_ms)
    p95 = ordered[-(-95 * len(ordered) // 100) - 1]
    return {"median": round(statistics.median(ordered), 1), "p95": round(p95, 1)}


def missed(outcomes: Sequence[RankedQuestion]) -> tuple[str, ...]:
    """Ids of the questions to look into: no hit among the first five, or answered in error."""
    return tuple(
        outcome.question.id
        for outcome in outcomes
        if (outcome.answered if outcome.question.kind in WITHOUT_ANSWER else not _in_five(outcome))
    )


def base_language(tag: str) -> str:
    """A language tag without script or region: the scripts of Chinese are one language."""
    return tag.replace("_", "-").partition("-")[0].lower()


def _pair(question: EvalQuestion, spoken: Mapping[str, str]) -> str | None:
    """Question's and passage's language, ``None`` where the library hasn't got the passage."""
    told = next((spoken[gold.file] for gold in question.gold if gold.file in spoken), None)
    return f"{base_language(question.language)}>{told}" if told else None


def _by_language(
    outcomes: Sequence[RankedQuestion], kind: str, score: Callable[[Sequence[RankedQuestion]], Json]
) -> Json:
    chosen = [outcome for outcome in outcomes if outcome.question.kind == kind]
    return grouped(chosen, lambda outcome: outcome.question.language, score)


def grouped(
    items: Iterable[GroupedT],
    key: Callable[[GroupedT], str | None],
    row: Callable[[Sequence[GroupedT]], Json],
) -> Json:
    """Figures by group, in the order of names; what has none (``None``) is left out."""
    groups: dict[str, list[GroupedT]] = {}
    for item in items:
        name = key(item)
        if name is not None:
            groups.setdefault(name, []).append(item)
    return {name: row(groups[name]) for name in sorted(groups)}


def share(marks: Iterable[bool]) -> float:
    """The share that is true, of one or more."""
    return round(statistics.fmean(map(float, marks)), 4)


def _in_five(outcome: RankedQuestion) -> bool:
    return outcome.rank is not None and outcome.rank <= 5


OUTCOMES: tuple[Outcome, ...] = ("supported", "mended", "unsupported")
ANSWERABLE: tuple[QuestionKind, ...] = ("qa", "followup", "quote", *OF_STRUCTURE)

Stream = Callable[[EvalQuestion], Iterator[Update]]
"""A system under measurement: updates, the last with the whole answer."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question's answer; ``first_ms`` is the time until its first words could be read."""

    question: EvalQuestion
    answer: Answer
    first_ms: float
    total_ms: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near an answer comes to the reference answer; ``cosine`` is of centred vectors."""

    f1: float
    cosine: float


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer held against its question: of its citations those at a gold place, and of the
    gold places those that a citation leads to. ``likeness`` is ``None`` without a reference answer,
    and where nothing was answered."""

    asked: Answered
    right: int
    places: int
    likeness: Likeness | None

    @property
    def answered(self) -> bool:
        """Whether it was answered at all."""
        return self.asked.answer.status == "answered"


def answer_stream(assistant: Assistant, mode: Mode | None) -> Stream:
    """The engine's answers in one mode, its default without one."""

    def stream(question: EvalQuestion) -> Iterator[Update]:
        history = tuple(Turn("user", text) for text in question.history)
        return assistant.stream(question.text, history, scope_of(question, assistant), mode)

    return stream


def answer_all(
    questions: Sequence[EvalQuestion], stream: Stream, say: Callable[[str], None]
) -> tuple[Answered, ...]:
    """Asks one question after the other; ``say`` hears which one it is at."""
    answers = []
    for number, question in enumerate(questions, start=1):
        say(f"answering question {number} of {len(questions)}")
        answers.append(_answered(question, stream))
    return tuple(answers)


def _answered(question: EvalQuestion, stream: Stream) -> Answered:
    started = time.perf_counter()
    first_ms, answer = None, None
    for update in stream(question):
        answer = update.answer or answer
        if first_ms is None and answer is not None and answer.text:
            first_ms = (time.perf_counter() - started) * 1000
    total_ms = (time.perf_counter() - started) * 1000
    assert answer is not None  # the last update has the whole answer
    return Answered(question, answer, total_ms if first_ms is None else first_ms, total_ms)


def score(asked: Answered, embedder: Embedder) -> Scored:
    """The answer's citations against the gold, its words against the reference answer."""
    cited = [place_of_citation(citation) for citation in asked.answer.citations]
    golds = asked.question.gold
    right = sum(any(is_hit(place, gold) for gold in golds) for place in cited)
    places = sum(any(is_hit(place, gold) for place in cited) for gold in golds)
    words, wanted = said(asked.answer), asked.question.answer
    likeness = None
    if words and wanted:
        one, other = embedder.passages([words, wanted])
        likeness = Likeness(term_f1(words, wanted), float(one @ other))
    return Scored(asked, right, places, likeness)


def place_of_citation(citation: Citation) -> Location:
    """Where a citation leads."""
    return Location(citation.file, citation.heading, citation.start_s, citation.end_s)


def said(answer: Answer) -> str:
    """The words of an answer without markers, notes or lead: a model's sentences, else the quotes.

    Empty where nothing was answered.
    """
    if answer.status != "answered":
        return ""
    if answer.statements:
        return " ".join(statement.text for statement in answer.statements)
    return " ".join(citation.quote for citation in answer.citations)


def term_f1(text: str, wanted: str) -> float:
    """F1 of two texts' terms, repetitions counted: 1 for the same ones, 0 where none is shared."""
    mine, theirs = Counter(terms(text)), Counter(terms(wanted))
    shared = (mine & theirs).total()
    return 2 * shared / (mine.total() + theirs.total()) if shared else 0.0


def answer_figures(scored: Sequence[Scored], mode: Mode) -> Json:
    """The part ``answers`` of what ``eval --answers --json`` prints; ``mode`` is the one asked."""
    answerable = [one for one in scored if one.asked.question.kind in ANSWERABLE]
    return {
        "mode": mode,
        **{kind: _worth_by_language(scored, kind, worth) for kind in ANSWERABLE},
        **{kind: _worth_by_language(scored, kind, declined_questions) for kind in WITHOUT_ANSWER},
        "came_as": grouped(answerable, _came_as, worth),
        "first_ms": timings([one.asked.first_ms for one in scored]),
        "total_ms": timings([one.asked.total_ms for one in scored]),
    }


def worth(scored: Sequence[Scored]) -> Json:
    """Figures of questions that have a gold. What nothing was counted for is left out."""
    cited = sum(len(one.asked.answer.citations) for one in scored)
    alike = [one.likeness for one in scored if one.likeness is not None]
    row: Json = {"n": len(scored), "answered": share(one.answered for one in scored)}
    if cited:
        row["precision"] = round(sum(one.right for one in scored) / cited, 4)
    row["recall"] = share(one.right > 0 for one in scored)
    row["places"] = round(
        statistics.fmean(one.places / len(one.asked.question.gold) for one in scored), 4
    )
    if alike:
        row["f1"] = round(statistics.fmean(one.f1 for one in alike), 4)
        row["cosine"] = round(statistics.fmean(one.cosine for one in alike), 4)
    return {**row, **_sentences(scored)}


def _sentences(scored: Iterable[Scored]) -> Json:
    """How many sentences a model wrote that have to be supported, and the shares of outcomes."""
    statements = (s.outcome for one in scored for s in one.asked.answer.statements)
    outcomes = Counter(outcome for outcome in statements if outcome in OUTCOMES)
    total = outcomes.total()
    if not total:
        return {}
    return {
        "sentences": total,
        **{str(outcome): round(outcomes[outcome] / total, 4) for outcome in OUTCOMES},
    }


def declined_questions(scored: Sequence[Scored]) -> Json:
    """Figures of questions without an answer: the share that was declined."""
    return {"n": len(scored), "refused": share(not one.answered for one in scored)}


def uncited(scored: Sequence[Scored]) -> tuple[str, ...]:
    """Ids of the questions to look into: no citation at a gold place, or answered in error."""
    return tuple(
        one.asked.question.id
        for one in scored
        if (one.answered if one.asked.question.kind in WITHOUT_ANSWER else not one.right)
    )


def notices(scored: Iterable[Scored]) -> tuple[str, ...]:
    """What went otherwise than asked, a line for each way, with the questions' ids."""
    ids: dict[str, list[str]] = {}
    for one in scored:
        if one.asked.answer.notice:
            ids.setdefault(one.asked.answer.notice, []).append(one.asked.question.id)
    return tuple(f"{notice} ({', '.join(names)})" for notice, names in ids.items())


def _came_as(scored: Scored) -> str | None:
    """The mode in which an answer came, which is quotes where a model gave out."""
    return scored.asked.answer.mode if scored.answered else None


def _worth_by_language(
    scored: Sequence[Scored], kind: str, row: Callable[[Sequence[Scored]], Json]
) -> Json:
    chosen = [one for one in scored if one.asked.question.kind == kind]
    return grouped(chosen, lambda one: one.asked.question.language, row)
