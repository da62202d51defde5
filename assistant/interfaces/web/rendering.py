"""This room's templates, and the functions that they may call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from assistant.citation.permalink import (
    citation_path,
    permanent_id,
    playing,
    talk_path,
    web_url,
)
from assistant.interfaces.http.templates import Templates
from assistant.interfaces.web.passage import cut_passage, marked_pieces
from assistant.types import Citation, Step
from index.moments import clock, clock_span

SHARE_CHARS = 200
"""A longer title or description is cut by those who unfurl a link, in the middle of a word."""


def render(template: str, **values: object) -> str:
    """A template of this room as HTML; ``say`` among the values is the reader's messages."""
    return templates().render(template, **values)


@cache
def templates(*packages: str) -> Templates:
    """The templates of other packages, then this room's, which those may use."""
    return Templates(*packages, "assistant.interfaces.web", functions=_FUNCTIONS)


def shortened(text: str, limit: int = SHARE_CHARS) -> str:
    """The text on one line, cut with an ellipsis where it is longer."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def permanent_path(citation: Citation) -> str | None:
    """A citation's page, below the root; ``None`` where it has no words."""
    identifier = permanent_id(citation)
    return citation_path(identifier) if identifier else None


def count_steps(steps: tuple[Step, ...]) -> int:
    """How many steps there are, those inside of others included."""
    return sum(1 + count_steps(step.steps) for step in steps)


_FUNCTIONS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "citation_path": citation_path,
        "clock": clock,
        "clock_span": clock_span,
        "count_steps": count_steps,
        "cut_passage": cut_passage,
        "marked_pieces": marked_pieces,
        "permanent_path": permanent_path,
        "playing": playing,
        "shortened": shortened,
        "talk_path": talk_path,
        "web_url": web_url,
    }
)
