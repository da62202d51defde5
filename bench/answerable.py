"""How well the program tells questions that its library answers from those it doesn't.

``python -m bench.answerable --xquad FOLDER [--questions FILE --library FOLDER] [--json]``.
Off topic: XQuAD with every other article in the index and all its questions asked. Neighbouring:
a question file's ``qa`` against its ``unanswerable``, over its own library. Told for each: AUROC
(the chance that an answerable question looks surer than another), the share of the others that is
refused at the threshold that keeps 95 % of the answerable, and both shares at the default.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.evaluation.questions import read_questions
from assistant.library import lock_library
from assistant.settings import Settings
from bench.retrieval import OTHER, Passages, make_retriever
from bench.xquad import Xquad, evenly, read_xquad_folder
from index.embedding.centring import measure_means
from index.embedding.embedder import load_embedder
from index.scoring import auroc
from index.storage.store import open_store
from index.types import Query

KEPT = 0.95
"""Share of the answerable questions that the threshold must keep."""
Asked = tuple[str, bool]
"""A question, and whether the index holds its answer."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Shares from 0 to 1; ``default`` is the threshold that the settings have."""

    case: str
    answerable: int
    others: int
    auroc: float
    refused_at_kept: float
    answered_at_default: float
    refused_at_default: float


def figure(case: str, sure: Sequence[float], unsure: Sequence[float]) -> Figure:
    """The figures of one case from the probabilities of both kinds of question."""
    yes, no = np.array(sure), np.array(unsure)
    threshold, default = np.quantile(yes, 1 - KEPT), Settings().min_confidence
    shares = ((no < threshold).mean(), (yes >= default).mean(), (no < default).mean())
    return Figure(case, len(yes), len(no), auroc(sure, unsure), *map(float, shares))


def off_topic(data: Path, xquad: Mapping[str, Xquad], count: int | None) -> Iterator[Figure]:
    """The cases of XQuAD; the mixed index has its first half in Chinese, the second in English."""
    base = load_embedder(None, data)
    means = measure_means(base)
    articles = xquad["zh"].articles
    kept = [position for position, article in enumerate(articles) if article % 2 == 0]
    half = len(articles) // 2
    told = {
        "zh": dict.fromkeys(kept, "zh"),
        "en": dict.fromkeys(kept, "en"),
        "mixed": {position: "zh" if position < half else "en" for position in kept},
    }
    names = {"zh": ("zh-zh", "en-zh"), "en": ("en-en", "zh-en")}
    for name, languages in told.items():
        passages = Passages([xquad[language].passages[n] for n, language in languages.items()])
        with open_store(data, data / name) as store:
            retriever = make_retriever(data, store, passages, base, means)
            for n, case in enumerate(names.get(name, ("mixed-same", "mixed-cross"))):
                asked = _asked(xquad, name, half, cross=n == 1, kept=set(kept), count=count)
                sure = [(retriever.search(Query(text), 1).answerable, yes) for text, yes in asked]
                yield figure(case, [p for p, yes in sure if yes], [p for p, yes in sure if not yes])


def _asked(
    xquad: Mapping[str, Xquad],
    name: str,
    half: int,
    *,
    cross: bool,
    kept: set[int],
    count: int | None,
) -> list[Asked]:
    gold = xquad["zh"].gold
    found = []
    for n in evenly(len(gold), count):
        position = gold[n]
        told = name if name in OTHER else "zh" if position < half else "en"
        language = OTHER[told] if cross else told
        found.append((xquad[language].questions[n], position in kept))
    return found


def neighbouring(file: Path, library: Path, data: Path) -> Figure:
    """A question file's own: its unanswerable questions are on the library's subjects."""
    questions = read_questions(file)
    with lock_library(replace(Settings(), library=library, data=data)) as held:
        assistant = held.open(lambda _: None, None).assistant

        def sure(kind: str) -> list[float]:
            texts = [question.text for question in questions if question.kind == kind]
            return [assistant.search(text, 1)[0].answerable for text in texts]

        return figure(f"neighbouring, {file.name}", sure("qa"), sure("unanswerable"))


def table(figures: Sequence[Figure]) -> str:
    """The figures for a person."""
    head = f"{'':<34}{'questions':>12}{'AUROC':>8}{'refused*':>10}{'answered':>10}{'refused':>9}"
    lines = [head]
    for one in figures:
        counts = f"{one.answerable} / {one.others}"
        lines.append(
            f"{one.case:<34}{counts:>12}{one.auroc:>8.3f}{one.refused_at_kept:>10.2f}"
            f"{one.answered_at_default:>10.2f}{one.refused_at_default:>9.2f}"
        )
    return "\n".join([*lines, f"* at the threshold that keeps {KEPT:.0%} of the answerable"])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--xquad", type=Path, help="folder of xquad.zh.json and xquad.en.json")
    parser.add_argument("--count", type=int, help="how many of its questions, evenly from all")
    parser.add_argument("--questions", type=Path, action="append", default=[], help="file for eval")
    parser.add_argument("--library", type=Path, default=Settings().library)
    parser.add_argument("--data", type=Path, help="a data folder to use (default: a new one)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    with nullcontext(given.data) if given.data else tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        figures = [neighbouring(file, given.library, data) for file in given.questions]
        if given.xquad:
            figures += off_topic(data, read_xquad_folder(given.xquad), given.count)
    print(json.dumps([asdict(one) for one in figures], indent=2) if given.json else table(figures))


if __name__ == "__main__":
    main()
