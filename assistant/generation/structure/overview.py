"""What a talk is about: its editor's digest where the note has one, then its topics in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.generation.quotes import escaped_words
from assistant.generation.structure.request import Library, Request
from assistant.generation.structure.sheet import Sheet
from assistant.generation.structure.talks import list_talks, sheet_join
from corpus.types import Chunk, Sentence
from index.moments import clock_span
from index.outline import Line, Passage, spoken_lines, standing_for
from index.types import Talk

DIGEST_LINES = 10
"""Of a digest so many paragraphs or bullets are told."""
TALKS = 4
"""So many talks are told topic by topic; of more, only which they are."""
TERMS = " · "
"""Between the key terms that name a topic without a heading."""
_LONG_TOPIC = 24
"""Sentences of a topic for each of which one more is quoted."""
_MOST_QUOTED = 6


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """One topic of a talk: what it is called, empty where nobody knows, and its sentences."""

    heading: str
    lines: tuple[Line, ...]


def answer_overview(request: Request, sheet: Sheet) -> bool:
    """Writes the answer: of the talk that is meant, else which talks there are."""
    meant = request.focus or request.talks
    if not request.talks:
        return False
    if not request.focus and len(meant) > (TALKS if request.mentions.days else 1):
        list_talks(request, sheet)
        return True
    for talk in request.library.without_copies(meant)[:TALKS]:
        _talk(request, sheet, talk)
    return True


def _talk(request: Request, sheet: Sheet, talk: Talk) -> None:
    sheet.title(talk.title)
    passages = request.library.passages(talk)
    digest = list(_digest([one.chunk for one in passages if one.chunk.kind == "summary"]))
    if digest:
        sheet.lead(sheet.say("structure.digest"))
        for chunk, sentences in digest[:DIGEST_LINES]:
            words = chunk.text[sentences[0].offset : sentences[-1].end]
            sheet.item(f"{escaped_words(' '.join(words.split()))} {sheet.mark(chunk, sentences)}")
    sheet.lead(sheet.say("structure.topics"))
    for stretch in stretches(request.library, passages):
        _stretch(sheet, stretch)


def stretches(library: Library, passages: Sequence[Passage]) -> list[Stretch]:
    """The topics of a talk, with their headings or else their key terms; of a talk on one topic
    alone those would tell nothing that its title doesn't."""
    lines, topics = spoken_lines(passages), library.retriever.segments(passages)
    several = len(topics) > 1
    return [
        Stretch(
            topic.heading or (TERMS.join(topic.terms) if several else ""),
            lines[topic.first : topic.last + 1],
        )
        for topic in topics
    ]


def _stretch(sheet: Sheet, stretch: Stretch) -> None:
    """A topic's time, name and speakers with the sentence that stands for it; of a long one
    without a name some sentences, each with its time."""
    wanted = 1 if stretch.heading else min(_MOST_QUOTED, 1 + len(stretch.lines) // _LONG_TOPIC)
    chosen = standing_for(stretch.lines, max(wanted, 3 if not stretch.heading else 1))
    for n, line in enumerate(chosen):
        if n or not stretch.heading:
            sheet.moment(line.chunk, (line.sentence,))
            continue
        first = stretch.lines[0].sentence
        people = tuple(dict.fromkeys(one.sentence.speaker or "" for one in stretch.lines))
        head = sheet.joined(
            (
                clock_span(first.start_s, None, first.estimated),
                f"**{escaped_words(stretch.heading)}**",
                sheet_join([name for name in people if name]),
            )
        )
        sheet.quote(line.chunk, (line.sentence,), f"{head} · ", named=len(people) > 1)


def _digest(chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, tuple[Sentence, ...]]]:
    """A digest's paragraphs and bullets, which are the lines of its passages."""
    for chunk in chunks:
        by_line = groupby(chunk.sentences, key=lambda one: chunk.text.count("\n", 0, one.offset))
        yield from ((chunk, tuple(sentences)) for _, sentences in by_line)
