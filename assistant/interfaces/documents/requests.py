"""What programs may ask: bodies and queries, with their limits."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from assistant.citation.lookup import LONGEST
from assistant.retrieval.scope import Narrowing
from assistant.types import Mode, Turn

QUESTION_CHARS = 2_000
QUOTE_CHARS = LONGEST
ARTICLE_CHARS = 20_000
"""A long article, up to a minute's work; a book is for the command line, where nobody waits."""
TURN_CHARS = 20_000
TURNS = 60
NAMES = 100
NAME_CHARS = 300
HITS = 50
PLACES = 20

_LONGEST = {"user": QUESTION_CHARS, "assistant": TURN_CHARS}
_WORDS = r"\S"


def _day(value: Any) -> Any:
    """A day and nothing else: neither a time of day nor a number of seconds."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) == 10:
        return date.fromisoformat(value)
    raise ValueError("give a day such as 2025-11-21")


def _whole(value: Any) -> Any:
    """JSON's whole numbers, which 12.0 is one of; neither true nor "12"."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("give a whole number")
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
Day = Annotated[date, BeforeValidator(_day)]
Name = Annotated[str, Field(min_length=1, max_length=NAME_CHARS, pattern=_WORDS)]
Names = Annotated[list[Name], Field(max_length=NAMES)]
Question = Annotated[
    str,
    Field(
        min_length=1,
        max_length=QUESTION_CHARS,
        pattern=_WORDS,
        description="In any language; it is answered in the question's own.",
        examples=["What makes a good benchmark?"],
    ),
]


class Filters(BaseModel):
    """Where to look; of several talks, speakers or languages any one will do."""

    model_config = ConfigDict(extra="forbid")

    talk: Names = Field(
        default_factory=list,
        description="Ids, files or parts of titles of talks.",
        json_schema_extra={"default": []},
    )
    speaker: Names = Field(
        default_factory=list,
        description="Names of speakers, or words of them.",
        json_schema_extra={"default": []},
    )
    lang: Names = Field(
        default_factory=list,
        description="Languages, such as `en`, `zh` or `zh-Hant`.",
        json_schema_extra={"default": []},
    )
    since: Day | None = Field(None, description="Talks of this day or later.")
    until: Day | None = Field(None, description="Talks of this day or earlier.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError("since is after until: swap the days")
        return self

    def narrowing(self) -> Narrowing:
        """The same for the engine."""
        return Narrowing(
            talks=tuple(self.talk),
            speakers=tuple(self.speaker),
            languages=tuple(self.lang),
            since=self.since.isoformat() if self.since else None,
            until=self.until.isoformat() if self.until else None,
        )


class TurnIn(BaseModel):
    """One message of the conversation before."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    text: str = Field(max_length=TURN_CHARS)


History = Annotated[
    list[TurnIn], Field(max_length=TURNS, description="The turns before, oldest first.")
]


def turns_of(history: list[TurnIn]) -> tuple[Turn, ...]:
    """The same for the engine; of what a user asked before, no more than a question may have."""
    return tuple(Turn(turn.role, turn.text[: _LONGEST[turn.role]]) for turn in history)


class AskRequest(Filters):
    """A question to be answered."""

    question: Question
    history: History = Field(default_factory=list, json_schema_extra={"default": []})
    mode: Mode | None = Field(
        None,
        description=(
            "Who puts the answer together: `quotes` nobody, `model` a language model, `deep` a"
            " model in several steps. `GET /api/health` tells the modes there are; its first is"
            " the default."
        ),
    )


class SearchRequest(Filters):
    """A question whose passages are to be found."""

    question: Question
    history: History = Field(default_factory=list, json_schema_extra={"default": []})
    limit: Whole = Field(10, ge=1, le=HITS, description="Hits at most.")


class SearchQuery(Filters):
    """The same as a query string."""

    q: Question
    limit: int = Field(10, ge=1, le=HITS, description="Hits at most.")


class CiteRequest(Filters):
    """A quote whose moment is to be found."""

    quote: str = Field(
        min_length=1,
        max_length=QUOTE_CHARS,
        pattern=_WORDS,
        description="The words as remembered, in any language.",
        examples=["The curve has not bent yet."],
    )
    limit: Whole = Field(10, ge=1, le=PLACES, description="Places at most.")


class ArticleRequest(Filters):
    """A text whose quotations are to be checked."""

    text: str = Field(
        min_length=1,
        max_length=ARTICLE_CHARS,
        pattern=_WORDS,
        description="Plain text or Markdown; each of its sentences is looked up.",
        examples=["As Ann said: “The curve has not bent yet.”"],
    )


class TalksQuery(Filters):
    """Which talks to list."""

    limit: int = Field(100, ge=1, le=1000, description="Talks at most.")
    offset: int = Field(0, ge=0, le=1_000_000, description="How many to leave out first.")


class MomentsQuery(BaseModel):
    """A moment of a talk, or from where to list them."""

    model_config = ConfigDict(extra="forbid")

    talk: str = Field(min_length=1, max_length=NAME_CHARS, description="The talk's id.")
    at: float | None = Field(
        None,
        ge=0,
        le=1_000_000,
        allow_inf_nan=False,
        description="Seconds from the start: what is said then, and its neighbours.",
    )
    offset: int = Field(0, ge=0, le=1_000_000, description="Without `at`: the first moment.")
    limit: int = Field(
        50, ge=1, le=500, description="Moments at most; with `at`, neighbours on each side."
    )
