"""What a reader's words ask for after the turns before them: a question that stands alone."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.followups import Lead, leading_question, leans_back, named_speakers, stand_alone
from assistant.llm.types import LanguageModel
from assistant.prompts import listed, standalone_messages
from assistant.types import Turn
from assistant.wishes import Wishes, wishes_of, without_wishes
from corpus.language import detect_language, fold
from corpus.types import LanguageModelError
from index.retriever import TranscriptRetriever
from index.terms import terms
from index.types import EVERYWHERE, Query, Scope

REWRITING_SHARE = 0.25
"""Of the time for an answer, so much may go into making a follow-up stand alone."""
KEPT = 0.3
"""A rewritten question has at least this share of the terms of the one that was asked."""
_REWRITTEN_TOKENS = 100
_LONGEST = 300
_ASKS = ("?", "？")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its own: ``question`` in words for a reader, ``query`` for the search.

    ``language`` is the tag to answer in: the one wished for, else the question's own.
    """

    question: str
    query: Query
    language: str
    wishes: Wishes


class Resolver:
    """Makes questions of what readers write; safe to call from several threads."""

    def __init__(self, retriever: TranscriptRetriever) -> None:
        self._retriever = retriever

    def asked(
        self,
        text: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
        model: LanguageModel | None = None,
        timeout_s: float = 0.0,
    ) -> Asked:
        """What a text asks for: wishes apart, and whole without the turns before it.

        A follow-up is rewritten by the ``model``, by rule without one or where it fails; what the
        conversation is about is known by rule either way. ``timeout_s`` is for the whole answer.
        """
        question, turns = without_wishes(history, text)
        question = question or text.strip()
        wishes = wishes_of(history, text)
        language = wishes.language or detect_language(question)
        query = self.by_rule(question, turns, scope)
        whole = f"{query.context} {question}" if query.context else query.text
        if not leans_back(question) or leading_question(turns) is None:
            return Asked(question, query, language, wishes)
        rewritten = _rewritten(question, turns, model, timeout_s) if model else None
        if rewritten is None:
            return Asked(whole, query, language, wishes)
        named = named_speakers(rewritten, self._retriever.speakers())
        speakers = frozenset(named) or query.speakers
        alone = replace(query, text=rewritten, context="", speakers=speakers)
        return Asked(rewritten, alone, language, wishes)

    def by_rule(self, question: str, history: Sequence[Turn], scope: Scope = EVERYWHERE) -> Query:
        """The question as a query that stands alone, without a model.

        A follow-up takes the talk, the people and the subject from the turns before: who is meant
        is whom it names itself, else whom the last question named, else who said what answered
        that best.
        """
        speakers = self._retriever.speakers()
        own = named_speakers(question, speakers)
        before = leading_question(history)
        if before is None or not leans_back(question):
            return Query(question, speakers=frozenset(own), scope=scope)
        first = self._retriever.search(Query(before, scope=scope), 1).hits
        talks = tuple(hit.chunk.transcript_id for hit in first)
        if own:  # beside a name a pronoun may mean anybody, so it stays as it is
            alone = stand_alone(question, Lead(before, (), talks))
            return replace(alone, speakers=frozenset(own), scope=scope)
        said = tuple(hit.best.speaker for hit in first if hit.best.speaker)
        lead = Lead(before, _last_named(history, speakers) or said, talks)
        return replace(stand_alone(question, lead), scope=scope)


def _rewritten(
    question: str, history: Sequence[Turn], model: LanguageModel, timeout_s: float
) -> str | None:
    """The question as the model makes it stand alone; ``None`` where it gives nothing of use."""
    messages = standalone_messages(question, history)
    deadline = time.monotonic() + REWRITING_SHARE * timeout_s
    try:
        reply = model.complete(messages, max_tokens=_REWRITTEN_TOKENS, deadline=deadline)
    except LanguageModelError:
        return None
    lines = listed(reply.text, 2)
    if reply.cut or len(lines) != 1 or not stands_for(lines[0], question, history):
        return None
    return lines[0]


def stands_for(whole: str, question: str, history: Sequence[Turn]) -> bool:
    """Whether a rewritten question can be taken for the one that was asked.

    Small models repeat the question or the one before it, put the two behind each other, answer,
    or change the language: the rules do better than that.
    """
    if len(whole) > _LONGEST or leans_back(whole) or not _same_language(whole, question):
        return False
    if question.endswith(_ASKS) and not whole.endswith(_ASKS):
        return False
    asked = [turn.text for turn in history if turn.role == "user"]
    if any(_squeezed(text) in _squeezed(whole) for text in asked if text.strip()):
        return False
    own = set(terms(question))
    return len(own & set(terms(whole))) >= KEPT * len(own)


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


def _same_language(one: str, other: str) -> bool:
    return detect_language(one).partition("-")[0] == detect_language(other).partition("-")[0]


def _last_named(history: Sequence[Turn], speakers: Sequence[str]) -> tuple[str, ...]:
    """The speakers whom the last question names, or one before it that it leans back on."""
    for turn in reversed(history):
        if turn.role == "user" and turn.text.strip():
            named = named_speakers(turn.text, speakers)
            if named or not leans_back(turn.text):
                return named
    return ()
