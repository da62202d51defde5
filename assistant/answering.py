"""Answers made of what was found: in quotes, as a refusal, of a model's draft. Pure functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.composing import answer_text
from assistant.drafting import Draft
from assistant.notices import in_quotes, kept_part
from assistant.quoting import pick, quote_answer, refusal
from assistant.types import Answer
from assistant.wording import list_marks, wording
from corpus.types import Transcript
from index.types import Evidence

Source = Callable[[str], Transcript | None]
"""A file's transcript as it stands on disk now; ``None`` if it is gone."""

BELIEVED = 0.85
"""Where a model says that it found no answer, evidence as sure as this is quoted all the same:
small models decline too readily."""


def quoted(evidence: Evidence, language: str, source: Source) -> Answer:
    """The answer in quotes; a refusal where there is nothing to quote."""
    picks = pick(evidence)
    if not picks:
        return refused(evidence, language)
    text, citations = quote_answer(picks, wording(language).found, source)
    return Answer(text, citations, "answered", "quotes", evidence.answerable, (), {})


def refused(evidence: Evidence, language: str) -> Answer:
    """That the transcripts don't tell, and which topics are near."""
    text, topics = refusal(evidence, wording(language), list_marks(language))
    return Answer(text, (), "no_evidence", "quotes", evidence.answerable, topics, {})


def written(draft: Draft, evidence: Evidence, language: str, model: str) -> Answer:
    """A model's answer, as far as its draft has come."""
    return Answer(
        text=answer_text(draft.statements, language),
        citations=draft.citations,
        status="answered",
        mode="model",
        answerable=evidence.answerable,
        suggestions=(),
        timings_ms={},
        statements=draft.statements,
        model=model,
        seen=draft.seen,
    )


def kept(answer: Answer, reason: str, language: str) -> Answer:
    """What a model had written when it gave out, and a line that says so."""
    return replace(answer, notice=kept_part(reason, language))


def fallen_back(
    draft: Draft, failure: str, evidence: Evidence, language: str, source: Source, model: str
) -> Answer:
    """What stands in for a model's answer of which nothing holds: quotes, and a line on why.

    ``failure`` is a LanguageModelError's reason, empty where the model was heard out. Where it
    declined and the evidence is not sure either, a refusal.
    """
    if not failure and draft.declined and evidence.answerable < BELIEVED:
        return replace(refused(evidence, language), model=model, seen=draft.seen)
    reason = failure or ("declined" if draft.declined else "cut" if draft.cut else "unsupported")
    answer = quoted(evidence, language, source)
    notice = in_quotes(reason, language) if answer.status == "answered" else ""
    return replace(answer, notice=notice, model=model, seen=draft.seen)
