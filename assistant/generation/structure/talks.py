"""Which talks there are: all, on a subject, with somebody, of some days, the latest; how long."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.generation.quotes import escaped_words
from assistant.generation.structure.request import Request, in_talks_order
from assistant.generation.structure.sheet import Sheet
from index.moments import timecode
from index.types import Talk

LISTED = 30
"""Talks that are named at most; of more it is said how many they are."""
_QUOTED = 2
"""Quotes that show what a talk says on a subject."""


def answer_talks(request: Request, sheet: Sheet) -> bool:
    """Writes the answer; ``False`` where the library has nothing to tell."""
    say, talks = sheet.say, request.focus or request.talks
    detail = request.told.detail
    if detail == "about":
        return _on_subject(request, sheet)
    if not talks:
        return False
    if detail == "latest":
        dated = [talk for talk in talks if talk.published]
        days = sorted({talk.published or "" for talk in dated})
        if not days:
            return False
        sheet.lead(say("structure.latest"))
        _list(request, sheet, [talk for talk in dated if talk.published == days[-1]])
        return True
    newest = sorted(talks, key=lambda talk: talk.published or "", reverse=True)
    if detail == "length":
        known = [(request.library.length_s(talk), talk) for talk in talks]
        timed = sorted(known, key=lambda pair: -(pair[0] or 0.0))
        whole = sum(length or 0.0 for length, _ in known)
        sheet.lead(say("structure.length", timecode(whole), n=len(talks)))
        newest = [talk for _, talk in timed]
    else:
        sheet.lead(say("structure.talks", n=len(talks)))
    _list(request, sheet, newest)
    return True


def list_talks(request: Request, sheet: Sheet) -> None:
    """Which talks there are, for a reader who has to choose one."""
    sheet.lead(sheet.say("structure.which"))
    _list(request, sheet, request.talks)


def _on_subject(request: Request, sheet: Sheet) -> bool:
    found = in_talks_order(request.on_subject(request.people).hits, request.talks)
    if not found:
        return False
    sheet.lead(sheet.say("structure.on", sheet.quoted_subject(request.subject), n=len(found)))
    for talk, held in found[:LISTED]:
        sheet.title(talk.title)
        sheet.item(_facts(request, talk))
        best = sorted(held, key=lambda hit: -hit.score)[:_QUOTED]
        for hit in [hit for hit in held if hit in best]:
            if words := request.best_words(hit, request.people):
                sheet.moment(hit.chunk, words)
    _and_more(sheet, len(found))
    return True


def _list(request: Request, sheet: Sheet, talks: Sequence[Talk]) -> None:
    """A bullet a talk; its marker leads to where it begins."""
    for talk in talks[:LISTED]:
        lines = request.library.talk_lines(talk)
        marker = sheet.mark(lines[0].chunk, [lines[0].sentence]) if lines else ""
        facts = _facts(request, talk)
        sheet.item(
            f"**{escaped_words(talk.title)}**{' · ' if facts else ''}{facts} {marker}".strip()
        )
    _and_more(sheet, len(talks))


def _facts(request: Request, talk: Talk) -> str:
    """Its day, its length and who speaks."""
    length = request.library.length_s(talk)
    people = sheet_join(talk.speakers)
    day = (talk.published or "")[:10]
    return " · ".join(filter(None, (day, timecode(length) if length else "", people)))


def sheet_join(names: Sequence[str]) -> str:
    """Names behind each other, escaped, with the comma of their script."""
    joint = ", " if all(name.isascii() for name in names) else "、"
    return escaped_words(joint.join(names))


def _and_more(sheet: Sheet, found: int) -> None:
    if found > LISTED:
        sheet.lead(sheet.say("structure.more", n=found - LISTED))
