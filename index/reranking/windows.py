"""What the reranker reads at once: a question, and a window of whole sentences of a talk.

A window is ``<s> query: QUESTION </s></s> SENTENCE SENTENCE … </s>``; at its beginning, and where
somebody else goes on, the speaker's name stands before the sentence. Sentences before a window's
own are shown with it as far as there is room, since a reply alone often doesn't say what it replies
to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.embedding.bundled import QUERY_PROMPT
from index.embedding.onnx import TokenIds

WINDOW_TOKENS = 150
"""Of a window's own sentences; a longer sentence is a window by itself, cut at the end."""
BEFORE_TOKENS = 60
"""Of the sentences shown before them."""
QUESTION_TOKENS = 48
_BLANK = "\u2581"  # how the tokenizer writes one


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as it is read, with who says it, if that is known."""

    text: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A line as token ids: its words, and apart from them the name of who says it."""

    speaker: str
    name: list[int]
    text: list[int]


@dataclass(frozen=True, slots=True)
class Window:
    """Positions of sentences: those from ``shown`` on are read, those from ``first`` on judged;
    ``last`` is not included."""

    shown: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """A question with a window, as tokens. ``spans`` are the tokens of each sentence shown, the end
    not included; the first ``context`` of them are shown and not judged."""

    ids: TokenIds
    spans: tuple[tuple[int, int], ...]
    context: int


class PairTokenizer:
    """Questions and sentences as token ids of the bundled model. Safe for several threads."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._start, self._end = (tokenizer.token_to_id(piece) for piece in ("<s>", "</s>"))

    def lines(self, lines: Sequence[Line]) -> list[Tokens]:
        """Token ids of each sentence and of its speaker's name."""
        names = list(dict.fromkeys(line.speaker for line in lines if line.speaker))
        texts = [*(f"{name}:" for name in names), *(line.text for line in lines)]
        found = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        named = {"": [], **{name: one.ids for name, one in zip(names, found, strict=False)}}
        return [
            Tokens(line.speaker, named[line.speaker], one.ids)
            for line, one in zip(lines, found[len(names) :], strict=True)
        ]

    def question(self, text: str) -> list[int]:
        """Token ids of a question, its prompt included."""
        return self.pieces(QUERY_PROMPT + text)[:QUESTION_TOKENS]

    def words(self, text: str) -> list[str]:
        """A text as words: what stands between blanks, or, where there are none, its pieces."""
        words = text.split()
        if len(words) > 1:
            return words
        pieces = self._tokenizer.encode(text, add_special_tokens=False).tokens
        return [word for piece in pieces if (word := piece.replace(_BLANK, ""))]

    def pieces(self, text: str) -> list[int]:
        """Token ids of a text by itself."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def encode(self, question: Sequence[int], lines: Sequence[Tokens], window: Window) -> Encoded:
        """A question and a window of the lines, as the model reads them."""
        ids = [self._start, *question, self._end, self._end]
        spans = []
        speaker = ""
        for line in lines[window.shown : window.last]:
            start = len(ids)
            ids += line.name if line.speaker != speaker else []
            ids += line.text[:WINDOW_TOKENS]
            spans.append((start, len(ids)))
            speaker = line.speaker
        ids.append(self._end)
        return Encoded(np.array(ids, dtype=np.int64), tuple(spans), window.first - window.shown)


def windows(lines: Sequence[Tokens], first: int = 0) -> list[Window]:
    """The sentences from ``first`` on in windows, each judged once; those before it are shown."""
    lengths = [len(line.text) for line in lines]
    found = []
    end = len(lengths)
    while first < end:
        last, room = first + 1, WINDOW_TOKENS - lengths[first]
        while last < end and lengths[last] <= room:
            room -= lengths[last]
            last += 1
        shown, before = first, BEFORE_TOKENS
        while shown > 0 and lengths[shown - 1] <= before:
            before -= lengths[shown - 1]
            shown -= 1
        found.append(Window(shown, first, last))
        first = last
    return found
