"""What the reranker learns from: questions, windows that answer them, and windows that don't.

Two files of JSON lines, as many of each as one likes:

- documents: ``{"id", "set", "lang", "title", "text"}``, or with ``"turns": [[speaker, text], …]``
  in place of ``text``;
- questions: ``{"id", "set", "lang", "question", "doc"}`` and where the answer stands: ``"start"``
  and ``"end"`` in characters of the text, or ``"turns": [[first, last], …]``, both included. With
  neither the document doesn't answer: a near miss. ``"asking": [[first, last], …]`` are turns that
  ask this and don't answer it: then the turns that do are a reply, which answers near its
  beginning.

Ids of documents are ``SET-ARTICLE-PART``, or ``SET-ARTICLE`` of one that is whole. Documents of one
article are its parts: their passages are the hardest that don't answer. Sets ``NAME-LANG`` with one
NAME say the same in several languages under the same numbers, so that any question goes with any
passage.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

from corpus.language import to_script
from corpus.sentences import sentence_spans
from index.reranking.windows import Line, PairTokenizer, Window, windows

PARALLEL = "xquad"
"""Sets of this name say the same in several languages."""
OTHER_LANGUAGE = 0.5
"""Share of parallel questions that are asked in another language than the passage's."""
OTHER_SCRIPT = 0.3
"""Share of Chinese questions that are asked in the other script."""
AS_TYPED = 0.15
"""Share of questions without the marks that people leave out when they type or speak."""
HARD, EASY = 2, 1
"""Windows that don't answer, for each question: near ones, and one of anywhere."""
POSITIVES = 2
HELD_BACK = 20
"""One article in so many is kept to measure on."""

_MARKS = str.maketrans(dict.fromkeys(",，。？?！!、;；:：“”\"'「」《》()（）", " "))


@dataclass(slots=True)
class Document:
    """A document as lines and windows. ``bounds`` are the lines' characters in the text, or for
    turns the number of the turn that each line is of, twice."""

    id: str
    set: str
    lang: str
    lines: list[Line]
    bounds: list[tuple[int, int]]
    tokens: list[list[int]]
    windows: list[Window]

    @property
    def article(self) -> str:
        """The id without its part."""
        return self.id.rsplit("-", 1)[0] if self.id.count("-") > 1 else self.id


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the lines that answer it, or (not ``by_line``) of the turns that do.
    ``asking`` are lines that ask it."""

    id: str
    set: str
    lang: str
    text: str
    doc: str
    answering: frozenset[int]
    asking: frozenset[int]
    by_line: bool


Label = Literal["answers", "does not", "one of these", "unknown"]
"""Of a line. ``one of these``: at least one of the window's lines with this label answers."""


@dataclass(frozen=True, slots=True)
class Example:
    """One window read with one question: whether it holds the answer, and a label for each of its
    own lines."""

    question: str
    document: Document
    window: Window
    answers: bool
    says: tuple[Label, ...]


@dataclass(slots=True)
class Reading:
    """All documents and questions, and which of them are kept to measure on."""

    documents: dict[str, Document] = field(default_factory=dict)
    questions: list[Asked] = field(default_factory=list)

    @classmethod
    def read(cls, folders: Sequence[Path], tokenizer: PairTokenizer) -> Reading:
        """The files ``documents.jsonl`` and ``questions.jsonl`` of each folder."""
        reading = cls()
        for folder in folders:
            for row in _rows(folder / "documents.jsonl"):
                document = _document(row, tokenizer)
                reading.documents[document.id] = document
            for row in _rows(folder / "questions.jsonl"):
                reading.questions.append(_asked(row, reading.documents[row["doc"]]))
        return reading

    def is_held_back(self, asked: Asked) -> bool:
        """By article, and alike in every language: nothing of it is trained on."""
        document = self.documents[asked.doc]
        article = _without_language(document.article, document.lang)
        return crc32(article.encode()) % HELD_BACK == 0


class Sampler:
    """Makes examples, others each time; ``seed`` decides which."""

    def __init__(self, reading: Reading, seed: int) -> None:
        self._random = random.Random(seed)
        self._reading = reading
        self._by_article: dict[str, list[Document]] = defaultdict(list)
        self._by_language: dict[str, list[Document]] = defaultdict(list)
        self._same: dict[str, list[Asked]] = defaultdict(list)
        for document in reading.documents.values():
            self._by_article[document.article].append(document)
            self._by_language[document.lang].append(document)
        for asked in reading.questions:
            self._same[_without_language(asked.id, asked.lang)].append(asked)

    def examples(self, questions: Iterable[Asked]) -> Iterator[Example]:
        """Windows that answer and windows that don't, for each question."""
        for asked in questions:
            wording = asked
            if asked.set.startswith(PARALLEL) and self._random.random() < OTHER_LANGUAGE:
                wording = self._random.choice(self._same[_without_language(asked.id, asked.lang)])
            yield from self.for_one(self._worded(wording), asked)

    def for_one(self, text: str, asked: Asked) -> Iterator[Example]:
        """The examples of one question in this wording."""
        document = self._reading.documents[asked.doc]
        holding = [window for window in document.windows if _holds(window, asked.answering)]
        holding = holding[:1] if asked.asking else holding
        for window in self._random.sample(holding, min(POSITIVES, len(holding))):
            yield Example(text, document, window, True, _says(window, asked))
        near = [
            (other, window)
            for other in self._by_article[document.article]
            for window in other.windows
            if other is not document or not _holds(window, asked.answering)
        ]
        far = self._random.choice(self._by_language[document.lang])
        anywhere = [(far, window) for window in far.windows if far.article != document.article]
        for choice, count in ((near, HARD), (anywhere, EASY)):
            for other, window in self._random.sample(choice, min(count, len(choice))):
                nothing: Label = "does not"
                yield Example(text, other, window, False, (nothing,) * (window.last - window.first))

    def _worded(self, asked: Asked) -> str:
        text = asked.text
        if asked.lang.startswith("zh") and self._random.random() < OTHER_SCRIPT:
            text = to_script(text, "zh-Hans" if asked.lang == "zh-Hant" else "zh-Hant")
        if self._random.random() < AS_TYPED:
            text = " ".join(text.translate(_MARKS).lower().split())
        return text


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _document(row: dict[str, Any], tokenizer: PairTokenizer) -> Document:
    lines: list[Line] = []
    bounds: list[tuple[int, int]] = []
    if "turns" in row:
        for number, (speaker, text) in enumerate(row["turns"]):
            for start, end in sentence_spans(text):
                lines.append(Line(text[start:end], speaker))
                bounds.append((number, number + 1))
    else:
        for start, end in sentence_spans(row["text"]):
            lines.append(Line(row["text"][start:end]))
            bounds.append((start, end))
    tokens = tokenizer.lines(lines)
    cut = windows([len(ids) for ids in tokens])
    return Document(row["id"], row["set"], row["lang"], lines, bounds, tokens, cut)


def _asked(row: dict[str, Any], document: Document) -> Asked:
    by_line = row.get("start") is not None
    spans = [(row["start"], row["end"])] if by_line else _turns(row, "turns")
    answering, asking = _lines(document, spans), _lines(document, _turns(row, "asking"))
    return Asked(
        row["id"],
        row["set"],
        row["lang"],
        row["question"],
        row["doc"],
        answering,
        asking,
        by_line or not spans,
    )


def _turns(row: dict[str, Any], name: str) -> list[tuple[int, int]]:
    """Spans of turns, the end not included."""
    return [(first, last + 1) for first, last in row.get(name) or []]


def _lines(document: Document, spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    """The document's lines that lie in one of the spans, if only in part."""
    return frozenset(
        number
        for number, (low, high) in enumerate(document.bounds)
        if any(low < end and start < high for start, end in spans)
    )


def _holds(window: Window, lines: frozenset[int]) -> bool:
    return any(window.first <= line < window.last for line in lines)


def _says(window: Window, asked: Asked) -> tuple[Label, ...]:
    """Labels of a window that answers."""

    def label(line: int) -> Label:
        if asked.by_line:
            return "answers" if line in asked.answering else "does not"
        if asked.asking:
            return "one of these" if line in asked.answering else "does not"
        return "unknown"

    return tuple(label(line) for line in range(window.first, window.last))


def _without_language(identifier: str, lang: str) -> str:
    """An id of a parallel set without its language: ``xquad-0003-01`` for ``xquad-th-0003-01``."""
    if not identifier.startswith(f"{PARALLEL}-"):
        return identifier
    return identifier.replace(f"-{lang.partition('-')[0]}-", "-", 1)
