"""An optional second look at the first hits by a cross-encoder, which reads question and passage
together: slower by far than comparing vectors, hence only for a few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.types import Hit, Reranker

RERANKED = 20
"""Hits that the model reads; the others stay behind them."""


def rerank(hits: Sequence[Hit], question: str, reranker: Reranker) -> tuple[Hit, ...]:
    """The hits with the first ``RERANKED`` of them in the model's order, under the model's scores.

    The model sees what is embedded of a passage, with its title, heading and speakers: talk alone
    often leaves out what it is about. A later hit keeps its place, with a score no higher than that
    of the last one before it, so that scores still fall.
    """
    first, rest = hits[:RERANKED], hits[RERANKED:]
    scores = reranker.scores(question, [hit.chunk.embedded_text for hit in first])
    order = np.argsort(-scores, kind="stable")
    read = [replace(first[n], score=float(scores[n])) for n in order]
    floor = min((hit.score for hit in read), default=0.0)
    return (*read, *(replace(hit, score=min(hit.score, floor)) for hit in rest))
