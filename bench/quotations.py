"""Quotes made from passages by cutting and garbling them, and sentences from elsewhere."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from assistant.citation.align import words_of
from bench.xquad import read_xquad
from corpus.language import detect_language, to_script
from corpus.sentences import sentence_spans, width
from corpus.types import Chunk

EXACT = ("cut", "across", "script")
GARBLED = ("swapped", "dropped", "replaced")
LEAST_WORDS = 8
"""Of a sentence that quotes are made from: shorter ones are said again and again."""
LEAST_WIDTH = 30


@dataclass(frozen=True, slots=True)
class Made:
    """A quote, how it was made, and the words of the source that it was made from."""

    kind: str
    text: str
    source: str
    file: str


def make_quotes(chunks: Sequence[Chunk], count: int, seed: int) -> list[Made]:
    """So many quotes of each kind in turn, of sentences drawn at random."""
    draw = random.Random(seed)
    pairs = [
        (chunk, one.text, after.text)
        for chunk in chunks
        for one, after in pairwise(chunk.sentences)
        if min(_count(one.text), _count(after.text)) >= LEAST_WORDS and _joined(chunk, one.end)
    ]
    others = [
        word for _, text, _ in draw.sample(pairs, min(200, len(pairs))) for word in _cut(text)
    ]
    kinds = (*EXACT, *GARBLED)
    return [_made(kinds[n % len(kinds)], *draw.choice(pairs), draw, others) for n in range(count)]


def _made(
    kind: str, chunk: Chunk, text: str, after: str, draw: random.Random, others: Sequence[str]
) -> Made:
    spans = words_of(text).spans
    if kind == "across":
        start = spans[len(spans) // 2][0]
        end = words_of(after).spans[_count(after) // 2][1]
        words = f"{text[start:]} {after[:end]}"
        return Made(kind, words, words, chunk.file)
    low = draw.randrange(len(spans) // 4 + 1)
    high = draw.randrange(low + max(5, len(spans) // 2), len(spans)) + 1 if kind == "cut" else None
    source = text[spans[low][0] : spans[(high or len(spans)) - 1][1]] if kind == "cut" else text
    return Made(kind, _changed(kind, source, draw, others), source, chunk.file)


def _changed(kind: str, text: str, draw: random.Random, others: Sequence[str]) -> str:
    if kind == "cut":
        return text
    if kind == "script":
        other = "zh-Hans" if detect_language(text) == "zh-Hant" else "zh-Hant"
        return to_script(text, other).upper().replace(",", "，")
    words = list(_cut(text))
    places = range(len(words) - 1)
    if kind == "swapped":
        for n in draw.sample(places, max(1, len(words) // 6)):
            words[n], words[n + 1] = words[n + 1], words[n]
    elif kind == "dropped":
        gone = set(draw.sample(range(len(words)), len(words) // 3))
        words = [word for n, word in enumerate(words) if n not in gone]
    else:
        for n in draw.sample(places, max(1, len(words) // 6)):
            words[n] = draw.choice(others)
    return " ".join(words) if " " in text.strip() and not _wide(text) else "".join(words)


def _cut(text: str) -> list[str]:
    return [text[start:end] for start, end in words_of(text).spans]


def _count(text: str) -> int:
    return len(words_of(text).keys)


def _wide(text: str) -> bool:
    return width(text) > 1.5 * len(text)


def _joined(chunk: Chunk, end: int) -> bool:
    """Whether the next sentence follows in the same line."""
    return "\n" not in chunk.text[end : end + 1]


def foreign_sentences(files: Sequence[Path], count: int, seed: int) -> list[str]:
    """Sentences of passages from elsewhere, as many of each file."""
    draw = random.Random(seed)
    chosen: list[str] = []
    for file in files:
        texts = [
            text[start:end]
            for text in read_xquad(file).passages
            for start, end in sentence_spans(text)
        ]
        long = [text for text in texts if width(text) >= LEAST_WIDTH]
        chosen += draw.sample(long, min(count // len(files), len(long)))
    return chosen
