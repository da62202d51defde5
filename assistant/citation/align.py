"""A quote word by word against passages: where its words stand, changed or not. Pure.

Texts are compared by their words once folded (width, case, Traditional to Simplified), without
punctuation. A word is a character where a script has no spaces, and in Hangul, whose endings
change.

The whole quote is aligned with a part of the passage at the least cost, after Sellers (1980), "The
theory and computation of evolutionary distances": a quote's word that the passage lacks costs its
weight, a word of the passage that the quote leaves out half of its own, since memory drops words
more often than it invents them; forms of one word cost little. One row of the table for each word
of the quote, computed for all passages at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from assistant.citation.types import QuoteDifference
from corpus.language import fold
from index.lexical.terms import terms

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.int32]

LEFT_OUT = 0.5
FORM = 0.3
"""Share of its weight that another form of a word costs."""
LIGHT = 0.5
"""What a function word weighs."""
_CHARACTER, _FULL = 1.0, 1.6
"""What another character or word weighs."""
_NEVER = 1e9
_STEM = 5
"""Words of more letters that begin alike are taken for forms of one word."""

_SINGLE = (
    "々〆〇ぁ-ゖァ-ヺー㐀-鿿豈-﫿가-힣\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U000323af"
)
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_WORD = re.compile(
    rf"[{_SINGLE}]|[^\W_{_SINGLE}](?:[^\W_{_SINGLE}]|[{_MARKS}]|['’](?=[^\W_])"
    r"|(?<=\d)[.,](?=\d))*"
)
_INSIDE = re.compile(r"['’]|(?<=\d),(?=\d{3})")


@dataclass(frozen=True, slots=True)
class WordSpans:
    """The words' folded forms, and their half-open spans in the text."""

    keys: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """The words of the passage that are the quote's, ascending, from ``first`` to ``last``.

    ``similarity`` is twice the weight of what agrees by the weight of the quote and of the stretch
    of the passage together, ``covered`` the share of the quote's own weight that agrees, both 0 to
    1. ``telling`` is the weight of what agrees, function words aside. ``heads`` and ``tails`` are
    how many words at the ends of the quote have no counterpart.
    """

    matched: tuple[int, ...]
    similarity: float
    covered: float
    telling: float
    wording: QuoteDifference
    heads: int
    tails: int

    @property
    def exact(self) -> bool:
        """Whether all words are there, in order, and none between."""
        return self.wording.total == 0

    @property
    def first(self) -> int:
        """Position of the first word in the passage."""
        return self.matched[0]

    @property
    def last(self) -> int:
        """Position of the last word in the passage."""
        return self.matched[-1]


class QuoteWords:
    """A quote made ready to be compared with many passages."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = tuple(keys)
        self.weights = np.array([weight(key) for key in keys])
        self._numbers = {key: n for n, key in enumerate(dict.fromkeys(keys), start=1)}
        stems = dict.fromkeys(stem(key) for key in keys if stem(key))
        self._stems = {part: n for n, part in enumerate(stems, start=1)}
        self.numbers, self.stems = self.numbered(keys, -1)

    def numbered(self, keys: Sequence[str], missing: int = 0) -> tuple[Keys, Keys]:
        """The numbers of words and of their stems in this quote; ``missing`` where it has none."""
        own = [self._numbers.get(key, missing) for key in keys]
        stems = [self._stems.get(stem(key), missing) for key in keys]
        return np.array(own, dtype=np.int32), np.array(stems, dtype=np.int32)


def align(quote: QuoteWords, passage: WordSpans) -> Alignment | None:
    """The best alignment with one passage, ``None`` where no word agrees."""
    numbers, stems = quote.numbered(passage.keys)
    weights = np.array([weight(key) for key in passage.keys])
    table = np.concatenate(list(_rows(quote, numbers[None], stems[None], weights[None])))
    pairs = _traced(quote, table, numbers, stems, weights)
    return _alignment(quote, (numbers, stems, weights), pairs)


def repeated(quote: QuoteWords, passage: WordSpans) -> list[Alignment]:
    """Every place of a passage that has exactly the quote's words."""
    count, keys = len(quote.keys), passage.keys
    starts = [n for n in range(len(keys) - count + 1) if keys[n : n + count] == quote.keys]
    return [standing(start, count) for start in starts]


def standing(first: int, count: int) -> Alignment:
    """The alignment of words that stand as they are quoted."""
    return Alignment(tuple(range(first, first + count)), 1.0, 1.0, 0.0, QuoteDifference(), 0, 0)


def costs(quote: QuoteWords, passages: Sequence[WordSpans]) -> Floats:
    """The least cost of the quote in each passage, as a share of its own weight, (passages,)."""
    size = max((len(one.keys) for one in passages), default=0)
    numbers = np.zeros((len(passages), size), dtype=np.int32)
    stems = np.zeros_like(numbers)
    weights = np.full(numbers.shape, 4.0)
    for row, passage in enumerate(passages):
        end = len(passage.keys)
        numbers[row, :end], stems[row, :end] = quote.numbered(passage.keys)
        weights[row, :end] = [weight(key) for key in passage.keys]
    *_, last = _rows(quote, numbers, stems, weights)
    share: Floats = last.min(axis=1) / quote.weights.sum()
    return share


def _rows(quote: QuoteWords, numbers: Keys, stems: Keys, weights: Floats) -> Iterator[Floats]:
    """The rows of the table, each (passages, words + 1): the first is 0, a start anywhere."""
    count = numbers.shape[0]
    skipped = np.concatenate([np.zeros((count, 1)), np.cumsum(LEFT_OUT * weights, axis=1)], axis=1)
    row = np.zeros_like(skipped)
    yield row
    for n, own in enumerate(quote.weights):
        changed = _changed(quote, n, numbers, stems, weights)
        best = row + own
        best[:, 1:] = np.minimum(best[:, 1:], row[:, :-1] + changed)
        row = np.minimum.accumulate(best - skipped, axis=1) + skipped
        yield row


def _changed(quote: QuoteWords, n: int, numbers: Keys, stems: Keys, weights: Floats) -> Floats:
    """What it costs to take each word of the passages for the quote's word ``n``."""
    own = quote.weights[n]
    cost: Floats = np.maximum(weights, own)
    if quote.stems[n] > 0:
        cost = np.where(stems == quote.stems[n], FORM * own, cost)
    return np.where(numbers == quote.numbers[n], 0.0, cost)


def _traced(
    quote: QuoteWords, table: Floats, numbers: Keys, stems: Keys, weights: Floats
) -> list[tuple[int, int]]:
    """The pairs of a word of the quote and one of the passage on the cheapest way through the
    table, (quote's words + 1, passage's words + 1), those that differ included."""
    pairs: list[tuple[int, int]] = []
    n, at = len(quote.keys), int(table[-1].argmin())
    while n:
        here, own = table[n, at], quote.weights[n - 1]
        changed = _NEVER
        if at:
            one = slice(at - 1, at)
            changed = float(_changed(quote, n - 1, numbers[one], stems[one], weights[one])[0])
        if at and np.isclose(here, table[n - 1, at - 1] + changed):
            pairs.append((n - 1, at - 1))
            n, at = n - 1, at - 1
        elif np.isclose(here, table[n - 1, at] + own):
            n -= 1
        else:
            at -= 1
    return pairs[::-1]


def _alignment(
    quote: QuoteWords, passage: tuple[Keys, Keys, Floats], pairs: Sequence[tuple[int, int]]
) -> Alignment | None:
    numbers, stems, weights = passage
    same = {at for n, at in pairs if numbers[at] == quote.numbers[n]}
    forms = {at for n, at in pairs if stems[at] == quote.stems[n]} - same
    agreeing = [(n, at) for n, at in pairs if at in same or at in forms]
    if not same:
        return None
    (head, first), (tail, last) = agreeing[0], agreeing[-1]
    inside = sum(first <= at <= last for _, at in pairs)
    agreed = sum(weights[at] * (1.0 if at in same else 1.0 - FORM) for _, at in agreeing)
    own, stretch = quote.weights.sum(), weights[first : last + 1].sum()
    wording = QuoteDifference(
        changed=inside - sum(first <= at <= last for at in same),
        left_out=last - first + 1 - inside,
        added=len(quote.keys) - inside,
    )
    return Alignment(
        matched=tuple(at for _, at in agreeing),
        similarity=float(2 * agreed / (own + stretch)),
        covered=float(agreed / own),
        telling=float(sum(weights[at] for _, at in agreeing if weights[at] > LIGHT)),
        wording=wording,
        heads=head,
        tails=len(quote.keys) - 1 - tail,
    )


def words_of(text: str) -> WordSpans:
    """The words of a text in order."""
    folded, origins = _folded(text)
    found = [(match.group(), *match.span()) for match in _WORD.finditer(folded)]
    keys = tuple(_INSIDE.sub("", key) if not key.isalnum() else key for key, _, _ in found)
    if origins is None:
        return WordSpans(keys, tuple((start, end) for _, start, end in found))
    return WordSpans(keys, tuple((origins[start], origins[end - 1] + 1) for _, start, end in found))


@lru_cache(maxsize=65_536)
def weight(key: str) -> float:
    """What a word tells about where it comes from: function words little."""
    if not terms(key):
        return LIGHT
    return _CHARACTER if _WORD.fullmatch(key) and len(key) == 1 else _FULL


def stem(key: str) -> str:
    """The beginning that forms of a word share; empty for short words and single characters."""
    return key[:_STEM] if len(key) > _STEM and key.isalpha() else ""


def matched_spans(words: WordSpans, matched: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Spans of these words of the text, ascending; words that follow each other are one span."""
    joined: list[tuple[int, int]] = []
    last = -2
    for n in matched:
        start, end = words.spans[n]
        if n == last + 1 and joined:
            start = joined.pop()[0]
        joined.append((start, end))
        last = n
    return tuple(joined)


def _folded(text: str) -> tuple[str, Sequence[int] | None]:
    """The folded text, and for each of its characters the offset of the one it comes from; ``None``
    where the two run side by side."""
    if text.isascii():
        return text.lower(), None
    clusters = _clusters(text)
    light = [_light(cluster) for _, cluster in clusters]
    joined = "".join(light)
    folded = fold(joined)
    if len(folded) != len(joined):
        light = [fold(cluster) for _, cluster in clusters]
        folded = "".join(light)
    origins = [offset for (offset, _), piece in zip(clusters, light, strict=True) for _ in piece]
    return folded, origins


def _clusters(text: str) -> list[tuple[int, str]]:
    """Characters with the marks and vowels that are written into them, and their offsets."""
    clusters: list[tuple[int, str]] = []
    for offset, character in enumerate(text):
        if clusters and _joins(character):
            start, before = clusters[-1]
            clusters[-1] = (start, before + character)
        else:
            clusters.append((offset, character))
    return clusters


@lru_cache(maxsize=16_384)
def _joins(character: str) -> bool:
    return bool(unicodedata.combining(character)) or "\u1160" <= character <= "\u11ff"


@lru_cache(maxsize=65_536)
def _light(cluster: str) -> str:
    return unicodedata.normalize("NFKC", cluster).casefold()
