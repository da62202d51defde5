"""The language model of the settings, as a ``LanguageModel``.

A call keeps within the model's window and its deadline, in the dialect that the server takes.
Whether the model can be reached is looked at in the background, so that no page waits for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from threading import Event, Lock, Thread
from typing import Final

from assistant.llm.failures import (
    FailureReason,
    LanguageModelError,
    ModelAddress,
    explained,
    overflow,
    refusal,
    said_by,
    status_of,
)
from assistant.llm.providers import Backend, Call, Dialect, adapted, backend_for, chunks, spoken
from assistant.llm.streaming import StreamedReply
from assistant.llm.types import Completion, LanguageModel, Message, ModelState, ReplyChunk
from assistant.llm.wire import Wire
from assistant.settings import ModelSettings
from corpus.tokens import count_tokens

FRESH_S: Final = 30.0
"""For so long a look at whether the model can be reached counts."""
_LOOK_S: Final = 3.0
_OUT_OF_REACH: Final[tuple[FailureReason, ...]] = (
    "unreachable",
    "key",
    "unknown",
    "busy",
    "failed",
)
_MESSAGE_TOKENS: Final = 8
"""What a chat template puts around a message, at most in the usual ones."""
_LEAST_REPLY_TOKENS: Final = 16


def language_model(settings: ModelSettings) -> LanguageModel:
    """The model that the settings name. Sends nothing; the libraries load with the first call.

    Raises SettingsError where the provider's extra is not installed.
    """
    return ServedModel(settings, backend_for(settings))


class ServedModel:
    """``LanguageModel`` over a backend. Learns from refusals which dialect the server speaks."""

    def __init__(self, settings: ModelSettings, backend: Backend) -> None:
        self._settings = settings
        self._backend = backend
        self._place = ModelAddress(settings.name, backend.url, settings.key)
        self._dialect = Dialect()
        self._reachable = Reachability(self._look, then=backend.load)

    @property
    def name(self) -> str:
        return self._settings.name

    @property
    def window_tokens(self) -> int:
        return self._settings.window_tokens

    @property
    def output_tokens(self) -> int:
        return self._settings.output_tokens

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        deadline: float | None = None,
    ) -> StreamedReply:
        limit = time.monotonic() + self._settings.timeout_s
        deadline = limit if deadline is None else deadline
        room = self._room(messages, max_tokens or self.output_tokens)
        wire = self._backend.wire()
        return StreamedReply(
            lambda: self._chunks(messages, room, deadline, wire),
            wire.cut,
            self._place,
            deadline,
            must_finish=self._backend.must_finish,
            thinks_first=self._dialect.thinks_first,
            on_end=self._reachable.learn,
            on_thought=self._learn_thinking,
        )

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        deadline: float | None = None,
    ) -> Completion:
        with self.stream(messages, max_tokens=max_tokens, deadline=deadline) as reply:
            text = "".join(reply).strip()
            return Completion(text, reply.cut)

    def describe(self, *, wait_s: float = 0.0) -> ModelState:
        reachable, message = self._reachable.known(wait_s)
        return ModelState(self.name, self._settings.provider, self._place.url, reachable, message)

    def _room(self, messages: Sequence[Message], wanted: int) -> int:
        """How long the reply may be beside the prompt. Raises LanguageModelError for overflow."""
        prompt = sum(count_tokens(each.text) + _MESSAGE_TOKENS for each in messages)
        room = self.window_tokens - prompt
        if room < min(wanted, _LEAST_REPLY_TOKENS):
            raise overflow(self._place, f"{prompt} of {self.window_tokens} tokens")
        return min(wanted, room)

    def _chunks(
        self, messages: Sequence[Message], room: int, deadline: float, wire: Wire
    ) -> Iterator[ReplyChunk]:
        """The reply's chunks, asked for again in another dialect as often as the server says how,
        three times at most; each time within the one deadline."""
        dialect, begun = self._dialect, False
        while True:
            left_s = max(0.05, deadline - time.monotonic())
            call = Call(spoken(messages, dialect), room, left_s, dialect)
            try:
                for chunk in chunks(self._backend, call, wire):
                    begun = True
                    yield chunk
                return
            except Exception as error:
                learnt = adapted(dialect, status_of(error), said_by(error))
                if begun or learnt is None:
                    raise
                self._dialect = dialect = learnt
            finally:
                wire.close()

    def _learn_thinking(self, first: bool) -> None:
        self._dialect = replace(self._dialect, thinks_first=first)

    def _look(self) -> None:
        """Asks for the list of models, which costs a server nothing."""
        try:
            status = self._backend.wire().status(self._backend.models_url, _LOOK_S)
        except Exception as error:
            raise explained(error, self._place) from None
        if status in (401, 403) or status >= 500:
            raise refusal(status, "", self._place)


class Reachability:
    """Remembers the last look, and the last answer, which tells as much.

    ``look`` raises LanguageModelError where the model can't be reached. It is called in a daemon
    thread, one at a time, when what is known is older than ``fresh_s``; ``then`` is what that
    thread does afterwards, such as loading what the first answer needs.
    """

    def __init__(
        self,
        look: Callable[[], None],
        then: Callable[[], object] = lambda: None,
        fresh_s: float = FRESH_S,
    ) -> None:
        self._look = look
        self._then = then
        self._fresh_s = fresh_s
        self._lock = Lock()
        self._looking: Event | None = None
        self._known: tuple[bool | None, str] = (None, "")
        self._at = float("-inf")

    def known(self, wait_s: float = 0.0) -> tuple[bool | None, str]:
        """Reachable or not (``None``: not known yet) and why not; takes a look when one is due
        and waits for it as long as told."""
        with self._lock:
            if self._looking is None and time.monotonic() - self._at >= self._fresh_s:
                self._looking = Event()
                Thread(
                    target=self._run, args=(self._looking,), name="verbatim-look", daemon=True
                ).start()
            looking = self._looking
        if looking is not None and wait_s > 0:
            looking.wait(wait_s)
        return self._known

    def learn(self, failure: LanguageModelError | None) -> None:
        """What an answer has shown: ``None`` when it came. Some failures are that answer's own."""
        reachable = failure is None or failure.reason not in _OUT_OF_REACH
        with self._lock:
            self._known = (reachable, "" if failure is None else str(failure))
            self._at = time.monotonic()

    def _run(self, done: Event) -> None:
        failure: LanguageModelError | None = None
        try:
            self._look()
        except LanguageModelError as error:
            failure = error
        finally:
            self.learn(failure)
            with self._lock:
                self._looking = None
            done.set()
        self._then()
