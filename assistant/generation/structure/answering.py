"""The door: tells what kind of question it is, and answers those that structure answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.generation.draft import Source
from assistant.generation.quotes import escaped_words
from assistant.generation.structure.overview import answer_overview
from assistant.generation.structure.people import answer_who
from assistant.generation.structure.request import Library, Request
from assistant.generation.structure.said import (
    answer_comparison,
    answer_everything,
    answer_moments,
)
from assistant.generation.structure.sheet import Sheet
from assistant.generation.structure.talks import answer_talks
from assistant.messages.catalogue import messages
from assistant.retrieval.examples import example_questions
from assistant.retrieval.kinds import SURE, SURE_AFTER, Kind, KindModel, Told
from assistant.retrieval.mentions import (
    KnownNames,
    Mentions,
    kind_of,
    known_names,
    mentions_of,
    subject_of,
    talks_meant,
)
from assistant.retrieval.query import lead_of
from assistant.retrieval.wishes import wishes_of, without_wishes
from assistant.types import Answer, Turn
from corpus.language import detect_language
from index.lexical.terms import terms
from index.retriever import TranscriptRetriever
from index.storage.scopes import Facets, is_within
from index.types import EVERYWHERE, Embedder, Scope, Talk

SUGGESTED = 3
"""Questions that are offered with a courtesy."""

_WRITES: Mapping[Kind, Callable[[Request, Sheet], bool]] = {
    "overview": answer_overview,
    "who": answer_who,
    "talks": answer_talks,
    "moments": answer_moments,
    "everything": answer_everything,
    "compare": answer_comparison,
}
_OF_QUOTES: frozenset[Kind] = frozenset({"everything", "compare"})
"""Made of quotes chosen by meaning: where a language model writes, it does so better."""
_OF_ONE_TALK = ("overview", "who.all", "who.host", "who.most", "talks.length", "talks.date")
"""Asked of the talk that the conversation was about, where the question names none."""


@dataclass(frozen=True, slots=True)
class Read:
    """A question read for its kind: the ``answer`` from structure, if that has one, and else the
    ``scope`` to search in, narrowed to the days that the question names."""

    scope: Scope
    answer: Answer | None = None


class StructureAnswers:
    """Answers from a library's structure; safe to call from several threads.

    ``embedder`` is the one that the index was made with, ``kinds`` is fitted to its vectors.
    ``today`` is what "last week" is counted from.
    """

    def __init__(
        self,
        retriever: TranscriptRetriever,
        embedder: Embedder,
        kinds: KindModel,
        source: Source,
        min_confidence: float = 0.5,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._library = Library(retriever, source, min_confidence)
        self._embedder = embedder
        self._kinds = kinds
        self._today = today
        self._known: tuple[Sequence[Talk], KnownNames] | None = None

    def read(
        self, text: str, history: Sequence[Turn], scope: Scope, *, has_model: bool = False
    ) -> Read:
        """What a reader's words ask for in a scope, after the turns before, oldest first."""
        question, turns = without_wishes(history, text)
        question = question or text.strip()
        mentions = mentions_of(question, self._names(), self._today())
        sure = SURE_AFTER if turns else SURE
        told = kind_of(mentions, self._kinds, self._embedder, sure)
        if told.kind == "question" and mentions.people and not turns and not terms(mentions.rest):
            told = Told("everything")  # somebody's name alone, or "What did Ann say?"
        language = wishes_of(history, text).language or detect_language(question)
        if told.kind in ("courtesy", "tool"):
            return Read(scope, self._friendly(told, language))
        if told.kind == "question" and not mentions.days:
            return Read(scope)
        talks = [talk for talk in self._library.retriever.talks() if _is_in(talk, scope)]
        dated = [talk for talk in talks if mentions.days and mentions.days.hold(talk.published)]
        if told.kind != "question" and not (has_model and told.kind in _OF_QUOTES):
            request = self._request(told, mentions, language, scope, dated or talks, turns)
            sheet = Sheet(messages(language), self._library.source)
            if mentions.days and not dated:
                sheet.lead(sheet.say("structure.no_talk_of", escaped_words(mentions.days.words)))
            if _WRITES[told.kind](request, sheet):
                return Read(scope, sheet.answer())
        if dated:
            return Read(replace(scope, transcripts=frozenset(talk.id for talk in dated)))
        return Read(scope)

    def _names(self) -> KnownNames:
        """Made anew when the library changed, not with every question."""
        talks = self._library.retriever.talks()
        if self._known is None or self._known[0] is not talks:
            names = known_names(talks, self._library.retriever.speakers())
            # One assignment: another thread sees the old or this one.
            self._known = (talks, names)
        return self._known[1]

    def _request(
        self,
        told: Told,
        mentions: Mentions,
        language: str,
        scope: Scope,
        talks: Sequence[Talk],
        turns: Sequence[Turn],
    ) -> Request:
        held = _each_once(talks, self._library)
        people = {name for names in mentions.people for name in names}
        if told.kind in ("talks", "overview") and people:
            held = tuple(talk for talk in held if people & set(talk.speakers))
        focus = tuple(talk for talk in mentions.talks if talk in held)
        if not focus and told.label in _OF_ONE_TALK:
            focus = talks_meant(mentions, held)
            lead = lead_of(turns, self._library.retriever.speakers(), held)
            if lead and not focus and not mentions.days:
                focus = tuple(talk for talk in held if talk.id in lead.transcripts)
        subject = subject_of(mentions, told.label)
        return Request(told, mentions, subject, language, scope, held, focus, self._library)

    def _friendly(self, told: Told, language: str) -> Answer:
        """One line and a few questions that this library answers."""
        say = messages(language)
        asked = example_questions(self._library.retriever.topics(), say.lang)[:SUGGESTED]
        sheet = Sheet(say, self._library.source)
        sheet.lead(say(f"structure.{told.kind}"))
        for question in asked:
            sheet.item(escaped_words(question))
        return sheet.answer(suggestions=asked)


def _is_in(talk: Talk, scope: Scope) -> bool:
    return scope == EVERYWHERE or is_within(
        Facets(talk.id, talk.published, talk.language, talk.speakers), scope
    )


def _each_once(talks: Sequence[Talk], library: Library) -> tuple[Talk, ...]:
    """The talks, each once that lies there twice: the same recording with the same words."""
    links = Counter(talk.source_url for talk in talks)
    kept: dict[object, Talk] = {}
    for talk in talks:
        key: object = talk.file
        if talk.source_url and links[talk.source_url] > 1:
            key = (talk.source_url, *(one.sentence.text for one in library.talk_lines(talk)))
        kept.setdefault(key, talk)
    return tuple(kept.values())
