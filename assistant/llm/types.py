"""The nouns of talking to a language model, whichever: messages, replies, the model itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, NamedTuple, Protocol, Self

BEAT_S = 0.5
"""So often at least whoever reads is told how it stands, and may leave."""

Finish = Literal["stop", "limit", "withheld"]
"""Why a reply ended: by itself, at the limit of its length, or by the provider's filter."""


class Message(NamedTuple):
    """One message of a prompt. Instructions have the role ``system``."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class ReplyChunk:
    """A piece of a reply as it comes in; ``finish`` stands in the last one."""

    text: str
    finish: Finish | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole reply; ``cut`` where it ended at a limit, in mid-sentence as a rule."""

    text: str
    cut: bool


@dataclass(frozen=True, slots=True)
class ModelState:
    """What a page says about the model. ``reachable`` is ``None`` until the first look is done.

    ``message`` is one line: why it can't be reached, or what it lacks; empty when all is well.
    """

    name: str
    provider: str
    url: str
    reachable: bool | None
    message: str = ""


class Reply(Protocol):
    """A reply while it is written: pieces of text, never empty, thoughts left out.

    Iterating raises LanguageModelError when the model gives out, also in the middle. Closing it,
    or leaving its ``with`` block, ends the request at the server; any thread may close it.
    """

    @property
    def cut(self) -> bool:
        """Whether the reply ended at a limit; known when the pieces are through."""
        ...

    def beats(self, every_s: float) -> Iterator[str]:
        """The pieces, with an empty one whenever none has come for so long or what came is no part
        of the answer: moments at which to leave. Once begun, iterating it goes on so."""
        ...

    def __next__(self) -> str: ...
    def close(self) -> None: ...

    def __iter__(self) -> Iterator[str]:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class LanguageModel(Protocol):
    """A language model that keeps to a deadline. Safe to call from several threads.

    ``window_tokens`` is what prompt and reply take together, ``output_tokens`` the longest reply
    when a call names no other. A ``deadline`` is a moment of ``time.monotonic()``; without one a
    call has the timeout of the settings.
    """

    @property
    def name(self) -> str: ...
    @property
    def window_tokens(self) -> int: ...
    @property
    def output_tokens(self) -> int: ...

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        deadline: float | None = None,
    ) -> Reply:
        """A reply piece by piece. The request is sent when the first piece is asked for."""
        ...

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        deadline: float | None = None,
    ) -> Completion:
        """The whole reply to a short task. Raises LanguageModelError."""
        ...

    def describe(self, *, wait_s: float = 0.0) -> ModelState:
        """Which model it is and whether it can be reached, as last seen; a look that is due is
        taken in the background, and waited for ``wait_s`` at most."""
        ...
