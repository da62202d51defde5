"""The blocks of a part as turns: who says what, with the times that stand beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.readers.blocks import Block
from corpus.readers.markup import plain
from corpus.readers.speakers import Cast, Label, bare_time_label, find_label
from corpus.readers.times import Span, trailing_span

_CALLOUT = re.compile(r"\s*\[![A-Za-z-]+\]")
_SENTENCE_END = re.compile(r"[。！？!?.…”」』\"]\s*$")
_LONG_PARAGRAPH = 1000
_FEWEST_BARE_TIMES, _FEWEST_NAMED = 3, 2


@dataclass(frozen=True, slots=True)
class Turn:
    """Consecutive texts of one speaker; ``span`` is what the source states for all of them."""

    speaker: str | None
    span: Span | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a talk as the source has it, with the label it may begin with."""

    text: str
    kind: str
    label: Label | None
    starts_block: bool


def lines_of(blocks: Sequence[Block], *, bare_times: bool = False) -> list[Line]:
    """Every line of ``blocks`` that may open a turn; the rest of a wrapped one too.

    ``bare_times``: times without brackets count too (see has_bare_times).
    """
    return [line for block in blocks for line in _block_lines(block, bare_times=bare_times)]


def has_bare_times(blocks: Sequence[Block]) -> bool:
    """Whether lines begin with times without brackets often enough to be the file's pattern."""
    labels = [label for line in lines_of(blocks) if (label := bare_time_label(line.text))]
    named = sum(label.name is not None for label in labels)
    return len(labels) >= _FEWEST_BARE_TIMES or named >= _FEWEST_NAMED


def _block_lines(block: Block, *, bare_times: bool) -> Iterator[Line]:
    if block.kind == "rule":
        yield Line("", "rule", None, True)
        return
    lines = (text for text in block.text.split("\n") if text.strip())
    for place, text in enumerate(lines):
        label = bare_time_label(text) if bare_times else None
        # A name right below a bullet, without a blank line, is part of the bullet to Markdown.
        label = label or find_label(text, bullet=block.kind == "bullet" and place == 0)
        yield Line(text, block.kind, label, place == 0)


def turns_of(lines: Sequence[Line], cast: Cast, *, timed: bool) -> list[Turn]:
    """The turns of a talk. Words before the first label have no speaker.

    A label without a name, ``(00:01:40):``, keeps the speaker before it. ``timed``: a time at a
    bullet's end is that bullet's own.
    """
    turns: list[Turn] = []
    speaker: str | None = None
    for line in lines:
        if line.kind == "rule":
            continue
        label = line.label if line.label and cast.accepts(line.label) else None
        if label:
            speaker = label.name or speaker
            turns.append(Turn(speaker, label.span, _texts(label.rest)))
        elif line.kind == "quote" and _CALLOUT.match(line.text):
            turns.append(Turn(None, None, _texts(line.text)))
        elif timed and line.kind == "bullet" and (own := trailing_span(line.text)):
            turns.append(Turn(speaker, own[1], _texts(own[0])))
        else:
            _continue(turns, speaker, line)
    return [_tidied(turn) for turn in turns if any(map(_has_words, turn.texts))]


def _continue(turns: list[Turn], speaker: str | None, line: Line) -> None:
    """Adds a line to the turn it belongs to: a wrapped line to the text above, others as a text."""
    if not turns or turns[-1].speaker != speaker:
        turns.append(Turn(speaker, None, ()))
    last = turns[-1]
    # A line with the form of a label that is none, a lead-in, still begins a thought of its own.
    opens = line.starts_block or (line.label is not None and line.label.form == "bold")
    if not opens and last.texts and not _ends_paragraph(last.texts[-1]):
        texts = (*last.texts[:-1], f"{last.texts[-1]}\n{line.text}")
    else:
        texts = (*last.texts, line.text)
    turns[-1] = replace(last, texts=texts)


def _ends_paragraph(text: str) -> bool:
    """Whether a line break after ``text`` parts two paragraphs of a file without blank lines."""
    return len(text) > _LONG_PARAGRAPH and _SENTENCE_END.search(text) is not None


def _texts(text: str) -> tuple[str, ...]:
    return (text,) if text.strip() else ()


def _tidied(turn: Turn) -> Turn:
    texts = (plain(text) for text in turn.texts)
    return replace(turn, texts=tuple(text for text in texts if _has_words(text)))


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)
