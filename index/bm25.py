"""BM25 on one scale: pure functions.

    bm25(question, passage) = sum over terms t of idf(t) * tf / (tf + K1 * (1 - B + B * len / mean))
                              ------------------------------------------------------------------
                                              sum over terms t of idf(t)
    idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5))

over the question's different terms, or its concepts, which concepts.py puts together; ``tf`` is
the term's count in the passage, ``len`` the passage's length in terms, ``n`` of ``N`` passages hold
the term. The divisor is what the question could attain at most (a term's part approaches 1 as its
count grows; the factor K1 + 1 cancels), and a term that no passage holds counts in it with the
highest IDF. So the score lies in 0..1, and a question that the library shares few words with scores
low everywhere instead of putting a chance match on top. Robertson and Zaragoza (2009), "The
Probabilistic Relevance Framework: BM25 and Beyond"; the 1 inside the logarithm, after Lucene, keeps
the IDF of common terms above zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

K1 = 1.2
"""How soon repetitions of a term stop counting; the literature's usual value."""
B = 0.75
"""How much a passage's length counts against it; the literature's usual value."""


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The passages that hold a term: their rows, ascending, and how often each holds it."""

    rows: Rows
    counts: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Lengths:
    """Each passage's length in terms by row, (highest row + 1,), 0 where a row has no passage.

    ``passages`` counts the passages, ``mean`` is their mean length, at least 1.
    """

    by_row: Floats
    passages: int
    mean: float


def idf(passages: int, holding: int) -> float:
    """The weight of a term that ``holding`` of ``passages`` hold; highest where none does."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


def term_part(postings: Postings, lengths: Lengths) -> Floats:
    """What a term adds to each of its passages before its IDF, 0..1, in the order of the rows."""
    share = lengths.by_row[postings.rows] / np.float32(lengths.mean)
    part = postings.counts / (postings.counts + K1 * (1 - B + B * share))
    return part.astype(np.float32, copy=False)
