"""A model's reply in the language that it was asked for.

Small models fall into the language of what they read. A reply that begins so is let run to its
end, unseen, and the model asked to translate it: without the excerpts before its eyes it does, and
a prompt that short is soon read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.language_lines import translation_messages
from assistant.llm.types import LanguageModel, Message, Reply
from assistant.prompts import declines, may_decline
from corpus.language import detect_language
from corpus.sentences import width

TELLING_WIDTH = 60
"""So much of a reply tells its language, if no sentence has ended before: thirty characters of
Chinese, a line of English."""
_ENDED = re.compile(r"[.!?。！？]\W|[。！？]")
_HANDLES = re.compile(r"\[\d+\]")


def in_language(
    model: LanguageModel, asked: Sequence[Message], language: str, deadline: float
) -> Reply:
    """The reply to ``asked``, from its beginning in the language of this tag where the model can be
    brought to it."""
    return _InLanguage(model, asked, language, deadline)


class _InLanguage(Reply):
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
            if not piece or not _tells(beginning):
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


def _tells(beginning: str) -> bool:
    """Whether the reply has come far enough to show its language, and says anything at all."""
    if may_decline(beginning) or declines(beginning):
        return False
    return width(beginning) >= TELLING_WIDTH or bool(_ENDED.search(beginning))


def is_other_language(text: str, wanted: str) -> bool:
    """Whether a text is in another language than this tag's, scripts of Chinese together."""
    told = detect_language(_HANDLES.sub(" ", text)).partition("-")[0]
    return "und" not in (told, wanted) and told != wanted.partition("-")[0]
