"""A talk as a whole: its passages in order, and the sentences that stand for a stretch of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.sentences import width
from corpus.types import Chunk, Sentence
from index.scoring import leads_on
from index.storage.store import IndexStore
from index.types import Vectors

TELLING_WIDTH = 45
"""A sentence of fewer letters, a Han character counting three, stands for no stretch of talk."""
OVERLONG_WIDTH = 420
"""One that is wider says too much at once to stand for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A chunk with the vectors of its sentences, (n, dimension) unit rows in their order."""

    chunk: Chunk
    vectors: Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A sentence where it stands: in its chunk, with its vector (dimension,)."""

    chunk: Chunk
    sentence: Sentence
    vector: Vectors


def passages_of(store: IndexStore, file: str) -> tuple[Passage, ...]:
    """All passages of a file in the order of its text; empty where the index hasn't got it."""
    chunks = store.catalog.talk_chunks(file)
    vectors = store.sentence_vectors.get(chunks)
    return tuple(Passage(one, vectors[row]) for row, one in chunks.items() if row in vectors)


def lines_of(passages: Sequence[Passage]) -> tuple[Line, ...]:
    """Every sentence of these passages, in order."""
    return tuple(
        Line(passage.chunk, sentence, vector)
        for passage in passages
        for sentence, vector in zip(passage.chunk.sentences, passage.vectors, strict=True)
    )


def spoken_lines(passages: Sequence[Passage]) -> tuple[Line, ...]:
    """Every sentence that is said in these passages, in order: no editor's digest."""
    return lines_of([one for one in passages if one.chunk.kind == "talk"])


def standing_for(lines: Sequence[Line], wanted: int = 1) -> tuple[Line, ...]:
    """The sentences that best stand for a stretch of talk, in its order, at most ``wanted``.

    The stretch is cut into as many parts of equal length; of each, the sentence is taken that is
    nearest to the part's mean vector and neither asks nor is short. Where all are short or ask, the
    widest of the stretch.
    """
    parts = np.array_split(np.arange(len(lines)), max(1, min(wanted, len(lines))))
    chosen = [_nearest([lines[n] for n in part]) for part in parts]
    told = tuple(line for line in chosen if line is not None)
    return told or tuple(sorted(lines, key=lambda line: -width(line.sentence.text))[:1])


def _nearest(lines: Sequence[Line]) -> Line | None:
    telling = [line for line in lines if _tells(line.sentence.text)]
    if not telling:
        return None
    centre = np.mean([line.vector for line in lines], axis=0)
    return max(telling, key=lambda line: float(line.vector @ centre))


def _tells(text: str) -> bool:
    return TELLING_WIDTH <= width(text) <= OVERLONG_WIDTH and not leads_on(text)
