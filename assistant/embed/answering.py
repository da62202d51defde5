"""An embedded chat's question: what is sent, and the answer as events of finished HTML.

The events are ``answer``, with ``chat`` and ``sources`` as HTML and, once it is whole, ``turns`` to
keep as history. Nothing is kept here: each question brings its own history.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from assistant.access.types import ApiError
from assistant.api.events import BEAT_S, event, with_beats
from assistant.api.requests import QUESTION_CHARS, History
from assistant.types import Answer, Update
from assistant.web.chat_view import chat_html
from assistant.web.i18n import Words, words
from assistant.web.languages import Lang
from assistant.web.narrowing import QUERY_CHARS, Choice
from assistant.web.session import Exchange, Failure, Pending, turns
from assistant.web.source_view import sources_html
from corpus.types import VerbatimError

_log = logging.getLogger(__name__)

EXCHANGES = 1000
_BEAT = b": still here\n\n"


class EmbedQuestion(BaseModel):
    """One question; ``number`` is that of its exchange in the conversation, from 1."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=QUESTION_CHARS, pattern=r"\S")
    history: History = Field(default_factory=list)
    narrowed: str = Field("", max_length=QUERY_CHARS)
    lang: Lang = "en"
    number: int = Field(1, ge=1, le=EXCHANGES)


async def answer_events(
    asked: EmbedQuestion,
    within: Sequence[Choice],
    first: Update,
    rest: AsyncGenerator[Update],
) -> AsyncIterator[bytes]:
    """The answer as it grows. What goes wrong on the way is told in the answer's place."""
    text = words(asked.lang)
    exchange = Exchange(asked.question.strip(), Pending(text.thinking, first), tuple(within))
    latest = _told(asked.number, exchange, text)
    yield latest
    try:
        async with aclosing(with_beats(rest, BEAT_S)) as updates:
            async for update in updates:
                if update is None:
                    yield _BEAT
                    continue
                exchange = replace(exchange, outcome=_outcome(update, text))
                news = _told(asked.number, exchange, text)
                if news != latest:
                    yield news
                latest = news
        if isinstance(exchange.outcome, Answer):
            return
        _log.error("an answer ended before it was whole")
        reason = text.error
    except VerbatimError as error:
        reason = str(error)
    except Exception:
        _log.exception("a question could not be answered")
        reason = text.error
    yield _told(asked.number, replace(exchange, outcome=Failure(reason)), text)


def _outcome(update: Update, text: Words) -> Answer | Pending:
    if update.stage == "done" and update.answer is not None:
        return update.answer
    return Pending(text.thinking, update)


def _told(number: int, exchange: Exchange, text: Words) -> bytes:
    """The exchange and its cards; a refusal has none. It offers no search elsewhere either: what
    else there is to ask, the whole application knows."""
    answer = exchange.answer
    if answer and answer.status == "no_evidence":
        exchange = replace(exchange, within=())
    document = {
        "chat": chat_html((exchange,), text, number),
        "sources": sources_html((exchange,), text, number) if answer and answer.citations else "",
        "turns": [{"role": turn.role, "text": turn.text} for turn in turns((exchange,))],
    }
    return event("answer", document)


async def begun(updates: AsyncGenerator[Update]) -> Update:
    """The first update: what is refused is refused before the response begins."""
    try:
        return await anext(updates)
    except StopAsyncIteration:
        raise ApiError(500, "internal", "The answer broke off.", "Ask again.") from None
