"""Drafts of a deep answer: which sentences hold, which parts they cover, and one text out of all.

Pure functions. No model judges: a candidate is worth what the check leaves of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.drafting import Draft
from assistant.excerpts import Excerpt
from assistant.types import Citation, Statement

SENTENCES = 4
"""Of one part at most: a deep answer has several."""

_ENDS = ("?", "？", ":", "：", ".", "。", "!", "！")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A supported sentence with the quotes that hold it, and the parts (0-based) that it covers."""

    statement: Statement
    quotes: tuple[Citation, ...]
    parts: frozenset[int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to answer: drafts that belong together, each read from excerpts of its own."""

    sentences: tuple[Sentence, ...]
    written: int

    @property
    def covered(self) -> frozenset[int]:
        """The parts of which a sentence is supported."""
        return frozenset(part for sentence in self.sentences for part in sentence.parts)

    def worth(self, parts: int) -> float:
        """The share of its sentences that the check supports, times the share of parts covered."""
        supported = len(self.sentences) / self.written if self.written else 0.0
        return supported * len(self.covered) / max(1, parts)


def candidate_of(drafts: Iterable[Draft], read: Sequence[Sequence[Excerpt]]) -> Candidate:
    """The supported sentences of some drafts; ``read`` are the excerpts of each part."""
    drafts = tuple(drafts)
    held = [sentence for draft in drafts for sentence in _supported(draft, read)]
    claims = [s for draft in drafts for s in draft.statements if s.outcome != "no_claim"]
    return Candidate(tuple(held), len(claims) + sum(draft.dropped for draft in drafts))


def joined(first: Candidate, *others: Candidate) -> tuple[Sentence, ...]:
    """The first candidate's sentences, and of the others those that bring quotes of their own."""
    kept: list[Sentence] = []
    for sentence in (one for candidate in (first, *others) for one in candidate.sentences):
        said = {sentence.statement.text for sentence in kept}
        known = [quote for other in kept for quote in other.quotes]
        fresh = [quote for quote in sentence.quotes if not any(_same(quote, q) for q in known)]
        of_first = sentence in first.sentences
        if sentence.statement.text not in said and (of_first or fresh):
            kept.append(sentence)
    return tuple(kept)


def arranged(sentences: Sequence[Sentence], parts: int) -> tuple[tuple[Sentence, ...], ...]:
    """Sentences by part, ``parts`` + 1 groups: first those on several parts or on none of them.

    A group is cut at so many sentences. With one part all are the first group's.
    """
    groups: list[list[Sentence]] = [[] for _ in range(parts + 1)]
    for sentence in sentences:
        alone = parts > 1 and len(sentence.parts) == 1
        groups[next(iter(sentence.parts)) + 1 if alone else 0].append(sentence)
    most = SENTENCES if parts > 1 else 2 * SENTENCES
    return tuple(tuple(group[:most]) for group in groups)


class Composer:
    """Puts sentences, titles and quotes behind each other, and numbers their citations in the order
    of first use."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.citations: list[Citation] = []

    def head(self, title: str) -> None:
        """A line of its own, a part's title as a rule."""
        words = " ".join(title.split())
        colon = "" if words.endswith(_ENDS) else ":" if words.isascii() else "："
        self._put(Statement(f"{words}{colon}", "no_claim"), "\n\n")

    def say(self, sentences: Sequence[Sentence]) -> None:
        """Sentences as one paragraph, or as a list where all of them were written as one."""
        as_list = all(sentence.statement.lead.strip() for sentence in sentences)
        for n, sentence in enumerate(sentences):
            markers = tuple(dict.fromkeys(map(self._marker, sentence.quotes)))
            opening = "\n\n" if n == 0 else "\n" if as_list else " "
            bullet = "- " if as_list else ""
            self._put(replace(sentence.statement, markers=markers), f"{opening}{bullet}")

    def quote(self, quotes: Sequence[Citation]) -> None:
        """Quotes as a list, each behind the name of who says it."""
        for n, quote in enumerate(quotes):
            who = "、".join(quote.speakers)
            name = f"{who}：" if who and not who.isascii() else f"{who}: " if who else ""
            words = " ".join(quote.quote.split())
            statement = Statement(f"{name}{words}", "supported", (self._marker(quote),))
            self._put(statement, "\n- " if n else "\n\n- ")

    def _put(self, statement: Statement, lead: str) -> None:
        self.statements.append(replace(statement, lead=lead if self.statements else lead.lstrip()))

    def _marker(self, quote: Citation) -> int:
        """The quote's marker; one that lies inside an earlier quote has that one's."""
        for known in self.citations:
            if _same(quote, known):
                return known.marker
        self.citations.append(replace(quote, marker=len(self.citations) + 1))
        return len(self.citations)


def _supported(draft: Draft, read: Sequence[Sequence[Excerpt]]) -> list[Sentence]:
    by_marker: Mapping[int, Citation] = {one.marker: one for one in draft.citations}
    found = []
    for statement in draft.statements:
        quotes = tuple(by_marker[marker] for marker in statement.markers)
        if quotes and statement.outcome in ("supported", "mended"):
            parts = frozenset(
                n for n, excerpts in enumerate(read) if any(_read(q, excerpts) for q in quotes)
            )
            found.append(Sentence(statement, quotes, parts))
    return found


def _read(quote: Citation, excerpts: Sequence[Excerpt]) -> bool:
    """Whether a quote is from these excerpts."""
    return any(
        excerpt.chunk.id == quote.chunk_id
        and any(sentence.text in quote.quote for sentence in excerpt.sentences)
        for excerpt in excerpts
    )


def _same(quote: Citation, known: Citation) -> bool:
    return quote.chunk_id == known.chunk_id and quote.quote in known.quote
