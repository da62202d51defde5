"""What programs are told about answers, hits and quotes: the command line's documents and links."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.citing.types import Match, ProblemKind
from assistant.types import Mode, Outcome, Stage, Status
from corpus.types import Kind


class Document(BaseModel):
    """All fields are always there; what a source doesn't give is null."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class ErrorIn(Document):
    """What is wrong and what to do about it."""

    code: str = Field(description="A word for programs.", examples=["loading"])
    message: str = Field(description="What is wrong, on one line.")
    todo: str = Field(description="What to do about it.")


class ErrorDocument(Document):
    """How every request that can't be met is answered."""

    error: ErrorIn


class Where(Document):
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


class StatementOut(Document):
    """One sentence of a model's answer after its check."""

    text: str
    outcome: Outcome
    markers: list[int]
    reason: str | None
    detail: str


class StepOut(Document):
    """One step of a deep answer."""

    kind: Literal["question", "search", "draft", "judge", "gap", "answer"]
    text: str
    elapsed_s: float
    steps: list[StepOut]


class AnswerOut(Document):
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


class UpdateOut(Document):
    """An answer while it is made, as the event `update` tells it."""

    stage: Stage
    answer: AnswerOut | None = Field(description="As far as it has come.")
    seconds_left: float | None
    calls_left: int | None


class HitOut(Where):
    """A passage that was found; its span is that of its best moment."""

    rank: int
    score: float = Field(description="Comparable within one search.")
    kind: Kind
    text: str = Field(description="The whole passage.")


class SearchOut(Document):
    """The passages that answer, best first."""

    answerable: float = Field(ge=0, le=1, description="How likely the library has an answer.")
    hits: list[HitOut]
    timings_ms: dict[str, float]


class WordingOut(Document):
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


class LookupOut(Document):
    """What came of one quote."""

    match: Match = Field(description="The best place's.")
    hits: list[PlaceOut]
    looked_up: str = Field(description="The quote without the question around it.")
    timings_ms: dict[str, float]


class ProblemOut(Document):
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


class CheckedOut(Document):
    """A text held against the library."""

    match: Match = Field(description="The best sentence's.")
    sentences: int
    quotations: list[QuotationOut]


class CitedOut(Document):
    """What has become of the words of a permanent link."""

    state: Literal["found", "changed", "gone"]
    moved: bool = Field(description="Whether they are found in another talk, or under another id.")
    place: PlaceOut | None = Field(description="What stands there now; null if it is gone.")
    talk: str | None = Field(description="The id of their talk if it is still there.")
