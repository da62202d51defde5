"""Where a subject comes up, all that is said on it or by somebody, and sides compared."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.generation.structure.overview import stretches
from assistant.generation.structure.request import NOTHING, Request, in_talks_order
from assistant.generation.structure.sheet import Sheet
from index.outline import Line, standing_for
from index.types import Hit, Talk

MOMENTS = 20
"""Moments that are told at most; of more it is said how many they are."""
OF_PERSON = 12
"""Sentences that stand for what somebody says in all."""
OF_SIDE = 3
"""Quotes for each side of a comparison."""


def answer_moments(request: Request, sheet: Sheet) -> bool:
    """Writes when a subject comes up; ``False`` where it doesn't."""
    hits = request.on_subject(request.people).hits
    if not hits:
        return False
    sheet.lead(sheet.say("structure.moments", sheet.quoted_subject(request.subject), n=len(hits)))
    _by_talk(request, sheet, hits, request.people)
    return True


def answer_everything(request: Request, sheet: Sheet) -> bool:
    """Writes all that is said on a subject, by anybody or by those who are named; without a subject
    what these say in all. ``False`` where that is nothing."""
    if request.people:
        return _of_people(request, sheet)
    hits = request.on_subject().hits
    if not hits:
        return False
    sheet.lead(sheet.say("structure.everything", sheet.quoted_subject(request.subject)))
    _by_talk(request, sheet, hits, ())
    return True


def answer_comparison(request: Request, sheet: Sheet) -> bool:
    """Writes each side's words; ``False`` where the question names less than two."""
    if len(request.people) < 2:
        return False
    return _of_people(request, sheet, OF_SIDE)


def _of_people(request: Request, sheet: Sheet, most: int = MOMENTS) -> bool:
    """What each of them says, under their own names."""
    subject = sheet.quoted_subject(request.subject) if request.subject else ""
    found = {name: request.on_subject([name]) for name in request.people}
    if any(one.literal for one in found.values()):  # who only comes near it is silent then
        found = {name: one if one.literal else NOTHING for name, one in found.items()}
    if subject and not any(one.hits for one in found.values()):
        return False
    key = "structure.sides_on" if subject else "structure.sides"
    sheet.lead(sheet.say(key, subject) if subject else sheet.say(key))
    for name, one in found.items():
        sheet.title(name)
        written = (
            _by_talk(request, sheet, one.hits[:most], [name], titled=False)
            if subject
            else _in_all(request, sheet, name, min(most, OF_PERSON))
        )
        if not written:
            sheet.item(sheet.say("structure.silent"))
    return True


def _by_talk(
    request: Request,
    sheet: Sheet,
    hits: Sequence[Hit],
    people: Sequence[str],
    *,
    titled: bool = True,
) -> bool:
    """The best sentence of each passage, in the order of each talk; whether there is any."""
    written = 0
    for talk, held in in_talks_order(hits[:MOMENTS], request.talks):
        if titled:
            sheet.title(talk.title)
        for hit in held:
            if words := request.best_words(hit, people):
                written += sheet.moment(hit.chunk, words, named=titled)
    if len(hits) > MOMENTS:
        sheet.lead(sheet.say("structure.more", n=len(hits) - MOMENTS))
    return written > 0


def _in_all(request: Request, sheet: Sheet, name: str, most: int) -> bool:
    """The sentences that stand for what somebody says, topic by topic."""
    talks = [talk for talk in request.focus or request.talks if name in talk.speakers]
    spoken = [lines for talk in talks for lines in _topics_of(request, talk, name)]
    each = max(1, most // max(1, len(spoken)))
    written = 0
    for lines in spoken[:most]:
        for line in standing_for(lines, each):
            written += sheet.moment(line.chunk, (line.sentence,), named=False)
    return written > 0


def _topics_of(request: Request, talk: Talk, name: str) -> list[list[Line]]:
    topics = stretches(request.library, request.library.passages(talk))
    own = [[line for line in topic.lines if line.sentence.speaker == name] for topic in topics]
    return [lines for lines in own if lines]
