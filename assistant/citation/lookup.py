"""QuoteFinder: where a quote, garbled or translated, was said.

Passages that share its rarest words are compared with it word by word; only where none has its
wording are sentences compared by meaning, across languages. A question around the quote, as in
"Who said that …?", is taken off first.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assistant.citation.align import (
    Alignment,
    QuoteWords,
    WordSpans,
    align,
    costs,
    matched_spans,
    repeated,
    words_of,
)
from assistant.citation.citation import speakers_in
from assistant.citation.types import Lookup, Match, Place
from corpus.sentences import width
from corpus.types import Chunk, Sentence, SettingsError
from index.moments import moment_of, moment_of_quote
from index.quotes import Meant, QuoteIndex
from index.scoring import WORTH
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
TELLING = 3.0
"""Weight of the words in common, function words aside, without which nothing is close: two words or
three characters. A shorter quote is only found as it stands."""
MEANING = 0.5
"""Score from which on a sentence means what the quote says."""
NEAREST = 3
"""Places that are shown where nothing reaches it, as what comes nearest."""
LONGEST = 4000
"""Characters of one quote at most: a longer text is an article."""
BESIDE = 0.8
"""Places below this share of the first one's similarity aren't shown beside it."""
_DIGEST = 0.1
"""What the worth of a section's kind changes of a similarity when places are put in order."""

_LEAST_WIDTH = 12
_PAIRS = (("“", "”"), ("「", "」"), ("『", "』"), ("«", "»"), ("„", "“"), ('"', '"'), ("‘", "’"))
_QUOTED = re.compile(
    "|".join(rf"{left}(.{{1,{LONGEST}}}?){right}" for left, right in _PAIRS), re.DOTALL
)
_STRAIGHT = re.compile(rf'(?<![0-9A-Za-z])"(?=\S)[^"\n]{{1,{LONGEST}}}"')
_ASKS = re.compile(
    r"[?？؟]|谁|誰|哪|出处|出處|出自|\b(?:who|whose|where|which|when|said|says?|source)\b",
    re.IGNORECASE,
)
_ENGLISH = (
    r"(?:do you (?:know|remember) )?(?:who|which (?:guest|speaker|episode|talk)|where(?: did \w+)?"
    r"|when(?: did \w+)?|somebody|someone|anyone)\b[^,:.?!]{0,24}?"
    r"\b(?:said|says?|told|claim(?:s|ed)?|mention(?:s|ed)?|complain(?:s|ed)?|argue[sd]?)"
    r"(?: something like)?(?: (?:that|how))?[:,]?\s+|(?:the (?:bit|part|line|quote) (?:about|where)"
    r"|something like)[:,]?\s+"
)
_HAN = (
    r"(?:我?(?:记得|記得|好像|是|请问|請問)*)?(?:有人|谁|誰|哪位|哪个嘉宾|哪個嘉賓)(?:曾|曾经|曾經)?"
    r"(?:说|說|讲|講|提到|抱怨)(?:过|過)?(?:的是)?[，,：:]?"
)
_FRONT = re.compile(rf"^\s*(?:{_ENGLISH}|{_HAN})", re.IGNORECASE)
_END = re.compile(
    r"(?:[，,。.]|(?<!\s))\s*+(?:(?:这|這)?(?:句|段)?(?:话|話)?(?:是|出自|來自|来自)?(?:谁|誰|哪|什么|什麼)[^，,。]{0,8}[?？]?"
    r"|(?:这|這)(?:句|段)?(?:话|話)[^，,。]{0,8}[?？]|(?:who|where|which)\b[^,.?]{0,40}\?)\s*$",
    re.IGNORECASE,
)


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
        _require_a_quote(text, words)
        started = time.perf_counter()
        places = self._by_words(words, scope, text)
        for other in self.index.variants(text)[1:]:
            if places and places[0].match == "exact":
                break
            spelled = self._by_words(words_of(other), scope, other)
            places = max(places, spelled, key=_best_similarity)
        worded = time.perf_counter()
        if not places:
            places = self._by_meaning(words, limit, scope, text)
        ended = time.perf_counter()
        taken = {"words": worded - started, "meaning": ended - worded, "total": ended - started}
        timings_ms = {name: round(seconds * 1000, 1) for name, seconds in taken.items()}
        return Lookup(text, tuple(places[:limit]), timings_ms)

    def _by_words(self, words: WordSpans, scope: Scope, text: str) -> list[Place]:
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

    def _worded(
        self, quote: QuoteWords, passage: Passage, *, widen: bool = False
    ) -> list[FoundPlace]:
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

    def _by_meaning(self, words: WordSpans, limit: int, scope: Scope, text: str) -> list[Place]:
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


def _best_similarity(places: Sequence[Place]) -> float:
    return places[0].similarity if places else 0.0


def match_of(found: Alignment) -> Match:
    """Whether the words are the quote's, or nearly, or others."""
    if found.exact:
        return "exact"
    tells = found.telling >= TELLING and found.covered >= COVERED
    return "close" if tells and found.similarity >= CLOSE else "none"


def _require_a_quote(text: str, words: WordSpans) -> None:
    if not words.keys:
        raise SettingsError("The quote has no words: give the words to look up.")
    if len(text) > LONGEST:
        raise SettingsError(
            f"The quote has {len(text)} characters, more than {LONGEST}: give a whole article as a"
            " file (--file)."
        )


@dataclass(frozen=True)
class Passage:
    """Consecutive chunks of one talk as one text, a line end between them."""

    chunks: tuple[Chunk, ...]

    @cached_property
    def text(self) -> str:
        """The chunks' words."""
        return "\n".join(chunk.text for chunk in self.chunks)

    @cached_property
    def words(self) -> WordSpans:
        """The words of the text, with their spans in it."""
        return words_of(self.text)

    def sentences(self, start: int, end: int) -> list[tuple[Chunk, Sentence, int]]:
        """The sentences that meet ``[start, end)`` of the text, each with its chunk and with the
        offset at which that begins."""
        found, base = [], 0
        for chunk in self.chunks:
            for one in chunk.sentences:
                if base + one.offset < end and start < base + one.end:
                    found.append((chunk, one, base))
            base += len(chunk.text) + 1
        return found


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place, and the sentences it is made of, each by its chunk's id and its offset there."""

    place: Place
    held: frozenset[tuple[str, int]]


def worded_place(passage: Passage, found: Alignment, match: Match) -> FoundPlace:
    """The place of words that were found in a passage."""
    spans = matched_spans(passage.words, found.matched)
    start, end = spans[0][0], spans[-1][1]
    held = passage.sentences(start, end)
    first = held[0][2] + held[0][1].offset
    last = held[-1][2] + held[-1][1].end
    chunk = max((one for one, _, _ in held), key=lambda one: _letters_of(one, held))
    sentences = tuple(sentence for _, sentence, _ in held)
    alone = all(one.id == chunk.id for one, _, _ in held)
    place = Place(
        chunk=chunk,
        sentences=sentences,
        match=match,
        similarity=1.0 if match == "exact" else found.similarity,
        quote=passage.text[first:last],
        matched=passage.text[start:end],
        spans=tuple((low - first, high - first) for low, high in spans),
        wording=found.wording,
        moment=moment_of_quote(chunk, sentences) if alone else moment_of(sentences),
        speakers=speakers_in(sentences),
    )
    return FoundPlace(place, frozenset((one.id, sentence.offset) for one, sentence, _ in held))


def sentences_place(meant: Meant, match: Match) -> Place:
    """The place of whole sentences, none of whose words need be the quote's."""
    chunk, sentences = meant.chunk, meant.chunk.sentences[meant.start : meant.end]
    quote = chunk.text[sentences[0].offset : sentences[-1].end]
    return Place(
        chunk=chunk,
        sentences=sentences,
        match=match,
        similarity=min(1.0, max(0.0, meant.score)),
        quote=quote,
        matched=quote,
        spans=(),
        wording=None,
        moment=moment_of_quote(chunk, sentences),
        speakers=speakers_in(sentences),
    )


def ranked(found: Iterable[FoundPlace]) -> list[Place]:
    """Places in order, each sentence in one only: the same words first, then the nearest, the talk
    before a digest of it."""
    ordered = sorted(found, key=lambda one: _rank(one.place))
    places: list[Place] = []
    taken: set[tuple[str, int]] = set()
    for one in ordered:
        beside = not places or one.place.similarity >= BESIDE * places[0].similarity
        if beside and taken.isdisjoint(one.held):
            places.append(one.place)
            taken |= one.held
    return places


def _rank(place: Place) -> tuple[bool, float]:
    kind = 1 - _DIGEST * (1 - WORTH[place.chunk.kind])
    return place.match != "exact", -place.similarity * kind


def _letters_of(chunk: Chunk, held: Sequence[tuple[Chunk, Sentence, int]]) -> int:
    return sum(len(sentence.text) for one, sentence, _ in held if one.id == chunk.id)


def unwrapped(text: str) -> str:
    """The words to look up: what stands in quotation marks where the rest only asks about it, else
    the text without a question before and after it."""
    quoted = max((match for match in _QUOTED.finditer(text)), key=_inside, default=None)
    if quoted is not None and width(_inner(quoted)) >= _LEAST_WIDTH:
        rest = text[: quoted.start()] + " " + text[quoted.end() :]
        if not re.search(r"\w", rest) or _ASKS.search(rest):
            return _inner(quoted)
    bare = _END.sub("", _FRONT.sub("", text, count=1), count=1).strip()
    return bare if width(bare) >= _LEAST_WIDTH else text.strip()


def quotations(text: str) -> tuple[str, ...]:
    """What stands in quotation marks, in order; of a quotation in another, the outer one."""
    return tuple(_inner(match) for match in _QUOTED.finditer(text))


def whole_quotations(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans of a text's sentences, of which those inside one straight quotation become one.

    Inside other marks, of which one sees which opens, no sentence ends anyway.
    """
    quotes = [match.span() for match in _STRAIGHT.finditer(text)]
    joined: list[tuple[int, int]] = []
    at = 0
    for start, end in spans:
        while at < len(quotes) and quotes[at][1] <= start:
            at += 1
        if joined and at < len(quotes) and quotes[at][0] < joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _inner(match: re.Match[str]) -> str:
    return next(part for part in match.groups() if part is not None)


def _inside(match: re.Match[str]) -> int:
    return width(_inner(match))
