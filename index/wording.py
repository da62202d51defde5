"""A question's words as the library writes them: amounts, other spellings of names, and slips.

A word that neither the library nor the dictionary has is likely a slip or a name written otherwise,
and so is taken for the nearest word of the library as well. Names of those who speak there are
looked for first and farther. What the question itself says is never replaced in the search: its own
form and the others stand side by side in one concept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from corpus.language import CHINESE_FUNCTION_CHARACTERS, detect_language, fold
from corpus.spellings import Spelling
from corpus.vocabulary import SURNAMES
from index.lexical.amounts import MARK, cut_amounts
from index.lexical.concepts import Concept, concepts_of, single_characters
from index.lexical.dictionary import Dictionary
from index.lexical.slips import NearWords, is_latin_word, read_alike, sound_alike
from index.lexical.terms import terms
from index.storage.inverted import Lexical
from index.storage.store import IndexStore
from index.types import speakers_of

SHORTEST = 4
"""Letters of a word that a slip is forgiven in: shorter ones are near too many others."""
SPEAKER_LETTERS = (4, 7)
WORD_LETTERS = (5, 9)
"""From so many letters on one edit is forgiven, and two: in a speaker's name, in other words."""
REMEMBERED = 64
"""Questions that are kept taken apart: a search asks for one several times."""
MOST_NEAR = 3
"""Words that one word is taken for at most, unless a speaker is among them."""
_RUN = re.compile(r"[㐀-䶿一-鿿]{2,}")
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_BESIDE = r"[^\W㐀-鿿]"
_WORD = re.compile(r"[^\W\d_]+")
_HAN_NAME = (2, 4)
"""Characters of a name in Chinese characters, at least and at most."""
_KNOWN_LANGUAGES = ("zh", "en", "und")
"""Those whose words the dictionary would know, or too short to tell."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's concepts, and its words, folded, without what was taken out as a whole: amounts
    and names."""

    concepts: tuple[Concept, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class _Named:
    """A name in a folded text, ``[start, end)``, and what it is called otherwise."""

    start: int
    end: int
    others: tuple[str, ...]


class Wording:
    """The words of a library at one moment; safe to call from several threads."""

    def __init__(
        self,
        lexical: Lexical,
        dictionary: Dictionary | None,
        speakers: Sequence[str],
        spellings: Sequence[Spelling],
    ) -> None:
        self._lexical = lexical
        self._dictionary = dictionary
        self._spoken = {fold(name): name for name in speakers}
        self._spellings = tuple(tuple(dict.fromkeys(map(fold, each))) for each in spellings)
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._taken_apart)

    def asked(self, text: str) -> Asked:
        """A question, or what was asked before it, taken apart into concepts."""
        return self._remembered(text)

    def _taken_apart(self, text: str) -> Asked:
        rest, amounts = cut_amounts(fold(text))
        names = self._names_in(rest)
        named = tuple(
            Concept(own, spellings=tuple(filter(None, map(_terms, one.others))))
            for one in names
            if (own := _terms(rest[one.start : one.end]))
        )
        for one in reversed(names):
            rest = f"{rest[: one.start]} {rest[one.end :]}"
        there = self._there(terms(rest))
        concepts = concepts_of(rest, self._dictionary, there.__contains__)
        if detect_language(text).startswith(_KNOWN_LANGUAGES):
            concepts = tuple(self._forgiven(concepts, there))
        return Asked(tuple(dict.fromkeys((*concepts, *amounts, *named))), rest)

    def may_stand(self, concepts: Iterable[Concept]) -> bool:
        """Whether a passage has all of the concepts in some form of their own."""
        indexed = [one for one in concepts if not _is_character(one)]
        wanted = {term for one in indexed for form in own_forms(one) for term in form}
        with self._lexical.reader() as reader:
            found = {
                term: set(held.rows.tolist()) for term, held in reader.postings(wanted).items()
            }
        rows: set[int] | None = None
        for one in indexed:
            forms = (set.intersection(*(found[term] for term in form)) for form in own_forms(one))
            held = set[int]().union(*forms)
            rows = held if rows is None else rows & held
            if not rows:
                return False
        return bool(rows)

    def spelled(self, text: str, *, slips: bool = True) -> str:
        """The text with the people who speak in the library called as it calls them; without
        ``slips`` only where a list says who is meant."""
        folded = fold(text)
        names = self._names_in(folded) if slips else _apart(self._listed_in(folded))
        found = [(one.start, one.end, who) for one in names if (who := self._who(one))]
        if slips:
            found += self._slips_in(folded, found)
        if not found:
            return text
        base = text if len(text) == len(folded) else folded
        for start, end, who in sorted(found, reverse=True):
            base = base[:start] + who + base[end:]
        return base

    def variants(self, text: str) -> tuple[str, ...]:
        """The text, and how it reads, folded, with all its names in another spelling each."""
        folded = fold(text)
        names = self._names_in(folded)
        most = max((len(one.others) for one in names), default=0)
        found = [text]
        for n in range(most):
            changed = folded
            for one in reversed(names):
                other = one.others[min(n, len(one.others) - 1)]
                changed = f"{changed[: one.start]}{other}{changed[one.end :]}"
            found.append(changed)
        return tuple(dict.fromkeys(found))

    def _who(self, named: _Named) -> str | None:
        return next((self._spoken[one] for one in named.others if one in self._spoken), None)

    def _names_in(self, folded: str) -> list[_Named]:
        """Listed names and slips in Chinese ones, in order; none lies in another."""
        return _apart((*self._listed_in(folded), *self._sounding_in(folded)))

    def _listed_in(self, folded: str) -> Iterator[_Named]:
        """Longer ones first."""
        for form, others in self._forms.items():
            if form in folded:
                for match in re.finditer(_bounded(form), folded):
                    yield _Named(*match.span(), others)

    @cached_property
    def _forms(self) -> Mapping[str, tuple[str, ...]]:
        """Every spelling with the others of its names, longer ones first."""
        forms: dict[str, dict[str, None]] = {}
        for names in self._spellings:
            for one in names:
                others = (other for other in names if other != one)
                forms.setdefault(one, {}).update(dict.fromkeys(others))
        ordered = sorted(forms, key=len, reverse=True)
        return {form: tuple(forms[form]) for form in ordered}

    def _sounding_in(self, folded: str) -> Iterator[_Named]:
        """What reads like a name of the library, and is no word that this or the dictionary has."""
        if self._dictionary is None:
            return
        whole = (run.span() for run in _RUN.finditer(folded) if len(run[0]) <= _HAN_NAME[1])
        spans = {*whole, *single_characters(folded, self._dictionary)}
        for span in sorted(spans):
            for start, end in _windows(*span):
                name = folded[start:end]
                alike = self._sounding(name)
                if alike and not self._is_word(name):
                    yield _Named(start, end, alike)

    def _sounding(self, name: str) -> tuple[str, ...]:
        near = {other for form in _but_one(name) for other in self._han_names.get(form, ())}
        alike = sorted(other for other in near if sound_alike(name, other))
        if not alike and len(name) > _HAN_NAME[0] and name[0] in SURNAMES:
            alike = self._read_alike(name)
        return tuple(alike)

    def _read_alike(self, name: str) -> list[str]:
        """Names that the library has of somebody who doesn't speak there: of no words besides."""
        if not CHINESE_FUNCTION_CHARACTERS.isdisjoint(name) or self._is_word(name):
            return []
        others = {other: frozenset(terms(other)) for other in read_alike(name)}
        there = self._there(frozenset[str]().union(*others.values()))
        return [other for other, own in others.items() if own and own <= there][:MOST_NEAR]

    @cached_property
    def _han_names(self) -> Mapping[str, tuple[str, ...]]:
        """Names in Chinese characters, of those who speak and listed ones, by all but one of their
        characters."""
        least, most = _HAN_NAME
        names: dict[str, tuple[str, ...]] = {}
        for name in (*self._spoken, *(name for each in self._spellings for name in each)):
            if _RUN.fullmatch(name) and least <= len(name) <= most:
                for form in _but_one(name):
                    names[form] = (*names.get(form, ()), name)
        return names

    def _slips_in(
        self, folded: str, taken: Iterable[tuple[int, int, str]]
    ) -> list[tuple[int, int, str]]:
        """Slips in the Latin names of those who speak, outside of what was found already."""
        words = [match for match in _WORD.finditer(folded) if is_latin_word(match.group())]
        words = [
            one for one in words if not any(a < one.end() and one.start() < b for a, b, _ in taken)
        ]
        strange = self._strange({one.group() for one in words})
        found = []
        for one in words:
            near = self._near_speaker(one.group()) if one.group() in strange else ()
            if near:
                found.append((*one.span(), self._parts[near[0]]))
        return found

    @cached_property
    def _parts(self) -> Mapping[str, str]:
        """The words of the Latin names of those who speak, folded, and as they are written."""
        return {
            fold(part): part
            for name in self._spoken.values()
            for part in _WORD.findall(name)
            if is_latin_word(fold(part))
        }

    @cached_property
    def _near_speakers(self) -> NearWords:
        return NearWords(self._parts)

    @cached_property
    def _near_words(self) -> NearWords:
        with self._lexical.reader() as reader:
            return NearWords(reader.vocabulary())

    def _forgiven(self, concepts: Iterable[Concept], there: Set[str]) -> Iterator[Concept]:
        """The concepts, those that are likely slips with the nearest words as other spellings."""
        made = tuple(concepts)
        alone = {one.own[0] for one in made if len(one.own) == 1 and not one.translations}
        strange = self._strange(alone - there)
        for one in made:
            near = self._near(one.own[0]) if len(one.own) == 1 and one.own[0] in strange else ()
            yield replace(one, spellings=tuple((word,) for word in near)) if near else one

    def _near(self, word: str) -> tuple[str, ...]:
        speakers = self._near_speaker(word)
        if speakers:
            return tuple(_terms(speakers[0]))
        found = self._near_words.near(word, _forgiven_edits(word, WORD_LETTERS))
        least = min(found.values(), default=0)
        return tuple(sorted(other for other, count in found.items() if count == least)[:MOST_NEAR])

    def _near_speaker(self, word: str) -> tuple[str, ...]:
        """Words of speakers' names, the nearest first."""
        edits = _forgiven_edits(word, SPEAKER_LETTERS)
        found = self._near_speakers.near(word, edits, any_initial=True)
        return tuple(sorted(found, key=lambda other: (found[other], other)))

    def _strange(self, words: Set[str]) -> Set[str]:
        """Those of some folded Latin words that neither the library nor the dictionary has."""
        if self._dictionary is None:
            return frozenset()
        long = {word for word in words if len(word) >= SHORTEST and is_latin_word(word)}
        single = {word: _terms(word) for word in long}
        known = self._dictionary.lookup({*long, *(one for own in single.values() for one in own)})
        there = self._there({one for own in single.values() for one in own})
        return {
            word
            for word, own in single.items()
            if own and word not in known and not any(one in known or one in there for one in own)
        }

    def _is_word(self, name: str) -> bool:
        """Whether characters stand together in the library, or are a word of the dictionary."""
        own = _terms(name)
        if self._dictionary is not None and self._dictionary.lookup([name]):
            return True
        return bool(own) and self._there(own).issuperset(own)

    def _there(self, wanted: Iterable[str]) -> frozenset[str]:
        """Those of some terms that the library has."""
        with self._lexical.reader() as reader:
            return reader.held(wanted)


class Wordings:
    """The wording of an index as it is now: read anew when the index changed, not with every
    question. Safe to call from several threads."""

    def __init__(self, store: IndexStore, dictionary: Dictionary | None) -> None:
        self._store = store
        self._dictionary = dictionary
        self._cached: tuple[int, Wording] | None = None

    def now(self) -> Wording:
        """The wording at the catalogue's generation."""
        catalog = self._store.catalog
        generation = catalog.generation()
        cached = self._cached
        if cached is None or cached[0] != generation:
            talks = catalog.talks()
            speakers = speakers_of(topic for talk in talks for topic in talk.topics)
            spellings = (*catalog.spellings(), *(one for talk in talks for one in talk.spellings))
            wording = Wording(self._store.lexical, self._dictionary, speakers, spellings)
            # One assignment: another thread sees the old pair or this one.
            self._cached = cached = (generation, wording)
        return cached[1]


def _apart(names: Iterable[_Named]) -> list[_Named]:
    """Those of some names that lie in none before them, in the order of the text."""
    found: list[_Named] = []
    taken: set[int] = set()
    for one in names:
        if taken.isdisjoint(range(one.start, one.end)):
            taken.update(range(one.start, one.end))
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def own_forms(concept: Concept) -> list[tuple[str, ...]]:
    """The forms in which a concept stands in a text literally: its own, other spellings, and for an
    amount with a unit the number alone."""
    bare = (form for form in concept.translations if form[0].startswith(MARK))
    return [concept.own, *concept.spellings, *bare]


def _is_character(concept: Concept) -> bool:
    """Whether it is one Chinese character, which passages have no term of but inside bigrams."""
    return len(concept.own) == 1 and _HAN.fullmatch(concept.own[0]) is not None


def _terms(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms(text)))


def _forgiven_edits(word: str, letters: tuple[int, int]) -> int:
    return sum(len(word) >= least for least in letters)


def _windows(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans of a run that a name may have, longer ones first."""
    least, most = _HAN_NAME
    for length in range(min(most, end - start), least - 1, -1):
        for first in range(start, end - length + 1):
            yield first, first + length


def _but_one(name: str) -> Iterator[str]:
    """The name with each of its characters in turn left open."""
    return (f"{name[:at]}_{name[at + 1 :]}" for at in range(len(name)))


def _bounded(form: str) -> str:
    """A pattern for whole words, or for any place in Chinese, which has none and may stand beside
    a Latin one."""
    literal = re.escape(form)
    return literal if _HAN.search(form) else rf"(?<!{_BESIDE}){literal}(?!{_BESIDE})"
