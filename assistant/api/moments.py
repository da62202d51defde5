"""A talk's moments: what one person says in one go, and which of them holds a second. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.types import Section, Transcript, Utterance


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance in its section."""

    section: Section
    utterance: Utterance


def said_in(transcript: Transcript) -> tuple[Said, ...]:
    """All moments of a talk, in its order."""
    return tuple(
        Said(section, utterance)
        for section in transcript.sections
        for utterance in section.utterances
    )


def position_at(moments: Sequence[Said], second: float) -> int | None:
    """The position of what is said at a second; ``None`` where nothing has a time.

    Between two moments it is the one before, and before the first one the first. What the talk
    itself holds goes before a digest of it.
    """
    timed = [n for n, one in enumerate(moments) if one.utterance.start_s is not None]
    if not timed:
        return None
    own = [n for n in timed if moments[n].section.kind == "talk"] or timed
    begun = [n for n in own if _start(moments[n]) <= second]
    return (
        max(begun, key=lambda n: (_start(moments[n]), n))
        if begun
        else min(own, key=lambda n: _start(moments[n]))
    )


def _start(one: Said) -> float:
    return one.utterance.start_s or 0.0
