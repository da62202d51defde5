"""What a question from structure asks for, and the parts of the library that it is asked of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.generation.draft import Source
from assistant.retrieval.kinds import Told
from assistant.retrieval.mentions import Mentions
from corpus.chunks import place_in_talk
from corpus.types import Chunk, Sentence
from index.lexical.terms import terms
from index.outline import Line, Passage, spoken_lines
from index.retriever import TranscriptRetriever
from index.scoring import is_short, leads_on
from index.types import Hit, Query, Scope, Talk

CONSIDERED = 60
"""Passages that are looked at for a subject."""
LITERAL = 0.4
"""From this lexical part on a passage says the subject itself, or a translation of it."""
NEAR = 0.8
"""Where none does, what a passage must reach of the best one's score to be on the subject."""


@dataclass(frozen=True, slots=True)
class Found:
    """Passages on a subject, best first: those that are ``literal`` say it, others come near."""

    hits: tuple[Hit, ...]
    literal: bool


NOTHING = Found((), False)


@dataclass(frozen=True, slots=True)
class Library:
    """What answers are made from. Below ``min_confidence`` nothing is on a subject."""

    retriever: TranscriptRetriever
    source: Source
    min_confidence: float

    def talk_lines(self, talk: Talk) -> tuple[Line, ...]:
        """Every sentence that is said in a talk, or told in an article, in order."""
        return spoken_lines(self.passages(talk))

    def without_copies(self, talks: Sequence[Talk]) -> list[Talk]:
        """The talks without those whose words all stand in another recording before them."""
        links = Counter(talk.source_url or talk.file for talk in talks)
        told = set[tuple[str, str]]()
        kept = list[Talk]()
        for talk in talks:
            link = talk.source_url or talk.file
            if links[link] == 1:
                kept.append(talk)
                continue
            words = {(link, line.sentence.text) for line in self.talk_lines(talk)}
            if not words or not words <= told:
                kept.append(talk)
            told |= words
        return kept

    def passages(self, talk: Talk) -> tuple[Passage, ...]:
        """All passages of a talk, digests too."""
        return self.retriever.passages(talk.file)

    def length_s(self, talk: Talk) -> float | None:
        """How long the recording is: as the source says, else to the end of what is known."""
        transcript = self.source(talk.file)
        told = transcript.meta.get("duration_s", "") if transcript else ""
        if told.replace(".", "", 1).isdigit() and float(told) > 0:
            return float(told)
        times = [time for topic in talk.topics for time in (topic.start_s, topic.end_s)]
        for section in transcript.sections if transcript else ():
            times += [turn.start_s for turn in section.utterances]
        return max((time for time in times if time is not None), default=None)


@dataclass(frozen=True)
class Request:
    """A question whose kind is known.

    ``talks`` are those that it may be about, by the reader's scope, its days and its people, each
    once; ``focus`` is the talk or talks that it names or that the conversation was about.
    """

    told: Told
    mentions: Mentions
    subject: str
    language: str
    scope: Scope
    talks: tuple[Talk, ...]
    focus: tuple[Talk, ...]
    library: Library

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Everybody whom the question names, or may mean by a part of a name."""
        return tuple(dict.fromkeys(name for names in self.mentions.people for name in names))

    def within(self, talks: Sequence[Talk], people: Sequence[str] = ()) -> Scope:
        """The reader's scope, narrowed to these talks and people."""
        return Scope(
            transcripts=frozenset(talk.id for talk in talks),
            speakers=frozenset(people) or self.scope.speakers,
            languages=self.scope.languages,
            since=self.scope.since,
            until=self.scope.until,
        )

    def on_subject(self, people: Sequence[str] = ()) -> Found:
        """The passages on the subject, of these people's where any are given.

        Those that say it in its own words, or translated; where none does, those that come nearest
        to it in meaning, if the library is sure enough that it answers the question.
        """
        if not self.subject:
            return NOTHING
        scope = self.within(self.focus or self.talks, people)
        search = self.library.retriever.search
        found = search(Query(self.subject, scope=scope), CONSIDERED)
        literal = tuple(hit for hit in found.hits if _is_said(hit) and self._says(hit))
        if literal:
            return Found(literal, True)
        whole = search(Query(self.mentions.text, speakers=frozenset(people), scope=scope), 1)
        near = [hit for hit in found.hits if _is_said(hit)]
        if not near or max(whole.answerable, found.answerable) < self.library.min_confidence:
            return NOTHING
        return Found(tuple(hit for hit in near if hit.score >= NEAR * near[0].score), False)

    @cached_property
    def _terms(self) -> frozenset[str]:
        return frozenset(terms(self.subject))

    def _says(self, hit: Hit) -> bool:
        told = bool(self._terms) and self._terms <= frozenset(terms(hit.chunk.text))
        return told or hit.parts.lexical >= LITERAL

    def best_words(self, hit: Hit, people: Sequence[str] = ()) -> tuple[Sentence, ...]:
        """What a passage says most to the point, of these people's where any are given: a sentence,
        a short one with what follows; after a question that names the subject, what another
        replies. Empty where none of them speaks."""
        best = self._best_sentence(hit, people)
        if best is None:
            return ()
        at = hit.chunk.sentences.index(best)
        following = hit.chunk.sentences[at + 1 : at + 2]
        if is_short(best.text) and following and _same_turn(hit.chunk, best, following[0]):
            return (best, following[0])
        return (best,)

    def _best_sentence(self, hit: Hit, people: Sequence[str]) -> Sentence | None:
        told = [one for one, _ in hit.sentences if not people or one.speaker in people]
        naming = [one for one in hit.chunk.sentences if self._terms <= frozenset(terms(one.text))]
        for sentence in naming if self._terms else ():
            if not leads_on(sentence.text):
                if sentence in told:
                    return sentence
                continue
            later = (one for one in hit.chunk.sentences if one.offset > sentence.offset)
            reply = next((one for one in later if one.speaker != sentence.speaker), None)
            if reply in told:
                return reply
        return next(iter(told), None)


def _same_turn(chunk: Chunk, one: Sentence, other: Sentence) -> bool:
    """Whether two sentences stand in one turn, which is a line of the text."""
    return "\n" not in chunk.text[one.offset : other.offset]


def _is_said(hit: Hit) -> bool:
    return hit.chunk.kind == "talk"


def in_talks_order(hits: Sequence[Hit], talks: Sequence[Talk]) -> list[tuple[Talk, list[Hit]]]:
    """Hits by talk, the talk of the best hit first, in the order of each talk."""
    by_file: dict[str, list[Hit]] = {}
    for hit in hits:
        by_file.setdefault(hit.chunk.file, []).append(hit)
    known = {talk.file: talk for talk in talks}
    return [
        (known[file], sorted(held, key=lambda hit: place_in_talk(hit.chunk)))
        for file, held in by_file.items()
        if file in known
    ]
