"""The engine in the making: a library that loads in the background while the page is already up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.citing.resolving import Resolved
from assistant.citing.types import Lookup, Quotation
from assistant.llm.types import ModelState
from assistant.scoping import Narrowing
from assistant.types import Answer, Mode, Turn, Update
from corpus.types import Transcript, VerbatimError
from index.types import EVERYWHERE, Evidence, Scope, Talk

_log = logging.getLogger(__name__)

Phase = Literal["loading", "ready", "failed"]


class Engine(Protocol):
    """What a face needs of the conversation: answers, and questions to start with."""

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
        mode: Mode | None = None,
    ) -> Answer:
        """The answer to ``question`` after ``history``, oldest turn first; threads may call it.

        Nothing outside ``scope`` is looked at. Raises SettingsError for a mode that is not among
        ``modes``.
        """
        ...

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
        mode: Mode | None = None,
    ) -> Generator[Update]:
        """``ask`` while it happens; the last update has stage ``done`` and the whole answer.

        Closing the generator ends the work.
        """
        ...

    def modes(self) -> tuple[Mode, ...]:
        """The ways in which it can answer; the first is the default."""
        ...

    def model_state(self) -> ModelState | None:
        """What is known of the language model, ``None`` without one. Never waits for it."""
        ...

    def search(
        self,
        question: str,
        limit: int,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
    ) -> tuple[Evidence, Mapping[str, float]]:
        """The evidence for a question after the history is taken in, and timings in ms."""
        ...

    def look_up(self, quote: str, limit: int = 10, scope: Scope = EVERYWHERE) -> Lookup:
        """Where a quote was said, best first. Raises SettingsError for what can't be one."""
        ...

    def checking(self, text: str, scope: Scope = EVERYWHERE) -> Generator[Quotation | None]:
        """Each sentence of a text in turn: what it quotes and what is wrong with it, ``None``
        where it quotes nothing. Closing the generator ends the work."""
        ...

    def cited(self, identifier: str) -> Resolved:
        """What has become of the words of a permanent id. Raises SettingsError for what is none."""
        ...

    def scope(self, narrowing: Narrowing) -> Scope:
        """The scope that is meant in this library. Raises SettingsError for what it hasn't got."""
        ...

    def talks(self) -> Sequence[Talk]:
        """What there is to ask about, in the order of files; threads may call it."""
        ...

    def transcript(self, file: str) -> Transcript | None:
        """A talk with all its words, as it stands on disk now; ``None`` where it is gone."""
        ...

    def examples(self, lang: str) -> tuple[str, ...]:
        """Up to four questions that the library answers, in ``zh-Hans``, ``zh-Hant`` or ``en``."""
        ...


Report = Callable[[str], None]
Build = Callable[[Report], Engine]


@dataclass(frozen=True, slots=True)
class LoadState:
    """How far loading has come; ``message`` is what is being done, or why it failed (one line)."""

    phase: Phase
    message: str = ""


class Loading:
    """Runs ``build`` in a daemon thread and holds what it makes.

    ``build`` gets a function to report what it is doing, one short line at a time.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._engine: Engine | None = None
        self._state = LoadState("loading")
        self._done = threading.Event()
        self._started = threading.Lock()

    @property
    def state(self) -> LoadState:
        return self._state

    def start(self) -> Loading:
        """Starts loading on the first call; further calls do nothing."""
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._run, name="verbatim-loading", daemon=True).start()
        return self

    def get(self, timeout_s: float) -> Engine:
        """The engine, waited for up to ``timeout_s``.

        Raises ``TimeoutError`` while it is still loading, and ``VerbatimError`` with the one-line
        reason if loading failed.
        """
        if self._state.phase == "loading" and not self._done.wait(timeout_s):
            raise TimeoutError("the library is still loading")
        if self._engine is None:
            raise VerbatimError(self._state.message)
        return self._engine

    def _run(self) -> None:
        try:
            self._engine = self._build(self._report)
            self._state = LoadState("ready")
        except VerbatimError as error:
            _log.error("%s", error)
            self._state = LoadState("failed", str(error))
        except Exception as error:
            _log.exception("loading failed")
            self._state = LoadState("failed", _one_line(error))
        finally:
            self._done.set()

    def _report(self, message: str) -> None:
        self._state = LoadState("loading", message)


def _one_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
