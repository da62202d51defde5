"""The work on one question, in a thread of its own: a reader who stops it waits for nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from queue import SimpleQueue

from assistant.types import Update


class Work:
    """Iterates what ``begin`` gives. Once stopped, the iterator is closed as soon as it lets go."""

    def __init__(self, begin: Callable[[], Iterator[Update]]) -> None:
        self._begin = begin
        self._news: SimpleQueue[Update | Exception | None] = SimpleQueue()
        self._stopped = threading.Event()

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def start(self) -> Work:
        threading.Thread(target=self._run, name="verbatim-answer", daemon=True).start()
        return self

    def stop(self) -> None:
        """Ends ``updates`` at once; any thread may call it, and more than once."""
        self._stopped.set()
        self._news.put(None)

    def updates(self) -> Iterator[Update]:
        """What comes in, until the end or the stop; of several that wait only the last one.

        Raises what the iterator raised.
        """
        while not self._stopped.is_set():
            latest = self._news.get()
            while isinstance(latest, Update) and not self._news.empty():
                following = self._news.get()
                if not isinstance(following, Update):
                    self._news.put(following)
                    break
                latest = following
            if isinstance(latest, Exception):
                raise latest
            if latest is None:
                return
            yield latest

    def _run(self) -> None:
        try:
            updates = self._begin()
            latest: Update | None = None
            try:
                for update in updates:
                    if self._stopped.is_set():
                        return
                    if latest is None or not _says_the_same(update, latest):
                        self._news.put(update)
                    latest = update
            finally:
                if isinstance(updates, Generator):
                    updates.close()
            self._news.put(None)
        except Exception as error:
            self._news.put(error)


def _says_the_same(update: Update, before: Update) -> bool:
    """Whether only time has passed, which the page counts down by itself."""
    return replace(update, seconds_left=before.seconds_left) == before
