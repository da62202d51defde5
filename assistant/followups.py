"""A question that leans on the turns before, made into one that stands alone, by rule.

Pure functions. A follow-up is recognised by what it opens with, by its pronouns or by its
shortness; what it leans on is the last question that stood alone, the person that it speaks of and
the talk that answered it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.types import Turn
from corpus.language import fold
from index.types import Query

_HAN_OPENING = re.compile(
    r"^(那么|那(?![家位款种次本场年])|还有|然后|所以|另外|此外|而且|除此之外|除了这个|为什么呢|怎么说)"
)
_HAN_PRONOUN = re.compile(
    r"他们|她们|它们|(?<!其)他|她|它|这位|那位|这个|那个|这些|那些|这点|这样|这里|上面|刚才|前者|后者|此事"
)
_HAN_ENDING = re.compile(r"呢[?？。!！]*$")
_LATIN_OPENING = re.compile(
    r"^(and|but|so|or|also|then|what about|how about|what else|who else|where else|anything else|"
    r"why|how so|really)\b"
)
_LATIN_PRONOUN = re.compile(
    r"\b(he|him|his|she|her|hers|they|them|their|it|its|this|those|these|the same|the other|"
    r"the latter|the former)\b|\b(?:about|of|to|with|by|for|is|was|does|did|do) that\b|\bthat\W*$"
)
_EXPLETIVE = re.compile(
    r"\b(what does it mean|is it \w+ (to|that)|was it \w+ (to|that)|does it take|did it take)\b"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_PERSON = re.compile(r"他们|她们|他|她|\b(?:he|him|she|they|them)\b", re.IGNORECASE)
_BARE = re.compile(
    r"^(?:那么|那麼|那(?![家位款种種次本场場年个個些])|and|but|so|what about|how about)[，,\s]*"
    r"(?:what about|how about)?\s*|[?？。]*$|呢[?？]*$",
    re.IGNORECASE,
)
"""What only ties a follow-up to the turn before, and says nothing about its subject."""
_POSSESSIVE = re.compile(r"\b(?:his|her|their)\b", re.IGNORECASE)

SHORT_HAN = 8
SHORT_WORDS = 4
"""A question of so few Han characters or words seldom stands alone after another one."""
EARLY_HAN = 6
EARLY_WORDS = 3
"""A pronoun that comes later has most likely been given its noun within the question."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What the conversation was about when the follow-up came."""

    question: str
    speakers: tuple[str, ...]
    transcripts: tuple[str, ...]


def leans_back(question: str) -> bool:
    """Whether a question needs the turns before it to be understood."""
    text = fold(question).strip()
    return _leans_back_han(text) if _HAN.search(text) else _leans_back_spaced(text)


def _leans_back_han(text: str) -> bool:
    han = len(_HAN.findall(text))
    if _HAN_OPENING.match(text) or _HAN_ENDING.search(text):
        return True
    if han <= SHORT_HAN and not re.search(r"[a-z][a-z0-9.-]+", text):
        return True
    pronoun = _HAN_PRONOUN.search(text)
    return pronoun is not None and (pronoun.start() <= EARLY_HAN or han <= 2 * SHORT_HAN)


def _leans_back_spaced(text: str) -> bool:
    words = len(text.split())
    if words <= SHORT_WORDS:
        return True
    if _LATIN_OPENING.match(text) and words <= 3 * SHORT_WORDS:
        return not text.startswith("why") or _LATIN_PRONOUN.search(text) is not None
    pronoun = _LATIN_PRONOUN.search(_EXPLETIVE.sub("", text))
    return pronoun is not None and len(text[: pronoun.start()].split()) <= EARLY_WORDS


def leading_question(history: Sequence[Turn]) -> str | None:
    """The question that a follow-up leans on: the last one that stood alone, with what followed it.

    Only the reader's turns count. ``None`` when there are none.
    """
    asked = [turn.text.strip() for turn in history if turn.role == "user" and turn.text.strip()]
    if not asked:
        return None
    alone = [n for n, text in enumerate(asked) if n == 0 or not leans_back(text)]
    since = asked[alone[-1] :]
    return " ".join(dict.fromkeys([since[0], since[-1]]))


def stand_alone(question: str, lead: Lead) -> Query:
    """The follow-up as a query of its own: its pronouns named, its context beside it."""
    text = _BARE.sub("", question.strip()) or question
    named = _with_person(text, lead.speakers[0]) if lead.speakers else text
    return Query(
        text=named,
        # Once it names whom it is about, it has its own subject, and the old one would mislead.
        context=lead.question if named == text else "",
        transcripts=frozenset(lead.transcripts),
        speakers=frozenset(lead.speakers),
    )


def _with_person(text: str, person: str) -> str:
    text = _POSSESSIVE.sub(lambda _: f"{person}'s", text)
    return _PERSON.sub(lambda _: f" {person} ", text, count=1).strip()


def named_speakers(question: str, speakers: Sequence[str]) -> tuple[str, ...]:
    """The speakers of the library whom a question names, by full name or by a part of it."""
    text = fold(question)
    found = []
    for speaker in speakers:
        parts = [fold(speaker), *(part for part in fold(speaker).split() if len(part) > 2)]
        if any(_stands_in(part, text) for part in parts):
            found.append(speaker)
    return tuple(found)


def _stands_in(part: str, text: str) -> bool:
    if part not in text:  # few of a library's names do, and a pattern for each is slow to compile
        return False
    if _HAN.search(part):
        return True
    return re.search(rf"(?<![a-z0-9]){re.escape(part)}(?![a-z0-9])", text) is not None
