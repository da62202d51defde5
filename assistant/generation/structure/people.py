"""Who speaks: everybody, who asks the questions, who says most, who speaks of a subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assistant.generation.quotes import escaped_words
from assistant.generation.structure.request import Request
from assistant.generation.structure.sheet import Sheet
from corpus.hosts import hosts, presents
from corpus.sentences import width
from corpus.types import Sentence
from index.outline import Line
from index.types import Hit, Talk

TALKS = 12
"""Talks whose speakers are told one by one."""
_VOICES = 40
_QUOTED = 2
"""Quotes that show what somebody says on a subject."""


def answer_who(request: Request, sheet: Sheet) -> bool:
    """Writes the answer; ``False`` where the library has nothing to tell."""
    if request.told.detail == "about":
        return _on_subject(request, sheet)
    speaking = [talk for talk in request.focus or request.talks if talk.speakers]
    if not speaking:
        return False
    talks = request.library.without_copies(speaking)
    writes = {"most": _by_share, "host": _hosts}.get(request.told.detail, _everybody)
    return writes(request, sheet, talks)


def _everybody(request: Request, sheet: Sheet, talks: Sequence[Talk]) -> bool:
    sheet.lead(sheet.say("structure.speakers"))
    for talk in talks[:TALKS]:
        sheet.title(talk.title)
        lines = request.library.talk_lines(talk)
        asking = _hosts_of(request, talk)
        for name in talk.speakers[:_VOICES]:
            told = sheet.say("structure.host") if name in asking and not presents(name) else ""
            sheet.item(f"{escaped_words(name)}{told} {_first_words(sheet, lines, name)}".rstrip())
    if len(talks) > TALKS:
        sheet.lead(sheet.say("structure.more", n=len(talks) - TALKS))
    return True


def _hosts(request: Request, sheet: Sheet, talks: Sequence[Talk]) -> bool:
    found = [(talk, _hosts_of(request, talk)) for talk in talks]
    if not any(asking for _, asking in found):
        return False
    sheet.lead(sheet.say("structure.hosts"))
    for talk, asking in [pair for pair in found if pair[1]][:TALKS]:
        sheet.title(talk.title)
        lines = request.library.talk_lines(talk)
        for name in (name for name in talk.speakers if name in asking):
            sheet.item(f"{escaped_words(name)} {_first_words(sheet, lines, name)}".rstrip())
    return True


def _by_share(request: Request, sheet: Sheet, talks: Sequence[Talk]) -> bool:
    """Who says how much of all words, most first."""
    said, first = Counter[str](), dict[str, Line]()
    for talk in talks:
        for line in request.library.talk_lines(talk):
            if name := line.sentence.speaker:
                said[name] += width(line.sentence.text)
                first.setdefault(name, line)
    whole = said.total()
    if not whole:
        return False
    sheet.lead(sheet.say("structure.most"))
    for name, size in said.most_common(_VOICES):
        marker = sheet.mark(first[name].chunk, [first[name].sentence])
        sheet.item(f"{escaped_words(name)} · {max(1, round(100 * size / whole))}% {marker}")
    return True


def _on_subject(request: Request, sheet: Sheet) -> bool:
    """Who speaks of it, the one who does most to the point first, with the words."""
    told: dict[str, list[tuple[Hit, tuple[Sentence, ...]]]] = {}
    for hit in request.on_subject(request.people).hits:
        words = request.best_words(hit, request.people)
        if words and words[0].speaker:
            told.setdefault(words[0].speaker, []).append((hit, words))
    if not told:
        return False
    sheet.lead(sheet.say("structure.who_on", sheet.quoted_subject(request.subject)))
    for name, held in told.items():
        sheet.title(name)
        for hit, words in held[:_QUOTED]:
            sheet.moment(hit.chunk, words, named=False)
    return True


def _hosts_of(request: Request, talk: Talk) -> frozenset[str]:
    """Who leads a talk: so named, or else who asks."""
    named = frozenset(name for name in talk.speakers if presents(name))
    transcript = request.library.source(talk.file)
    return named or (hosts(transcript) if transcript else frozenset())


def _first_words(sheet: Sheet, lines: Sequence[Line], name: str) -> str:
    """The marker of where somebody begins to speak."""
    line = next((line for line in lines if line.sentence.speaker == name), None)
    return sheet.mark(line.chunk, [line.sentence]) if line else ""
