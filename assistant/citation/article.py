"""A whole text held against the library: which of its sentences quote it, and what is wrong there.

A sentence is looked up by its quotation where it has one, else by what it says without "X said".
Nobody is accused on a guess: a name counts as wrong only where it can be told from the speaker's.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Sequence

from assistant.citation.align import words_of
from assistant.citation.lookup import LONGEST, QuoteFinder, quotations, whole_quotations
from assistant.citation.types import Checked, Lookup, Place, Problem, Quotation
from assistant.verification.people import (
    Aliases,
    aliases_in,
    attribution_of,
    mentions,
    narrated_speakers,
    role_of,
)
from corpus.names import is_han
from corpus.quantities import agrees, missing, quantities
from corpus.sentences import sentence_spans, width
from index.types import EVERYWHERE, Scope

LEAST_WIDTH = 30
"""A sentence or quotation of fewer letters is looked up only inside a longer one."""
SURE_MEANING = 0.55
"""Of a text nobody said that it quotes: so much more than one quote's meaning is asked of it."""
NEAR = 400
"""So many characters before and after a quotation are searched for who says it."""
SHOWN = 3
"""Places of each sentence at most."""
_LEAD = re.compile(r"^(?:\s*(?:[-*+•>]|#{1,6}|\d{1,2}[.)、])\s+)+")
_NUMBERED = re.compile(r"\d")


def check_text(text: str, finder: QuoteFinder, scope: Scope = EVERYWHERE) -> Checked:
    """The sentences of the text that quote the library, in order, and what they have otherwise."""
    return checked_of(tuple(checking(text, finder, scope)))


def checking(
    text: str, finder: QuoteFinder, scope: Scope = EVERYWHERE
) -> Generator[Quotation | None]:
    """``check_text`` while it happens: each sentence in turn, ``None`` for one that quotes nothing.

    Closing the generator ends the work.
    """
    speakers = finder.index.speakers()
    for start, end in whole_quotations(text, sentence_spans(text)):
        yield _quotation(text, start, end, finder, scope, speakers)


def checked_of(sentences: Sequence[Quotation | None]) -> Checked:
    """What ``checking`` gave of a whole text."""
    return Checked(len(sentences), tuple(one for one in sentences if one is not None))


def _quotation(
    text: str, start: int, end: int, finder: QuoteFinder, scope: Scope, speakers: Sequence[str]
) -> Quotation | None:
    """What the sentence at ``[start, end)`` quotes."""
    sentence = _LEAD.sub("", text[start:end])
    for asked in _asked(sentence):
        lookup = finder.look_up(asked, SHOWN, scope)
        if _quotes(lookup):
            claimed = claimed_speakers(sentence, asked, speakers)
            return Quotation(start, end, lookup, claimed, problems_of(lookup, claimed, speakers))
    return None


def claimed_speakers(sentence: str, quoted: str, speakers: Sequence[str] = ()) -> tuple[str, ...]:
    """Who a sentence says said the quoted part of it; empty where it names nobody.

    Where a name ends in running Chinese can't be told: a speaker's whole name is preferred.
    """
    names = _claimed(sentence, quoted)
    return tuple(
        next((who for who in speakers if who.startswith(name) and who in sentence), name)
        for name in names
    )


def _claimed(sentence: str, quoted: str) -> tuple[str, ...]:
    if who := attribution_of(sentence).who:
        return who
    before, _, after = sentence.partition(quoted)
    if who := narrated_speakers([before[-NEAR:], after[:NEAR]]):
        return who
    behind = re.sub(r"^\W+", "", after)
    return attribution_of(f"{quoted.rstrip(',.，。 ')}, {behind}").who if behind else ()


def problems_of(
    lookup: Lookup, claimed: Sequence[str], speakers: Sequence[str]
) -> tuple[Problem, ...]:
    """What the text has otherwise than every place where the words stand."""
    wrong = [_wrong_speaker(lookup.places, name, speakers) for name in claimed]
    return tuple(one for one in [*wrong, _wrong_number(lookup)] if one is not None)


def _asked(sentence: str) -> list[str]:
    """What to look up of a sentence, the likeliest first."""
    content = attribution_of(sentence).content
    parts = [*quotations(sentence), content, sentence]
    long = [part[:LONGEST] for part in dict.fromkeys(parts) if width(part) >= LEAST_WIDTH]
    return [part for part in long if words_of(part).keys]


def _quotes(lookup: Lookup) -> bool:
    if lookup.match == "meaning":
        return lookup.places[0].similarity >= SURE_MEANING
    return lookup.match != "none"


def _wrong_speaker(places: Iterable[Place], name: str, speakers: Sequence[str]) -> Problem | None:
    """A problem unless at one of the places the words are, or may be, this person's."""
    others: dict[str, None] = {}
    for place in places:
        around = f"{place.chunk.title} {place.chunk.heading} {place.chunk.text}"
        aliases = aliases_in([around])
        said_by = place.speakers or narrated_speakers([place.quote])
        if not said_by or not all(_is_another(name, who, speakers, aliases) for who in said_by):
            return None
        if not place.speakers and mentions(around, name, aliases):
            return None
        others |= dict.fromkeys(said_by)
    return Problem("speaker", name, ", ".join(others)) if others else None


def _is_another(name: str, speaker: str, speakers: Sequence[str], aliases: Aliases) -> bool:
    """Whether the name is surely not this speaker's."""
    if mentions(name, speaker, aliases) or mentions(speaker, name, aliases):
        return False
    known = [who for who in speakers if who != speaker and mentions(name, who, aliases)]
    if known:
        return True
    unnamed = role_of(speaker) or role_of(name) or _NUMBERED.search(speaker)
    return not unnamed and is_han(name) == is_han(speaker)


def _wrong_number(lookup: Lookup) -> Problem | None:
    """An amount of the quote that no place has, with what the first has instead."""
    if lookup.match == "exact":
        return None
    asked = quantities(lookup.text)
    lacking = [missing(asked, quantities(place.quote), place.quote) for place in lookup.places]
    if not lacking or lacking[0] is None or None in lacking:
        return None
    told = quantities(lookup.places[0].quote)
    instead = [one.text for one in told if not any(agrees(mine, one) for mine in asked)]
    return Problem("number", lacking[0].text, ", ".join(dict.fromkeys(instead)))
