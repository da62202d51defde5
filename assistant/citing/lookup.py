"""One quote looked up: where its words were said, or words that mean the same.

Passages that share its rarest words are compared with it word by word; only where none has its
wording are sentences compared by meaning, across languages.
"""

from __future__ import annotations

import time

import numpy as np

from assistant.citing.alignment import Alignment, QuoteWords, align, costs, repeated
from assistant.citing.places import Passage, Placed, ranked, sentences_place, worded_place
from assistant.citing.types import Lookup, Match, Place
from assistant.citing.unwrapping import unwrapped
from assistant.citing.words import Words, words_of
from corpus.types import SettingsError
from index.quotes import QuoteIndex
from index.types import EVERYWHERE, Scope

COMPARED = 32
"""Passages that are compared with a quote word by word, those that share most."""
ALIGNED = 12
"""Of them, those with the least cost whose words are traced."""
WIDENED = 3
"""Of these, those that are joined with their neighbours where the quote seems to run on there."""
CLOSE = 0.58
"""Similarity from which on a quote is close: see docs/measure.md."""
COVERED = 0.6
"""Share of the quote, by weight, that must be there: a common phrase in it is no quotation."""
MEANING = 0.5
"""Score from which on a sentence means what the quote says."""
NEAREST = 3
"""Places that are shown where nothing reaches it, as what comes nearest."""
TELLING = 3.0
"""Weight of the words in common, function words aside, without which nothing is close: two words or
three characters. A shorter quote is only found as it stands."""
LONGEST = 4000
"""Characters of one quote at most: a longer text is an article."""


class QuoteFinder:
    """Finds quotes in the library of an ``index``; safe to call from several threads."""

    def __init__(self, index: QuoteIndex) -> None:
        self.index = index

    def find(self, quote: str, limit: int = 10, scope: Scope = EVERYWHERE) -> Lookup:
        """Where the quote stands, best first. Where the library hasn't got it the places, if any,
        are what comes nearest, and their match is ``none``.

        A question around it is taken off. Raises SettingsError for a quote without words, and for
        one that is too long to be one.
        """
        return self.look_up(unwrapped(quote), limit, scope)

    def look_up(self, text: str, limit: int = 10, scope: Scope = EVERYWHERE) -> Lookup:
        """``find`` for words as they stand, whatever they look like."""
        words = words_of(text)
        _check(text, words)
        started = time.perf_counter()
        places = self._by_words(words, scope, text)
        worded = time.perf_counter()
        if not places:
            places = self._by_meaning(words, limit, scope, text)
        ended = time.perf_counter()
        taken = {"words": worded - started, "meaning": ended - worded, "total": ended - started}
        timings_ms = {name: round(seconds * 1000, 1) for name, seconds in taken.items()}
        return Lookup(text, tuple(places[:limit]), timings_ms)

    def _by_words(self, words: Words, scope: Scope, text: str) -> list[Place]:
        quote = QuoteWords(words.keys)
        passages = [Passage((one,)) for one in self.index.sharing(text, COMPARED, scope)]
        if not passages:
            return []
        cheapest = np.argsort(costs(quote, [one.words for one in passages]), kind="stable")
        return ranked(
            place
            for rank, n in enumerate(cheapest[:ALIGNED])
            for place in self._worded(quote, passages[int(n)], widen=rank < WIDENED)
        )

    def _worded(self, quote: QuoteWords, passage: Passage, *, widen: bool = False) -> list[Placed]:
        """Where the quote's wording stands in a passage, every time where it is exact; where the
        passage lacks the quote's start or end, in it and its neighbours."""
        found = align(quote, passage.words)
        if found is None:
            return []
        if widen and found.heads + found.tails:
            wider = self._wider(passage)
            further = align(quote, wider.words)
            if further is not None and further.similarity > found.similarity:
                passage, found = wider, further
        match = match_of(found)
        if match == "none":
            return []
        times = repeated(quote, passage.words) if match == "exact" else [found]
        return [worded_place(passage, one, match) for one in times]

    def _wider(self, passage: Passage) -> Passage:
        """The passage with the one before it and the one after it."""
        chunk = passage.chunks[0]
        talk = self.index.talk(chunk.file)
        at = next((n for n, one in enumerate(talk) if one.id == chunk.id), None)
        return passage if at is None else Passage(talk[max(0, at - 1) : at + 2])

    def _by_meaning(self, words: Words, limit: int, scope: Scope, text: str) -> list[Place]:
        quote = QuoteWords(words.keys)
        meant = self.index.meaning(text, limit, scope)
        # Function words with other punctuation between them are only found from here.
        worded = ranked(
            place for one in meant for place in self._worded(quote, Passage((one.chunk,)))
        )
        if worded:
            return worded
        found = [sentences_place(one, "meaning") for one in meant if one.score >= MEANING]
        return found or [sentences_place(one, "none") for one in meant[:NEAREST]]


def match_of(found: Alignment) -> Match:
    """Whether the words are the quote's, or nearly, or others."""
    if found.exact:
        return "exact"
    tells = found.telling >= TELLING and found.covered >= COVERED
    return "close" if tells and found.similarity >= CLOSE else "none"


def _check(text: str, words: Words) -> None:
    if not words.keys:
        raise SettingsError("The quote has no words: give the words to look up.")
    if len(text) > LONGEST:
        raise SettingsError(
            f"The quote has {len(text)} characters, more than {LONGEST}: give a whole article as a"
            " file (--file)."
        )
