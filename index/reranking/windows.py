"""What the reranker reads at once: a question, and a window of whole sentences of a talk.

A window is ``<s> query: QUESTION </s></s> SENTENCE SENTENCE … </s>``; where somebody begins to
speak, the name stands before the sentence. Sentences before a window's own are shown with it as
far as there is room, since a reply alone often doesn't say what it replies to.
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


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as it is read, with who says it, if that is known."""

    text: str
    speaker: str = ""


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

    def lines(self, lines: Sequence[Line]) -> list[list[int]]:
        """Token ids of each sentence, with the speaker's name where a turn begins."""
        texts = []
        speaker = ""
        for line in lines:
            begins = line.speaker and line.speaker != speaker
            texts.append(f"{line.speaker}: {line.text}" if begins else line.text)
            speaker = line.speaker
        return [one.ids for one in self._tokenizer.encode_batch(texts, add_special_tokens=False)]

    def question(self, text: str) -> list[int]:
        """Token ids of a question, its prompt included."""
        found = self._tokenizer.encode(QUERY_PROMPT + text, add_special_tokens=False)
        ids: list[int] = found.ids[:QUESTION_TOKENS]
        return ids

    def encode(
        self, question: Sequence[int], lines: Sequence[Sequence[int]], window: Window
    ) -> Encoded:
        """A question and a window of the lines, as the model reads them."""
        ids = [self._start, *question, self._end, self._end]
        spans = []
        for line in lines[window.shown : window.last]:
            spans.append((len(ids), len(ids) + len(line[:WINDOW_TOKENS])))
            ids += line[:WINDOW_TOKENS]
        ids.append(self._end)
        return Encoded(np.array(ids, dtype=np.int64), tuple(spans), window.first - window.shown)


def windows(lengths: Sequence[int]) -> list[Window]:
    """All sentences of a passage in windows, each judged once; ``lengths`` are their tokens."""
    found = []
    first = 0
    while first < len(lengths):
        last, room = first + 1, WINDOW_TOKENS - lengths[first]
        while last < len(lengths) and lengths[last] <= room:
            room -= lengths[last]
            last += 1
        shown, before = first, BEFORE_TOKENS
        while shown > 0 and lengths[shown - 1] <= before:
            before -= lengths[shown - 1]
            shown -= 1
        found.append(Window(shown, first, last))
        first = last
    return found
