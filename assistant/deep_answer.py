"""The one answer that a deep mode's drafts come to, with quotes for the parts they leave out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assistant.citations import cite
from assistant.context import Excerpt
from assistant.deep_draft import Candidate, Composer, Sentence, arranged, candidate_of, joined
from assistant.deep_search import Found
from assistant.deep_wording import step_words
from assistant.drafting import Draft
from assistant.quoting import pick
from assistant.types import Citation, Statement, Step
from assistant.wording import wording
from corpus.types import Transcript

QUOTES = 3
"""Quotes that stand in for a part of which no sentence is supported."""


@dataclass(slots=True)
class Drafts:
    """What was written: over all parts, on each part, on each gap; empty where no call was left."""

    whole: Draft = field(default_factory=Draft)
    of_parts: list[Draft] = field(default_factory=list)
    of_gaps: list[Draft] = field(default_factory=list)

    @property
    def all(self) -> tuple[Draft, ...]:
        """Those that the model was asked for."""
        return tuple(one for one in (self.whole, *self.of_parts, *self.of_gaps) if one.seen)

    @property
    def seen(self) -> str:
        """All that the model read."""
        return "\n\n".join(dict.fromkeys(draft.seen for draft in self.all))

    def candidates(self, read: Sequence[Sequence[Excerpt]]) -> tuple[Candidate, Candidate]:
        """The two ways to answer: over all parts together, and part by part."""
        return candidate_of([self.whole], read), candidate_of(self.of_parts, read)


@dataclass(frozen=True, slots=True)
class Composed:
    """Sentences, titles and quotes with their citations, and the steps that led to them;
    ``is_written`` where a sentence of the model's is among them."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    steps: tuple[Step, ...]
    is_written: bool


def compose(
    drafts: Drafts,
    found: Sequence[Found],
    read: Sequence[Sequence[Excerpt]],
    language: str,
    source: Callable[[str], Transcript | None],
) -> Composed:
    """The better candidate's supported sentences with what the other drafts add, by part; quotes
    where a part has none. ``read`` are the excerpts of each part that was ``found``."""
    words = step_words(language)
    sentences, steps = _chosen(drafts, read, language)
    together, *by_part = arranged(sentences, len(found))
    covered = {part for group in (together, *by_part) for one in group for part in one.parts}
    composer = Composer()
    if not sentences:
        composer.head(wording(language).found)
    composer.say(together)
    for n, one in enumerate(found):
        quotes = () if n in covered else _quotes(one, source)
        if len(found) > 1 and (by_part[n] or quotes):
            composer.head(one.part.title)
        composer.say(by_part[n])
        composer.quote(quotes)
        if quotes:
            steps.append(Step("gap", words.quoted.format(one.part.title)))
    told = words.answer.format(sum(map(len, (together, *by_part))), len(composer.citations))
    return Composed(
        tuple(composer.statements),
        tuple(composer.citations),
        (*steps, Step("answer", told)),
        bool(sentences),
    )


def _chosen(
    drafts: Drafts, read: Sequence[Sequence[Excerpt]], language: str
) -> tuple[tuple[Sentence, ...], list[Step]]:
    whole, by_part = drafts.candidates(read)
    words, parts = step_words(language), len(read)
    first, second, name = (
        (whole, by_part, words.chosen_pooled)
        if whole.worth(parts) > by_part.worth(parts)
        else (by_part, whole, words.chosen_parts)
    )
    sentences = joined(first, second, candidate_of(drafts.of_gaps, read))
    return sentences, [Step("judge", name)] if first.sentences and second.sentences else []


def _quotes(found: Found, source: Callable[[str], Transcript | None]) -> tuple[Citation, ...]:
    """What stands in for a part, as far as it still stands on disk."""
    picks = pick(found.evidence)[:QUOTES]
    cited = (cite(0, one.chunk, one.sentences, source(one.chunk.file)) for one in picks)
    return tuple(quote for quote in cited if quote.verified)
