"""Headings to parts of a note, and what each part is: talk, digest, words about it, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.readers.blocks import Block
from corpus.readers.markup import plain
from corpus.readers.times import Span, bare_leading_span, leading_span, trailing_span, unlink_times
from corpus.readers.vocabulary import ABOUT, BOILERPLATE, CONTAINER, COVER, SUMMARY, is_named


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with the blocks below it up to the next one.

    ``above`` are the headings it stands under, outermost first. ``level`` is 0 for what stands
    before any heading or under the document's title.
    """

    heading: str
    level: int
    span: Span | None
    blocks: tuple[Block, ...]
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A note's lone top heading, if it has one, and its parts in source order."""

    title: str | None
    parts: tuple[Part, ...]


def outline(blocks: Sequence[Block]) -> Outline:
    """The parts of a note in order; a lone heading at the top is its title, not a topic."""
    parts = _parts(blocks)
    headed = [part for part in parts if part.level]
    tops = [part for part in headed if part.level == 1]
    if len(tops) != 1 or headed[0] is not tops[0] or _names_a_part(tops[0]):
        return Outline(None, tuple(parts))
    title = tops[0].heading
    return Outline(title, tuple(_below_title(part, title) for part in parts))


def split_heading(source: str) -> tuple[str, Span | None]:
    """A heading's words and the time range written beside them, if there is one."""
    text = plain(unlink_times(source))
    ending = trailing_span(text)
    if ending and ending[0]:
        return ending
    leading = leading_span(text) or bare_leading_span(text)
    if leading and leading[1]:
        return leading[1].lstrip(" -–—|:：·"), leading[0]
    if leading:
        return "", leading[0]
    return text, None


def _names_a_part(part: Part) -> bool:
    named = (SUMMARY, CONTAINER, COVER, ABOUT, BOILERPLATE)
    return part.span is not None or any(is_named(pattern, part.heading) for pattern in named)


def _below_title(part: Part, title: str) -> Part:
    if part.level == 1:
        return replace(part, heading="", level=0)
    return replace(part, above=tuple(above for above in part.above if above != title))


def _parts(blocks: Sequence[Block]) -> list[Part]:
    parts: list[Part] = []
    heading, level, span = "", 0, None
    held: list[Block] = []
    path: list[tuple[int, str]] = []
    for block in blocks:
        if block.kind != "heading":
            held.append(block)
            continue
        parts.append(Part(heading, level, span, tuple(held), tuple(name for _, name in path[:-1])))
        held = []
        heading, span = split_heading(block.text)
        level = block.level
        path = [(depth, name) for depth, name in path if depth < level] + [(level, heading)]
    parts.append(Part(heading, level, span, tuple(held), tuple(name for _, name in path[:-1])))
    return parts
