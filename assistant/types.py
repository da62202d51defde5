"""The nouns of a conversation: turns, citations, answers; and how sure an answer is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["user", "assistant"]
Status = Literal["answered", "no_evidence"]
Mode = Literal["quotes", "model", "deep"]
"""Who puts the answer together: nobody (quotes in order), a language model, or a language model in
several steps (deep/)."""
Json = dict[str, Any]
"""A JSON object, as it is read or written."""
Outcome = Literal["supported", "mended", "unsupported", "no_claim"]
"""What the check of a model's sentence came to: verification/types.py."""
Stage = Literal["searching", "writing", "splitting", "judging", "done"]
Sureness = Literal["clear", "probable", "possible", "close", "nothing"]
"""From the surest answer to the surest refusal: three of answers, two of refusals."""

CLEAR = 0.9
"""From this probability on the calibration expects that at most one question in ten has none."""
PROBABLE = 0.7
"""From here on it expects at most three in ten."""
NOTHING = 0.2
"""Below this it expects an answer to at most one in five."""


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
    transcript_id: str
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
class Statement:
    """One sentence of an answer that a model wrote, after its check.

    ``lead`` is what stands before it (white space, a bullet); ``text`` has no markers.
    ``markers`` are of citations whose quotes support it. ``reason`` and ``detail`` say why an
    ``unsupported`` one is: see verification/types.py.
    """

    text: str
    outcome: Outcome
    markers: tuple[int, ...] = ()
    lead: str = ""
    reason: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a deep answer, with those that it led to; ``text`` is one line for the reader."""

    kind: Literal["question", "search", "draft", "judge", "gap", "answer"]
    text: str
    elapsed_s: float = 0.0
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader gets: Markdown text with markers, and the citations they stand for.

    ``suggestions`` are topics that are near, where there is no evidence, or questions to ask,
    behind a courtesy; they stand in the text's second paragraph as well. ``answerable`` is
    the evidence's probability that the library has an answer. ``timings_ms`` are wall times by
    step. A model's answer has its sentences as ``statements``, the model's name, and in ``seen``
    the excerpts as the model read them. ``notice`` is one line for the reader where something went
    otherwise than asked, as when the model failed and quotes stand in for it.
    """

    text: str
    citations: tuple[Citation, ...]
    status: Status
    mode: Mode
    answerable: float
    suggestions: tuple[str, ...]
    timings_ms: Mapping[str, float]
    statements: tuple[Statement, ...] = ()
    notice: str = ""
    model: str = ""
    seen: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def sureness(self) -> Sureness:
        """How sure the library is of it."""
        return sureness(self.answerable, answered=self.status == "answered")


@dataclass(frozen=True, slots=True)
class Update:
    """An answer while it is made: as far as it has come, and complete at stage ``done``.

    Its sentences have been checked and never change again. ``seconds_left`` and ``calls_left`` are
    what a deep answer has left of its budget.
    """

    stage: Stage
    answer: Answer | None = None
    seconds_left: float | None = None
    calls_left: int | None = None


def sureness(answerable: float, *, answered: bool) -> Sureness:
    """The level of a calibrated probability (0 to 1) that the library answers the question.

    ``answered`` is whether it reached the operator's threshold, so that an answer was given. The
    levels go by the probability alone, so that a word means the same whatever threshold is set: the
    threshold decides whether there is an answer, not how sure it is.
    """
    if not answered:
        return "nothing" if answerable < NOTHING else "close"
    if answerable >= CLEAR:
        return "clear"
    return "probable" if answerable >= PROBABLE else "possible"


def percent(probability: float) -> str:
    """As ``93%``; an estimate is never shown as 0 or 100, which would claim certainty."""
    return f"{min(99, max(1, round(100 * probability)))}%"
