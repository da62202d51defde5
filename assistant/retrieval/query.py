"""What a reader's words ask for after the turns before them: a question that stands alone.

By rule, or by a language model where there is one. A follow-up is recognised by what it opens with,
by its pronouns or by its shortness; what it leans on is the last question that stood alone, the
person that it speaks of and the talk that answered it.
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
from corpus.tokens import count_tokens
from index.lexical.terms import terms
from index.retriever import TranscriptRetriever
from index.types import EVERYWHERE, Query, Scope

_HAN_OPENING = re.compile(
    r"^(那么|那(?![家位款种次本场年])|还有|然后|所以|另外|此外|而且|除此之外|除了这个|为什么呢|怎么说)"
)
_HAN_PRONOUN = re.compile(
    r"他们|她们|它们|(?<!其)他|她|它|这位|那位|这个|那个|这些|那些|这点|这样|这里|上面|刚才|前者|后者|此事"
)
_HAN_ENDING = re.compile(r"呢[?？。!！]*$")
_LATIN_OPENING = re.compile(
    r"^(and|but|so|or|also|then|what about|how about|what else|who else|where else|anything else|"
    r"why|how so|really)\b"
)
_LATIN_PRONOUN = re.compile(
    r"\b(he|him|his|she|her|hers|they|them|their|it|its|this|those|these|the same|the other|"
    r"the latter|the former)\b|\b(?:about|of|to|with|by|for|is|was|does|did|do) that\b|\bthat\W*$"
)
_EXPLETIVE = re.compile(
    r"\b(what does it mean|is it \w+ (to|that)|was it \w+ (to|that)|does it take|did it take)\b"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_PERSON = re.compile(r"他们|她们|他|她|\b(?:he|him|she|they|them)\b", re.IGNORECASE)
_BARE = re.compile(
    r"^(?:那么|那麼|那(?![家位款种種次本场場年个個些])|and|but|so|what about|how about)[，,\s]*"
    r"(?:what about|how about)?\s*|[?？。]*$|呢[?？]*$",
    re.IGNORECASE,
)
"""What only ties a follow-up to the turn before, and says nothing about its subject."""
_POSSESSIVE = re.compile(r"\b(?:his|her|their)\b", re.IGNORECASE)

SHORT_HAN = 8
SHORT_WORDS = 4
"""A question of so few Han characters or words seldom stands alone after another one."""
EARLY_HAN = 6
EARLY_WORDS = 3
"""A pronoun that comes later has most likely been given its noun within the question."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What the conversation was about when the follow-up came."""

    question: str
    speakers: tuple[str, ...]
    transcripts: tuple[str, ...]


def leans_back(question: str) -> bool:
    """Whether a question needs the turns before it to be understood."""
    text = fold(question).strip()
    return _leans_back_han(text) if _HAN.search(text) else _leans_back_spaced(text)


def _leans_back_han(text: str) -> bool:
    han = len(_HAN.findall(text))
    if _HAN_OPENING.match(text) or _HAN_ENDING.search(text):
        return True
    if han <= SHORT_HAN and not re.search(r"[a-z][a-z0-9.-]+", text):
        return True
    pronoun = _HAN_PRONOUN.search(text)
    return pronoun is not None and (pronoun.start() <= EARLY_HAN or han <= 2 * SHORT_HAN)


def _leans_back_spaced(text: str) -> bool:
    words = len(text.split())
    if words <= SHORT_WORDS:
        return True
    if _LATIN_OPENING.match(text) and words <= 3 * SHORT_WORDS:
        return not text.startswith("why") or _LATIN_PRONOUN.search(text) is not None
    pronoun = _LATIN_PRONOUN.search(_EXPLETIVE.sub("", text))
    return pronoun is not None and len(text[: pronoun.start()].split()) <= EARLY_WORDS


def leading_question(history: Sequence[Turn]) -> str | None:
    """The question that a follow-up leans on: the last one that stood alone, with what followed it.

    Only the reader's turns count. ``None`` when there are none.
    """
    asked = [turn.text.strip() for turn in history if turn.role == "user" and turn.text.strip()]
    if not asked:
        return None
    alone = [n for n, text in enumerate(asked) if n == 0 or not leans_back(text)]
    since = asked[alone[-1] :]
    return " ".join(dict.fromkeys([since[0], since[-1]]))


def stand_alone(question: str, lead: Lead) -> Query:
    """The follow-up as a query of its own: its pronouns named, its context beside it."""
    text = _BARE.sub("", question.strip()) or question
    named = _with_person(text, lead.speakers[0]) if lead.speakers else text
    return Query(
        text=named,
        # Once it names whom it is about, it has its own subject, and the old one would mislead.
        context=lead.question if named == text else "",
        transcripts=frozenset(lead.transcripts),
        speakers=frozenset(lead.speakers),
    )


def _with_person(text: str, person: str) -> str:
    text = _POSSESSIVE.sub(lambda _: f"{person}'s", text)
    return _PERSON.sub(lambda _: f" {person} ", text, count=1).strip()


def named_speakers(question: str, speakers: Sequence[str]) -> tuple[str, ...]:
    """The speakers of the library whom a question names, by full name or by a part of it."""
    text = fold(question)
    found = []
    for speaker in speakers:
        parts = [fold(speaker), *(part for part in fold(speaker).split() if len(part) > 2)]
        if any(_stands_in(part, text) for part in parts):
            found.append(speaker)
    return tuple(found)


def _stands_in(part: str, text: str) -> bool:
    if part not in text:  # few of a library's names do, and a pattern for each is slow to compile
        return False
    if _HAN.search(part):
        return True
    return re.search(rf"(?<![a-z0-9]){re.escape(part)}(?![a-z0-9])", text) is not None


_ASKED_CHARACTERS = 600
_REPLIED_CHARACTERS = 200


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


COMPLETE = "COMPLETE"
"""What a model writes where nothing is missing from a draft."""
HISTORY_TOKENS = 300
"""Of the turns before, those that fit are shown to the model that rewrites a follow-up."""


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


_LISTED = re.compile(r"^\s*(?:[-*•·]|\(?\d{1,2}[.)、:：]|[Qq]\d{1,2}[.:：])\s*")


HANDLE = re.compile(r"\[\d+\]")


def standalone_messages(question: str, history: Sequence[Turn]) -> tuple[Message, ...]:
    """For a question that leans on the turns before it, oldest first, as it reads without them."""
    shown = [
        message
        for told, whole in _REWRITTEN
        for message in (Message("user", told), Message("assistant", whole))
    ]
    user = f"{_told(history)}\nLast question: {neutral(question)}"
    return Message("system", _STANDALONE), *shown, Message("user", user.strip())


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


def _told(history: Sequence[Turn]) -> str:
    """The last turns that fit, oldest first, a line each."""
    lines = []
    for turn in remembered(history, HISTORY_TOKENS):
        text = neutral(HANDLE.sub("", turn.text))
        lines.append(f"Reader: {text}" if turn.role == "user" else f"Reply: {text}")
    return "\n".join(lines)


REWRITING_SHARE = 0.25
"""Of the time for an answer, so much may go into making a follow-up stand alone."""
KEPT = 0.3
"""A rewritten question has at least this share of the terms of the one that was asked."""
_REWRITTEN_TOKENS = 100
_LONGEST = 300
_ASKS = ("?", "？")


@dataclass(frozen=True, slots=True)
class ResolvedQuestion:
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
    ) -> ResolvedQuestion:
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
            return ResolvedQuestion(question, query, language, wishes)
        rewritten = _rewritten(question, turns, model, timeout_s) if model else None
        if rewritten is None:
            return ResolvedQuestion(whole, query, language, wishes)
        named = named_speakers(rewritten, self._retriever.speakers())
        speakers = frozenset(named) or query.speakers
        alone = replace(query, text=rewritten, context="", speakers=speakers)
        return ResolvedQuestion(rewritten, alone, language, wishes)

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
