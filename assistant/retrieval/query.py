"""What a reader's words ask for after the turns before them: a query that stands alone.

A follow-up is recognised by evidence. The question is searched as it stands, and as it reads after
what the conversation was about; the reading that the library is surer to answer is the one that was
meant. A language model, where there is one, puts a follow-up into whole words.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.llm.failures import LanguageModelError
from assistant.llm.types import LanguageModel, Message
from assistant.retrieval.context import neutral
from assistant.retrieval.wishes import Wishes, wishes_of, without_wishes
from assistant.types import Turn
from corpus.language import detect_language, fold
from corpus.names import as_words
from corpus.sentences import width
from corpus.tokens import count_tokens
from index.lexical.terms import terms
from index.retriever import TranscriptRetriever
from index.scoring import is_short
from index.types import EVERYWHERE, Evidence, Query, Scope, Talk

WHOLE_WIDTH = 42
"""A question this wide, a Han character counting three, says itself what it is about: some fourteen
Han characters or eight English words. Only a pronoun for a person that is known can tie it back."""
HISTORY_TOKENS = 300
"""Of the turns before, those that fit are taken into account."""
_ASKED_CHARACTERS = 600
_REPLIED_CHARACTERS = 200
"""Of a longer turn, the beginning."""

REWRITING_SHARE = 0.25
"""Of the time for an answer, so much may go into making a follow-up stand alone."""
KEPT = 0.3
"""A rewritten question has at least this share of the terms of the one that was asked."""
_REWRITTEN_TOKENS = 100
_LONGEST = 300
_ASKS = ("?", "？")

COMPLETE = "COMPLETE"
"""What a model writes where nothing is missing from a draft."""
HANDLE = re.compile(r"\[\d+\]")
"""An excerpt's number, as a model cites it."""
_ELLIPTICAL = re.compile(
    r"^\W*(?:(?:and|but|so)\W+)?(?:what|how)\s+about\b(?P<en>.*)|^\W*那(?P<zh>.*)呢\W*$",
    re.IGNORECASE | re.DOTALL,
)
"""The one form in each language of a question without a verb: it asks the question before again, of
something else, which the group gives, and can't be read alone."""

_POSSESSIVE = re.compile(r"\b(?:his|her)\b", re.IGNORECASE)
_PERSON = re.compile(r"(?<!其)[他她](?![们們])|\b(?:he|him|she)\b", re.IGNORECASE)
"""One person; "they" and 「他们」 may be anybody."""


@dataclass(frozen=True, slots=True)
class ResolvedQuestion:
    """A question on its own: ``question`` in words for a reader, ``query`` for the search.

    ``language`` is the tag to answer in: the one wished for, else the question's own. ``evidence``
    is what the query finds, where it had to be searched to tell what was meant, else ``None``.
    """

    question: str
    query: Query
    language: str
    wishes: Wishes
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """What the conversation was about: the question in the reader's words, the people whom it named
    or, failing that, who were named in the reply, and the ids of the talks that were quoted."""

    question: str
    speakers: tuple[str, ...] = ()
    transcripts: tuple[str, ...] = ()


class Resolver:
    """Makes questions of what readers write; safe to call from several threads."""

    def __init__(self, retriever: TranscriptRetriever) -> None:
        self._retriever = retriever

    def asked(
        self,
        text: str,
        limit: int,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
        model: LanguageModel | None = None,
        timeout_s: float = 0.0,
    ) -> ResolvedQuestion:
        """What a text asks for: wishes apart, and whole without the turns before it, oldest first.

        Searches, for ``limit`` hits, only where both readings are possible. A follow-up is
        rewritten by the ``model``, and by rule without one or where it fails; ``timeout_s`` is for
        the whole answer.
        """
        question, turns = without_wishes(history, text)
        question = question or text.strip()
        wishes = wishes_of(history, text)
        speakers = self._retriever.speakers()
        spelled = self._retriever.spelled(question)
        named = named_speakers(spelled, speakers)
        alone = Query(spelled, speakers=frozenset(named), scope=scope)
        asked = ResolvedQuestion(
            question, alone, wishes.language or detect_language(question), wishes
        )
        turns = tuple(replace(turn, text=self._retriever.spelled(turn.text)) for turn in turns)
        lead = lead_of(turns, speakers, self._retriever.talks())
        if lead is None or taken_up(alone, lead, speakers) is None:
            return asked
        after = taken_up(alone, self._answered(lead, scope), speakers)
        if after is None:
            return asked
        stands = says_something(spelled, named) and not _ELLIPTICAL.search(question)
        own = self._retriever.search(alone, limit) if stands else None
        told = self._retriever.search(after, limit)
        if own and own.answerable >= told.answerable:
            return replace(asked, evidence=own)
        least = own.answerable if own else 0.0
        rewritten = _rewritten(question, turns, model, timeout_s) if model else None
        if rewritten is not None:
            people = frozenset(named_speakers(rewritten, speakers)) or after.speakers
            query = replace(after, text=rewritten, context="", speakers=people)
            found = self._retriever.search(query, limit)
            if found.answerable >= least:
                return replace(asked, question=rewritten, query=query, evidence=found)
        whole = f"{after.context} {question}" if after.context else after.text
        return replace(asked, question=whole, query=after, evidence=told)

    def _answered(self, lead: Lead, scope: Scope) -> Lead:
        """The lead with who and which talk answers it, where the reply didn't tell."""
        if lead.speakers and lead.transcripts:
            return lead
        for hit in self._retriever.search(Query(lead.question, scope=scope), 1).hits:
            return replace(
                lead,
                speakers=lead.speakers or tuple(filter(None, (hit.best.speaker,))),
                transcripts=lead.transcripts or (hit.chunk.transcript_id,),
            )
        return lead


def lead_of(history: Sequence[Turn], speakers: Sequence[str], talks: Sequence[Talk]) -> Lead | None:
    """What the turns before, oldest first, were about; ``None`` where the reader asked nothing.

    That is the last question, with those before it as long as it is too short to tell.
    """
    turns = remembered([turn for turn in history if turn.text.strip()], HISTORY_TOKENS)
    since: list[str] = []
    for text in [turn.text.strip() for turn in reversed(turns) if turn.role == "user"]:
        since.insert(0, text)
        if not is_short(text):
            break
    if not since:
        return None
    reply = turns[-1].text if turns[-1].role == "assistant" else ""
    named = (named_speakers(text, speakers) for text in (*reversed(since), reply))
    lines = {line.replace("\\", "").strip(" *#") for line in reply.splitlines()}
    return Lead(
        " ".join(dict.fromkeys(since)),
        next(filter(None, named), ()),
        tuple(talk.id for talk in talks if talk.title in lines),
    )


def taken_up(alone: Query, lead: Lead, speakers: Sequence[str]) -> Query | None:
    """The question as it reads after the lead; ``None`` where it can only be read alone.

    A name alone asks of that person what was asked of another, a pronoun stands for the one person
    that was spoken of; the question before is left out then, since with it the search would find
    the answer to that one again. Any other follow-up has it as its context.
    """
    own = tuple(alone.speakers)
    after = replace(
        alone,
        speakers=frozenset(own or lead.speakers),
        transcripts=frozenset(lead.transcripts),
    )
    if len(own) == 1 and not says_something(alone.text, own):
        asked = lead.question
        for name in named_speakers(asked, speakers):
            asked = _name(name).sub(own[0], asked)
        if asked != lead.question:
            return replace(after, text=asked)
    if len(lead.speakers) == 1 and not own:
        text = _with_person(alone.text, lead.speakers[0])
        if text != alone.text:
            return replace(after, text=text)
    if width(alone.text) >= WHOLE_WIDTH:
        return None
    return replace(after, text=_subject(alone.text), context=lead.question)


def _subject(question: str) -> str:
    """What a question is searched by beside the one before it: its words, or what it names alone"""
    elliptical = _ELLIPTICAL.search(question)
    subject = elliptical[elliptical.lastgroup or 0] if elliptical else question
    return re.sub(r"^\W+|\W+$", "", subject) or question


def _with_person(text: str, person: str) -> str:
    named = _POSSESSIVE.sub(f"{person}'s", text)
    named = _PERSON.sub(f" {person} ", named, count=1)
    return text if named == text else " ".join(named.split())


def says_something(question: str, named: Sequence[str]) -> bool:
    """Whether a question has a word of its own beside function words and the people it names."""
    text = fold(question)
    for name in named:
        text = _name(fold(name)).sub(" ", text)
    return bool(terms(text))


def named_speakers(question: str, speakers: Sequence[str]) -> tuple[str, ...]:
    """The speakers of the library whom a question names, by full name or by a part of it.

    Who is named in full is not also somebody else with a part of that name.
    """
    text = fold(question)
    whole = {name for name in speakers if _stands_in(fold(name), text)}
    for name in whole:
        text = text.replace(fold(name), " ")
    return tuple(
        name
        for name in speakers
        if name in whole or any(_stands_in(part, text) for part in _parts(fold(name)))
    )


def _stands_in(part: str, text: str) -> bool:
    # Few of a library's names stand in it, and a pattern for each is slow to compile.
    return part in text and re.search(as_words(part), text) is not None


def _name(name: str) -> re.Pattern[str]:
    """A speaker's name in a text, in full or in part."""
    return re.compile("|".join(map(as_words, (name, *_parts(name)))), re.IGNORECASE)


def _parts(name: str) -> list[str]:
    return [part for part in name.split() if len(part) > 2]


def remembered(history: Sequence[Turn], budget_tokens: int) -> tuple[Turn, ...]:
    """The last turns that fit, oldest first, the first of them the reader's.

    Of long turns only the beginning, of a reply less than of a question. The last turn stays even
    where it alone takes more than the budget.
    """
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.memory import ChatMemoryBuffer

    # Memory, its successor, opens a database and a thread for every conversation that it holds,
    # and leaves both open; here the history comes with each question.
    memory = ChatMemoryBuffer.from_defaults(
        chat_history=[ChatMessage(role=turn.role, content=_beginning(turn)) for turn in history],
        token_limit=budget_tokens,
        tokenizer_fn=lambda text: [0] * count_tokens(text),
    )
    return tuple(
        Turn("user" if message.role == "user" else "assistant", message.content or "")
        for message in memory.get()
    )


def _beginning(turn: Turn) -> str:
    return turn.text[: _ASKED_CHARACTERS if turn.role == "user" else _REPLIED_CHARACTERS]


_STANDALONE = """\
You rewrite the last question of a conversation so that it can be understood alone: put in the \
names and the subject that it leaves out or means by words such as he, it, that. Ask what the last \
question asks, in its own language. Never answer it. Reply with the question alone."""

# As turns of a conversation: told as text, small models answer the question instead.
_REWRITTEN: Sequence[tuple[str, str]] = (
    (
        "Reader: How long does Ann bake bread?\nReply: Forty minutes, says Ann.\n"
        "Last question: And Bob?",
        "How long does Bob bake bread?",
    ),
    (
        "Reader: 安怎么看面包？\nReply: Ann likes rye.\nLast question: 那价格呢？",
        "安怎么看面包的价格？",
    ),
    (
        "Reader: Who wrote the first draft of the book?\nReply: 安在五月写了第一稿。\n"
        "Last question: Was she happy with it?",
        "Was 安 happy with the first draft of the book?",
    ),
)


def standalone_messages(question: str, history: Sequence[Turn]) -> tuple[Message, ...]:
    """For a question that leans on the turns before it, oldest first, as it reads without them."""
    shown = [
        message
        for told, whole in _REWRITTEN
        for message in (Message("user", told), Message("assistant", whole))
    ]
    user = f"{_history_text(history)}\nLast question: {neutral(question)}"
    return Message("system", _STANDALONE), *shown, Message("user", user.strip())


def _history_text(history: Sequence[Turn]) -> str:
    """The last turns that fit, oldest first, a line each."""
    lines = []
    for turn in remembered(history, HISTORY_TOKENS):
        text = neutral(HANDLE.sub("", turn.text))
        lines.append(f"Reader: {text}" if turn.role == "user" else f"Reply: {text}")
    return "\n".join(lines)


_LISTED = re.compile(r"^\s*(?:[-*•·]|\(?\d{1,2}[.)、:：]|[Qq]\d{1,2}[.:：])\s*")


def listed(reply: str, limit: int) -> tuple[str, ...]:
    """The questions that a reply lists, at most ``limit``; empty where it says that none is left.

    A line without a letter, a heading that ends in a colon and a repetition are passed over.
    """
    found: dict[str, None] = {}
    for line in reply.splitlines():
        text = _LISTED.sub("", line).strip(' \t*`"“”')
        if COMPLETE in text.upper().split(".")[0].split():
            break
        if re.search(r"[^\W\d_]", text) and not text.endswith((":", "：")):
            found.setdefault(text)
    return tuple(found)[:limit]


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
    if len(whole) > _LONGEST or not _same_language(whole, question):
        return False
    if question.endswith(_ASKS) and not whole.endswith(_ASKS):
        return False
    asked = [turn.text for turn in history if turn.role == "user" and turn.text.strip()]
    if _squeezed(whole) == _squeezed(question) or any(
        _squeezed(text) in _squeezed(whole) for text in asked
    ):
        return False
    own = set(terms(question))
    return len(own & set(terms(whole))) >= KEPT * len(own)


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


def _same_language(one: str, other: str) -> bool:
    return detect_language(one).partition("-")[0] == detect_language(other).partition("-")[0]
