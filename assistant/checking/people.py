"""Who is meant: a name in an answer and a speaker's name in a talk, across scripts too.

Names of one script are compared by their words. Across scripts they are aligned by what the talk
itself offers, both forms side by side as in 余北（Yu Bei）, by the reading of the characters, and
by role (主持人 is the host). What can't be aligned is neither the same person nor another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from assistant.checking.pinyin import is_spelled
from corpus.language import fold
from corpus.readers.vocabulary import COMPOUND_SURNAMES, TITLES_HAN

_TITLE_LATIN = re.compile(r"\b(?:dr|prof|professor|doctor|mr|mrs|ms|miss|sir)\b\.?", re.IGNORECASE)
_TITLE_HAN = re.compile(rf"(?:{'|'.join(TITLES_HAN)})$")
_HAN = re.compile(r"[㐀-鿿]")
_HAN_NAME = r"[㐀-鿿·]{2,8}"
_LATIN_NAME = r"[A-Z][\w'’.-]*(?:[ ][A-Z][\w'’.-]*){0,3}"
_BOTH = re.compile(
    rf"(?P<han>{_HAN_NAME})\s*[（(]\s*(?P<latin>{_LATIN_NAME})\s*[)）]"
    rf"|(?P<latin2>{_LATIN_NAME})\s*[（(]\s*(?P<han2>{_HAN_NAME})\s*[)）]"
)
NAME_IN_LATIN = re.compile(
    r"(?:(?:Dr|Prof|Mr|Mrs|Ms)\.?\s+)?[A-ZÀ-ÖØ-Þ][A-Za-zÀ-ɏ\d_’'-]*"
    r"(?:\s+(?:(?:de|van|von|der|la|bin|al)\s+)?[A-ZÀ-ÖØ-Þ][A-Za-zÀ-ɏ\d_’'-]*)*"
)
"""Capitalised words in a row; not only people are written so."""
_ROLES = {
    "host": re.compile(r"主持|主播|\b(?:hosts?|interviewer|moderator|presenter)\b"),
    "guest": re.compile(r"嘉宾|来宾|\bguests?\b"),
}
_OWNER = re.compile(r"['’]s?$")

Aliases = Mapping[str, frozenset[str]]
"""Han name, folded -> names in Latin letters that the talk gives beside it."""


def aliases_in(texts: Iterable[str]) -> Aliases:
    """The names that texts give in both scripts."""
    found: dict[str, set[str]] = {}
    for text in texts:
        for match in _BOTH.finditer(text):
            han, latin = match["han"] or match["han2"], match["latin"] or match["latin2"]
            for start in range(max(1, len(han) - 1)):
                # The name's start can't be told from the words before it; any tail may be it.
                found.setdefault(fold(han[start:]), set()).add(latin)
    return {han: frozenset(names) for han, names in found.items()}


def is_han(name: str) -> bool:
    """Whether the name is written in Chinese characters."""
    return bool(_HAN.search(name))


def role_of(name: str) -> str:
    """``host``, ``guest`` or nothing, for a speaker who is named by a part only."""
    folded = fold(name)
    return next((role for role, pattern in _ROLES.items() if pattern.search(folded)), "")


@lru_cache(maxsize=4096)
def name_words(name: str) -> tuple[str, ...]:
    """A Latin name's words in lower case, without titles and possessives."""
    bare = _TITLE_LATIN.sub(" ", name)
    return tuple(_OWNER.sub("", word) for word in re.findall(r"[^\W\d_][\w'’-]*", fold(bare)))


@lru_cache(maxsize=1024)
def _han_forms(name: str) -> tuple[str, str, bool]:
    """The folded name, the same without a title, and whether it had one."""
    folded = fold(name).strip()
    bare = _TITLE_HAN.sub("", folded)
    return folded, bare or folded, bool(bare) and bare != folded


def mentions(text: str, person: str, aliases: Aliases) -> bool:
    """Whether a text names a person, by any form that can be aligned with ``person``."""
    if role := role_of(person):
        return bool(_ROLES[role].search(fold(text)))
    if not is_han(person):
        return _mentions_latin(text, person)
    folded, bare, titled = _han_forms(person)
    plain = fold(text)
    if folded in plain or (not titled and len(bare) > 1 and bare in plain):
        return True
    surname = bare if titled and len(bare) <= 2 else _surname(bare)
    if any(surname + title in plain for title in TITLES_HAN if len(title) > 1):
        return True
    return any(_spells(name, person, aliases) for name in NAME_IN_LATIN.findall(text))


def _surname(bare: str) -> str:
    return bare[:2] if bare.startswith(COMPOUND_SURNAMES) else bare[:1]


def _mentions_latin(text: str, person: str) -> bool:
    """Whether a word of the person's name stands in the text as a name."""
    wanted = {word for word in name_words(person) if len(word) > 1}
    for name in NAME_IN_LATIN.findall(text):
        said = name_words(name)
        whole = [word for word in said if word in wanted]
        # "Tom Smith" is not Tom Okafor, but "Tom" is, and so is "Yesterday Tom".
        if whole and (len(whole) == len(said) or len(whole) == len(wanted) or said[-1] in wanted):
            return True
    return False


def _spells(latin: str, person: str, aliases: Aliases) -> bool:
    _, bare, titled = _han_forms(person)
    words = name_words(latin)
    known = {
        word
        for form in (bare, fold(person))
        for name in aliases.get(form, ())
        for word in name_words(name)
    }
    if known and any(word in known for word in words):
        return True
    starts = range(len(words))
    parts = [" ".join(words[i:j]) for i in starts for j in range(i + 1, len(words) + 1)]
    forms = [bare]
    if not titled and len(bare) > 2:
        forms.append(bare[len(_surname(bare)) :])  # the given name alone
    if re.match(r"(?:Dr|Prof|Mr|Mrs|Ms)\b", latin) and not titled:
        forms.append(_surname(bare))
    return any(is_spelled(form, part) for form in forms for part in parts)


def without_names(text: str, people: Iterable[str], aliases: Aliases) -> str:
    """The text without the names of these people: what is said, whoever says it."""
    people = tuple(people)
    left = text
    for person in people:
        if is_han(person):
            left = left.replace(person, "")
    for name in NAME_IN_LATIN.findall(left):
        if any(mentions(name, person, aliases) for person in people if not role_of(person)):
            left = re.sub(rf"{re.escape(name)}(?:['’]s)?\s*", "", left)
    left = left.strip(" ，,的")
    return left if len(left) * 3 > len(text) else text
