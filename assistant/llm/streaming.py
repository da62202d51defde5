"""A reply while it is written: kept to its deadline, the model's thoughts taken out.

A ``StreamedReply`` stands over a ``Pump`` and a ``ThoughtFilter``. The pump runs the library in a
thread of its own, which hands its chunks over through a queue: waiting on the queue has a limit
that holds, where a socket's timeout begins anew with every byte. The filter takes out what a
reasoning model thinks aloud, piece by piece.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from math import inf
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Final

from assistant.llm.failures import LanguageModelError, ModelAddress, explained, slow
from assistant.llm.types import Finish, Reply, ReplyChunk

_log = logging.getLogger(__name__)

_MARK: Final = re.compile(r"</?(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_CLOSE: Final = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_MAYBE_MARK: Final = re.compile(r"</?[a-z]{0,9}$", re.IGNORECASE)
_LONGEST: Final = len("</reasoning>")


class StreamedReply(Reply):
    """A reply over a source of chunks.

    ``must_finish``: the source tells why a reply ended, so one that just stops broke off.
    ``on_end`` is told at the end: ``None``, or the error; not when the reader leaves.
    ``on_thought`` is told whether a thought stood at the start without its opening.
    """

    def __init__(
        self,
        source: Callable[[], Iterator[ReplyChunk]],
        cut: Callable[[], None],
        place: ModelAddress,
        deadline: float,
        *,
        must_finish: bool,
        thinks_first: bool = False,
        on_end: Callable[[LanguageModelError | None], None] = lambda _: None,
        on_thought: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._pump = Pump(source, cut)
        self._place = place
        self._deadline = deadline
        self._must_finish = must_finish
        self._thoughts = ThoughtFilter(thinks_first)
        self._on_end = on_end
        self._on_thought = on_thought
        self._finish: Finish | None = None
        self._begun = False
        self._closed = False
        self._beat_s = inf
        self._pieces = self._run()

    @property
    def cut(self) -> bool:
        return self._finish in ("limit", "withheld")

    def beats(self, every_s: float) -> Iterator[str]:
        self._beat_s = every_s
        return self

    def __next__(self) -> str:
        if self._closed:
            raise StopIteration
        return next(self._pieces)

    def close(self) -> None:
        self._closed = True
        self._pump.stop()
        # Another thread may be in the generator; the stopped pump makes it end there.
        with suppress(ValueError):
            self._pieces.close()

    def _run(self) -> Generator[str]:
        failure: LanguageModelError | None = None
        try:
            yield from self._texts()
        except Exception as error:
            failure = self._explained(error)
        finally:
            self._pump.stop()
        if self._closed:
            return
        self._on_end(failure)
        if failure is not None:
            _log.warning("%s", failure)
            # Outside the handler: the library's error holds the request, and goes no further.
            raise failure

    def _texts(self) -> Iterator[str]:
        self._pump.start()
        while (chunk := self._pump.next(self._deadline, self._beat_s)) is not None:
            self._finish = chunk.finish or self._finish
            text = self._thoughts.feed(chunk.text)
            self._begun = self._begun or bool(text)
            if text or self._beat_s < inf:
                yield text
        if self._closed:
            return
        if self._must_finish and self._finish is None:
            raise self._broken_off()
        if text := self._thoughts.end():
            self._begun = True
            yield text
        if self._thoughts.never_ended:
            self._on_thought(False)
        if not self._begun:
            raise self._empty()

    def _explained(self, error: Exception) -> LanguageModelError:
        if isinstance(error, StrayThoughtError):
            self._on_thought(True)
            return self._place.error(
                "broken",
                f"the model {self._place.model} thought aloud without saying so:"
                " ask again, its thoughts are left out from now on",
            )
        if isinstance(error, TimeoutError) or time.monotonic() >= self._deadline:
            return slow(self._place, self._begun)
        return explained(error, self._place, self._begun)

    def _broken_off(self) -> LanguageModelError:
        if not self._begun:
            return self._empty()
        return self._place.error(
            "broken", f"the reply of {self._place.url} broke off: ask again, or see its log"
        )

    def _empty(self) -> LanguageModelError:
        model, url = self._place.model, self._place.url
        if self._finish == "limit":
            why = "used up its reply without a word of answer: raise VERBATIM_LLM_OUTPUT_TOKENS"
        elif self._finish == "withheld":
            why = "withholds its reply: its provider's filter takes exception to it"
        else:
            # llama.cpp's Python server answers so to a prompt that is longer than its window.
            why = (
                "gave an empty reply: see that VERBATIM_LLM_WINDOW_TOKENS is not more than the"
                " server's window, and that VERBATIM_LLM_URL names its API"
            )
        return self._place.error("empty", f"the model {model} at {url} {why}")


class Pump:
    """Runs ``source`` in a daemon thread; ``cut`` ends what it waits for, from any thread."""

    def __init__(self, source: Callable[[], Iterator[ReplyChunk]], cut: Callable[[], None]) -> None:
        self._source = source
        self._cut = cut
        self._queue: SimpleQueue[ReplyChunk | BaseException | None] = SimpleQueue()
        self._stopped = Event()

    def start(self) -> None:
        Thread(target=self._run, name="verbatim-reply", daemon=True).start()

    def next(self, deadline: float, beat_s: float = inf) -> ReplyChunk | None:
        """The next chunk, ``None`` at the end, an empty one where none comes within ``beat_s``.

        Raises TimeoutError at the deadline, and what the source raised.
        """
        left_s = max(0.0, deadline - time.monotonic())
        try:
            found = self._queue.get(timeout=min(left_s, beat_s))
        except Empty:
            if beat_s < left_s:
                return ReplyChunk("")
            raise TimeoutError from None
        if isinstance(found, BaseException):
            raise found
        return found

    def stop(self) -> None:
        """Ends the source and whoever waits in ``next``."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._queue.put(None)
            self._cut()

    def _run(self) -> None:
        try:
            for chunk in self._source():
                if self._stopped.is_set():
                    return
                self._queue.put(chunk)
            self._queue.put(None)
        except BaseException as error:
            self._queue.put(error)
        finally:
            self._cut()


class StrayThoughtError(Exception):
    """A thought ended that had not begun: what came before it was no answer either."""


class ThoughtFilter:
    """Text in pieces, as they come; out without thoughts and without white space at the front.

    ``from_start`` is for models whose prompt already opens the thought, so that only its end
    stands in the reply. Such a reply is held back until that end; without one, all of it is text.
    """

    def __init__(self, from_start: bool = False) -> None:
        self._thinking = from_start
        self._from_start = from_start
        self._held = ""
        self._begun = False

    @property
    def never_ended(self) -> bool:
        """Whether the thought that was expected at the start has not ended so far."""
        return self._from_start

    def feed(self, piece: str) -> str:
        """What of the text so far can be shown now.

        Raises StrayThoughtError at the end of a thought that had not begun.
        """
        start = max(0, len(self._held) - _LONGEST)
        self._held += piece
        shown = ""
        while mark := (_CLOSE if self._thinking else _MARK).search(self._held, start):
            before, self._held, start = self._held[: mark.start()], self._held[mark.end() :], 0
            if self._thinking:
                self._thinking = self._from_start = False
            elif _CLOSE.fullmatch(mark[0]):
                raise StrayThoughtError
            else:
                shown += before
                self._thinking = True
        return self._without_front(shown + self._release())

    def end(self) -> str:
        """What was held back and is text after all, now that nothing more comes."""
        text = "" if self._thinking and not self._from_start else self._held
        self._held = ""
        return self._without_front(text)

    def _release(self) -> str:
        """What can be shown: no thought, and no tail that the next piece may make a mark of."""
        if self._thinking:
            if not self._from_start:
                self._held = self._held[-_LONGEST:]
            return ""
        tail = _MAYBE_MARK.search(self._held)
        cut = tail.start() if tail else len(self._held)
        shown, self._held = self._held[:cut], self._held[cut:]
        return shown

    def _without_front(self, text: str) -> str:
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        return text
