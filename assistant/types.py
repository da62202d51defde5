"""The nouns of a conversation: turns, citations, answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["user", "assistant"]
Status = Literal["answered", "no_evidence"]
Mode = Literal["quotes", "model"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation so far."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a claim stands: the words, who says them, and when.

    ``marker`` is 1-based and stands as ``[1]`` in the answer. ``quote`` is in the source's own
    words and script, ``passage`` the text of the segment that holds it. ``speakers`` may be empty;
    the times are ``None`` where the source has none, and then the links carry no second.
    ``verified`` says that the quote was found in the transcript as it stands on disk now.
    """

    marker: int
    chunk_id: str
    file: str
    title: str
    heading: str
    speakers: tuple[str, ...]
    start_s: float | None
    end_s: float | None
    estimated: bool
    url: str | None
    player_url: str | None
    quote: str
    passage: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader gets: Markdown text with markers, and the citations they stand for.

    ``suggestions`` are topics that are near, offered where there is no evidence. ``answerable`` is
    the evidence's probability that the library has an answer. ``timings_ms`` are wall times by
    step.
    """

    text: str
    citations: tuple[Citation, ...]
    status: Status
    mode: Mode
    answerable: float
    suggestions: tuple[str, ...]
    timings_ms: Mapping[str, float]
