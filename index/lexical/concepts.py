"""BM25 over a question's words as concepts: own words and translations on one scale. Pure.

    bm25(question, passage) = sum over terms t of idf(t) * tf / (tf + K1 * (1 - B + B * len / mean))
                              ------------------------------------------------------------------
                                              sum over terms t of idf(t)
    idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5))

over the question's different terms, or its concepts (see below); ``tf`` is the term's count in the
passage, ``len`` the passage's length in terms, ``n`` of ``N`` passages hold the term. The divisor
is what the question could attain at most (a term's part approaches 1 as its count grows; the factor
K1 + 1 cancels), and a term that no passage holds counts in it with the highest IDF. So the score
lies in 0..1, and a question that the library shares few words with scores low everywhere instead of
putting a chance match on top. Robertson and Zaragoza (2009), "The Probabilistic Relevance
Framework: BM25 and Beyond"; the 1 inside the logarithm, after Lucene, keeps the IDF of common terms
above zero.

A concept is a word of the question with its own form and what it may be called elsewhere:

    part(concept, passage) = max(mean over the own form's terms of tf(term),
                                 max over other spellings of mean tf, all terms present,
                                 TRANSLATED * max over translations of mean tf, all terms present)

with ``tf`` as above. The IDF of a concept counts the passages that hold any of its forms, and the
sum over concepts is divided by what the question could attain at most, so that own words and
translations share one scale: a passage in the other language competes by the same rule as one in
the question's own, and a common translation doesn't outbid a rare word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from corpus.language import fold
from index.lexical.dictionary import Dictionary, Translation
from index.lexical.terms import terms

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

K1 = 1.2
"""How soon repetitions of a term stop counting; the literature's usual value."""
B = 0.75
"""How much a passage's length counts against it; the literature's usual value."""


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The passages that hold a term: their rows, ascending, and how often each holds it."""

    rows: Rows
    counts: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Lengths:
    """Each passage's length in terms by row, (highest row + 1,), 0 where a row has no passage.

    ``passages`` counts the passages, ``mean`` is their mean length, at least 1.
    """

    by_row: Floats
    passages: int
    mean: float


def idf(passages: int, holding: int) -> float:
    """The weight of a term that ``holding`` of ``passages`` hold; highest where none does."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


def term_part(postings: Postings, lengths: Lengths) -> Floats:
    """What a term adds to each of its passages before its IDF, 0..1, in the order of the rows."""
    share = lengths.by_row[postings.rows] / np.float32(lengths.mean)
    part = postings.counts / (postings.counts + K1 * (1 - B + B * share))
    return part.astype(np.float32, copy=False)


TRANSLATED = 0.7
"""What a translation counts of the word itself. See docs/decisions.md for what was tried."""
CHARACTER = 0.3
"""What a word of one Han character counts of a longer one's weight: most are particles and verbs
as general as their many translations, which would bring up anything."""
LONGEST_WORD = 6
"""Characters of a Chinese word at most, when a question is cut into words of the dictionary."""

_RUN = re.compile(r"([㐀-䶿一-鿿]+)")
_CHARACTER = re.compile(r"[㐀-䶿一-鿿]")


@dataclass(frozen=True, slots=True)
class Concept:
    """A word of the question; ``own`` are its terms, ``translations`` the forms elsewhere, and
    ``spellings`` the other forms of the same word, which count as much as its own."""

    own: Translation
    translations: tuple[Translation, ...] = ()
    spellings: tuple[Translation, ...] = ()

    @property
    def terms(self) -> frozenset[str]:
        """All terms of all forms."""
        return frozenset(self.own).union(*self.translations, *self.spellings)


@dataclass(frozen=True, slots=True)
class WeighedConcepts:
    """Concepts with their shares of what a question could attain; the shares sum to 1."""

    shares: Mapping[Concept, float]

    def lacking(self, named: frozenset[str], held: frozenset[str]) -> float:
        """The share of the concepts made of ``named`` terms that a text with these terms lacks.

        0 to 1 by their weights; 0 where there are none.
        """
        shares = {one: share for one, share in self.shares.items() if named.issuperset(one.own)}
        missing = sum(share for one, share in shares.items() if _is_lacking(one, held))
        return missing / total if (total := sum(shares.values())) else 0.0

    def overlap(self, held: frozenset[str]) -> float:
        """The share of the question that a text with these terms holds, 0 to 1."""
        return sum(share * _held(concept, held) for concept, share in self.shares.items())


@dataclass(frozen=True, slots=True, eq=False)
class ConceptScores:
    """What every passage has of a question, by row, (highest row + 1,): 0 to 1.

    ``idf`` is the weight of each concept.
    """

    values: Floats
    idf: Mapping[Concept, float]

    def only(self, concepts: Iterable[Concept]) -> WeighedConcepts:
        """Some of the concepts, weighed among themselves."""
        chosen = {concept: self.idf[concept] for concept in concepts}
        total = sum(chosen.values()) or 1.0
        return WeighedConcepts({concept: weight / total for concept, weight in chosen.items()})


def concepts_of(
    question: str,
    dictionary: Dictionary | None,
    is_term: Callable[[str], bool] = lambda _: False,
) -> tuple[Concept, ...]:
    """The question's different concepts; without a dictionary each term is one of its own.

    Chinese characters that are no word of the dictionary with what stands beside them are a word
    together, as names are, where ``is_term`` says that the library has their bigrams.
    """
    if dictionary is None:
        return tuple(Concept((term,)) for term in dict.fromkeys(terms(question)))
    pieces = _RUN.split(fold(question))
    runs, spaced = pieces[1::2], [tuple(terms(piece)) for piece in pieces[0::2]]
    pairs = [f"{first} {second}" for words in spaced for first, second in pairwise(words)]
    known = dictionary.lookup([*_substrings(runs), *pairs, *(w for words in spaced for w in words)])
    found = [word for run in runs for word in _joined(_cut(run, known), is_term)]
    found += [word for words in spaced for word in words] + [
        pair for pair in pairs if pair in known
    ]
    made = {word: Concept(tuple(terms(word)), known.get(word, ())) for word in found}
    return tuple(dict.fromkeys(concept for concept in made.values() if concept.own))


def single_characters(folded: str, dictionary: Dictionary) -> Iterator[tuple[int, int]]:
    """The spans of a folded question where two and more Chinese characters follow each other that
    are no word of the dictionary with what stands beside them, as in a name."""
    for run in _RUN.finditer(folded):
        start = at = run.start()
        for word in [*_cut(run[0], dictionary.lookup(_substrings([run[0]]))), "  "]:
            if len(word) > 1:
                if at - start > 1:
                    yield start, at
                start = at + len(word)
            at += len(word)


def score(
    concepts: Iterable[Concept], postings: Mapping[str, Postings], lengths: Lengths
) -> ConceptScores:
    """Scores of all passages; ``postings`` has every term of the concepts."""
    values = np.zeros(len(lengths.by_row), dtype=np.float32)
    weights: dict[Concept, float] = {}
    for concept in concepts:
        part, holding = _part(concept, postings, lengths)
        weights[concept] = _emphasis(concept) * idf(lengths.passages, holding)
        values += np.float32(weights[concept]) * part
    total = sum(weights.values()) or 1.0
    return ConceptScores(values / np.float32(total), weights)


def _emphasis(concept: Concept) -> float:
    return CHARACTER if len(concept.own) == 1 and _CHARACTER.fullmatch(concept.own[0]) else 1.0


def _part(
    concept: Concept, postings: Mapping[str, Postings], lengths: Lengths
) -> tuple[Floats, int]:
    """The concept's part by row, and how many passages hold one of its forms whole."""
    part, whole = _form(concept.own, postings, lengths)
    held = whole
    others = [(form, 1.0) for form in concept.spellings]
    others += [(form, TRANSLATED) for form in concept.translations]
    for form, worth in others:
        other, there = _form(form, postings, lengths)
        part = np.maximum(part, worth * np.where(there, other, 0))
        held = held | there
    return part.astype(np.float32), int(held.sum())


def _form(
    form: Translation, postings: Mapping[str, Postings], lengths: Lengths
) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """The mean part of a form's terms by row, and where all of them are."""
    parts = np.zeros(len(lengths.by_row), dtype=np.float32)
    count = np.zeros(len(lengths.by_row), dtype=np.int16)
    for term in set(form):
        found = postings[term]
        parts[found.rows] += term_part(found, lengths)
        count[found.rows] += 1
    different = len(set(form))
    return parts / np.float32(different), count == different


def _is_lacking(concept: Concept, held: frozenset[str]) -> bool:
    return held.isdisjoint(concept.own) and not any(map(held.issuperset, concept.spellings))


def _held(concept: Concept, held: frozenset[str]) -> float:
    if any(held.issuperset(form) for form in concept.spellings):
        return 1.0
    own = sum(term in held for term in concept.own) / len(concept.own)
    translated = any(held.issuperset(form) for form in concept.translations)
    return max(own, TRANSLATED if translated else 0.0)


def _substrings(runs: Iterable[str]) -> Iterable[str]:
    return {
        run[start:end]
        for run in runs
        for start in range(len(run))
        for end in range(start + 1, min(len(run), start + LONGEST_WORD) + 1)
    }


def _cut(run: str, known: Mapping[str, object]) -> list[str]:
    """Chinese characters cut into words, the longest that the dictionary has first."""
    words = []
    start = 0
    while start < len(run):
        longest = min(len(run), start + LONGEST_WORD)
        end = next((e for e in range(longest, start + 1, -1) if run[start:e] in known), start + 1)
        words.append(run[start:end])
        start = end
    return words


def _joined(words: Iterable[str], is_term: Callable[[str], bool]) -> list[str]:
    """Words, of which neighbouring single characters are one where the library joins them."""
    joined: list[str] = []
    alone = False  # whether the last word was a single character, or is made of some
    for word in words:
        single = len(word) == 1
        if single and alone and is_term(joined[-1][-1] + word):
            joined[-1] += word
        else:
            joined.append(word)
        alone = single
    return joined
