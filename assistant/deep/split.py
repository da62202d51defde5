"""What a model is asked beside the answer itself: a question's parts, and what a draft leaves open.

Every list that it gives is read with suspicion, and nothing depends on it.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence

from assistant.deep.budget import BEAT_S, Meter
from assistant.deep.parts import (
    PARTS,
    Part,
    accepted,
    askable,
    gathers,
    split_by_rule,
    split_by_talk,
)
from assistant.deep.search import HITS
from assistant.llm.types import LanguageModel, Message
from assistant.prompts import listed, missing_messages, parts_messages
from corpus.types import LanguageModelError
from index.catalog import speakers_of
from index.retriever import TranscriptRetriever
from index.types import Query, Scope, Talk

LIST_TOKENS = 160
"""For a reply that lists questions."""
LIST_SHARE = 0.25
"""Of the seconds, what such a reply may take at most."""

Asking = Generator[None, None, tuple[Part, ...]]
"""Parts, after moments at which whoever waits for them may leave; closing it ends the request."""


class Splitter:
    """Asks a model for lists of questions, within one answer's budget.

    ``reason`` is why it gave out last, a LanguageModelError's, empty where it didn't.
    """

    def __init__(self, model: LanguageModel, retriever: TranscriptRetriever, meter: Meter) -> None:
        self.reason = ""
        self._model = model
        self._retriever = retriever
        self._meter = meter

    def parts(self, query: Query) -> Asking:
        """By rule where the question names its sides, by talk where it asks what several say, else
        as the model proposes; the question as it is where all that fails."""
        known = self._known(query.scope)
        by_rule = split_by_rule(query.text, *known)
        if len(by_rule) > 1:
            return by_rule
        if not gathers(query.text):
            proposed = yield from self._listed(parts_messages(query.text, PARTS), PARTS)
            if by_model := accepted(proposed, query.text, *known):
                return by_model
        broad = self._retriever.search(Query(query.text, scope=query.scope), 2 * HITS)
        by_talk = split_by_talk(query.text, broad)
        return by_talk if len(by_talk) > 1 else by_rule

    def missing(self, query: Query, draft: str, limit: int) -> Asking:
        """What the model finds that a draft leaves open, if it asks for it, and for nobody new."""
        question = query.text
        reply = yield from self._listed(missing_messages(question, draft, limit), limit)
        parts = askable(reply, question, *self._known(query.scope))
        return tuple(part for part in parts if part.text != question)

    def _known(self, scope: Scope) -> tuple[Sequence[str], Sequence[Talk]]:
        """Who speaks in the talks of a scope, and those talks: what is told of a part would name
        others in full to somebody who may not know of them."""
        talks = self._retriever.talks()
        if not scope.transcripts:
            return self._retriever.speakers(), talks
        own = [talk for talk in talks if talk.id in scope.transcripts]
        return speakers_of(topic for talk in own for topic in talk.topics), own

    def _listed(
        self, prompt: Sequence[Message], limit: int
    ) -> Generator[None, None, tuple[str, ...]]:
        """The questions that the model lists; none where it fails or no call is left."""
        if not self._meter.spend():
            return ()
        latest = time.monotonic() + self._meter.seconds * LIST_SHARE
        deadline = min(self._meter.deadline, latest)
        said = ""
        try:
            with self._model.stream(prompt, max_tokens=LIST_TOKENS, deadline=deadline) as reply:
                for piece in reply.beats(BEAT_S):
                    said += piece
                    yield
        except LanguageModelError as error:
            self.reason = error.reason
            self._meter.failed(error.reason)
            return ()
        self._meter.worked()
        return listed(said.strip(), limit)
