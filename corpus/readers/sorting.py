"""Which parts of a note are its talk, a digest of it, words about it, or nothing to keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.language import fold
from corpus.readers.blocks import Block
from corpus.readers.dates import note_date
from corpus.readers.markup import plain
from corpus.readers.outline import Part
from corpus.readers.speakers import Cast, cast_of
from corpus.readers.turns import Line, has_bare_times, lines_of
from corpus.readers.vocabulary import (
    ABOUT,
    BOILERPLATE,
    CLOSING_REMARKS,
    CONTAINER,
    LEAVES,
    SAYS_WHAT_IT_IS,
    SUMMARY,
    is_named,
)

Sort = Literal["talk", "summary", "about", "left out", "open"]

_LINK = re.compile(r"!?\[[^\]]*\]\([^)]*\)|<?https?://\S+")
_LONGEST_LEAVE = 300
_LONGEST_LEAD_IN = 60
_LONGEST_BYLINE = 120
_FEWEST_CHAPTERS, _LONGEST_CHAPTER = 3, 100


@dataclass(frozen=True, slots=True)
class Sorted:
    """Each part's sort, with the cast that its labels were judged by.

    ``timed`` tells that topics or turns carry times, ``labelled`` that somebody is named.
    """

    sorts: tuple[Sort, ...]
    cast: Cast
    timed: bool
    labelled: bool
    bare_times: bool


def sort_parts(parts: Sequence[Part]) -> Sorted:
    """What each part is, by its heading first, then by how the talk of this note is marked."""
    named = [_by_name(part) for part in parts]
    size = sum(len(block.text) for part in parts for block in part.blocks)
    for place, part in enumerate(parts):
        if named[place] == "open" and _is_chapter_list(part, size):
            named[place] = "about"
    spoken = [part for part, sort in zip(parts, named, strict=True) if sort in ("talk", "open")]
    blocks = [block for part in spoken for block in part.blocks]
    bare_times = has_bare_times(blocks)
    lines = lines_of(blocks, bare_times=bare_times)
    labels = [line.label for line in lines if line.label]
    timed = any(part.span for part in spoken) or any(label.span for label in labels)
    cast = cast_of(labels, len(lines), timed=timed)
    marked = [_is_marked(part, cast, bare_times) for part in parts]
    sorts = _decide(parts, named, marked)
    labelled = any(label.name for label in labels if cast.accepts(label))
    return Sorted(tuple(sorts), cast, timed, labelled, bare_times)


def split_opening(blocks: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """Blocks at the very beginning that say what the text is, and the rest."""
    place = 0
    while place < len(blocks) and _tells_what_it_is(blocks[place]):
        place += 1
    return list(blocks[:place]), list(blocks[place:])


def split_tail(blocks: Sequence[Block], judged: Sorted) -> tuple[list[Block], str, list[Block]]:
    """The blocks that are talk, and the editor's words after them with their own heading.

    The editor's words begin at the first rule after the last label, or at a line such as
    ``加粗摘选：``. In a text without labels only such a line ends the talk.
    """
    labelled = [place for place, block in enumerate(blocks) if _is_labelled(block, judged)]
    first = labelled[-1] + 1 if labelled else 0
    for place in range(first, len(blocks)):
        heading = _lead_in(blocks[place])
        if heading:
            return list(blocks[:place]), heading, list(blocks[place + 1 :])
        if blocks[place].kind == "rule" and first:
            tail = [block for block in blocks[place + 1 :] if block.kind != "rule"]
            heading = _lead_in(tail[0]) if tail else ""
            return list(blocks[:place]), heading, tail[1:] if heading else tail
    return list(blocks), "", []


def split_leave(blocks: Sequence[Block], *, strict: bool) -> tuple[list[Block], list[Block]]:
    """The blocks without the contact, subscription and licence lines at the end, and those.

    ``strict``: somebody may be saying them, so only quotes and what stands below a rule count.
    """
    place = kept = len(blocks)
    while place and (blocks[place - 1].kind == "rule" or _takes_leave(blocks[place - 1])):
        place -= 1
        kind = blocks[place].kind
        if not strict or kind == "rule" or (kind == "quote" and kept == place + 1):
            kept = place
    left_out = [block for block in blocks[kept:] if block.kind != "rule"]
    return (list(blocks[:kept]), left_out) if left_out else (list(blocks), [])


def is_link_only(text: str) -> bool:
    """Whether a line has no words but a link and what introduces it (``🎧 收聽連結：…``)."""
    if not _LINK.search(text):
        return False
    words = plain(_LINK.sub("", text)).strip(" |·,，、-")
    return not words or words.endswith((":", "：")) or not any(char.isalnum() for char in words)


def _by_name(part: Part) -> Sort:
    if part.span:
        return "talk"
    for heading in (part.heading, *reversed(part.above)):
        if is_named(BOILERPLATE, heading):
            return "left out"
        if is_named(SUMMARY, heading):
            return "summary"
        if is_named(CONTAINER, heading):
            return "talk"
        if is_named(ABOUT, heading):
            return "about"
    return "open"


def _is_chapter_list(part: Part, size: int) -> bool:
    """Whether a part lists the recording's chapters: short lines with a time, beside a talk."""
    lines = lines_of(part.blocks, bare_times=True)
    if len(lines) < _FEWEST_CHAPTERS or sum(len(line.text) for line in lines) > size / 3:
        return False
    return all(
        line.label and line.label.form == "time" and len(line.text) <= _LONGEST_CHAPTER
        for line in lines
    )


def _decide(parts: Sequence[Part], named: list[Sort], marked: list[bool]) -> list[Sort]:
    timed = [part.level for part in parts if part.span]
    containers = [
        place for place, sort in enumerate(named) if sort == "talk" and not parts[place].span
    ]
    talk = [place for place, sort in enumerate(named) if sort in ("talk", "open") and marked[place]]
    sorts: list[Sort] = []
    for place, (part, sort) in enumerate(zip(parts, named, strict=True)):
        spoken = any(sorts[i] == "talk" and parts[i].blocks for i in range(place))
        article = not (any(marked) or containers)
        if sort == "summary" and article and spoken and is_named(CLOSING_REMARKS, part.heading):
            # An article's own closing words, no digest made beside a talk.
            sort = "talk"
        if sort == "open" and not (timed or containers or talk):
            sort = "talk"
        elif sort == "open" and containers and not timed and not talk:
            sort = "talk" if place > containers[0] and _is_flat(parts, containers) else "about"
        elif sort == "open":
            inside = bool(talk) and not timed and talk[0] < place < talk[-1]
            topic = bool(timed) and part.level >= min(timed)
            sort = "talk" if marked[place] or inside or topic else "about"
        sorts.append(sort)
    if not any(sort == "talk" and parts[place].blocks for place, sort in enumerate(sorts)):
        return ["talk" if sort == "open" else now for sort, now in zip(named, sorts, strict=True)]
    return sorts


def _is_flat(parts: Sequence[Part], containers: list[int]) -> bool:
    """Whether ``## 全文`` only announces the sections after it, having nothing below itself."""
    return not any(parts[place].blocks for place in containers)


def _is_marked(part: Part, cast: Cast, bare_times: bool) -> bool:
    if part.span:
        return True
    lines = lines_of(part.blocks, bare_times=bare_times)
    return any(_accepted(line, cast) for line in lines)


def _is_labelled(block: Block, judged: Sorted) -> bool:
    lines = lines_of([block], bare_times=judged.bare_times)
    return any(_accepted(line, judged.cast) for line in lines)


def _accepted(line: Line, cast: Cast) -> bool:
    return line.label is not None and cast.accepts(line.label)


def _lead_in(block: Block) -> str:
    """The heading in a line such as ``加粗摘选（部分观点）：`` or ``**Key takeaways**``."""
    text = plain(block.text)
    if block.kind != "paragraph" or len(text) > _LONGEST_LEAD_IN:
        return ""
    heading = text.rstrip(":： ")
    marked = heading != text or block.text.strip().startswith("**")
    return heading if marked and is_named(SUMMARY, heading) else ""


def _tells_what_it_is(block: Block) -> bool:
    if block.kind in ("quote", "rule"):
        return True
    if block.kind != "paragraph" or len(block.text) > _LONGEST_LEAVE:
        return False
    if is_link_only(block.text) or SAYS_WHAT_IT_IS.search(fold(block.text)):
        return True
    return len(block.text) <= _LONGEST_BYLINE and note_date(block.text) is not None


def _takes_leave(block: Block) -> bool:
    text = plain(block.text)
    return len(text) <= _LONGEST_LEAVE and LEAVES.search(fold(text)) is not None
