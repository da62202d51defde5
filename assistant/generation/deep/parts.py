"""What a question consists of, for a deep answer: its sides, its questions, or the talks on it.

Pure functions. A question that names its sides is split by rule, which is surer than a model and
costs no call; what a model proposes is taken only where it asks, and asks about nobody new.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.retrieval.query import named_speakers
from corpus.language import fold
from index.lexical.terms import names, terms
from index.types import EVERYWHERE, Evidence, Scope, Talk

PARTS = 4
"""At most so many: each has a share of the evidence that is still worth reading."""
NEAR = 0.65
"""A talk whose best passage reaches this share of the best one's score has something to say."""
TITLE = 0.6
"""A question that holds this share of a title's terms means that talk."""

_COMPARES = re.compile(
    r"\b(?:compar\w*|contrast\w*|differ\w*|versus|vs|disagree\w*|agree\w*|both|between|unlike|"
    r"alike|similar\w*|respectively|in common|each of)\b"
    r"|比较|比較|对比|對比|区别|區別|不同|差异|差異|差别|差別|异同|異同|相比|分歧|共识|共識|一致|"
    r"分别|分別|各自|各有|还是|還是",
    re.IGNORECASE,
)
_GATHERS = re.compile(
    r"\b(?:guests|speakers|people|everyone|everybody|talks|episodes|interviews|experts|founders|"
    r"hosts|panell?ists|across|over the years|over time|changed)\b|who (?:else )?\w+s?\b.*\bwho\b"
    r"|嘉宾|嘉賓|各位|大家|哪些人|谁都|各期|各场|每场|讲者|講者|演讲者|播客|节目|節目|访谈|訪談|"
    r"历来|歷來|逐渐|变化|變化",
    re.IGNORECASE,
)
_QUESTIONS = re.compile(r"[^?？]+[?？]+")
_LETTERS = r"[0-9A-Za-zÀ-ɏА-я]"
_WORD = rf"[A-ZÀ-ÞА-Я]{_LETTERS}*(?:[.\-'’]{_LETTERS}+)*"
_CAPITALISED = re.compile(rf"{_WORD}(?: (?:{_WORD}|\d[\d.]*))*")
_JOIN = re.compile(
    r"\s*(?:[,，、;；&/]|['’]s?\b|的|\b(?:and|or|versus|vs|with|to)\b\.?|[与與和跟及]|还是|還是|\s)+\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Subquestion:
    """One part of a question.

    ``text`` is what to search and to answer, ``title`` how the reader knows the part. ``named`` is
    whom or what it is about, ``scope`` where that is to be looked for, and ``topic`` the text
    without the name, which there says nothing.
    """

    text: str
    title: str
    named: str = ""
    scope: Scope = EVERYWHERE
    topic: str = ""


def split_by_rule(
    question: str, speakers: Sequence[str], talks: Sequence[Talk], limit: int = PARTS
) -> tuple[Subquestion, ...]:
    """One part for each person, talk or thing that a comparison names, or for each question.

    ``speakers`` are all who speak in these ``talks``. One part, the question itself, where it has
    no sides by rule.
    """
    asked = [found.strip() for found in _QUESTIONS.findall(question)]
    if len(asked) > 1 and all(len(terms(one)) > 2 or _sides(one, speakers, talks) for one in asked):
        return tuple(_of_one(one, speakers, talks) for one in asked[:limit])
    sides = _sides(question, speakers, talks)
    if len(sides) < 2:
        return (_of_one(question, speakers, talks),)
    topic = _topic(question, [side.named for side in sides])
    return tuple(
        replace(side, text=_with_one(question, side, sides), topic=topic) for side in sides[:limit]
    )


def gathers(question: str) -> bool:
    """Whether a question asks for what several people or talks say on one subject."""
    return _GATHERS.search(question) is not None


def split_by_talk(question: str, evidence: Evidence, limit: int = PARTS) -> tuple[Subquestion, ...]:
    """One part for each talk that has something on the question, the best first."""
    best: dict[str, tuple[str, float]] = {}
    for hit in evidence.hits:
        best.setdefault(hit.chunk.transcript_id, (hit.chunk.title or hit.chunk.file, hit.score))
    top = max((score for _, score in best.values()), default=0.0)
    return tuple(
        Subquestion(question, title, scope=Scope(transcripts=frozenset({talk})))
        for talk, (title, score) in list(best.items())[:limit]
        if score >= NEAR * top
    )


def accepted(
    proposed: Iterable[str], question: str, speakers: Sequence[str], talks: Sequence[Talk]
) -> tuple[Subquestion, ...]:
    """The parts that a model proposed, as far as they can be asked.

    Empty where fewer than two are left, or where they forget somebody whom the question names.
    """
    parts = askable(proposed, question, speakers, talks)
    told = {name for part in parts for name in named_speakers(part.text, speakers)}
    own = set(named_speakers(question, speakers))
    return parts if len(parts) > 1 and own <= told else ()


def askable(
    proposed: Iterable[str], question: str, speakers: Sequence[str], talks: Sequence[Talk]
) -> tuple[Subquestion, ...]:
    """Those of a model's lines that are questions and bring up no name of their own.

    Small models answer instead of asking, and what they answer must not be searched for.
    """
    known = names(question) | set(terms(question))
    own = set(named_speakers(question, speakers))
    return tuple(
        _of_one(text, speakers, talks)
        for text in dict.fromkeys(proposed)
        if text.endswith(("?", "？"))
        and names(text) <= known
        and set(named_speakers(text, speakers)) <= own
    )


def narrowed(outer: Scope, inner: Scope) -> Scope:
    """Where both scopes hold; the outer one alone where they have nothing in common."""
    transcripts = _both(outer.transcripts, inner.transcripts)
    speakers = _both(outer.speakers, inner.speakers)
    if transcripts is None or speakers is None:
        return outer
    return replace(outer, transcripts=transcripts, speakers=speakers)


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str] | None:
    if not one or not other:
        return one or other
    return one & other or None


def _of_one(text: str, speakers: Sequence[str], talks: Sequence[Talk]) -> Subquestion:
    """A part that is a question of its own, looked for where its person or its talk is."""
    sides = [side for side in _sides(text, speakers, talks) if side.scope != EVERYWHERE]
    if len(sides) == 1:
        return replace(sides[0], text=text, title=text, topic=_topic(text, [sides[0].named]))
    return Subquestion(text, text)


def _sides(question: str, speakers: Sequence[str], talks: Sequence[Talk]) -> list[Subquestion]:
    """Whom and what the question sets side by side, in its order.

    Speakers and talks wherever they stand; other names only in a comparison, next to another side.
    """
    people = [
        Subquestion("", who, _named_as(who, question), Scope(speakers=frozenset({who})))
        for who in named_speakers(question, speakers)
    ]
    meant = [
        Subquestion("", talk.title, talk.title, Scope(transcripts=frozenset({talk.id})))
        for talk in talks
        if _is_named(talk, question)
    ]
    sides = {side.named: side for side in (*meant, *people)}
    if _COMPARES.search(question):
        others = {name: Subquestion("", name, name) for name in _names_as_written(question)}
        listed = _listed([*sides, *(name for name in others if name not in sides)], question)
        sides |= {name: others[name] for name in listed if name in others and name not in sides}
    return sorted(sides.values(), key=lambda side: _at(side.named, question))


def _named_as(person: str, question: str) -> str:
    """How the question names a person: in full, or by the part of the name that stands in it."""
    if fold(person) in fold(question):
        return person
    parts = [part for part in person.split() if fold(part) in fold(question)]
    return max(parts, key=len, default=person)


def _is_named(talk: Talk, question: str) -> bool:
    title, asked = set(terms(talk.title)), set(terms(question))
    return len(title) > 1 and len(title & asked) >= TITLE * len(title)


def _names_as_written(question: str) -> list[str]:
    """The names of a question in its own spelling, without a first word that opens the sentence."""
    known = names(question)
    found: list[str] = []
    for run in _CAPITALISED.findall(question):
        words = run.split()
        while words and not known.intersection(terms(words[0])):
            words = words[1:]
        if words and any(not word[0].isdigit() for word in words):
            found.append(" ".join(words))
    return list(dict.fromkeys(found))


def _listed(named: Sequence[str], question: str) -> list[str]:
    """Those that stand next to another one, with nothing but an "and" or a comma between."""
    order = sorted(named, key=lambda name: _at(name, question))
    listed: dict[str, None] = {}
    for one, other in pairwise(order):
        between = question[_at(one, question) + len(one) : _at(other, question)]
        if _JOIN.fullmatch(between):
            listed |= {one: None, other: None}
    return list(listed)


def _with_one(question: str, side: Subquestion, sides: Sequence[Subquestion]) -> str:
    """The question about one side alone; as it is where the sides don't stand together."""
    names_of = [one.named for one in sides]
    if set(_listed(names_of, question)) != set(names_of):
        return question
    start = _at(names_of[0], question)
    end = _at(names_of[-1], question) + len(names_of[-1])
    return f"{question[:start]}{side.named}{question[end:]}"


def _topic(question: str, named: Sequence[str]) -> str:
    """The question without its sides and the words that compare them."""
    for name in sorted(named, key=len, reverse=True):
        question = re.sub(re.escape(name), " ", question, flags=re.IGNORECASE)
    return " ".join(_COMPARES.sub(" ", question).split())


def _at(name: str, question: str) -> int:
    return question.casefold().find(name.casefold())
