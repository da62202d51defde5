"""What answers are worth on a team's own questions: where they cite, what they say, how long.

Pure but for ``answer_all``, which keeps the time. A citation is right where its moment is a hit for
the question's gold, by the rule of ``assistant.measure.is_hit``. How near an answer comes to the
reference answer is told twice: by the F1 of their terms (Rajpurkar et al. 2016, arXiv:1606.05250,
with ``index.terms`` in place of English words), and by the cosine of their centred vectors, which
also holds where the two are in different languages.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.conversation import Assistant
from assistant.measure import Json, Place, grouped, is_hit, share, timings
from assistant.questions import Question, QuestionKind
from assistant.types import Answer, Citation, Mode, Outcome, Turn, Update
from index.terms import terms
from index.types import Embedder

OUTCOMES: tuple[Outcome, ...] = ("supported", "mended", "unsupported")
ANSWERABLE: tuple[QuestionKind, ...] = ("qa", "followup", "quote")

Stream = Callable[[Question], Iterator[Update]]
"""A system under measurement: updates, the last with the whole answer."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question's answer; ``first_ms`` is the time until its first words could be read."""

    question: Question
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

    def stream(question: Question) -> Iterator[Update]:
        history = tuple(Turn("user", text) for text in question.history)
        return assistant.stream(question.text, history, mode=mode)

    return stream


def answer_all(
    questions: Sequence[Question], stream: Stream, say: Callable[[str], None]
) -> tuple[Answered, ...]:
    """Asks one question after the other; ``say`` hears which one it is at."""
    answers = []
    for number, question in enumerate(questions, start=1):
        say(f"answering question {number} of {len(questions)}")
        answers.append(_answered(question, stream))
    return tuple(answers)


def _answered(question: Question, stream: Stream) -> Answered:
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


def place_of_citation(citation: Citation) -> Place:
    """Where a citation leads."""
    return Place(citation.file, citation.heading, citation.start_s, citation.end_s)


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
        **{kind: _by_language(scored, kind, worth) for kind in ANSWERABLE},
        "unanswerable": _by_language(scored, "unanswerable", refusals),
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


def refusals(scored: Sequence[Scored]) -> Json:
    """Figures of questions without an answer: the share that was declined."""
    return {"n": len(scored), "refused": share(not one.answered for one in scored)}


def uncited(scored: Sequence[Scored]) -> tuple[str, ...]:
    """Ids of the questions to look into: no citation at a gold place, or answered in error."""
    return tuple(
        one.asked.question.id
        for one in scored
        if (one.answered if one.asked.question.kind == "unanswerable" else not one.right)
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


def _by_language(
    scored: Sequence[Scored], kind: str, row: Callable[[Sequence[Scored]], Json]
) -> Json:
    chosen = [one for one in scored if one.asked.question.kind == kind]
    return grouped(chosen, lambda one: one.asked.question.language, row)
