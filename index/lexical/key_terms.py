"""Key terms: the words that tell one part of a talk from its other parts. Pure.

A term counts by how much oftener its part says it than the others do (Dunning 1993, "Accurate
Methods for the Statistics of Surprise and Coincidence"), times its rarity in the library. So the
words of every subject and every speaker come last without a list of them.

Words that keep to each other are one term, as "pre-training data" or a name that no dictionary
has: neighbours are joined where the Dice coefficient of their counts says so (Smadja 1993,
"Retrieving Collocations from Text"), pass by pass as in word2phrase (Mikolov et al. 2013). Chinese
is cut into the dictionary's words first; without one, and in other scripts that have no spaces,
words are joined from characters in the same way.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from corpus.language import fold
from index.lexical.concepts import LONGEST_WORD
from index.lexical.dictionary import Dictionary
from index.lexical.terms import terms

Rarity = Callable[[Collection[str]], Mapping[str, float]]
"""The weight of lexical terms in the library: high where few passages hold one, as IDF is."""

MOST_TERMS = 5
_LEAST = 2
"""What is said once names nothing."""
_SURE = 3.84
"""Of the chi-squared distribution: so much oftener would be chance once in twenty times."""
_TOGETHER = 0.5
"""Dice coefficient from which on two words are one term."""
_OFTEN = 3
_PASSES = 2

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff々〆〇ぁ-ゖァ-ヺー㐀-䶿一-鿿豈-﫿\U00020000-\U000323af"
)
_RUN = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+(?:[-.'’+#&][^\W_{_UNSPACED}]+|[+#]+)*")
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it stands and as it is counted, with its lexical terms, none of a function word.

    ``joins``: nothing but white space stands between it and the word before.
    """

    text: str
    key: str
    terms: tuple[str, ...]
    joins: bool


def key_terms(
    parts: Sequence[Sequence[str]],
    dictionary: Dictionary | None = None,
    rarity: Rarity | None = None,
    most: int = MOST_TERMS,
) -> tuple[tuple[str, ...], ...]:
    """For each part of a talk, given by its sentences, up to ``most`` terms, best first.

    Terms are spelt as the part spells them most often. A part that says nothing twice, or nothing
    oftener than the others, has none.
    """
    cut = _cutter([text for part in parts for text in part], dictionary)
    sentences = [[cut(text) for text in part] for part in parts]
    for _ in range(_PASSES):
        sentences = _joined(sentences)
    counts = [Counter(word.key for words in part for word in words) for part in sentences]
    words = {word.key: word for part in sentences for words in part for word in words}
    weights = _weights(words.values(), counts, rarity)
    everywhere: Counter[str] = sum(counts, Counter())
    found = []
    for part, own in zip(sentences, counts, strict=True):
        scores = {
            key: score * weights[key]
            for key, score in _keyness(own, everywhere).items()
            if weights.get(key) and own[key] >= _LEAST and score >= _SURE
        }
        chosen = _different(sorted(scores, key=lambda key: -scores[key]), words, most)
        found.append(_spelt(chosen, part))
    return tuple(found)


def _keyness(own: Counter[str], everywhere: Counter[str]) -> dict[str, float]:
    """Dunning's G² of each word that the part says oftener than the others do; where there are no
    others, how often it says it."""
    inside, total = own.total(), everywhere.total()
    outside = total - inside
    if not outside:
        return {word: float(count) for word, count in own.items()}

    def surprise(seen: int, expected: float) -> float:
        return seen * math.log(seen / expected) if seen else 0.0

    found = {}
    for word, here in own.items():
        there, share = everywhere[word] - here, everywhere[word] / total
        if here * outside > there * inside:
            found[word] = 2 * (surprise(here, inside * share) + surprise(there, outside * share))
    return found


def _weights(
    words: Iterable[_Word], counts: Sequence[Counter[str]], rarity: Rarity | None
) -> dict[str, float]:
    """By key; words that can't name a subject are left out: function words, numbers, letters."""
    said = {key for own in counts for key, count in own.items() if count >= _LEAST}
    names = [word for word in words if word.key in said and _can_name(word)]
    if rarity is None:
        return dict.fromkeys((word.key for word in names), 1.0)
    known = rarity({term for word in names for term in word.terms})
    return {word.key: sum(known[term] for term in word.terms) / len(word.terms) for word in names}


def _can_name(word: _Word) -> bool:
    return bool(word.terms) and len(word.key) > 1 and not word.key.replace(".", "").isdigit()


def _different(ranked: Iterable[str], words: Mapping[str, _Word], most: int) -> list[str]:
    """The first ones that share no lexical term with a better one."""
    chosen: list[str] = []
    taken: set[str] = set()
    for key in ranked:
        if len(chosen) < most and taken.isdisjoint(words[key].terms):
            chosen.append(key)
            taken.update(words[key].terms)
    return chosen


def _spelt(keys: Sequence[str], part: Sequence[Sequence[_Word]]) -> tuple[str, ...]:
    spellings: dict[str, Counter[str]] = {key: Counter() for key in keys}
    for words in part:
        for word in words:
            if word.key in spellings:
                spellings[word.key][word.text] += 1
    return tuple(each.most_common(1)[0][0] for each in spellings.values())


def _joined(parts: Sequence[Sequence[Sequence[_Word]]]) -> list[list[list[_Word]]]:
    """The same words, neighbours that keep to each other as one."""
    sentences = [words for part in parts for words in part]
    alone = Counter(word.key for words in sentences for word in words)
    pairs = Counter(pair for words in sentences for pair in _pairs(words))
    fixed = {
        (one, other)
        for (one, other), count in pairs.items()
        if count >= _OFTEN and 2 * count >= _TOGETHER * (alone[one] + alone[other])
    }
    return [[list(_merged(words, fixed)) for words in part] for part in parts]


def _pairs(words: Sequence[_Word]) -> Iterator[tuple[str, str]]:
    """Neighbours that may be one term: nothing between them, and neither a function word."""
    for one, other in pairwise(words):
        if other.joins and one.terms and other.terms:
            yield one.key, other.key


def _merged(words: Sequence[_Word], fixed: Collection[tuple[str, str]]) -> Iterator[_Word]:
    held: _Word | None = None
    for word in words:
        if held and word.joins and held.terms and word.terms and (held.key, word.key) in fixed:
            yield _one(held, word)
            held = None
            continue
        if held:
            yield held
        held = word
    if held:
        yield held


def _one(first: _Word, second: _Word) -> _Word:
    glued = _UNSPACED_RUN.fullmatch(first.text[-1]) or _UNSPACED_RUN.fullmatch(second.text[0])
    space = "" if glued else " "
    text, key = f"{first.text}{space}{second.text}", f"{first.key}{space}{second.key}"
    return _Word(text, key, tuple(terms(key)), first.joins)


def _cutter(texts: Sequence[str], dictionary: Dictionary | None) -> Callable[[str], list[_Word]]:
    """How a sentence is cut into words: spaced scripts at their spaces, runs of others into the
    longest words of the dictionary, else characters."""
    runs = {fold(run) for text in texts for run in _UNSPACED_RUN.findall(text)}
    known = dictionary.lookup(_substrings(runs)) if dictionary else {}
    counted = lru_cache(maxsize=None)(_counted)

    def cut(text: str) -> list[_Word]:
        words: list[_Word] = []
        end = 0
        for run in _RUN.finditer(text):
            joins = bool(words) and not text[end : run.start()].strip()
            for piece in _pieces(run.group(), known):
                words.append(_Word(piece, *counted(piece), joins))
                joins = True
            end = run.end()
        return words

    return cut


def _counted(text: str) -> tuple[str, tuple[str, ...]]:
    """What a word is counted as, and its lexical terms; a plural is the same word."""
    own = tuple(terms(text))
    return own[0] if len(own) == 1 else fold(text), own


def _pieces(run: str, known: Mapping[str, object]) -> Iterator[str]:
    if not _UNSPACED_RUN.fullmatch(run):
        yield run
        return
    folded = fold(run)
    if len(folded) != len(run):  # what was folded no longer stands where it stood
        run = folded
    start = 0
    while start < len(run):
        longest = min(len(run), start + LONGEST_WORD)
        ends = range(longest, start + 1, -1)
        end = next((end for end in ends if folded[start:end] in known), start + 1)
        yield run[start:end]
        start = end


def _substrings(runs: Iterable[str]) -> set[str]:
    return {
        run[start:end]
        for run in runs
        for start in range(len(run))
        for end in range(start + 2, min(len(run), start + LONGEST_WORD) + 1)
    }
