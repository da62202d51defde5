"""Words that are nearly alike: a slip of the finger, or another way to write a sound.

A Latin word is near another by few edits (a letter more, less, changed, or two swapped; accents are
none), a name in Chinese characters by one character that is read alike.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from unicodedata import combining, normalize

import numpy as np

from index.lexical.dictionary import readings

_LATIN = re.compile(r"[^\W\d_\u0250-\U0010ffff]{3,24}")
_LETTERS = 27
"""Counted apart: a to z, and all others together."""


def is_latin_word(word: str) -> bool:
    """Whether a folded word is made of Latin letters, few enough of them to compare."""
    return _LATIN.fullmatch(word) is not None


class NearWords:
    """Words, folded, among which near ones are found; those that are not Latin are left out."""

    def __init__(self, words: Iterable[str]) -> None:
        written: dict[str, list[str]] = {}
        for word in words:
            if is_latin_word(word):
                written.setdefault(_plain(word), []).append(word)
        self._written = written
        self._words: Sequence[str] = sorted(written, key=_place)
        self._letters = _letters_of(self._words)
        self._initials = sorted({word[0] for word in self._words})

    def near(self, word: str, edits: int, *, any_initial: bool = False) -> dict[str, int]:
        """The words at most so many edits away, with how many; the word itself is none.

        Only those with its first letter, where most slips leave it, unless ``any_initial``: among
        200,000 words that takes a few milliseconds.
        """
        found: dict[str, int] = {}
        plain = _plain(word)
        for initial in self._initials if any_initial else plain[:1]:
            for row in self._similar(plain, initial, edits):
                count = _edits(plain, self._words[row], edits)
                if count <= edits:
                    found |= dict.fromkeys(self._written[self._words[row]], count)
        return {other: count for other, count in found.items() if other != word}

    def _similar(self, word: str, initial: str, edits: int) -> Iterable[int]:
        """Rows of the words with this initial whose letters, in any order, are near enough."""
        first = bisect_left(self._words, (initial, len(word) - edits), key=_place)
        last = bisect_left(self._words, (initial, len(word) + edits + 1), key=_place)
        apart = np.abs(self._letters[first:last] - _letters_of([word])).sum(axis=1, dtype=np.int16)
        # A changed letter is one less and one more.
        return (first + np.flatnonzero(apart <= 2 * edits)).tolist()


def _plain(word: str) -> str:
    """The word without its accents."""
    if word.isascii():
        return word
    return "".join(one for one in normalize("NFD", word) if not combining(one))


def _place(word: str) -> tuple[str, int]:
    return word[0], len(word)


def _letters_of(words: Sequence[str]) -> np.ndarray:
    """How often each word has each letter, (words, 27)."""
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    codes = np.frombuffer("".join(words).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    letters = np.where((codes >= 97) & (codes <= 122), codes - 97, _LETTERS - 1)
    cells = np.repeat(np.arange(len(words)), lengths) * _LETTERS + letters
    counted = np.bincount(cells, minlength=len(words) * _LETTERS)
    return counted.astype(np.int8).reshape(len(words), _LETTERS)


def _edits(one: str, other: str, most: int) -> int:
    """Edits between two words, swapped neighbours one of them; ``most + 1`` where there are more.

    The optimal string alignment of Damerau (1964) and Levenshtein (1966).
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        further = [i]
        for j, beside in enumerate(other, start=1):
            least = min(row[j] + 1, further[j - 1] + 1, row[j - 1] + (letter != beside))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == beside:
                least = min(least, before[j - 2] + 1)
            further.append(least)
        if min(further) > most:
            return most + 1
        before, row = row, further
    return min(row[-1], most + 1)


def sound_alike(one: str, other: str) -> bool:
    """Whether two names in simplified characters are read alike, tones aside, and differ in one."""
    if len(one) != len(other):
        return False
    different = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return len(different) == 1 and not _syllables(different[0][0]).isdisjoint(
        _syllables(different[0][1])
    )


def read_alike(name: str) -> Iterator[str]:
    """The name with one of its characters, each in turn, changed for one that is read alike."""
    for at, character in enumerate(name):
        alike = {one for syllable in _syllables(character) for one in _characters()[syllable]}
        for other in sorted(alike - {character}):
            yield name[:at] + other + name[at + 1 :]


def _syllables(character: str) -> Set[str]:
    return readings().get(character, frozenset())


@cache
def _characters() -> Mapping[str, Set[str]]:
    found: dict[str, set[str]] = {}
    for character, syllables in readings().items():
        for syllable in syllables:
            found.setdefault(syllable, set()).add(character)
    return found
