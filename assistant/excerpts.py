"""Excerpts: consecutive sentences under a handle, and the block of them that a model reads.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.neutral import neutral
from corpus.tokens import count_tokens
from corpus.types import Chunk, Sentence

OPENING, CLOSING = "<excerpts>", "</excerpts>"
"""The fence around the block. ``neutral`` takes angle brackets out of all that stands in it."""

LINE_TOKENS = 120
"""Of a line at most, if it has more than one sentence."""
_LABEL_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Consecutive sentences of one speaker in one chunk, as the model sees them.

    ``handle`` is 1-based and what the model cites, as in ``[3]``.
    """

    handle: int
    chunk: Chunk
    sentences: tuple[Sentence, ...]

    @property
    def speaker(self) -> str | None:
        """Who says it."""
        return self.sentences[0].speaker


def render(excerpts: Sequence[Excerpt]) -> str:
    """The block that the model reads, one line an excerpt or, where it is long, several with the
    same handle; empty without any.

    Above a talk's excerpts stands its title, above those of one topic its heading. ``≈`` marks a
    time that is estimated. No words of a transcript can pass for a handle, a fence or a role.
    """
    if not excerpts:
        return ""
    lines = [OPENING]
    file = heading = None
    for excerpt in excerpts:
        chunk = excerpt.chunk
        if chunk.file != file:
            file, heading = chunk.file, None
            lines.append(_title_line(chunk))
        if chunk.heading and chunk.heading != heading:
            heading = chunk.heading
            lines.append(_heading_line(chunk))
        for part in _parts(excerpt.sentences):
            words = neutral(" ".join(sentence.text for sentence in part))
            lines.append(f"[{excerpt.handle}] {label(part[0])}{words}")
    return "\n".join([*lines, CLOSING])


def _parts(sentences: Sequence[Sentence]) -> list[list[Sentence]]:
    """Consecutive sentences, cut so that their speaker's name is never far: far from it, a small
    model takes the next one's."""
    parts: list[list[Sentence]] = []
    length = 0
    for sentence in sentences:
        tokens = count_tokens(sentence.text)
        if parts and length + tokens <= LINE_TOKENS:
            parts[-1].append(sentence)
            length += tokens
        else:
            parts.append([sentence])
            length = tokens
    return parts


def heads(chunk: Chunk) -> list[str]:
    """The lines that stand above a chunk's excerpts: its talk's title, and its heading if any."""
    lines = [_title_line(chunk)]
    return [*lines, _heading_line(chunk)] if chunk.heading else lines


def _title_line(chunk: Chunk) -> str:
    return f"# {_short(chunk.title or chunk.file)}"


def _heading_line(chunk: Chunk) -> str:
    digest = " (digest)" if chunk.kind == "summary" else ""
    return f"## {_short(chunk.heading)}{digest}"


def label(sentence: Sentence) -> str:
    """Who says it and when, as far as the source tells: ``Ann ≈12:05: ``."""
    start_s = sentence.start_s
    time = "" if start_s is None else f"{'≈' if sentence.estimated else ''}{clock(start_s)}"
    name = _short(sentence.speaker or "")
    told = " ".join(part for part in (name, time) if part)
    return f"{told}: " if told else ""


def clock(seconds: float) -> str:
    """Minutes and seconds, with hours where there are any: ``12:05``, ``1:02:05``."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes:02}:{whole % 60:02}"


def _short(text: str) -> str:
    plain = neutral(text)
    return plain if len(plain) <= _LABEL_CHARACTERS else f"{plain[:_LABEL_CHARACTERS].rstrip()}…"
