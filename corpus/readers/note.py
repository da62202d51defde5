"""A Markdown or plain text note as a transcript: topics, speaker turns or an article.

Its headings cut it into parts, and each part is talk, a digest of it, words about it, or nothing to
keep.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.language import detect_language, fold
from corpus.readers.facts import (
    Cover,
    NoteFacts,
    Sources,
    gather_facts,
    note_date,
    own_id,
    path_id,
    read_cover,
    split_front_matter,
)
from corpus.readers.markdown import Block, parse_blocks, plain
from corpus.readers.quotations import quoted_turns
from corpus.readers.speakers import (
    Cast,
    SpeakerTurn,
    TalkLine,
    cast_of,
    has_bare_times,
    lines_of,
    turns_of,
)
from corpus.readers.timeline import SectionDraft, schedule
from corpus.readers.times import Span, bare_leading_span, leading_span, trailing_span, unlink_times
from corpus.types import ReadError, SectionKind, Transcript
from corpus.vocabulary import (
    ABOUT,
    BOILERPLATE,
    CLOSING_REMARKS,
    CONTAINER,
    COVER,
    LEAVES,
    SAYS_WHAT_IT_IS,
    SUMMARY,
    is_named,
)


@dataclass(frozen=True, slots=True)
class NotePart:
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
    parts: tuple[NotePart, ...]


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


def _names_a_part(part: NotePart) -> bool:
    named = (SUMMARY, CONTAINER, COVER, ABOUT, BOILERPLATE)
    return part.span is not None or any(is_named(pattern, part.heading) for pattern in named)


def _below_title(part: NotePart, title: str) -> NotePart:
    if part.level == 1:
        return replace(part, heading="", level=0)
    return replace(part, above=tuple(above for above in part.above if above != title))


def _parts(blocks: Sequence[Block]) -> list[NotePart]:
    parts: list[NotePart] = []
    heading, level, span = "", 0, None
    held: list[Block] = []
    path: list[tuple[int, str]] = []
    for block in blocks:
        if block.kind != "heading":
            held.append(block)
            continue
        parts.append(
            NotePart(heading, level, span, tuple(held), tuple(name for _, name in path[:-1]))
        )
        held = []
        heading, span = split_heading(block.text)
        level = block.level
        path = [(depth, name) for depth, name in path if depth < level] + [(level, heading)]
    parts.append(NotePart(heading, level, span, tuple(held), tuple(name for _, name in path[:-1])))
    return parts


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


def sort_parts(parts: Sequence[NotePart]) -> Sorted:
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


def _by_name(part: NotePart) -> Sort:
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


def _is_chapter_list(part: NotePart, size: int) -> bool:
    """Whether a part lists the recording's chapters: short lines with a time, beside a talk."""
    lines = lines_of(part.blocks, bare_times=True)
    if len(lines) < _FEWEST_CHAPTERS or sum(len(line.text) for line in lines) > size / 3:
        return False
    return all(
        line.label and line.label.form == "time" and len(line.text) <= _LONGEST_CHAPTER
        for line in lines
    )


def _decide(parts: Sequence[NotePart], named: list[Sort], marked: list[bool]) -> list[Sort]:
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


def _is_flat(parts: Sequence[NotePart], containers: list[int]) -> bool:
    """Whether ``## 全文`` only announces the sections after it, having nothing below itself."""
    return not any(parts[place].blocks for place in containers)


def _is_marked(part: NotePart, cast: Cast, bare_times: bool) -> bool:
    if part.span:
        return True
    lines = lines_of(part.blocks, bare_times=bare_times)
    return any(_accepted(line, cast) for line in lines)


def _is_labelled(block: Block, judged: Sorted) -> bool:
    lines = lines_of([block], bare_times=judged.bare_times)
    return any(_accepted(line, judged.cast) for line in lines)


def _accepted(line: TalkLine, cast: Cast) -> bool:
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


_LANGUAGE_SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class _Content:
    """The note's parts as drafts of sections, and its texts that are no section."""

    drafts: tuple[SectionDraft, ...]
    left_out: tuple[str, ...]


def read_note(file: str, text: str, data: bytes) -> Transcript:
    """The transcript in ``text``; ``data`` are the bytes it was read from, for the fingerprint.

    Raises ReadError where nothing in it was said or told about a recording.
    """
    front, body = split_front_matter(text)
    whole = outline(parse_blocks(body))
    cover, parts = _take_cover(whole.parts)
    content = _content(parts)
    if not any(draft.turns for draft in content.drafts):
        raise ReadError("holds no talk: there is no sentence under its headings")
    asides = [*_texts_of(content.drafts, "about"), *content.left_out]
    sources = Sources(front, cover.fields, cover.listed, whole.title, asides, body)
    facts = gather_facts(file, sources)
    return _transcript(file, data, own_id(front) or path_id(file), facts, content.drafts)


def has_marks(text: str) -> bool:
    """Whether a note shows that somebody speaks in it: topics or turns with times, or names."""
    _, body = split_front_matter(text)
    _, parts = _take_cover(outline(parse_blocks(body)).parts)
    judged = sort_parts(parts)
    return judged.timed or judged.labelled


def _transcript(
    file: str, data: bytes, slug: str, facts: NoteFacts, drafts: Sequence[SectionDraft]
) -> Transcript:
    words = _texts_of(drafts, "talk") or _texts_of(drafts, "summary", "about")
    return Transcript(
        id=slug,
        file=file,
        title=facts.title,
        source_url=facts.source_url,
        published=facts.published,
        language=detect_language("\n".join(words)[:_LANGUAGE_SAMPLE]),
        sections=schedule(drafts, facts.duration_s),
        fingerprint=hashlib.sha256(data).hexdigest(),
        meta=facts.meta,
    )


def _texts_of(drafts: Sequence[SectionDraft], *kinds: SectionKind) -> list[str]:
    kept = (draft for draft in drafts if draft.kind in kinds)
    return [text for draft in kept for turn in draft.turns for text in turn.texts]


def _take_cover(parts: Sequence[NotePart]) -> tuple[Cover, tuple[NotePart, ...]]:
    """The cover list, and the parts without it: it is named so, or it stands at the beginning."""
    for place, part in enumerate(parts):
        named = is_named(COVER, part.heading)
        cover = read_cover(part.blocks, named=named) if named or part.level == 0 else None
        if cover:
            heading = "" if named else part.heading
            rest = replace(part, heading=heading, level=0, blocks=cover.rest)
            return cover, (*parts[:place], rest, *parts[place + 1 :])
    return Cover({}, {}, ()), tuple(parts)


def _content(parts: Sequence[NotePart]) -> _Content:
    judged = sort_parts(parts)
    whole = "\n".join(plain(block.text) for part in parts for block in part.blocks)
    drafts: list[SectionDraft] = []
    left_out: list[str] = []
    first, last = _first_filled(parts), _last_talk(judged)
    for place, (part, sort) in enumerate(zip(parts, judged.sorts, strict=True)):
        blocks = list(part.blocks)
        if place == first and part.level == 0:
            told, blocks = split_opening(blocks)
            if not blocks and place == last:
                told, blocks = [], told
            drafts += _digest("about", "", told)
        if sort == "left out":
            left_out += _words(blocks)
        elif sort == "talk":
            if place == last:
                blocks, leave = split_leave(blocks, strict=judged.labelled or judged.timed)
                left_out += _words(leave)
            drafts += _talk(part, blocks, judged, whole, left_out)
        elif sort != "open":
            drafts += _digest(sort, part.heading, blocks)
    return _Content(tuple(drafts), tuple(left_out))


def _first_filled(parts: Sequence[NotePart]) -> int | None:
    filled = (place for place, part in enumerate(parts) if _words(part.blocks))
    return next(filled, None)


def _last_talk(judged: Sorted) -> int | None:
    places = [place for place, sort in enumerate(judged.sorts) if sort == "talk"]
    return places[-1] if places else None


def _talk(
    part: NotePart, blocks: list[Block], judged: Sorted, whole: str, left_out: list[str]
) -> Iterator[SectionDraft]:
    spoken, picks, tail = split_tail(blocks, judged)
    turns = turns_of(
        lines_of(spoken, bare_times=judged.bare_times), judged.cast, timed=judged.timed
    )
    if not judged.labelled:
        turns = quoted_turns(turns, whole)
    if turns or part.span:
        generic = part.span is None and is_named(CONTAINER, part.heading)
        yield SectionDraft(
            "talk", "" if generic else part.heading, part.level, part.span, tuple(turns)
        )
    tail, leave = split_leave(tail, strict=False)
    left_out += _words(leave)
    yield from _digest("summary" if picks else "about", picks, tail)


def _digest(kind: SectionKind, heading: str, blocks: Sequence[Block]) -> list[SectionDraft]:
    texts = tuple(_words(blocks))
    return (
        [SectionDraft(kind, heading, 0, None, (SpeakerTurn(None, None, texts),))] if texts else []
    )


def _words(blocks: Sequence[Block]) -> list[str]:
    """The texts of an editor's blocks, without the lines that only introduce a link."""
    texts = (
        plain("\n".join(line for line in block.text.split("\n") if not is_link_only(line)))
        for block in blocks
    )
    return [text for text in texts if any(char.isalnum() for char in text)]
