"""How long a search takes: ``python -m bench.search [--library FOLDER] [--json]``.

The program's own parts as it wires them, over the shipped library or another, brought up to date in
a folder of its own; different questions one after the other, each with its embedding and all.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.library import OpenLibrary, lock_library
from assistant.settings import read_settings
from bench.latency import Latency, choose_questions, latency, seconds_of
from index.embedding.onnx import usable_cores

HITS = 10


@dataclass(frozen=True, slots=True)
class Report:
    """``embedding`` is the question's vector alone, which ``search`` includes."""

    cores: int
    files: int
    chunks: int
    search: Latency
    embedding: Latency


def measure(opened: OpenLibrary, questions: Sequence[str]) -> Report:
    def search(question: str) -> object:
        return opened.assistant.search(question, HITS)

    def timed(run: Callable[[str], object]) -> Latency:
        return latency(seconds_of(run, questions))

    counts = opened.report
    files = counts.added + counts.updated + counts.unchanged
    return Report(usable_cores(), files, counts.chunks, timed(search), timed(opened.model.query))


def table(report: Report) -> str:
    lines = [
        f"{report.cores} cores, Python {sys.version.split()[0]}; {report.files} files,"
        f" {report.chunks} chunks, {report.search.searches} different questions",
        f"{'':<32}{'median':>9}{'p95':>9}{'slowest':>9}",
    ]
    parts = {
        "search, question included, ms": report.search,
        "its embedding alone": report.embedding,
    }
    for label, one in parts.items():
        lines.append(f"{label:<32}{one.median_ms:>9.1f}{one.p95_ms:>9.1f}{one.slowest_ms:>9.1f}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    questions = choose_questions(given.questions or (), given.searches)
    environment = {"VERBATIM_LIBRARY": str(given.library)} if given.library else {}
    folder = nullcontext(str(given.data)) if given.data else tempfile.TemporaryDirectory()
    with folder as data:
        settings = read_settings({**environment, "VERBATIM_DATA": data})
        with lock_library(settings) as held:
            report = measure(held.open(lambda line: print(line, file=sys.stderr)), questions)
    print(json.dumps(asdict(report), indent=2) if given.json else table(report))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--library", type=Path, help="folder or file (default: the shipped)")
    parser.add_argument("--data", type=Path, help="where the model and the index are or get made")
    parser.add_argument(
        "--questions", type=Path, action="append", metavar="FILE", help="JSON objects a line"
    )
    parser.add_argument("--searches", type=int, default=200, help="different questions (200)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


if __name__ == "__main__":
    main()
