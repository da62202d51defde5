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

What doesn't answer is made to look as if it did: the document with the answer taken out of it, the
article's windows with most of the question's words, the reply of somebody else than was asked.
"""

from __future__ import annotations

import heapq
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

from corpus.language import to_script
from corpus.sentences import sentence_spans
from index.reranking.windows import Line, PairTokenizer, Tokens, Window, windows

OTHER_LANGUAGE = 0.5
"""Share of parallel questions that are asked in another language than the passage's."""
OTHER_SCRIPT = 0.3
"""Share of Chinese questions that are asked in the other script."""
AS_TYPED = 0.15
"""Share of questions without the marks that people leave out when they type or speak."""
KEYWORDS = 0.08
"""Share of questions of which the rarer half of the words is left."""
NAMED = 0.2
"""Share of replies that are asked for by the name of who gives them."""
WITH_ASKING = 0.5
"""Share of replies that are shown with what they reply to."""
POSITIVES, HARD, EASY = 2, 2, 0.5
"""Windows for each question: that answer, at most; near ones that don't; and one of anywhere, in
this share of the questions."""
SHORT = 4
"""Where no more lines than this answer, one of them is sure to."""
NEAREST = 4
"""The first of the near ones is among so many that share most with the question."""
HELD_BACK = 20
"""One article in so many is kept to measure on."""

_BY_NAME = {
    "en": ("According to {name}, {question}", "{question} ({name})", "{name}: {question}"),
    "zh": ("{name}：{question}", "{question}（{name}）", "按{name}的說法，{question}"),
}
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
    tokens: list[Tokens]
    windows: list[Window]

    @property
    def article(self) -> str:
        """The id without its part."""
        identifier = _without_language(self.id, self.set, self.lang)
        return identifier.rsplit("-", 1)[0] if identifier.count("-") > 1 else identifier

    def without(self, lines: frozenset[int]) -> Document:
        """The same with these lines taken out."""
        kept = [number for number in range(len(self.lines)) if number not in lines]
        tokens = [self.tokens[number] for number in kept]
        return replace(
            self,
            lines=[self.lines[number] for number in kept],
            bounds=[self.bounds[number] for number in kept],
            tokens=tokens,
            windows=windows(tokens),
        )


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
    def read(
        cls, folders: Sequence[Path], tokenizer: PairTokenizer, without: Collection[str] = ()
    ) -> Reading:
        """The files ``documents.jsonl`` and ``questions.jsonl`` of each folder, but some sets."""
        reading = cls()
        for folder in folders:
            for row in _rows(folder / "documents.jsonl"):
                if row["set"] not in without:
                    reading.documents[row["id"]] = _document(row, tokenizer)
            for row in _rows(folder / "questions.jsonl"):
                if row["set"] not in without:
                    reading.questions.append(_asked(row, reading.documents[row["doc"]]))
        return reading

    def is_held_back(self, asked: Asked) -> bool:
        """By article, and alike in every language: nothing of it is trained on."""
        return crc32(self.documents[asked.doc].article.encode()) % HELD_BACK == 0


class Sampler:
    """Makes examples, others each time; ``seed`` decides which."""

    def __init__(self, reading: Reading, tokenizer: PairTokenizer, seed: int) -> None:
        self._random = random.Random(seed)
        self._reading = reading
        self._tokenizer = tokenizer
        self._by_article: dict[tuple[str, str], list[Document]] = defaultdict(list)
        self._by_language: dict[str, list[Document]] = defaultdict(list)
        self._same: dict[str, list[Asked]] = defaultdict(list)
        self._speakers: dict[str, list[str]] = defaultdict(list)
        found: Counter[int] = Counter()
        for document in reading.documents.values():
            self._by_article[document.article, document.lang].append(document)
            self._by_language[document.lang].append(document)
            self._speakers[document.lang] += {line.speaker for line in document.lines} - {""}
            found.update({piece for line in document.tokens for piece in line.text})
        for asked in reading.questions:
            self._same[_without_language(asked.id, asked.set, asked.lang)].append(asked)
        count = len(reading.documents)
        self._weight = {piece: math.log(1 + count / times) for piece, times in found.items()}
        self._unseen = math.log(1 + count)

    def examples(self, questions: Iterable[Asked]) -> Iterator[Example]:
        """Windows that answer and windows that don't, for each question."""
        for asked in questions:
            wording = asked
            if self._random.random() < OTHER_LANGUAGE:
                same = self._same[_without_language(asked.id, asked.set, asked.lang)]
                wording = self._random.choice(same)
            yield from self.for_one(self._worded(wording), asked)

    def for_one(self, text: str, asked: Asked) -> Iterator[Example]:
        """The examples of one question in this wording."""
        document = self._reading.documents[asked.doc]
        holding = [window for window in document.windows if _holds(window, asked.answering)]
        if asked.asking and holding:
            holding = [
                holding[0] if self._random.random() < WITH_ASKING else _reply(document, asked)
            ]
        if holding and asked.asking and self._random.random() < NAMED:
            reply = document.lines[min(asked.answering)].speaker
            if stranger := self._somebody_else(document):
                yield _nothing(_by_name(text, stranger, asked.lang), document, holding[0])
            text = _by_name(text, reply, asked.lang)
        for window in self._random.sample(holding, min(POSITIVES, len(holding))):
            yield Example(text, document, window, True, _says(window, asked))
        for other, window in self._near(document, asked):
            yield _nothing(text, other, window)
        far = self._random.choice(self._by_language[document.lang])
        if far.article != document.article and far.windows and self._random.random() < EASY:
            yield _nothing(text, far, self._random.choice(far.windows))

    def _near(self, document: Document, asked: Asked) -> Iterator[tuple[Document, Window]]:
        """Windows that don't answer: one with most of the question's words, others by chance."""
        emptied = document.without(asked.answering) if asked.answering else document
        places = [(emptied, window) for window in emptied.windows]
        if asked.answering or not places:
            places += [
                (other, window)
                for other in self._by_article[document.article, document.lang]
                if other is not document
                for window in other.windows
            ]
        if not places:
            return
        words = set(self._tokenizer.pieces(asked.text))
        nearest = heapq.nlargest(NEAREST, places, key=lambda place: self._shared(words, *place))
        first = self._random.choice(nearest)
        yield first
        yield from self._random.sample(places, min(HARD - 1, len(places)))

    def _shared(self, words: set[int], document: Document, window: Window) -> float:
        """How much of the words a window holds, rare ones counting more."""
        own = document.tokens[window.first : window.last]
        held = {piece for line in own for piece in line.text}
        return sum(self._weight.get(piece, self._unseen) for piece in words & held)

    def _somebody_else(self, document: Document) -> str:
        """A name that nobody has in the document; empty where there is none."""
        names = self._speakers[document.lang]
        name = self._random.choice(names) if names else ""
        return "" if any(name == line.speaker for line in document.lines) else name

    def _worded(self, asked: Asked) -> str:
        text = asked.text
        if asked.lang.startswith("zh") and self._random.random() < OTHER_SCRIPT:
            text = to_script(text, "zh-Hans" if asked.lang == "zh-Hant" else "zh-Hant")
        if self._random.random() < AS_TYPED:
            text = " ".join(text.translate(_MARKS).lower().split())
        if self._random.random() < KEYWORDS:
            text = self._keywords(text)
        return text

    def _keywords(self, text: str) -> str:
        """The rarer half of a text's words, in order."""
        words = self._tokenizer.words(text)
        rare = sorted((self._rarity(word) for word in words), reverse=True)[: (len(words) + 1) // 2]
        kept = [word for word in words if rare and self._rarity(word) >= rare[-1]]
        return " ".join(kept) or text

    def _rarity(self, word: str) -> float:
        ids = self._tokenizer.pieces(word)
        return max((self._weight.get(piece, self._unseen) for piece in ids), default=0.0)


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
    cut = windows(tokens)
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


def _reply(document: Document, asked: Asked) -> Window:
    """The beginning of a reply without what it replies to."""
    first = min(asked.answering)
    own = windows(document.tokens[first:])[0]
    return Window(first, first, first + own.last)


def _says(window: Window, asked: Asked) -> tuple[Label, ...]:
    """Labels of a window that answers."""

    def label(line: int) -> Label:
        if asked.by_line:
            return "answers" if line in asked.answering else "does not"
        if asked.asking or len(asked.answering) <= SHORT:
            return "one of these" if line in asked.answering else "does not"
        return "unknown"

    return tuple(label(line) for line in range(window.first, window.last))


def _nothing(text: str, document: Document, window: Window) -> Example:
    nothing: Label = "does not"
    return Example(text, document, window, False, (nothing,) * (window.last - window.first))


def _by_name(question: str, name: str, lang: str) -> str:
    """A question to somebody; which form is chosen by the question, so that the same name doesn't
    go with an answer in one form and without in another."""
    forms = _BY_NAME["zh" if lang.startswith("zh") else "en"]
    return forms[crc32(question.encode()) % len(forms)].format(name=name, question=question)


def _without_language(identifier: str, name: str, lang: str) -> str:
    """An id of a parallel set without its language: ``xquad-0003-01`` for ``xquad-th-0003-01``."""
    short = lang.partition("-")[0]
    if not name.endswith(f"-{short}"):
        return identifier
    return identifier.replace(f"{name}-", f"{name.removesuffix(short)}", 1)
