"""The one public engine: history and question in, a cited answer out. Faces are thin over it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assistant.examples import example_questions
from assistant.followups import Lead, leading_question, leans_back, named_speakers, stand_alone
from assistant.quoting import pick, quote_answer, refusal
from assistant.scoping import Narrowing, resolve_scope
from assistant.types import Answer, Turn
from assistant.wording import list_marks, wording
from corpus.language import detect_language
from corpus.types import Transcript
from index.retriever import TranscriptRetriever
from index.types import EVERYWHERE, Evidence, Query, Scope, Talk

HITS = 8
"""How many hits an answer is made from."""


class Assistant:
    """Answers questions over one library; safe to call from several threads.

    ``source`` gives the transcript of a file as it stands on disk now, ``None`` if it is gone:
    quotes are checked against it. Below ``min_confidence`` nothing is answered.
    """

    def __init__(
        self,
        retriever: TranscriptRetriever,
        source: Callable[[str], Transcript | None],
        min_confidence: float = 0.5,
    ) -> None:
        self._retriever = retriever
        self._source = source
        self._min_confidence = min_confidence

    def ask(self, question: str, history: Sequence[Turn] = (), scope: Scope = EVERYWHERE) -> Answer:
        """The answer to a question in the light of the turns before it, oldest first.

        Only passages in ``scope`` are looked at, and they alone decide whether there is an answer.
        """
        clock = _Clock()
        query = self.resolve(question, history, scope)
        clock.lap("resolve")
        evidence = self._retriever.search(query, HITS)
        clock.lap("search")
        answer = self._quoted(question, evidence)
        clock.lap("answer")
        return replace(answer, timings_ms=clock.laps())

    def search(
        self,
        question: str,
        limit: int,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
    ) -> tuple[Evidence, Mapping[str, float]]:
        """The evidence for a question after the history is taken in, and timings in ms."""
        clock = _Clock()
        query = self.resolve(question, history, scope)
        clock.lap("resolve")
        evidence = self._retriever.search(query, limit)
        clock.lap("search")
        return evidence, clock.laps()

    def scope(self, narrowing: Narrowing) -> Scope:
        """The scope that is meant in this library. Raises SettingsError for what it hasn't got."""
        return resolve_scope(narrowing, self._retriever.talks(), self._retriever.speakers())

    def resolve(self, question: str, history: Sequence[Turn], scope: Scope = EVERYWHERE) -> Query:
        """The question as a query that stands alone.

        A follow-up takes the talk, the people and the subject from the turns before: who is meant
        is whom it names itself, else whom the last question named, else who said what answered
        that best.
        """
        speakers = self._retriever.speakers()
        own = named_speakers(question, speakers)
        before = leading_question(history)
        if before is None or not leans_back(question):
            return Query(question, speakers=frozenset(own), scope=scope)
        first = self._retriever.search(Query(before, scope=scope), 1).hits
        talks = tuple(hit.chunk.transcript_id for hit in first)
        if own:  # beside a name a pronoun may mean anybody, so it stays as it is
            alone = stand_alone(question, Lead(before, (), talks))
            return replace(alone, speakers=frozenset(own), scope=scope)
        said = tuple(hit.best.speaker for hit in first if hit.best.speaker)
        lead = Lead(before, _last_named(history, speakers) or said, talks)
        return replace(stand_alone(question, lead), scope=scope)

    def talks(self) -> Sequence[Talk]:
        """What there is to ask about, in the order of files."""
        return self._retriever.talks()

    def examples(self, language: str) -> tuple[str, ...]:
        """A few questions that this library can answer, in one of the page's languages."""
        return example_questions(self._retriever.topics(), language)

    def _quoted(self, question: str, evidence: Evidence) -> Answer:
        language = detect_language(question)
        words = wording(language)
        picks = pick(evidence) if evidence.answerable >= self._min_confidence else ()
        if not picks:
            text, topics = refusal(evidence, words, list_marks(language))
            return Answer(text, (), "no_evidence", "quotes", evidence.answerable, topics, {})
        text, citations = quote_answer(picks, words.found, self._source)
        return Answer(text, citations, "answered", "quotes", evidence.answerable, (), {})


def _last_named(history: Sequence[Turn], speakers: Sequence[str]) -> tuple[str, ...]:
    """The speakers whom the last question names, or one before it that it leans back on."""
    for turn in reversed(history):
        if turn.role == "user" and turn.text.strip():
            named = named_speakers(turn.text, speakers)
            if named or not leans_back(turn.text):
                return named
    return ()


class _Clock:
    """Wall time by step, in milliseconds."""

    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self._laps[name] = round((now - self._last) * 1000, 1)
        self._last = now

    def laps(self) -> dict[str, float]:
        return {**self._laps, "total": round((self._last - self._started) * 1000, 1)}
