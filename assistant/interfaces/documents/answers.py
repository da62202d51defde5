"""Answers, hits, places, quotations as JSON documents: one schema for command line, API and MCP.

What programs are told about answers, hits and quotes: the command line's documents and links.

What the command line prints: the JSON of its contract, and the same for people to read.

What ``cite`` tells: the JSON of its contract, and the same for people to read.

The engine's values as the documents of the API. Pure.

``home`` is the address of the page, which permanent links begin with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.citation.permalink import (
    FoundAgain,
    Gone,
    Resolved,
    citation_id,
    citation_path,
    permanent_id,
    place_id,
)
from assistant.citation.types import (
    Checked,
    Lookup,
    Match,
    Place,
    ProblemKind,
    Quotation,
    QuoteDifference,
)
from assistant.types import (
    Answer,
    Citation,
    Json,
    Mode,
    Outcome,
    Stage,
    Statement,
    Status,
    Step,
    Update,
)
from corpus.links import moment_url, player_url
from corpus.types import SectionKind, SettingsError
from index.moments import moment_of_hit
from index.types import Evidence, Hit, SyncReport, Talk


class DocumentModel(BaseModel):
    """All fields are always there; what a source doesn't give is null."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class ErrorIn(DocumentModel):
    """What is wrong and what to do about it."""

    code: str = Field(description="A word for programs.", examples=["loading"])
    message: str = Field(description="What is wrong, on one line.")
    todo: str = Field(description="What to do about it.")


class ErrorDocument(DocumentModel):
    """How every request that can't be met is answered."""

    error: ErrorIn


class Where(DocumentModel):
    """A place in a talk. Times are seconds from the recording's start."""

    file: str = Field(description="The talk's file, relative to the library.")
    transcript: str = Field(description="The talk's id.")
    title: str
    heading: str = Field(description="The topic; empty without one.")
    speakers: list[str]
    start_s: float | None = Field(description="Null where the source has no times.")
    end_s: float | None
    estimated: bool = Field(description="Whether the start was told from the place in the text.")
    url: str | None = Field(description="The recording, opening at this second.")
    player_url: str | None = Field(description="A player for a frame, at this second.")
    link: str | None = Field(description="The permanent link of the quoted words.")
    quote: str = Field(description="The source's own words.")


class CitationOut(Where):
    """Where a claim of an answer stands."""

    marker: int = Field(description="It stands as `[1]` in the answer.")
    passage: str = Field(description="The passage around the quote.")
    verified: bool = Field(description="Whether the quote stands in the transcript as it is now.")


class StatementOut(DocumentModel):
    """One sentence of a model's answer after its check."""

    text: str
    outcome: Outcome
    markers: list[int]
    reason: str | None
    detail: str


class StepOut(DocumentModel):
    """One step of a deep answer."""

    kind: Literal["question", "search", "draft", "judge", "gap", "answer"]
    text: str
    elapsed_s: float
    steps: list[StepOut]


class AnswerOut(DocumentModel):
    """An answer with its citations."""

    status: Status = Field(description="`no_evidence`: the library doesn't say.")
    answer: str = Field(description="Markdown with markers such as `[1]`.")
    citations: list[CitationOut]
    mode: Mode
    timings_ms: dict[str, float]
    answerable: float = Field(ge=0, le=1, description="How likely the library has an answer.")
    suggestions: list[str] = Field(description="Topics that are near, without an answer.")
    model: str | None = Field(description="The language model that was asked.")
    notice: str = Field(description="What went otherwise than asked; empty as a rule.")
    statements: list[StatementOut] = Field(description="A model's sentences, each checked.")
    steps: list[StepOut] = Field(description="How a deep answer came about.")


class UpdateOut(DocumentModel):
    """An answer while it is made, as the event `update` tells it."""

    stage: Stage
    answer: AnswerOut | None = Field(description="As far as it has come.")
    seconds_left: float | None
    calls_left: int | None


class HitOut(Where):
    """A passage that was found; its span is that of its best moment."""

    rank: int
    score: float = Field(description="Comparable within one search.")
    kind: SectionKind
    text: str = Field(description="The whole passage.")


class SearchOut(DocumentModel):
    """The passages that answer, best first."""

    answerable: float = Field(ge=0, le=1, description="How likely the library has an answer.")
    hits: list[HitOut]
    timings_ms: dict[str, float]


class WordingOut(DocumentModel):
    """How far a quote is off, in words, or in characters where there are no spaces."""

    changed: int
    left_out: int
    added: int


class PlaceOut(HitOut):
    """Where a quote was said."""

    match: Match
    similarity: float
    matched: str = Field(description="The words of the source that match.")
    spans: list[tuple[int, int]] = Field(description="Their offsets in `quote`, half-open.")
    wording: WordingOut | None
    id: str | None = Field(description="What the permanent link ends in.")


class LookupOut(DocumentModel):
    """What came of one quote."""

    match: Match = Field(description="The best place's.")
    hits: list[PlaceOut]
    looked_up: str = Field(description="The quote without the question around it.")
    timings_ms: dict[str, float]


class ProblemOut(DocumentModel):
    """What a text has otherwise than its source."""

    kind: ProblemKind
    said: str
    source: str


class QuotationOut(LookupOut):
    """A sentence of a text that quotes the library, at `[start, end)` of the text."""

    start: int
    end: int
    claimed_speakers: list[str]
    problems: list[ProblemOut]


class CheckedOut(DocumentModel):
    """A text held against the library."""

    match: Match = Field(description="The best sentence's.")
    sentences: int
    quotations: list[QuotationOut]


class CitedOut(DocumentModel):
    """What has become of the words of a permanent link."""

    state: Literal["found", "changed", "gone"]
    moved: bool = Field(description="Whether they are found in another talk, or under another id.")
    place: PlaceOut | None = Field(description="What stands there now; null if it is gone.")
    talk: str | None = Field(description="The id of their talk if it is still there.")


def report_json(report: SyncReport) -> Json:
    """The document that ``index --json`` prints."""
    return {
        "added": report.added,
        "updated": report.updated,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "failed": [{"file": item.file, "error": item.error} for item in report.failed],
        "chunks": report.chunks,
        "seconds": round(report.seconds, 2),
    }


def evidence_json(evidence: Evidence, timings_ms: Mapping[str, float]) -> Json:
    """The document that ``search --json`` prints."""
    return {
        "answerable": round(evidence.answerable, 4),
        "hits": [hit_json(rank, hit) for rank, hit in enumerate(evidence.hits, start=1)],
        "timings_ms": dict(timings_ms),
    }


def hit_json(rank: int, hit: Hit) -> Json:
    """One hit of ``search --json``; its span is that of its best moment."""
    chunk = hit.chunk
    moment = moment_of_hit(chunk, hit.best)
    return {
        "rank": rank,
        "score": round(hit.score, 4),
        "file": chunk.file,
        "transcript": chunk.transcript_id,
        "title": chunk.title,
        "heading": chunk.heading,
        "kind": chunk.kind,
        "speakers": list(chunk.speakers),
        "start_s": moment.start_s,
        "end_s": moment.end_s,
        "estimated": moment.estimated,
        "url": moment_url(chunk.source_url, moment.start_s),
        "quote": hit.best.text,
        "text": chunk.text,
    }


def answer_json(answer: Answer) -> Json:
    """The document that ``ask --json`` prints; of a model it speaks where one was asked."""
    document: Json = {
        "status": answer.status,
        "answer": answer.text,
        "citations": [_citation_json(citation) for citation in answer.citations],
        "mode": answer.mode,
        "timings_ms": dict(answer.timings_ms),
    }
    if answer.model:
        document["model"] = answer.model
        document["notice"] = answer.notice
        document["statements"] = [_statement_json(one) for one in answer.statements]
    return document


def _statement_json(statement: Statement) -> Json:
    return {
        "text": statement.text,
        "outcome": statement.outcome,
        "markers": list(statement.markers),
        "reason": statement.reason,
        "detail": statement.detail,
    }


def _citation_json(citation: Citation) -> Json:
    return {
        "marker": citation.marker,
        "file": citation.file,
        "title": citation.title,
        "heading": citation.heading,
        "speakers": list(citation.speakers),
        "start_s": citation.start_s,
        "end_s": citation.end_s,
        "estimated": citation.estimated,
        "url": citation.url,
        "quote": citation.quote,
        "verified": citation.verified,
    }


def lookup_json(lookup: Lookup) -> Json:
    """The document that ``cite --json`` prints for a quote."""
    return {
        "match": lookup.match,
        "hits": [place_json(rank, place) for rank, place in enumerate(lookup.places, start=1)],
        "looked_up": lookup.text,
        "timings_ms": dict(lookup.timings_ms),
    }


def place_json(rank: int, place: Place) -> Json:
    """One hit: what a hit of ``search`` has, and how the quote stands to it. ``spans`` are offsets
    in ``quote``; ``id`` is what the permanent link ``/c/<id>`` ends in."""
    chunk, moment = place.chunk, place.moment
    return {
        "rank": rank,
        "score": round(place.similarity, 4),
        "file": chunk.file,
        "transcript": chunk.transcript_id,
        "title": chunk.title,
        "heading": chunk.heading,
        "kind": chunk.kind,
        "speakers": list(place.speakers),
        "start_s": moment.start_s,
        "end_s": moment.end_s,
        "estimated": moment.estimated,
        "url": moment_url(chunk.source_url, moment.start_s),
        "quote": place.quote,
        "text": chunk.text,
        "match": place.match,
        "similarity": round(place.similarity, 4),
        "matched": place.matched,
        "spans": [list(span) for span in place.spans],
        "wording": None if place.wording is None else _wording_json(place.wording),
        "id": place_id(place),
    }


def checked_json(checked: Checked) -> Json:
    """The document that ``cite --file --json`` prints; ``match`` is the best sentence's."""
    order: tuple[Match, ...] = ("exact", "close", "meaning")
    found = {one.lookup.match for one in checked.quotations}
    return {
        "match": next((match for match in order if match in found), "none"),
        "sentences": checked.sentences,
        "quotations": [_quotation_json(one) for one in checked.quotations],
    }


def _quotation_json(one: Quotation) -> Json:
    return {
        "start": one.start,
        "end": one.end,
        **lookup_json(one.lookup),
        "claimed_speakers": list(one.claimed),
        "problems": [
            {"kind": problem.kind, "said": problem.said, "source": problem.detail}
            for problem in one.problems
        ],
    }


def _wording_json(wording: QuoteDifference) -> Json:
    return {
        "changed": wording.changed,
        "left_out": wording.left_out,
        "added": wording.added,
    }


def answer_out(answer: Answer, home: str) -> AnswerOut:
    """An answer."""
    beyond: Json = {"model": None, "notice": answer.notice, "statements": []}
    document = beyond | answer_json(answer)
    told = zip(document["citations"], answer.citations, strict=True)
    return AnswerOut.model_validate(
        document
        | {
            "citations": [one | _beyond(citation, home) for one, citation in told],
            "answerable": min(max(answer.answerable, 0.0), 1.0),
            "suggestions": list(answer.suggestions),
            "steps": [_step(step) for step in answer.steps],
        }
    )


def update_out(update: Update, home: str) -> UpdateOut:
    """An answer on its way."""
    return UpdateOut(
        stage=update.stage,
        answer=answer_out(update.answer, home) if update.answer else None,
        seconds_left=update.seconds_left,
        calls_left=update.calls_left,
    )


def search_out(evidence: Evidence, timings_ms: Any, home: str) -> SearchOut:
    """What a search found."""
    document = evidence_json(evidence, timings_ms)
    told = zip(document["hits"], evidence.hits, strict=True)
    return SearchOut.model_validate(
        document | {"hits": [one | _hit_links(one, hit, home) for one, hit in told]}
    )


def lookup_out(lookup: Lookup, home: str) -> LookupOut:
    """What came of a quote."""
    return LookupOut.model_validate(_lookup(lookup_json(lookup), lookup.places, home))


def checked_out(checked: Checked, home: str) -> CheckedOut:
    """What came of a text."""
    document = checked_json(checked)
    told = zip(document["quotations"], checked.quotations, strict=True)
    return CheckedOut.model_validate(
        document | {"quotations": [_lookup(one, found.lookup.places, home) for one, found in told]}
    )


def cited_out(resolved: Resolved, talks: Sequence[Talk], home: str) -> CitedOut:
    """What has become of a permanent link's words; ``talks`` are those that may be named."""
    if isinstance(resolved, Gone):
        talk = next((talk.id for talk in talks if talk.file == resolved.file), None)
        return CitedOut(state="gone", moved=False, place=None, talk=talk)
    found = isinstance(resolved, FoundAgain)
    document = place_json(1, resolved.place)
    return CitedOut(
        state="found" if found else "changed",
        moved=isinstance(resolved, FoundAgain) and resolved.moved,
        place=PlaceOut.model_validate(document | _place_links(document, resolved.place, home)),
        talk=resolved.place.chunk.transcript_id,
    )


def _lookup(document: Json, places: Sequence[Place], home: str) -> Json:
    told = zip(document["hits"], places, strict=True)
    return document | {"hits": [one | _place_links(one, place, home) for one, place in told]}


def _place_links(document: Json, place: Place, home: str) -> Json:
    return {
        "player_url": player_url(place.chunk.source_url, place.moment.start_s),
        "link": f"{home}/{citation_path(document['id'])}" if document["id"] else None,
    }


def _hit_links(document: Json, hit: Hit, home: str) -> Json:
    """The permanent link is of the best sentence, with its own time."""
    try:
        identifier = citation_id(hit.chunk.transcript_id, hit.best.text, hit.best.start_s)
    except SettingsError:
        identifier = ""
    return {
        "player_url": player_url(hit.chunk.source_url, document["start_s"]),
        "link": f"{home}/{citation_path(identifier)}" if identifier else None,
    }


def _beyond(citation: Citation, home: str) -> Json:
    """What a program of the web needs beyond the command line's document."""
    identifier = permanent_id(citation)
    return {
        "transcript": citation.transcript_id,
        "player_url": citation.player_url,
        "link": f"{home}/{citation_path(identifier)}" if identifier else None,
        "passage": citation.passage,
    }


def _step(step: Step) -> StepOut:
    return StepOut(
        kind=step.kind,
        text=step.text,
        elapsed_s=step.elapsed_s,
        steps=[_step(inner) for inner in step.steps],
    )
