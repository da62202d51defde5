"""What an embedded chat offers to ask: pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.embed.presets import Preset
from index.types import EVERYWHERE, Scope, Talk

OFFERED = 4


class Offers(NamedTuple):
    """Questions as they stand, else topics of the talks that are asked about."""

    questions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


def offers(preset: Preset, scope: Scope, talks: Sequence[Talk], examples: Sequence[str]) -> Offers:
    """The preset's own questions, else the library's ``examples`` where all of it is searched,
    else headings from the talks in scope, taken in turn from each; ``talks`` are the reachable."""
    if preset.questions:
        return Offers(preset.questions)
    if scope == EVERYWHERE:
        return Offers(tuple(examples))
    within = [talk for talk in talks if not scope.transcripts or talk.id in scope.transcripts]
    headings = [_headings(talk) for talk in within[:OFFERED]]
    in_turn = (
        heading for n in range(OFFERED) for listed in headings for heading in listed[n : n + 1]
    )
    return Offers(topics=tuple(dict.fromkeys(in_turn))[:OFFERED])


def _headings(talk: Talk) -> list[str]:
    return [topic.heading for topic in talk.topics if topic.kind == "talk" and topic.heading]
