"""The one public engine: history and question in, a cited answer out. Faces are thin over it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial

from assistant.citation.article import checking
from assistant.citation.lookup import QuoteFinder
from assistant.citation.permalink import Resolved, resolve
from assistant.citation.types import Lookup, Quotation
from assistant.generation.deep.run import answer_deep
from assistant.generation.quotes import QUOTED_HITS, quotes_answer, refusal_answer
from assistant.generation.structure.answering import StructureAnswers
from assistant.generation.writer import Writer
from assistant.llm.types import ModelState
from assistant.retrieval.examples import example_questions
from assistant.retrieval.query import ResolvedQuestion, Resolver
from assistant.retrieval.scope import Narrowing, resolve_scope
from assistant.types import Answer, Mode, Turn, Update
from corpus.types import SettingsError, Transcript
from index.retriever import TranscriptRetriever
from index.types import EVERYWHERE, Evidence, Scope, Talk

READ_HITS = 40
"""How many hits the excerpts for a model are chosen from: more than fill its budget."""


class Assistant:
    """Answers questions over one library; safe to call from several threads.

    ``source`` gives the transcript of a file as it stands on disk now, ``None`` if it is gone:
    quotes are checked against it. Below ``min_confidence`` nothing is answered. With a ``writer``
    a language model writes the answers. With ``structure`` questions about whole talks and the
    whole library are answered from that, and days that a question names narrow the search.
    """

    def __init__(
        self,
        retriever: TranscriptRetriever,
        source: Callable[[str], Transcript | None],
        min_confidence: float = 0.5,
        writer: Writer | None = None,
        structure: StructureAnswers | None = None,
    ) -> None:
        self._retriever = retriever
        self._resolver = Resolver(retriever)
        self._source = source
        self._min_confidence = min_confidence
        self._writer = writer
        self._structure = structure

    def modes(self) -> tuple[Mode, ...]:
        """The ways in which it can answer; the first is the default."""
        return ("model", "quotes", "deep") if self._writer else ("quotes",)

    def model_state(self) -> ModelState | None:
        """What is known of the language model, ``None`` without one. Never waits for it."""
        return self._writer.model.describe() if self._writer else None

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
        mode: Mode | None = None,
    ) -> Answer:
        """The answer to a question in the light of the turns before it, oldest first.

        Only passages in ``scope`` are looked at, and they alone decide whether there is an answer.
        Raises SettingsError for a mode that is not among ``modes``.
        """
        *_, last = self.stream(question, history, scope, mode)
        assert last.answer is not None  # the last update has the whole answer
        return last.answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
        mode: Mode | None = None,
    ) -> Generator[Update]:
        """``ask`` while it happens; the last update has stage ``done`` and the whole answer.

        A sentence comes when it has been checked. Closing the generator ends the work.
        """
        modes = self.modes()
        if mode is not None and mode not in modes:
            raise SettingsError(
                f"there is no mode {mode!r} without a language model: set VERBATIM_LLM to one"
                if mode in ("model", "deep")
                else f"there is no mode {mode!r}: choose one of {', '.join(modes)}"
            )
        return self._answering(question, history, scope, mode or modes[0])

    def search(
        self,
        question: str,
        limit: int,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
    ) -> tuple[Evidence, Mapping[str, float]]:
        """The evidence for a question after the history is taken in, and timings in ms."""
        clock = _Clock()
        asked = self._resolver.asked(question, limit, history, scope)
        clock.lap("resolve")
        evidence = asked.evidence or self._retriever.search(asked.query, limit)
        clock.lap("search")
        return evidence, clock.laps()

    @cached_property
    def quotes(self) -> QuoteFinder:
        """Citation lookup over the same index."""
        return QuoteFinder(self._retriever.quotes())

    def look_up(self, quote: str, limit: int = 10, scope: Scope = EVERYWHERE) -> Lookup:
        """Where a quote was said: see ``QuoteFinder.find``."""
        return self.quotes.find(quote, limit, scope)

    def checking(self, text: str, scope: Scope = EVERYWHERE) -> Generator[Quotation | None]:
        """What each sentence of a text quotes, and what is wrong with it, one after the other."""
        return checking(text, self.quotes, scope)

    def cited(self, identifier: str) -> Resolved:
        """What has become of the words of a permanent id. Raises SettingsError for what is none."""
        return resolve(identifier, self.quotes.index)

    def transcript(self, file: str) -> Transcript | None:
        """A talk with all its words, as it stands on disk now; ``None`` where it is gone."""
        return self._source(file)

    def scope(self, narrowing: Narrowing) -> Scope:
        """The scope that is meant in this library. Raises SettingsError for what it hasn't got."""
        people = tuple(self._retriever.spelled(name, slips=False) for name in narrowing.speakers)
        narrowed = replace(narrowing, speakers=people)
        return resolve_scope(narrowed, self._retriever.talks(), self._retriever.speakers())

    def talks(self) -> Sequence[Talk]:
        """What there is to ask about, in the order of files."""
        return self._retriever.talks()

    def examples(self, language: str) -> tuple[str, ...]:
        """A few questions that this library can answer, in one of the page's languages."""
        return example_questions(self._retriever.topics(), language)

    def _answering(
        self, question: str, history: Sequence[Turn], scope: Scope, mode: Mode
    ) -> Generator[Update]:
        clock = _Clock()
        writer = None if mode == "quotes" else self._writer
        yield Update("searching")
        if self._structure is not None:
            read = self._structure.read(question, history, scope, has_model=writer is not None)
            if read.answer is not None:
                clock.lap("answer")
                yield Update("done", replace(read.answer, timings_ms=clock.laps()))
                return
            scope = read.scope
        model, timeout_s = (writer.model, writer.timeout_s) if writer else (None, 0.0)
        limit = READ_HITS if writer else QUOTED_HITS
        asked = self._resolver.asked(question, limit, history, scope, model, timeout_s)
        clock.lap("resolve")
        if writer is not None and mode == "deep":
            yield from self._deep(writer, asked)
            return
        evidence = asked.evidence or self._retriever.search(asked.query, limit)
        clock.lap("search")
        if not evidence.hits or evidence.answerable < self._min_confidence:
            answer = refusal_answer(evidence, asked.language)
        elif writer is None:
            answer = quotes_answer(evidence, asked.language, self._source)
        else:
            answer = yield from writer.answer(
                asked.question,
                evidence,
                asked.language,
                asked.wishes,
                clock.started_s + writer.timeout_s,
                on_change=partial(clock.lap_once, "first"),
            )
        clock.lap("answer")
        yield Update("done", replace(answer, timings_ms=clock.laps()))

    def _deep(self, writer: Writer, asked: ResolvedQuestion) -> Generator[Update]:
        return answer_deep(
            replace(asked.query, text=asked.question, context=""),
            self._retriever,
            writer,
            language=asked.language,
            wishes=asked.wishes,
            min_confidence=self._min_confidence,
        )


class _Clock:
    """Wall time by step, in milliseconds."""

    def __init__(self) -> None:
        self.started_s = self._last = time.monotonic()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self._laps[name] = round((now - self._last) * 1000, 1)
        self._last = now

    def lap_once(self, name: str) -> None:
        if name not in self._laps:
            self.lap(name)

    def laps(self) -> dict[str, float]:
        return {**self._laps, "total": round((self._last - self.started_s) * 1000, 1)}
