"""Whether the model can be reached, looked at in the background so that no page waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Lock, Thread

from corpus.types import LanguageModelError

FRESH_S = 30.0
_OUT_OF_REACH = ("unreachable", "key", "unknown", "busy", "failed")


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
