"""Deep mode: the answer to a question that one passage can't answer, put together in several steps.

The question is split into parts, each is searched on several paths and has its share of what is
read. Drafts are written over all parts together and part by part, judged by what the check leaves
of them, gaps are searched again, and the supported sentences become one answer. All within a budget
of the model's calls and of seconds; whatever the model fails at, quotes stand in for it, so that
every part that was found is spoken of.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TypeVar

from assistant.generation.deep.compose import (
    Drafts,
    begun_step,
    candidate_of,
    compose,
    draft_step,
    failed_step,
    gap_step,
    judge_step,
    part_step,
    with_substep,
)
from assistant.generation.deep.parts import (
    PARTS,
    Subquestion,
    accepted,
    askable,
    gathers,
    split_by_rule,
    split_by_talk,
)
from assistant.generation.deep.search import HITS, PartEvidence, pooled, search_part, shares
from assistant.generation.draft import Draft, answer_text
from assistant.generation.prompts import missing_messages, parts_messages
from assistant.generation.quotes import BELIEVED, refusal_answer, why_cut_short, why_in_quotes
from assistant.generation.writer import Writer
from assistant.llm.failures import LanguageModelError
from assistant.llm.types import BEAT_S, LanguageModel, Message
from assistant.messages.catalogue import Messages, messages
from assistant.retrieval.context import Excerpt, gather
from assistant.retrieval.query import listed
from assistant.retrieval.wishes import Wishes
from assistant.settings import DeepBudget
from assistant.types import Answer, Stage, Step, Update
from index.retriever import TranscriptRetriever
from index.types import Query, Scope, Talk, speakers_of

PART_TOKENS = 800
"""What is read for one part's own draft at least, if the model is given that much."""
GAPS = 2
"""So many open questions are searched for once more."""
LIST_TOKENS = 160
"""For a reply that lists questions."""
LIST_SHARE = 0.25
"""Of the seconds, what such a reply may take at most."""
LASTING = frozenset({"unreachable", "key", "unknown", "refused"})
"""Reasons why another call would fail too."""
FAILURES = 2
"""After so many in a row the model is asked nothing more."""
LEAST_S = 1.0
"""With less time than this no call is begun."""

PendingParts = Generator[None, None, tuple[Subquestion, ...]]
"""Parts, after moments at which whoever waits for them may leave; closing it ends the request."""

_T = TypeVar("_T")


def answer_deep(
    query: Query,
    retriever: TranscriptRetriever,
    writer: Writer,
    *,
    language: str,
    wishes: Wishes | None = None,
    min_confidence: float = 0.5,
    budget: DeepBudget | None = None,
) -> Generator[Update]:
    """The answer to a question that stands alone, while it is worked on.

    ``language`` is the tag to answer in. Every update tells what is left of the budget, and up to
    the last one its answer has the steps so far and nothing else: which sentences hold is decided
    at the end. While the model is asked one comes every ``BEAT_S``, changed or not: closing the
    generator then ends the request that is under way. Raises nothing that the model gives cause
    for.
    """
    meter = BudgetMeter(budget or writer.deep)
    splitter = Splitter(writer.model, retriever, meter)
    run = _DeepRun(query, retriever, writer, language, wishes, meter, splitter, Progress(meter))
    yield from run.split()
    yield from run.search()
    if run.sure < min_confidence:
        yield run.progress.update("done", run.refusal())
        return
    yield from run.draft()
    yield from run.judge()
    yield from run.fill_gaps()
    yield run.progress.update("done", run.answer())


@dataclass(slots=True)
class _DeepRun:
    """One deep answer under way: what was read, what was written, and what is left."""

    query: Query
    retriever: TranscriptRetriever
    writer: Writer
    language: str
    wishes: Wishes | None
    meter: BudgetMeter
    splitter: Splitter
    progress: Progress
    parts: tuple[Subquestion, ...] = ()
    found: list[PartEvidence] = field(default_factory=list)
    read: list[tuple[Excerpt, ...]] = field(default_factory=list)
    pool: tuple[Excerpt, ...] = ()
    drafts: Drafts = field(default_factory=Drafts)
    reason: str = ""

    @property
    def sure(self) -> float:
        """How sure the library is that it has an answer to one of the parts."""
        return max((found.evidence.answerable for found in self.found), default=0.0)

    @property
    def say(self) -> Messages:
        return messages(self.language)

    def split(self) -> Generator[Update]:
        """Finds the parts of the question."""
        yield self.progress.update("splitting")
        self.parts = yield from self.progress.waiting("splitting", self.splitter.parts(self.query))
        self.progress.steps = [part_step(part, None, 0.0, self.say) for part in self.parts]
        yield self.progress.update("searching")

    def search(self) -> Generator[Update]:
        """Every part on all paths; what was found is read in equal shares, and once more by part,
        where there is more room for each."""
        for n, part in enumerate(self.parts):
            started = time.monotonic()
            found = self._found(part)
            self.found.append(found)
            self.progress.steps[n] = part_step(part, found, time.monotonic() - started, self.say)
            yield self.progress.update("searching")
        budget = self.writer.evidence_tokens
        self.pool = pooled(shares(self.found, budget))
        each = max(budget // len(self.found), min(budget, PART_TOKENS))
        self.read = [gather(found.evidence, each) for found in self.found]

    def draft(self) -> Generator[Update]:
        """Over all parts together, and part by part."""
        say, drafts = self.say, self.drafts
        drafts.whole = yield from self._written(
            say("steps.draft_pooled"), self.query.text, self.pool
        )
        for part, excerpts in zip(self.parts, self.read, strict=True) if self.parts[1:] else ():
            name = say("steps.draft_part", part.title)
            drafts.of_parts.append((yield from self._written(name, part.text, excerpts)))

    def judge(self) -> Generator[Update]:
        """Which way to answer comes first: over all parts together, or part by part."""
        if self.drafts.judge(self.read):
            self.progress.steps.append(judge_step(self.drafts.whole_first, self.say))
        yield self.progress.update("judging")

    def fill_gaps(self) -> Generator[Update]:
        """Searches again for parts without a supported sentence; where there are none, for what
        the model finds that its draft leaves open."""
        for name, part in (yield from self._gaps())[:GAPS]:
            if not self.meter.may_call:
                return
            started = time.monotonic()
            known = frozenset(one.chunk.id for excerpts in self.read for one in excerpts)
            found = self._found(part, known)
            excerpts = gather(found.evidence, self.writer.evidence_tokens // 2)
            gap = gap_step(name, found, time.monotonic() - started, self.say)
            self.progress.steps.append(gap)
            yield self.progress.update("judging")
            draft = yield from self._written(part.title, part.text, excerpts, gap)
            self.drafts.of_gaps.append(draft)
            if part in self.parts:
                n = self.parts.index(part)
                self.read[n] = (*self.read[n], *excerpts)

    def _gaps(self) -> Generator[Update, None, list[tuple[str, Subquestion]]]:
        """What is still open, each with the step's name."""
        whole, by_part = self.drafts.candidates(self.read)
        covered = whole.covered | by_part.covered
        parts = [part for n, part in enumerate(self.parts) if n not in covered]
        if parts or not whole.sentences or self.meter.calls_left < 2:
            return [(self.say("steps.gap_part", part.title), part) for part in parts]
        told = " ".join(statement.text for statement in self.drafts.whole.statements)
        asking = self.splitter.missing(self.query, told, GAPS)
        missing = yield from self.progress.waiting("judging", asking)
        return [(self.say("steps.gap_missing", part.title), part) for part in missing]

    def answer(self) -> Answer:
        """The supported sentences by part, quotes where a part has none, and how it came about."""
        composed = compose(self.drafts, self.found, self.read, self.language, self.writer.source)
        reason = self.reason or self.splitter.reason
        if not composed.is_written:
            asked = self.drafts.all
            declined = bool(asked) and all(draft.declined for draft in asked)
            if not composed.citations or (declined and self.sure < BELIEVED):
                return self.refusal()
            reason = reason or ("declined" if declined else "unsupported" if asked else "")
        notice = (why_cut_short if composed.is_written else why_in_quotes)(reason, self.language)
        return Answer(
            answer_text(composed.statements, self.language),
            composed.citations,
            "answered",
            "deep" if composed.is_written else "quotes",
            self.sure,
            (),
            {"total": round(1000 * self.meter.elapsed_s, 1)},
            statements=composed.statements if composed.is_written else (),
            notice=notice if reason else "",
            model=self.writer.model.name,
            seen=self.drafts.seen,
            steps=(*self.progress.steps, *composed.steps),
        )

    def refusal(self) -> Answer:
        """Nothing in the library answers."""
        best = max(self.found, key=lambda found: found.evidence.answerable)
        answer = refusal_answer(best.evidence, self.language)
        took_ms = {"total": round(1000 * self.meter.elapsed_s, 1)}
        return replace(answer, timings_ms=took_ms, steps=tuple(self.progress.steps))

    def _found(self, part: Subquestion, apart_from: frozenset[str] = frozenset()) -> PartEvidence:
        languages = dict.fromkeys(talk.language for talk in self.retriever.talks())
        return search_part(
            part,
            self.retriever.search,
            self.query.scope,
            languages,
            self.writer.dictionary,
            apart_from=apart_from,
        )

    def _written(
        self, name: str, question: str, excerpts: Sequence[Excerpt], gap: Step | None = None
    ) -> Generator[Update, None, Draft]:
        """One draft, as far as it comes; an empty one where no call is left. Its step is put below
        the gap's, if it fills one, which is the last so far."""
        draft = Draft()
        if not excerpts or not self.meter.spend():
            return draft
        started = time.monotonic()
        before = self.progress.steps[:-1] if gap else self.progress.steps

        def put(step: Step) -> None:
            self.progress.steps = [*before, with_substep(gap, step) if gap else step]

        put(begun_step(name, self.say))
        yield self.progress.update("writing")
        try:
            with closing(self._drafts(question, excerpts)) as drafts:
                for latest in drafts:
                    draft = latest
                    yield from self.progress.beat("writing")
            self.meter.worked()
        except LanguageModelError as error:
            self.reason = error.reason
            self.meter.failed(error.reason)
        judged, took_s = candidate_of([draft], self.read), time.monotonic() - started
        failed = self.meter.has_failed and not draft.statements
        put(
            failed_step(name, self.say)
            if failed
            else draft_step(name, judged, len(self.parts), took_s, self.say)
        )
        yield self.progress.update("writing")
        return draft

    def _drafts(self, question: str, excerpts: Sequence[Excerpt]) -> Generator[Draft]:
        return self.writer.write(
            question, excerpts, self.language, self.wishes, self.meter.deadline, beat_s=BEAT_S
        )


class Splitter:
    """Asks a model for lists of questions, within one answer's budget.

    ``reason`` is why it gave out last, a LanguageModelError's, empty where it didn't.
    """

    def __init__(
        self, model: LanguageModel, retriever: TranscriptRetriever, meter: BudgetMeter
    ) -> None:
        self.reason = ""
        self._model = model
        self._retriever = retriever
        self._meter = meter

    def parts(self, query: Query) -> PendingParts:
        """By rule where the question names its sides, by talk where it asks what several say, else
        as the model proposes; the question as it is where all that fails."""
        known = self._known(query.scope)
        by_rule = split_by_rule(query.text, *known)
        if len(by_rule) > 1:
            return by_rule
        if not gathers(query.text):
            proposed = yield from self._listed(parts_messages(query.text, PARTS), PARTS)
            if by_model := accepted(proposed, query.text, *known):
                return by_model
        broad = self._retriever.search(Query(query.text, scope=query.scope), 2 * HITS)
        by_talk = split_by_talk(query.text, broad)
        return by_talk if len(by_talk) > 1 else by_rule

    def missing(self, query: Query, draft: str, limit: int) -> PendingParts:
        """What the model finds that a draft leaves open, if it asks for it, and for nobody new."""
        question = query.text
        reply = yield from self._listed(missing_messages(question, draft, limit), limit)
        parts = askable(reply, question, *self._known(query.scope))
        return tuple(part for part in parts if part.text != question)

    def _known(self, scope: Scope) -> tuple[Sequence[str], Sequence[Talk]]:
        """Who speaks in the talks of a scope, and those talks: what is told of a part would name
        others in full to somebody who may not know of them."""
        talks = self._retriever.talks()
        if not scope.transcripts:
            return self._retriever.speakers(), talks
        own = [talk for talk in talks if talk.id in scope.transcripts]
        return speakers_of(topic for talk in own for topic in talk.topics), own

    def _listed(
        self, prompt: Sequence[Message], limit: int
    ) -> Generator[None, None, tuple[str, ...]]:
        """The questions that the model lists; none where it fails or no call is left."""
        if not self._meter.spend():
            return ()
        latest = time.monotonic() + self._meter.seconds * LIST_SHARE
        deadline = min(self._meter.deadline, latest)
        said = ""
        try:
            with self._model.stream(prompt, max_tokens=LIST_TOKENS, deadline=deadline) as reply:
                for piece in reply.beats(BEAT_S):
                    said += piece
                    yield
        except LanguageModelError as error:
            self.reason = error.reason
            self._meter.failed(error.reason)
            return ()
        self._meter.worked()
        return listed(said.strip(), limit)


class Progress:
    """Makes the updates of one answer. ``steps`` may be changed at any time."""

    def __init__(self, meter: BudgetMeter) -> None:
        self.steps: list[Step] = []
        self._meter = meter
        self._told_s = 0.0

    def update(self, stage: Stage, answer: Answer | None = None) -> Update:
        """What there is to tell now; without an ``answer`` one that has the steps alone."""
        self._told_s = time.monotonic()
        if answer is None:
            answer = Answer("", (), "answered", "deep", 0.0, (), {}, steps=tuple(self.steps))
        return Update(stage, answer, self._meter.seconds_left, self._meter.calls_left)

    def beat(self, stage: Stage) -> Generator[Update]:
        """An update, if there was none for a while: a moment at which the reader may leave."""
        if time.monotonic() - self._told_s >= BEAT_S:
            yield self.update(stage)

    def waiting(self, stage: Stage, work: Generator[None, None, _T]) -> Generator[Update, None, _T]:
        """What some work comes to, with a beat at each of its pauses."""
        with closing(work):
            while True:
                try:
                    next(work)
                except StopIteration as end:
                    outcome: _T = end.value
                    return outcome
                yield from self.beat(stage)


class BudgetMeter:
    """Counts one answer's calls and time, from when it is made."""

    def __init__(self, budget: DeepBudget) -> None:
        self.seconds = budget.seconds
        self.calls_left = budget.calls
        self._started = time.monotonic()
        self._failures = 0

    @property
    def deadline(self) -> float:
        """The moment of ``time.monotonic()`` at which the time is up."""
        return self._started + self.seconds

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._started

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    @property
    def may_call(self) -> bool:
        """Whether there is a call left, and time for it, and the model still works."""
        return self.calls_left > 0 and self.seconds_left > LEAST_S and self._failures < FAILURES

    @property
    def has_failed(self) -> bool:
        """Whether the last call gave out."""
        return self._failures > 0

    def spend(self) -> bool:
        """Takes a call, if there is one."""
        allowed = self.may_call
        self.calls_left -= allowed
        return allowed

    def worked(self) -> None:
        """A call came through."""
        self._failures = 0

    def failed(self, reason: str) -> None:
        """A call gave out; for some reasons the next one would, too."""
        self._failures = FAILURES if reason in LASTING else self._failures + 1
