"""Whose words a question asks for, so that another speaker's don't pass for theirs unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.checking.people import NAME_IN_LATIN, Aliases, is_han, mentions, role_of
from corpus.language import fold
from corpus.readers.names import looks_like_name

_SAYS = re.compile(
    r"(?:\s+(?!(?:that|who|which|and)\b)[\w'’-]+){0,2}?\s+(?:say|said|think|thought|believe|argue"
    r"|recommend|advise|suggest|tell|told|explain|mention|describe|feel|felt|expect|predict|recall"
    r"|claim|warn|point|propose|prefer|see|regard|consider|make of|find|like|want|value)"
    r"(?:s|d|ed)?\b",
    re.IGNORECASE,
)
_VIEW = re.compile(
    r"\s+(?:\w+\s+)?(?:views?|opinions?|advice|take|stance|position|thoughts?|reasons?)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\b(?:according to|in the (?:view|opinion|words) of)\s*$", re.IGNORECASE)
_HAN_SAYS = re.compile(
    r"(?:\s*对[^，。？！]{1,20}?|[^，。？！]{0,8}?)(?:怎么看|如何看|怎么想|看法|观点|见解|意见|态度|认为|觉得|主张|建议|提到|谈到"
    r"|解释|预测|预计|评价|强调|指出|表示|担心|期待|说)"
)
_ABOUT = re.compile(r"(?:对|对于|关于|有关|怎么看|如何看待)$")
_LABEL = re.compile(r"\d|\b(?:speaker|participant|voice|unknown)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"\W*(?:he|she)\b|\W*[他她](?!们)", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:I|I['’]\w+|my|mine)\b|我(?!们)")


@dataclass(frozen=True, slots=True)
class Asked:
    """The speakers whom a question names; ``for_words`` where it asks what they say or think."""

    people: tuple[str, ...] = ()
    for_words: bool = False

    def concerns(self, claim: str, evidence: str) -> bool:
        """Whether a sentence that names nobody says what one of them has said: as an answer to
        such a question, or as "he does" of another's "I do"."""
        if self.for_words:
            return bool(self.people)
        told_of_one = len(self.people) == 1 and _PRONOUN.match(claim)
        return bool(told_of_one and _FIRST_PERSON.search(evidence))


def asked_of(question: str, speakers: Iterable[str], aliases: Aliases) -> Asked:
    """Whom of the speakers a question is about; those known by a role alone are left out."""
    known = [one for one in speakers if not role_of(one)]
    people = tuple(one for one in known if mentions(question, one, aliases))
    return Asked(people, any(_is_source(question, one, aliases) for one in people))


def is_somebody(speaker: str) -> bool:
    """Whether a speaker's label is a name, and nobody else's: "Speaker 1" may be anyone."""
    labelled = role_of(speaker) or _LABEL.search(speaker)
    return looks_like_name(speaker) and not labelled


def _is_source(question: str, person: str, aliases: Aliases) -> bool:
    for match in NAME_IN_LATIN.finditer(question):
        after, before = question[match.end() :], question[: match.start()]
        says = _VIEW if match.group().endswith(("'s", "’s")) else _SAYS
        if mentions(match.group(), person, aliases) and (
            says.match(after) or _BEFORE.search(before) or _is_han_source(before, after)
        ):
            return True
    before, found, after = fold(question).partition(fold(person))
    return is_han(person) and bool(found) and _is_han_source(before, after)


def _is_han_source(before: str, after: str) -> bool:
    return bool(_HAN_SAYS.match(fold(after))) and not _ABOUT.search(fold(before).rstrip())
