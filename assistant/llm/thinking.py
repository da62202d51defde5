"""What a reasoning model thinks aloud is taken out of its reply, piece by piece."""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = re.compile(r"</?(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_CLOSE: Final = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_MAYBE_MARK: Final = re.compile(r"</?[a-z]{0,9}$", re.IGNORECASE)
_LONGEST: Final = len("</reasoning>")


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
