"""What a question says that the library knows, people, talks and days, and what it is about. Pure.

The subject is what is left of a question without the words by which readers ask: those that stand
round ``{topic}`` in kinds.toml. In languages that no line is in, that is all of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import PurePosixPath

from assistant.retrieval.dates import Days, days_of
from assistant.retrieval.kinds import (
    DATES,
    OTHER,
    PERSON,
    SURE,
    TALK,
    KindModel,
    Told,
    phrasings,
)
from corpus.language import fold
from corpus.names import as_words, is_han, is_role
from corpus.sentences import width
from index.lexical.terms import terms
from index.types import Embedder, Talk

NAMED_WIDTH = 8
"""A part of a title as wide as this, a Han character counting three, names its talk."""
POSSIBLE = 0.2
"""How likely another kind than a plain question is at least for a second reading."""
EVERYDAY = ("sleep", "睡眠")
"""A subject that lines of kinds.toml are filled with, in letters and in Han characters."""
COMMON = 4
"""A word that so many lines for overviews have tells no talk from another."""

_PARTS = re.compile(r"[:：|｜【】\[\]()（）《》“”\"「」—–,，。;；!！?？]+|\s-\s")
_TOKEN = re.compile(r"[㐀-鿿]|[^\W㐀-鿿]+(?:[.'’&+#-]+[^\W㐀-鿿]+)*[+#]*")
_SLOT = re.compile(r"\{\w+\}")
_GAP = "\0"
_ACRONYMS = re.compile(r"\b([A-Z]{2,})s\b")
"""TPUs, whose ending isn't that of an English plural once case is folded."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a question names. ``people`` are whom each name may mean, in the question's order,
    ``masked`` is the question with placeholders for people and talks, ``rest`` without them, and
    without its days."""

    text: str
    masked: str
    rest: str
    people: tuple[tuple[str, ...], ...] = ()
    talks: tuple[Talk, ...] = ()
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What a library's talks and people are called, folded, and which of them a name may mean."""

    talks: Mapping[str, tuple[Talk, ...]]
    people: Mapping[str, tuple[str, ...]]


def known_names(talks: Sequence[Talk], speakers: Sequence[str]) -> KnownNames:
    """Titles and the parts that they consist of; names in full and the words of them."""
    of_talks, of_people = dict[str, list[Talk]](), dict[str, list[str]]()
    for talk in talks:
        for name in _title_parts(talk):
            of_talks.setdefault(name, []).append(talk)
    for speaker in speakers:
        for name in () if is_role(speaker) else _name_parts(speaker):
            of_people.setdefault(name, []).append(speaker)
    return KnownNames(
        {name: tuple(meant) for name, meant in of_talks.items()},
        {name: tuple(meant) for name, meant in of_people.items()},
    )


def mentions_of(question: str, known: KnownNames, today: date) -> Mentions:
    """What the question names of a library."""
    masked, rest, at = "", "", 0
    people, named = dict[tuple[str, ...], str](), list[Talk]()
    for start, end, name in _places(question, known):
        if name in known.talks:
            sign = TALK
            named += known.talks[name]
        else:
            sign = people.setdefault(known.people[name], OTHER if people else PERSON)
        masked += question[at:start] + sign
        rest += question[at:start] + _GAP
        at = end
    masked, rest = masked + question[at:], rest + question[at:]
    days = days_of(rest, today)
    if days:
        rest = rest.replace(days.words, _GAP)
        masked = masked.replace(days.words, DATES[is_han(rest) or is_han(days.words)])
    return Mentions(question, masked, rest, tuple(people), tuple(dict.fromkeys(named)), days)


def subject_of(mentions: Mentions, label: str) -> str:
    """What a question of this label (``talks.about``) is about, in its own words; else empty."""
    tokens = [(found[0], *found.span()) for found in _TOKEN.finditer(mentions.rest)]
    frame = _frame(label)
    words = [fold(token) for token, _, _ in tokens]
    asking = _asking(frame, words)
    own = [n for n in range(len(tokens)) if not asking[n]]
    while own and (frame.leads("".join(words[own[0] : own[0] + 2])) or not terms(words[own[0]])):
        del own[0]
    while own and not terms(tokens[own[-1]][0]):
        del own[-1]
    if not own:
        return ""
    subject = mentions.rest[tokens[own[0]][1] : tokens[own[-1]][2]]
    return _ACRONYMS.sub(r"\1", " ".join(subject.replace(_GAP, " ").split()))


def kind_of(mentions: Mentions, kinds: KindModel, embedder: Embedder, sure: float = SURE) -> Told:
    """The kind of a question; a plain one unless it is as likely as ``sure`` that it is none.

    Where that is only possible, it is read again with an everyday subject in place of its own, so
    that an unusual subject doesn't hide a usual question.
    """
    told, likely = kinds.tell(embedder.query(mentions.masked))
    if likely < sure and likely > POSSIBLE:
        subject = subject_of(mentions, told.label)
        if subject and 2 * len(subject) <= len(mentions.masked):
            usual = mentions.masked.replace(subject, EVERYDAY[is_han(subject)])
            told, likely = kinds.tell(embedder.query(usual))
    return told if likely >= sure else Told("question")


def talks_meant(mentions: Mentions, talks: Sequence[Talk]) -> tuple[Talk, ...]:
    """The talks that a question means by words of their titles or files, such as 「这期直播」 where
    one of them is a 直播: those that have most of the words that others haven't got."""
    names = [_names_terms(talk.title, talk.file) for talk in talks]
    wanted = [
        word
        for word in dict.fromkeys(terms(mentions.rest))
        if 0 < sum(word in held for held in names) < len(talks) and not _of_any_talk(word)
    ]
    shares = [sum(word in held for word in wanted) for held in names]
    best = max(shares, default=0)
    return tuple(t for t, share in zip(talks, shares, strict=True) if share == best > 0)


def _places(question: str, known: KnownNames) -> list[tuple[int, int, str]]:
    """Where talks and people are named, in order; longer names first, none inside another."""
    text = fold(question)
    if len(text) != len(question):  # rare letters fold to two; places are then not to be told
        return []
    found: list[tuple[int, int, str]] = []
    for names in (known.talks, known.people):
        for name in sorted((one for one in names if one in text), key=len, reverse=True):
            for match in re.finditer(as_words(name), text):
                start, end = match.span()
                if all(end <= one[0] or one[1] <= start for one in found):
                    found.append((start, end, name))
    return sorted(found)


def _title_parts(talk: Talk) -> Iterator[str]:
    title = fold(talk.title)
    stem = fold(PurePosixPath(talk.file).stem)
    for part in {title, stem, *(part.strip() for part in _PARTS.split(title))}:
        if width(part) >= NAMED_WIDTH and (is_han(part) or len(part.split()) > 1 or part == stem):
            yield part


def _name_parts(speaker: str) -> Iterator[str]:
    name = fold(speaker)
    yield name
    yield from (part for part in name.split() if len(part) > 2 and part != name)


@lru_cache(maxsize=4096)
def _names_terms(title: str, file: str) -> frozenset[str]:
    return frozenset(terms(f"{title} {PurePosixPath(file).stem.replace('-', ' ')}"))


def _of_any_talk(word: str) -> bool:
    """Whether readers call any talk so: "talk", "episode"."""
    return _called()[word] >= COMMON


@cache
def _called() -> Counter[str]:
    lines = phrasings()["overview"]
    return Counter(word for line in lines for word in set(terms(_SLOT.sub(" ", line))))


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a label's lines say outside their slots: words, runs of Han characters, and the single
    characters that come right ``before`` a subject."""

    words: frozenset[str]
    runs: frozenset[str]
    before: frozenset[str]

    def leads(self, text: str) -> bool:
        """Whether the first of these two characters leads to a subject and is none of it."""
        return text[:1] in self.before or text in self.runs


@cache
def _frame(label: str) -> _Frame:
    words, runs, before = set[str](), set[str](), set[str]()
    for line in map(fold, phrasings()[label]):
        for piece in _SLOT.split(line):
            words.update(token for token in _TOKEN.findall(piece) if not is_han(token))
            for han in re.findall("[㐀-鿿]+", piece):
                runs.update(han[a:b] for a in range(len(han)) for b in range(a + 2, len(han) + 1))
        before.update(re.findall(r"([㐀-鿿])\{topic\}", line))
    return _Frame(frozenset(words), frozenset(runs), frozenset(before))


def _asking(frame: _Frame, tokens: Sequence[str]) -> list[bool]:
    """Which of the tokens belong to the asking; of runs that overlap, the longest, the last."""
    asking = [token in frame.words for token in tokens]
    spans = [
        (start, end)
        for start in range(len(tokens))
        for end in range(start + 2, len(tokens) + 1)
        if "".join(tokens[start:end]) in frame.runs and is_han("".join(tokens[start:end]))
    ]
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], -span[0])):
        if not any(asking[start:end]):
            asking[start:end] = [True] * (end - start)
    return asking
