"""All that is measured without data from elsewhere, as one table: ``python -m bench [--quick]``.

Each bench runs as a process of its own, one after the other, over one data folder; what it prints
with ``--json`` becomes rows, a figure each. Quiet machines give figures, busy ones noise: compare
ratios, and both sides of a comparison in one run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Bench:
    """A bench with its arguments: in full, and for a quick look whether it runs. ``keeps_data``:
    it takes ``--data``, so that the model is unpacked once for all of them."""

    name: str
    quick: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    keeps_data: bool = True


BENCHES = (
    Bench("startup", quick=("Transformer 三到五年会被换掉吗？",), keeps_data=False),
    Bench("search", quick=("--searches", "3")),
    Bench("embedding", quick=("--texts", "4", "--rounds", "1")),
    Bench("indexing", quick=("--chunks", "2", "--rounds", "1")),
    Bench("citing", quick=("--quotes", "4")),
    Bench("checking"),
    Bench("centring", keeps_data=False),
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny inputs: whether all of it runs")
    parser.add_argument("--data", type=Path, help="where the model and the index are or get made")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(one.name for one in BENCHES)}")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - {one.name for one in BENCHES}:
        parser.error(f"there is no bench {', '.join(sorted(unknown))} among these")
    failed = []
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory(prefix="verbatim-bench-") as temporary:
        for bench in BENCHES:
            if not given.names or bench.name in given.names:
                ended_well = show(bench, given.data or Path(temporary), quick=given.quick)
                failed += [] if ended_well else [bench.name]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def show(bench: Bench, data: Path, *, quick: bool) -> bool:
    """Runs a bench and prints its rows; whether it ended well."""
    command = [sys.executable, "-m", f"bench.{bench.name}", "--json"]
    command += ["--data", str(data)] if bench.keeps_data else []
    command += bench.quick if quick else bench.full
    started = time.perf_counter()
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    took_s = time.perf_counter() - started
    print(f"\n{bench.name:<44}{took_s:>10.0f} s in all", flush=True)
    if run.returncode:
        return False
    for name, value in rows(json.loads(run.stdout)):
        told = f"{value:,.4g}" if isinstance(value, float) else f"{value}"
        print(f"  {name:<52}{told:>12}", flush=True)
    return True


def rows(document: Any, above: str = "") -> Iterator[tuple[str, float]]:
    """The figures of a document by their path in it; items of a list by their own first text."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            yield from rows(value, f"{above} {name}".strip())
    elif isinstance(document, list):
        for number, item in enumerate(document, start=1):
            yield from rows(item, f"{above} {_named(item, number)}".strip())
    elif isinstance(document, int | float):
        yield above, document


def _named(item: Any, number: int) -> str:
    texts = item.values() if isinstance(item, Mapping) else ()
    return next((value for value in texts if isinstance(value, str)), str(number))


if __name__ == "__main__":
    raise SystemExit(main())
