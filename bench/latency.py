"""Questions to measure with, and the time that each search takes: for benches."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from bench.startup import QUESTIONS
from index.embedding.centring import reference_sentences
from tests.program import ROOT

OWN_QUESTIONS = tuple(
    ROOT / "tests" / "index" / name for name in ("questions_shipped.jsonl", "off_topic.jsonl")
)
WARM_UP = 10
"""Searches before those that count: caches fill, and the first of all loads Chroma's graph."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds a search takes, the question's embedding included, over so many of them."""

    searches: int
    median_ms: float
    p95_ms: float
    slowest_ms: float


def latency(seconds: Sequence[float]) -> Latency:
    """The figures of some searches; the 95th percentile is the nearest-rank one."""
    ms = np.asarray(seconds) * 1000
    p95 = np.percentile(ms, 95, method="inverted_cdf")
    return Latency(len(ms), float(np.median(ms)), float(p95), float(ms.max()))


def seconds_of(search: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Seconds of each search in turn, after a few that aren't counted."""
    for question in questions[:WARM_UP]:
        search(question)
    taken = []
    for question in questions:
        started = time.perf_counter()
        search(question)
        taken.append(time.perf_counter() - started)
    return taken


def choose_questions(files: Sequence[Path], count: int) -> list[str]:
    """Different questions: of these files, JSON objects a line; without any, the project's own.

    Those are asked by its tests, then come the reference questions, Chinese and English first. The
    reference has the same questions in several languages.
    """
    asked = _from_files(files) if files else _own()
    return list(islice(dict.fromkeys(asked), count))


def _own() -> Iterator[str]:
    yield from QUESTIONS
    yield from _from_files(OWN_QUESTIONS)
    for kinds in reference_sentences().values():
        yield from kinds["question"]


def _from_files(files: Sequence[Path]) -> Iterator[str]:
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)["question"]
