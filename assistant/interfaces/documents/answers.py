"""Answers, hits, places and quotations as JSON documents: one schema for all programs.

The models are the documents of the HTTP API and of MCP. They are made from the engine's values
field by field; ``home`` is the address of the page, which permanent links begin with. The command
line prints the same documents, of some of their fields, in an order of its own. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, Self

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
from assistant.citation.types import Checked, Lookup, Match, Place, ProblemKind, Quotation
from assistant.types import Answer, Citation, Json, Mode, Outcome, Stage, Status, Update
from corpus.links import moment_url, player_url
from corpus.types import Chunk, SectionKind, SettingsError
from index.moments import moment_of_hit
from index.types import Evidence, Hit, Moment, SyncReport, Talk

_MATCHES: Final[tuple[Match, ...]] = ("exact", "close", "meaning")
"""From the best on."""
_CLI_CITATION: Final = (
    "marker", "file", "title", "heading", "speakers", "start_s", "end_s", "estimated", "url",
    "quote", "verified",
)  # fmt: skip
_CLI_ANSWER: Final = ("status", "answer", "citations", "mode", "timings_ms")
_CLI_WRITTEN: Final = (*_CLI_ANSWER, "model", "notice", "statements")
_CLI_HIT: Final = (
    "rank", "score", "file", "transcript", "title", "heading", "kind", "speakers", "start_s",
    "end_s", "estimated", "url", "quote", "text",
)  # fmt: skip
_CLI_PLACE: Final = (*_CLI_HIT, "match", "similarity", "matched", "spans", "wording", "id")
_CLI_QUOTATION: Final = (
    "start", "end", "match", "hits", "looked_up", "timings_ms", "claimed_speakers", "problems",
)  # fmt: skip


class DocumentModel(BaseModel):
    """All fields are always there; what a source doesn't give is null."""

    model_config = ConfigDict(
        extra="forbid", from_attributes=True, json_schema_serialization_defaults_required=True
    )

    @classmethod
    def of(cls, value: object, **beyond: Any) -> Self:
        """The document of a value: what it has by a field's name, and what is given beyond."""
        named = {name: getattr(value, name) for name in cls.model_fields if name not in beyond}
        return cls.model_validate(named | beyond)


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
    suggestions: list[str] = Field(
        description="What to ask instead: topics that are near, or examples."
    )
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


class FailureOut(DocumentModel):
    """A file that could not be read."""

    file: str
    error: str


class ReportOut(DocumentModel):
    """What bringing the index up to date did."""

    added: int
    updated: int
    removed: int
    unchanged: int
    failed: list[FailureOut]
    chunks: int
    seconds: float


def answer_out(answer: Answer, home: str) -> AnswerOut:
    """An answer; its sentences stand in it where a model wrote them."""
    return AnswerOut.of(
        answer,
        answer=answer.text,
        citations=[citation_out(each, home) for each in answer.citations],
        answerable=min(max(answer.answerable, 0.0), 1.0),
        model=answer.model or None,
        statements=answer.statements if answer.model else (),
    )


def citation_out(citation: Citation, home: str) -> CitationOut:
    """Where a claim of an answer stands."""
    return CitationOut.of(
        citation,
        transcript=citation.transcript_id,
        link=_link(permanent_id(citation), home),
    )


def update_out(update: Update, home: str) -> UpdateOut:
    """An answer on its way."""
    return UpdateOut.of(update, answer=answer_out(update.answer, home) if update.answer else None)


def search_out(evidence: Evidence, timings_ms: Mapping[str, float], home: str) -> SearchOut:
    """What a search found."""
    return SearchOut(
        answerable=round(evidence.answerable, 4),
        hits=[hit_out(rank, hit, home) for rank, hit in enumerate(evidence.hits, start=1)],
        timings_ms=dict(timings_ms),
    )


def hit_out(rank: int, hit: Hit, home: str) -> HitOut:
    """One passage. The permanent link is of the best sentence, with its own time."""
    try:
        identifier = citation_id(hit.chunk.transcript_id, hit.best.text, hit.best.start_s)
    except SettingsError:
        identifier = None
    return HitOut.of(
        hit.chunk,
        rank=rank,
        score=round(hit.score, 4),
        quote=hit.best.text,
        link=_link(identifier, home),
        **_where(hit.chunk, moment_of_hit(hit.chunk, hit.best)),
    )


def place_out(rank: int, place: Place, home: str) -> PlaceOut:
    """One place of a quote: what a hit has, and how the quote stands to it."""
    identifier = place_id(place)
    similarity = round(place.similarity, 4)
    return PlaceOut.of(
        place.chunk,
        rank=rank,
        score=similarity,
        speakers=place.speakers,
        quote=place.quote,
        match=place.match,
        similarity=similarity,
        matched=place.matched,
        spans=place.spans,
        wording=place.wording,
        id=identifier,
        link=_link(identifier, home),
        **_where(place.chunk, place.moment),
    )


def _where(chunk: Chunk, moment: Moment) -> Json:
    """The place in its recording."""
    return {
        "transcript": chunk.transcript_id,
        "start_s": moment.start_s,
        "end_s": moment.end_s,
        "estimated": moment.estimated,
        "url": moment_url(chunk.source_url, moment.start_s),
        "player_url": player_url(chunk.source_url, moment.start_s),
    }


def _link(identifier: str | None, home: str) -> str | None:
    return f"{home}/{citation_path(identifier)}" if identifier else None


def lookup_out(lookup: Lookup, home: str) -> LookupOut:
    """What came of a quote."""
    return LookupOut.of(lookup, **_looked_up(lookup, home))


def checked_out(checked: Checked, home: str) -> CheckedOut:
    """What came of a text."""
    found = {each.lookup.match for each in checked.quotations}
    return CheckedOut.of(
        checked,
        match=next((match for match in _MATCHES if match in found), "none"),
        quotations=[_quotation(each, home) for each in checked.quotations],
    )


def _quotation(quotation: Quotation, home: str) -> QuotationOut:
    return QuotationOut.of(
        quotation,
        match=quotation.lookup.match,
        timings_ms=quotation.lookup.timings_ms,
        claimed_speakers=quotation.claimed,
        problems=[ProblemOut.of(each, source=each.detail) for each in quotation.problems],
        **_looked_up(quotation.lookup, home),
    )


def _looked_up(lookup: Lookup, home: str) -> Json:
    return {
        "hits": [place_out(rank, each, home) for rank, each in enumerate(lookup.places, start=1)],
        "looked_up": lookup.text,
    }


def cited_out(resolved: Resolved, talks: Sequence[Talk], home: str) -> CitedOut:
    """What has become of a permanent link's words; ``talks`` are those that may be named."""
    if isinstance(resolved, Gone):
        talk = next((talk.id for talk in talks if talk.file == resolved.file), None)
        return CitedOut(state="gone", moved=False, place=None, talk=talk)
    found = isinstance(resolved, FoundAgain)
    return CitedOut(
        state="found" if found else "changed",
        moved=isinstance(resolved, FoundAgain) and resolved.moved,
        place=place_out(1, resolved.place, home),
        talk=resolved.place.chunk.transcript_id,
    )


def report_json(report: SyncReport) -> Json:
    """What ``index --json`` prints."""
    document = ReportOut.of(report, seconds=round(report.seconds, 2))
    return document.model_dump(mode="json")


def answer_json(answer: Answer) -> Json:
    """What ``ask --json`` prints; of a model it speaks where one was asked."""
    document = answer_out(answer, "").model_dump(mode="json")
    told = _picked(document, _CLI_WRITTEN if answer.model else _CLI_ANSWER)
    return _with_each(told, "citations", _CLI_CITATION)


def evidence_json(evidence: Evidence, timings_ms: Mapping[str, float]) -> Json:
    """What ``search --json`` prints."""
    document = search_out(evidence, timings_ms, "").model_dump(mode="json")
    return _with_each(document, "hits", _CLI_HIT)


def lookup_json(lookup: Lookup) -> Json:
    """What ``cite --json`` prints for a quote."""
    document = lookup_out(lookup, "").model_dump(mode="json")
    return _with_each(document, "hits", _CLI_PLACE)


def checked_json(checked: Checked) -> Json:
    """What ``cite --file --json`` prints for a text."""
    document = checked_out(checked, "").model_dump(mode="json")
    told = _with_each(document, "quotations", _CLI_QUOTATION)
    quotations = [_with_each(each, "hits", _CLI_PLACE) for each in told["quotations"]]
    return told | {"quotations": quotations}


def _picked(document: Json, names: Iterable[str]) -> Json:
    return {name: document[name] for name in names}


def _with_each(document: Json, field: str, names: Iterable[str]) -> Json:
    """The document with only these fields of each item of a list in it."""
    return document | {field: [_picked(each, names) for each in document[field]]}
