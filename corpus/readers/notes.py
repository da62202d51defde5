"""A Markdown or plain text note as a transcript: topics, speaker turns or an article."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.language import detect_language
from corpus.readers.blocks import Block, parse_blocks
from corpus.readers.cover import Cover, read_cover
from corpus.readers.facts import Facts, Sources, gather_facts, own_id, path_id
from corpus.readers.front_matter import split_front_matter
from corpus.readers.markup import plain
from corpus.readers.outline import Part, outline
from corpus.readers.quotations import quoted_turns
from corpus.readers.schedule import Draft, schedule
from corpus.readers.sorting import (
    Sorted,
    is_link_only,
    sort_parts,
    split_leave,
    split_opening,
    split_tail,
)
from corpus.readers.turns import Turn, lines_of, turns_of
from corpus.readers.vocabulary import CONTAINER, COVER, is_named
from corpus.types import Kind, ReadError, Transcript

_LANGUAGE_SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class _Content:
    """The note's parts as drafts of sections, and its texts that are no section."""

    drafts: tuple[Draft, ...]
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
    file: str, data: bytes, slug: str, facts: Facts, drafts: Sequence[Draft]
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


def _texts_of(drafts: Sequence[Draft], *kinds: Kind) -> list[str]:
    kept = (draft for draft in drafts if draft.kind in kinds)
    return [text for draft in kept for turn in draft.turns for text in turn.texts]


def _take_cover(parts: Sequence[Part]) -> tuple[Cover, tuple[Part, ...]]:
    """The cover list, and the parts without it: it is named so, or it stands at the beginning."""
    for place, part in enumerate(parts):
        named = is_named(COVER, part.heading)
        cover = read_cover(part.blocks, named=named) if named or part.level == 0 else None
        if cover:
            heading = "" if named else part.heading
            rest = replace(part, heading=heading, level=0, blocks=cover.rest)
            return cover, (*parts[:place], rest, *parts[place + 1 :])
    return Cover({}, {}, ()), tuple(parts)


def _content(parts: Sequence[Part]) -> _Content:
    judged = sort_parts(parts)
    whole = "\n".join(plain(block.text) for part in parts for block in part.blocks)
    drafts: list[Draft] = []
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


def _first_filled(parts: Sequence[Part]) -> int | None:
    filled = (place for place, part in enumerate(parts) if _words(part.blocks))
    return next(filled, None)


def _last_talk(judged: Sorted) -> int | None:
    places = [place for place, sort in enumerate(judged.sorts) if sort == "talk"]
    return places[-1] if places else None


def _talk(
    part: Part, blocks: list[Block], judged: Sorted, whole: str, left_out: list[str]
) -> Iterator[Draft]:
    spoken, picks, tail = split_tail(blocks, judged)
    turns = turns_of(
        lines_of(spoken, bare_times=judged.bare_times), judged.cast, timed=judged.timed
    )
    if not judged.labelled:
        turns = quoted_turns(turns, whole)
    if turns or part.span:
        generic = part.span is None and is_named(CONTAINER, part.heading)
        yield Draft("talk", "" if generic else part.heading, part.level, part.span, tuple(turns))
    tail, leave = split_leave(tail, strict=False)
    left_out += _words(leave)
    yield from _digest("summary" if picks else "about", picks, tail)


def _digest(kind: Kind, heading: str, blocks: Sequence[Block]) -> list[Draft]:
    texts = tuple(_words(blocks))
    return [Draft(kind, heading, 0, None, (Turn(None, None, texts),))] if texts else []


def _words(blocks: Sequence[Block]) -> list[str]:
    """The texts of an editor's blocks, without the lines that only introduce a link."""
    texts = (
        plain("\n".join(line for line in block.text.split("\n") if not is_link_only(line)))
        for block in blocks
    )
    return [text for text in texts if any(char.isalnum() for char in text)]
