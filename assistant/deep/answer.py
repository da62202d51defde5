"""The one answer that a deep mode's drafts come to, with quotes for the parts they leave out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assistant.citations import cite
from assistant.deep.draft import Candidate, Composer, arranged, candidate_of, joined
from assistant.deep.search import Found
from assistant.deep.steps import answer_step
from assistant.deep.wording import step_words
from assistant.drafting import Draft
from assistant.excerpts import Excerpt
from assistant.quoting import pick
from assistant.types import Citation, Statement, Step
from assistant.wording import wording
from corpus.types import Transcript

QUOTES = 3
"""Quotes that stand in for a part of which no sentence is supported."""


@dataclass(slots=True)
class Drafts:
    """What was written: over all parts, on each part, on each gap; empty where no call was left.

    ``whole_first`` is the judge's choice: the draft over all parts before those on each.
    """

    whole: Draft = field(default_factory=Draft)
    of_parts: list[Draft] = field(default_factory=list)
    of_gaps: list[Draft] = field(default_factory=list)
    whole_first: bool = False

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

    def judge(self, read: Sequence[Sequence[Excerpt]]) -> bool:
        """Chooses between the two ways; whether there was a choice."""
        whole, by_part = self.candidates(read)
        self.whole_first = whole.worth(len(read)) > by_part.worth(len(read))
        return bool(whole.sentences and by_part.sentences)


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
    """The chosen candidate's supported sentences with what the other drafts add, by part; quotes
    where a part has none. ``read`` are the excerpts of each part that was ``found``."""
    words = step_words(language)
    whole, by_part = drafts.candidates(read)
    ordered = (whole, by_part) if drafts.whole_first else (by_part, whole)
    sentences = joined(*ordered, candidate_of(drafts.of_gaps, read))
    together, *apart = arranged(sentences, len(found))
    covered = {part for group in (together, *apart) for one in group for part in one.parts}
    composer, steps = Composer(), list[Step]()
    if not sentences:
        composer.head(wording(language).found)
    composer.say(together)
    for n, one in enumerate(found):
        quotes = () if n in covered else _quotes(one, source)
        if len(found) > 1 and (apart[n] or quotes):
            composer.head(one.part.title)
        composer.say(apart[n])
        composer.quote(quotes)
        if quotes:
            steps.append(Step("gap", words.quoted.format(one.part.title)))
    steps.append(answer_step(sum(map(len, (together, *apart))), len(composer.citations), words))
    return Composed(
        tuple(composer.statements), tuple(composer.citations), tuple(steps), bool(sentences)
    )


def _quotes(found: Found, source: Callable[[str], Transcript | None]) -> tuple[Citation, ...]:
    """What stands in for a part, as far as it still stands on disk."""
    picks = pick(found.evidence)[:QUOTES]
    cited = (cite(0, one.chunk, one.sentences, source(one.chunk.file)) for one in picks)
    return tuple(quote for quote in cited if quote.verified)
