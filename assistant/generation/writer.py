"""An answer by a language model: excerpts, prompt, stream, and a check of every sentence.

Small models fall into the language of what they read. A reply that begins so is let run to its
end, unseen, and the model asked to translate it: without the excerpts before its eyes it does, and
a prompt that short is soon read.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

from assistant.generation.draft import (
    SENTENCE_END,
    Draft,
    DraftBuilder,
    Source,
    model_answer,
    without_markup,
)
from assistant.generation.prompts import (
    MOST_SENTENCES,
    answer_messages,
    declines,
    may_decline,
    translation_messages,
    without_examples,
    without_marker,
)
from assistant.generation.quotes import QUOTED_HITS, fallback_answer, why_cut_short
from assistant.llm.failures import LanguageModelError
from assistant.llm.types import BEAT_S, LanguageModel, Message, Reply
from assistant.retrieval.context import BUDGET_TOKENS, Excerpt, gather, render
from assistant.retrieval.wishes import Wishes
from assistant.settings import DeepBudget
from assistant.types import Answer, Update
from assistant.verification.check import Checker
from assistant.verification.claims import ClaimScanner, kind_of
from assistant.verification.types import Claim
from corpus.language import detect_language, to_script
from corpus.sentences import width
from corpus.tokens import count_tokens
from index.lexical.dictionary import Dictionary
from index.types import Embedder, Evidence

HOPELESS = 3
"""After so many sentences in a row without support the model is stopped: it makes things up."""
MARKUP_TOKENS = 100
"""What the marks between the messages of a prompt take, with some to spare: models count in their
own way."""
TELLING_WIDTH = 60
"""So much of a reply tells its language, if no sentence has ended before: thirty characters of
Chinese, a line of English."""

_ENDED = re.compile(r"[.!?。！？]\W|[。！？]")
_HANDLES = re.compile(r"\[\d+\]")


class Writer:
    """Writes answers with a language model; safe to call from several threads.

    ``embedder`` must be centred. ``speakers`` gives everybody who speaks in the library. Excerpts
    have ``evidence_tokens`` at most. With ``strict`` sentences without support are left out.
    ``timeout_s`` is what a whole answer may take, search and all, ``deep`` what one in deep mode.
    """

    def __init__(
        self,
        model: LanguageModel,
        embedder: Embedder,
        dictionary: Dictionary | None,
        source: Source,
        speakers: Callable[[], Sequence[str]] = tuple,
        *,
        evidence_tokens: int = BUDGET_TOKENS,
        strict: bool = False,
        timeout_s: float = 60.0,
        deep: DeepBudget | None = None,
    ) -> None:
        self.model = model
        self.dictionary = dictionary
        self.source = source
        self.evidence_tokens = evidence_tokens
        self.strict = strict
        self.timeout_s = timeout_s
        self.deep = deep or DeepBudget()
        self._embedder = embedder
        self._speakers = speakers

    def answer(
        self,
        question: str,
        evidence: Evidence,
        language: str,
        wishes: Wishes | None = None,
        deadline: float | None = None,
        *,
        on_change: Callable[[], None],
    ) -> Generator[Update, None, Answer]:
        """The answer that the model makes of the evidence, and as far as it has come before; where
        nothing of it holds, the one in quotes.

        An update comes at least every ``BEAT_S``, changed or not: ``on_change`` is called before
        one with a new sentence. None has an answer until a sentence is supported, so that no
        sentence is taken back. What the model fails at is told in the answer; ``language``,
        ``deadline`` and the rest are as for ``write``.
        """
        update = Update("writing")
        yield update
        draft, failure, name = Draft(), "", self.model.name
        excerpts = gather(evidence, self.evidence_tokens)
        try:
            drafts = self.write(question, excerpts, language, wishes, deadline, beat_s=BEAT_S)
            with closing(drafts):
                for now in drafts:
                    # What is yielded between two sentences is a moment to leave, and no news.
                    if now.holds and now != draft:
                        on_change()
                        update = Update("writing", model_answer(now, evidence, language, name))
                    yield update
                    draft = now
        except LanguageModelError as error:
            failure = error.reason
        if draft.holds:
            answer = model_answer(draft, evidence, language, name)
            reason = failure or ("cut" if draft.cut else "")
            return replace(answer, notice=why_cut_short(reason, language)) if reason else answer
        quoted = replace(evidence, hits=evidence.hits[:QUOTED_HITS])
        return fallback_answer(draft, failure, quoted, language, self.source, name)

    def write(
        self,
        question: str,
        excerpts: Sequence[Excerpt],
        language: str,
        wishes: Wishes | None = None,
        deadline: float | None = None,
        *,
        beat_s: float | None = None,
    ) -> Generator[Draft]:
        """The draft after each sentence, and once more when the reply is through.

        ``question`` stands alone, ``language`` is the tag to answer in, ``deadline`` a moment of
        ``time.monotonic()``. With ``beat_s`` the draft comes after each piece too, and so often
        while the model is silent. Closing the generator ends the request. Raises
        LanguageModelError; what was yielded before it holds, whole sentences that had come in by
        then included.
        """
        builder = DraftBuilder(excerpts, self.source, render(excerpts), strict=self.strict)
        if not excerpts:
            yield replace(builder.draft, declined=True)
            return
        messages = _fitting(answer_messages(question, excerpts, language, wishes), self.model)
        wanted = (wishes.language if wishes else None) or language
        if deadline is None:
            deadline = time.monotonic() + self.timeout_s
        most = MOST_SENTENCES[wishes.length if wishes else None]
        # The excerpts are embedded while the model reads them.
        worker = ThreadPoolExecutor(1, "verbatim-check")
        try:
            checker = worker.submit(
                Checker, excerpts, self._embedder, self.dictionary, self._speakers(), question
            )
            reply = in_language(self.model, messages, wanted, deadline)
            with closing(_drafts_of(reply, builder, checker, wanted, beat_s)) as drafts:
                verified = since = 0
                for draft in drafts:
                    yield draft
                    if _supported(draft) > verified:
                        verified, since = _supported(draft), _claims_made(draft)
                    if _claims_made(draft) >= most or _claims_made(draft) - since >= HOPELESS:
                        return
        finally:
            worker.shutdown(wait=False)


def _fitting(messages: Sequence[Message], model: LanguageModel) -> Sequence[Message]:
    """Without the examples, where with them the window would be too small for a whole reply."""
    prompt = sum(count_tokens(message.text) for message in messages)
    fits = prompt + MARKUP_TOKENS + model.output_tokens <= model.window_tokens
    return messages if fits else without_examples(messages)


def _drafts_of(
    reply: Reply,
    builder: DraftBuilder,
    checker: Future[Checker],
    language: str,
    beat_s: float | None,
) -> Generator[Draft]:
    """The draft after each sentence of a reply, and last with how the reply ended."""
    scanner = ClaimScanner()
    held = said = ""
    with reply:
        try:
            for piece in reply if beat_s is None else reply.beats(beat_s):
                said += piece
                held += piece
                if not may_decline(said):  # or it may still say that it has no answer
                    claims, held = scanner.feed(held), ""
                    yield from _checked(claims, builder, checker, language)
                if beat_s is not None:
                    yield builder.draft
        except LanguageModelError:
            rest = [*scanner.feed(held), *scanner.close()]
            yield from _checked(_without_cut_sentence(rest), builder, checker, language)
            raise
        rest = [] if declines(said) else [*scanner.feed(held), *scanner.close()]
        yield from _checked(
            _without_cut_sentence(rest) if reply.cut else rest, builder, checker, language
        )
        yield replace(builder.draft, cut=reply.cut, declined=_declined(builder.draft, said))


def _checked(
    claims: Iterable[Claim], builder: DraftBuilder, checker: Future[Checker], language: str
) -> Generator[Draft]:
    """The draft after each of these sentences, Chinese ones in the script of the language."""
    for claim in claims:
        text = without_markup(without_marker(claim.text))
        if {detect_language(text), language} == {"zh-Hans", "zh-Hant"}:
            text = to_script(text, language)
        if not text:
            builder.skip(claim.lead)
            continue
        # Without the label of an excerpt a statement may be no more than a courtesy.
        kind = kind_of(text) if claim.kind == "statement" else claim.kind
        clean = replace(claim, text=text, kind=kind)
        builder.add(clean, checker.result().check(clean))
        yield builder.draft


def _without_cut_sentence(claims: Sequence[Claim]) -> Sequence[Claim]:
    """Without a last sentence that was cut off in its middle."""
    told = [claim for claim in claims if claim.text.strip()]
    return told if not told or SENTENCE_END.search(told[-1].text.strip()) else told[:-1]


def _declined(draft: Draft, said: str) -> bool:
    """Whether the model says in one way or another that it has no answer, and nothing more."""
    if declines(said):
        return True
    return bool(draft.statements) and draft.saying_nothing == len(draft.statements)


def _supported(draft: Draft) -> int:
    """How many of its sentences are supported."""
    return sum(bool(statement.markers) for statement in draft.statements)


def _claims_made(draft: Draft) -> int:
    """How many sentences the model has written that say something, those left out included."""
    told = sum(statement.outcome != "no_claim" for statement in draft.statements)
    return told + draft.dropped


def in_language(
    model: LanguageModel, asked: Sequence[Message], language: str, deadline: float
) -> Reply:
    """The reply to ``asked``, from its beginning in the language of this tag where the model can be
    brought to it."""
    return _ReplyInLanguage(model, asked, language, deadline)


class _ReplyInLanguage(Reply):
    """One reply or, one after the other, two."""

    def __init__(
        self, model: LanguageModel, asked: Sequence[Message], language: str, deadline: float
    ) -> None:
        self._model = model
        self._language = language
        self._deadline = deadline
        self._beat_s: float | None = None
        self._closed = False
        self._reply = model.stream(asked, deadline=deadline)
        self._pieces = self._run()

    @property
    def cut(self) -> bool:
        return self._reply.cut

    def beats(self, every_s: float) -> Iterator[str]:
        self._beat_s = every_s
        return self

    def __next__(self) -> str:
        return next(self._pieces)

    def close(self) -> None:
        self._closed = True
        self._reply.close()

    def _run(self) -> Iterator[str]:
        beginning = ""
        for piece in self._each():
            beginning += piece
            if not piece or not _shows_language(beginning):
                yield from self._beat()
            elif not is_other_language(beginning, self._language):
                yield beginning
                yield from self._each()
                return
            else:
                yield from self._translated(beginning)
                return
        if beginning:
            yield beginning

    def _translated(self, beginning: str) -> Iterator[str]:
        if not translation_messages(beginning, self._language):
            yield beginning
            yield from self._each()
            return
        for piece in self._each():
            beginning += piece
            yield from self._beat()
        self._reply.close()
        if self._closed:
            return
        translating = translation_messages(beginning, self._language)
        self._reply = self._model.stream(translating, deadline=self._deadline)
        yield from self._each()

    def _each(self) -> Iterator[str]:
        return self._reply if self._beat_s is None else self._reply.beats(self._beat_s)

    def _beat(self) -> Iterator[str]:
        """A moment to leave, where those are wanted."""
        if self._beat_s is not None:
            yield ""


def _shows_language(beginning: str) -> bool:
    """Whether the reply has come far enough to show its language, and says anything at all."""
    if may_decline(beginning) or declines(beginning):
        return False
    return width(beginning) >= TELLING_WIDTH or bool(_ENDED.search(beginning))


def is_other_language(text: str, wanted: str) -> bool:
    """Whether a text is in another language than this tag's, scripts of Chinese together."""
    told = detect_language(_HANDLES.sub(" ", text)).partition("-")[0]
    return "und" not in (told, wanted) and told != wanted.partition("-")[0]
