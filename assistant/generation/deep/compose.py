"""Drafts of a deep answer: judged, put together by part, and told as steps for the reader.

No model judges: a candidate is worth what the check leaves of it. Quotes stand in for the parts of
which no sentence is supported. Pure but for the source that quotes are verified against.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.citation.citation import cite
from assistant.generation.deep.parts import Subquestion
from assistant.generation.deep.search import PartEvidence
from assistant.generation.draft import Draft, Source
from assistant.generation.quotes import choose_quotes, speaker_label
from assistant.messages.catalogue import Messages, messages
from assistant.retrieval.context import Excerpt
from assistant.types import Citation, Statement, Step

SENTENCES = 4
"""Of one part at most: a deep answer has several."""
QUOTES = 3
"""Quotes that stand in for a part of which no sentence is supported."""

_ENDS = ("?", "？", ":", "：", ".", "。", "!", "！")


@dataclass(frozen=True, slots=True)
class SupportedSentence:
    """A supported sentence with the quotes that hold it, and the parts (0-based) that it covers."""

    statement: Statement
    quotes: tuple[Citation, ...]
    parts: frozenset[int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to answer: drafts that belong together, each read from excerpts of its own."""

    sentences: tuple[SupportedSentence, ...]
    written: int

    @property
    def covered(self) -> frozenset[int]:
        """The parts of which a sentence is supported."""
        return frozenset(part for sentence in self.sentences for part in sentence.parts)

    def worth(self, parts: int) -> float:
        """The share of its sentences that the check supports, times the share of parts covered."""
        supported = len(self.sentences) / self.written if self.written else 0.0
        return supported * len(self.covered) / max(1, parts)


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
class ComposedAnswer:
    """Sentences, titles and quotes with their citations, and the steps that led to them;
    ``is_written`` where a sentence of the model's is among them."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    steps: tuple[Step, ...]
    is_written: bool


def compose(
    drafts: Drafts,
    found: Sequence[PartEvidence],
    read: Sequence[Sequence[Excerpt]],
    language: str,
    source: Source,
) -> ComposedAnswer:
    """The chosen candidate's supported sentences with what the other drafts add, by part; quotes
    where a part has none. ``read`` are the excerpts of each part that was ``found``."""
    say = messages(language)
    whole, by_part = drafts.candidates(read)
    ordered = (whole, by_part) if drafts.whole_first else (by_part, whole)
    sentences = joined(*ordered, candidate_of(drafts.of_gaps, read))
    together, *apart = arranged(sentences, len(found))
    covered = {part for group in (together, *apart) for one in group for part in one.parts}
    composer, steps = Composer(), list[Step]()
    if not sentences:
        composer.head(say("reply.found"))
    composer.say(together)
    for n, one in enumerate(found):
        quotes = () if n in covered else _quotes(one, source)
        if len(found) > 1 and (apart[n] or quotes):
            composer.head(one.part.title)
        composer.say(apart[n])
        composer.quote(quotes)
        if quotes:
            steps.append(Step("gap", say("steps.quoted", one.part.title)))
    steps.append(answer_step(sum(map(len, (together, *apart))), len(composer.citations), say))
    return ComposedAnswer(
        tuple(composer.statements), tuple(composer.citations), tuple(steps), bool(sentences)
    )


def candidate_of(drafts: Iterable[Draft], read: Sequence[Sequence[Excerpt]]) -> Candidate:
    """The supported sentences of some drafts; ``read`` are the excerpts of each part."""
    drafts = tuple(drafts)
    held = [sentence for draft in drafts for sentence in _supported(draft, read)]
    claims = [s for draft in drafts for s in draft.statements if s.outcome != "no_claim"]
    return Candidate(tuple(held), len(claims) + sum(draft.dropped for draft in drafts))


def _supported(draft: Draft, read: Sequence[Sequence[Excerpt]]) -> list[SupportedSentence]:
    by_marker: Mapping[int, Citation] = {one.marker: one for one in draft.citations}
    found = []
    for statement in draft.statements:
        quotes = tuple(by_marker[marker] for marker in statement.markers)
        if quotes and statement.outcome in ("supported", "mended"):
            parts = frozenset(
                n for n, excerpts in enumerate(read) if any(_is_from(q, excerpts) for q in quotes)
            )
            found.append(SupportedSentence(statement, quotes, parts))
    return found


def _is_from(quote: Citation, excerpts: Sequence[Excerpt]) -> bool:
    """Whether a quote is from these excerpts."""
    return any(
        excerpt.chunk.id == quote.chunk_id
        and any(sentence.text in quote.quote for sentence in excerpt.sentences)
        for excerpt in excerpts
    )


def joined(first: Candidate, *others: Candidate) -> tuple[SupportedSentence, ...]:
    """The first candidate's sentences, and of the others those that bring quotes of their own."""
    kept: list[SupportedSentence] = []
    for sentence in (one for candidate in (first, *others) for one in candidate.sentences):
        said = {sentence.statement.text for sentence in kept}
        known = [quote for other in kept for quote in other.quotes]
        fresh = [quote for quote in sentence.quotes if not any(_is_inside(quote, q) for q in known)]
        of_first = sentence in first.sentences
        if sentence.statement.text not in said and (of_first or fresh):
            kept.append(sentence)
    return tuple(kept)


def arranged(
    sentences: Sequence[SupportedSentence], parts: int
) -> tuple[tuple[SupportedSentence, ...], ...]:
    """Sentences by part, ``parts`` + 1 groups: first those on several parts or on none of them.

    A group is cut at so many sentences. With one part all are the first group's.
    """
    groups: list[list[SupportedSentence]] = [[] for _ in range(parts + 1)]
    for sentence in sentences:
        alone = parts > 1 and len(sentence.parts) == 1
        groups[next(iter(sentence.parts)) + 1 if alone else 0].append(sentence)
    most = SENTENCES if parts > 1 else 2 * SENTENCES
    return tuple(tuple(group[:most]) for group in groups)


def _quotes(found: PartEvidence, source: Source) -> tuple[Citation, ...]:
    """What stands in for a part, as far as it still stands on disk."""
    picks = choose_quotes(found.evidence)[:QUOTES]
    cited = (cite(0, one.chunk, one.sentences, source(one.chunk.file)) for one in picks)
    return tuple(quote for quote in cited if quote.verified)


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

    def say(self, sentences: Sequence[SupportedSentence]) -> None:
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
            words = f"{speaker_label(quote.speakers)}{' '.join(quote.quote.split())}"
            statement = Statement(words, "supported", (self._marker(quote),))
            self._put(statement, "\n- " if n else "\n\n- ")

    def _put(self, statement: Statement, lead: str) -> None:
        self.statements.append(replace(statement, lead=lead if self.statements else lead.lstrip()))

    def _marker(self, quote: Citation) -> int:
        """The quote's marker; one that lies inside an earlier quote has that one's."""
        for known in self.citations:
            if _is_inside(quote, known):
                return known.marker
        self.citations.append(replace(quote, marker=len(self.citations) + 1))
        return len(self.citations)


def _is_inside(quote: Citation, known: Citation) -> bool:
    return quote.chunk_id == known.chunk_id and quote.quote in known.quote


def part_step(part: Subquestion, found: PartEvidence | None, took_s: float, say: Messages) -> Step:
    """A part of the question, and the searches for it once they are done."""
    return Step("question", part.title, took_s, searches(found, say) if found else ())


def gap_step(name: str, found: PartEvidence, took_s: float, say: Messages) -> Step:
    """What was still open, and the searches for it."""
    return Step("gap", name, took_s, searches(found, say))


def searches(found: PartEvidence, say: Messages) -> tuple[Step, ...]:
    """One step for each path that brought something."""
    joint = say("steps.joint")
    return tuple(
        Step("search", f"{say(f'steps.paths.{path}')}{joint}{say('steps.passages', n=count)}")
        for path, count in found.by_path.items()
    ) or (Step("search", say("steps.nothing")),)


def begun_step(name: str, say: Messages) -> Step:
    """A draft that is being written."""
    return Step("draft", say("steps.under_way", name))


def failed_step(name: str, say: Messages) -> Step:
    """A draft of which nothing came."""
    return Step("draft", say("steps.failed", name))


def draft_step(name: str, judged: Candidate, parts: int, took_s: float, say: Messages) -> Step:
    """A draft, and how much of it holds and of the question it covers."""
    held = say("steps.supported", len(judged.sentences), n=judged.written)
    covered = say("steps.covered", len(judged.covered), n=parts)
    return Step("draft", f"{name}{say('steps.joint')}{held}{say('steps.comma')}{covered}", took_s)


def judge_step(whole_first: bool, say: Messages) -> Step:
    """Which of the two ways to answer was chosen."""
    return Step("judge", say("steps.chosen_pooled") if whole_first else say("steps.chosen_parts"))


def answer_step(sentences: int, citations: int, say: Messages) -> Step:
    """What the answer is made of."""
    checked, cited = say("steps.checked", n=sentences), say("steps.cited", n=citations)
    return Step("answer", f"{checked}{say('steps.comma')}{cited}")


def with_substep(outer: Step, inner: Step) -> Step:
    """A step with one more that it led to, and its time."""
    took_s = outer.elapsed_s + inner.elapsed_s
    return replace(outer, elapsed_s=took_s, steps=(*outer.steps, inner))
