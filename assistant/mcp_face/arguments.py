"""What the tools take, and what ``talk`` gives: the words that models read to choose and call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from assistant.access.types import ApiError
from assistant.api.documents import Document
from assistant.api.requests import HITS, PLACES, QUOTE_CHARS, Filters, Question
from assistant.api.talk_documents import MomentOut, TalkOut, TopicOut
from assistant.types import Mode

NEIGHBOURS = 20
SHOWN = 3
"""Of a call's faults, how many are told."""

_LISTS = frozenset({"talk", "speaker", "lang"})
_Arguments = TypeVar("_Arguments", bound=BaseModel)

Quote = Annotated[
    str,
    Field(
        min_length=1,
        max_length=QUOTE_CHARS,
        pattern=r"\S",
        description="The words as remembered or translated, without the question around them.",
    ),
]


class SearchArguments(Filters):
    """Of ``search``."""

    question: Question
    limit: int = Field(6, ge=1, le=HITS, description="Passages at most.")


class AskArguments(Filters):
    """Of ``ask``."""

    question: Question
    mode: Mode | None = Field(
        None,
        description=(
            "quotes: the speakers' own sentences, at once; model: written by the library's"
            " language model; deep: the same in several steps, for questions with several sides."
            " Leave it out as a rule."
        ),
    )


class CiteArguments(Filters):
    """Of ``cite``."""

    quote: Quote
    limit: int = Field(5, ge=1, le=PLACES, description="Places at most.")


class TalkArguments(Filters):
    """Of ``talk``."""

    at: float | None = Field(
        None,
        ge=0,
        le=1_000_000,
        allow_inf_nan=False,
        description="Seconds from the start of the one talk that is named: what is said then.",
    )
    neighbours: int = Field(
        2, ge=0, le=NEIGHBOURS, description="With at: how many moments before and after it."
    )
    limit: int = Field(50, ge=1, le=200, description="Talks at most, in a list.")
    offset: int = Field(0, ge=0, le=1_000_000, description="How many talks to leave out first.")


class TalkResult(Document):
    """Talks; of one alone its topics, or what is said around a second."""

    talks: list[TalkOut]
    total: int = Field(description="How many talks there are in all.")
    topics: list[TopicOut] = Field(description="Of a talk that was found alone.")
    current: int | None = Field(description="The position of what is said at the second.")
    moments: list[MomentOut] = Field(description="What is said around the second.")


def read_arguments(kind: type[_Arguments], given: Mapping[str, Any] | None) -> _Arguments:
    """The arguments of a call. Raises ApiError that names what is wrong with them.

    A list may come as the JSON of one, or as one name: some programs write lists so.
    """
    whole = {
        name: _listed(value) if name in _LISTS else value for name, value in (given or {}).items()
    }
    try:
        return kind.model_validate(whole)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
    told = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults[:SHOWN]]
    message = " ".join("; ".join(told).encode("utf-8", "replace").decode().split())
    raise ApiError(422, "invalid", f"{message}.", "Mend the arguments and call again.")


def _listed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        read = json.loads(value)
    except ValueError:
        read = None
    return read if isinstance(read, list) else [value]
