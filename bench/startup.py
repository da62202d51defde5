"""How long starting takes and where the time goes: ``python -m bench.startup [--json]``.

The real program over a real index, as its own process: the time to the first page, to being ready,
to the first answer of ``POST /api/ask`` and to the following ones; with ``--imports`` then a second
start that tells what is imported.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.program import ROOT, read, running

QUESTIONS = (
    "为什么说公榜不能反映真实产品表现？",
    "How do guests explain that Google can push scaling further?",
    "為什麼說數據受限會改變範式？",
    "What did Gemini 3's pre-training lead say the secret was?",
    "Transformer 三到五年会被换掉吗？",
    "How should the kitchen wall be painted?",
    "TPU 的软硬一体有什么优势？",
    "What is said about interpretability?",
)
_IMPORT = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)", re.M)


@dataclass(frozen=True, slots=True)
class Startup:
    """Seconds from the start of the process, and seconds an answer takes; ``imports_s`` by library,
    empty where it wasn't asked for."""

    first_index_s: float
    later_index_s: float
    page_s: float
    ready_s: float
    first_answer_s: float
    median_answer_s: float
    slowest_answer_s: float
    imports_s: dict[str, float]


def import_shares(report: str, count: int) -> dict[str, float]:
    """Seconds by top-level library from the report of ``-X importtime``, the slowest first.

    A library's time is that of its own modules, not of what they import in turn.
    """
    totals: Counter[str] = Counter()
    for microseconds, module in _IMPORT.findall(report):
        totals[module.partition(".")[0]] += int(microseconds)
    return {name: total / 1e6 for name, total in totals.most_common(count)}


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    library = ["--library", str(arguments.library.resolve())] if arguments.library else []
    chosen = nullcontext(str(arguments.data)) if arguments.data else None
    with chosen or tempfile.TemporaryDirectory(prefix="verbatim-bench-") as folder:
        measured = measure(
            Path(folder), library, arguments.questions or QUESTIONS, imports=arguments.imports
        )
    if arguments.json:
        print(json.dumps(asdict(measured), ensure_ascii=False))
    else:
        print("\n".join(table(measured)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.startup", description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, help="the library to serve (default: the shipped)")
    parser.add_argument(
        "--data", type=Path, help="a data folder to use (default: a new one, model unpacked anew)"
    )
    parser.add_argument(
        "--imports", action="store_true", help="start once more to tell what is imported"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("questions", nargs="*", help="questions to ask (default: eight of our own)")
    return parser


def measure(data: Path, library: list[str], questions: Sequence[str], *, imports: bool) -> Startup:
    """Index, index again, serve and ask, all over ``data``; in an empty folder the first index
    unpacks the model as well."""
    first_index_s, later_index_s = index_s(data, library), index_s(data, library)
    with running(data, *library) as server:
        page_s, ready_s = server.wait_until_up(), server.wait_until_ready()
        first_s, *others_s = [ask_s(server.url, each) for each in (*questions, questions[0])]
    imports_s = {}
    if imports:
        with running(data, *library, interpreter=("-X", "importtime")) as server:
            server.wait_until_ready()
            imports_s = import_shares(server.told(), count=12)
    return Startup(
        first_index_s=first_index_s,
        later_index_s=later_index_s,
        page_s=page_s,
        ready_s=ready_s,
        first_answer_s=first_s,
        median_answer_s=statistics.median(others_s),
        slowest_answer_s=max(others_s),
        imports_s=imports_s,
    )


def ask_s(url: str, question: str) -> float:
    """Wall time of a whole answer. Raises RuntimeError where there is none."""
    started = time.perf_counter()
    status, body = read(f"{url}/api/ask", {"question": question})
    if status != 200:
        raise RuntimeError(f"{url} refused the question with {status}: {body[:200]!r}")
    return time.perf_counter() - started


def index_s(data: Path, library: list[str]) -> float:
    """Wall time of a whole ``index`` command, the start of Python included."""
    started = time.perf_counter()
    command = [sys.executable, "app.py", "index", "--data", str(data), *library]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - started


def table(measured: Startup) -> Iterable[str]:
    """The figures for a person, one a line."""
    yield f"{os.cpu_count()} cores, Python {sys.version.split()[0]}"
    labels = {
        "first index, model unpacked": measured.first_index_s,
        "index again, nothing changed": measured.later_index_s,
        "page up": measured.page_s,
        "ready to answer": measured.ready_s,
        "first answer": measured.first_answer_s,
        "following answers, median": measured.median_answer_s,
        "following answers, slowest": measured.slowest_answer_s,
    }
    yield from (f"{label:<30}{seconds:>9.3f} s" for label, seconds in labels.items())
    if measured.imports_s:
        yield "imports up to being ready, each library's own modules (measuring slows them)"
    yield from (f"  {name:<28}{seconds:>9.3f} s" for name, seconds in measured.imports_s.items())


if __name__ == "__main__":
    raise SystemExit(main())
