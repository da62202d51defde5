"""Search and memory with 100,000 chunks: ``python -m bench.scale [--library FOLDER] [--keep DIR]``.

The index is made of copies of a real library's talks with small changes (bench/multiplied.py), by
the doors that indexing uses. Then a process of its own loads the model, opens the index and asks,
so that time and memory are those of a reader's first minutes. ``--keep`` leaves the index in a
folder, where later runs find it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.engine import Assistant
from bench.latency import Latency, choose_questions, latency, seconds_of
from bench.memory import Memory, memory_now
from bench.multiplied import Filled, Original, copies, fill
from bench.narrowing import scopes_of
from corpus.chunks import Budget, chunk_transcript
from corpus.library import Library
from index.embedding.centring import CentredEmbedder, LanguageMeans, measure_means
from index.embedding.embedder import load_embedder
from index.embedding.onnx import usable_cores
from index.lexical.dictionary import open_dictionary
from index.retriever import TranscriptRetriever
from index.storage.catalog import talk_of
from index.storage.store import IndexStore, open_store
from index.sync import Known, ProgressMeter, vectorise
from index.types import EVERYWHERE, Embedder, Scope
from tests.program import ROOT

SHIPPED = ROOT / "corpus" / "transcripts"
HITS = 10
_MEANS = "means"
_MADE = "bench.scale"
"""What the index tells of itself when it is whole."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was indexed, of which library, and how many chunks were asked for."""

    library: str
    wanted: int
    filled: Filled
    seconds: float
    on_disk_mb: float


@dataclass(frozen=True, slots=True)
class Searched:
    """``opening_s`` until the stores are open, ``first_search_s`` the first search after it, which
    loads Chroma's graph; ``within`` tells of searches restricted to a scope, by its name;
    ``memory`` is what came above the model's own."""

    opening_s: float
    first_search_s: float
    search: Latency
    within: dict[str, Latency]
    model: Memory
    memory: Memory


@dataclass(frozen=True, slots=True)
class Report:
    cores: int
    made: Made
    searched: Searched


def originals_of(library: Library, embedder: Embedder) -> list[Original]:
    """The library's talks, cut and embedded as indexing does."""
    budget = Budget(window_tokens=embedder.window_tokens, window_count=embedder.count_tokens)
    originals = []
    for file in library.files():
        transcript = library.read(file)
        chunks = chunk_transcript(transcript, budget)
        vectors = vectorise(chunks, Known({}, {}), embedder, ProgressMeter(1, None))
        originals.append(Original(talk_of(transcript), chunks, vectors))
    return [original for original in originals if original.chunks]


def make(data: Path, library: Path, chunks: int) -> Made:
    """Makes the index, unless the folder has one of this library and size."""
    name = str(library.resolve())
    with _open(data) as store:
        stored = json.loads(store.catalog.read_value(_MADE) or b"{}")
    if stored.get("library") == name and stored.get("wanted") == chunks:
        return Made(**{**stored, "filled": Filled(**stored["filled"])})
    base = load_embedder(None, data)
    means = measure_means(base)
    _tell("embedding the library")
    originals = originals_of(Library(library), CentredEmbedder(base, means))
    with _open(data, rebuild=True) as store:
        store.catalog.write_value(_MEANS, means.to_bytes())
        started, filled = time.perf_counter(), Filled()
        for filled in fill(store, copies(originals, chunks)):
            _tell(f"{filled.chunks} chunks after {time.perf_counter() - started:.0f} s")
        sizes = [path.stat().st_size for path in store.folder.rglob("*") if path.is_file()]
        made = Made(name, chunks, filled, time.perf_counter() - started, sum(sizes) / 1e6)
        store.catalog.write_value(_MADE, json.dumps(asdict(made)).encode())
        store.mark_complete()
    return made


def _open(data: Path, *, rebuild: bool = False) -> IndexStore:
    return open_store(data, data / "multiplied", rebuild=rebuild)


def measure(data: Path, questions: Sequence[str], restricted: int) -> Searched:
    """Opens the finished index and asks; for a process that did nothing before.

    ``restricted`` is how many of the questions are asked within each scope.
    """
    base = load_embedder(None, data)
    base.query(questions[0])
    dictionary = open_dictionary(data)
    model = memory_now()
    started = time.perf_counter()
    with _open(data) as store:
        means = LanguageMeans.from_bytes(store.catalog.read_value(_MEANS) or b"")
        embedder = CentredEmbedder(base, means)
        retriever = TranscriptRetriever(store, embedder, dictionary=dictionary)
        assistant = Assistant(retriever, lambda _: None)

        def timed(asked: Sequence[str], scope: Scope = EVERYWHERE) -> Latency:
            return latency(
                seconds_of(lambda question: assistant.search(question, HITS, (), scope), asked)
            )

        opened = time.perf_counter()
        assistant.search(questions[0], HITS)
        searched = time.perf_counter()
        search = timed(questions)
        scopes = scopes_of(retriever.talks()) if restricted else {}
        within = {name: timed(questions[:restricted], scope) for name, scope in scopes.items()}
        memory = memory_now().above(model)
    return Searched(opened - started, searched - opened, search, within, model, memory)


def table(report: Report) -> str:
    return "\n".join([*_made_lines(report), *_searched_lines(report.searched)])


def _made_lines(report: Report) -> list[str]:
    made, filled = report.made, report.made.filled
    return [
        f"{report.cores} cores, Python {sys.version.split()[0]}",
        f"{filled.chunks} chunks, {filled.sentences} sentences, {filled.talks} talks;"
        f" {made.on_disk_mb:.0f} MB on disk, made in {made.seconds:.0f} s",
    ]


def _searched_lines(found: Searched) -> list[str]:
    above = found.memory
    return [
        f"{'opening the index':<34}{found.opening_s:>9.2f} s",
        f"{'first search':<34}{found.first_search_s:>9.2f} s",
        f"{'milliseconds a search':<34}{'n':>9}{'median':>9}{'p95':>9}{'slowest':>9}{'ratio':>9}",
        _latency_line("everywhere", found.search, found.search),
        *(_latency_line(name, one, found.search) for name, one in found.within.items()),
        f"{'memory with the model alone':<34}{found.model.resident_mb:>9.0f} MB",
        f"{'memory above that':<34}{above.resident_mb:>9.0f} MB,"
        f" {above.own_mb:.0f} its own and {above.mapped_mb:.0f} of mapped files",
    ]


def _latency_line(name: str, one: Latency, plain: Latency) -> str:
    """The ratio is that of medians."""
    figures = f"{one.median_ms:>9.1f}{one.p95_ms:>9.1f}{one.slowest_ms:>9.1f}"
    return f"{f'  {name}':<34}{one.searches:>9}{figures}{one.median_ms / plain.median_ms:>9.2f}"


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    questions = choose_questions(given.questions or (), given.searches)
    with tempfile.TemporaryDirectory(prefix="verbatim-bench-") as temporary:
        data = given.keep or Path(temporary)
        data.mkdir(parents=True, exist_ok=True)
        made = make(data, given.library, given.chunks)
        # A process of its own: what making the index took and left behind is not counted.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as fresh:
            searched = fresh.submit(measure, data, questions, given.restricted).result()
    report = Report(usable_cores(), made, searched)
    print(json.dumps(asdict(report), indent=2) if given.json else table(report))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--library", type=Path, default=SHIPPED, help="what is multiplied")
    parser.add_argument("--chunks", type=int, default=100_000, help="how many (100000)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the index stays")
    parser.add_argument("--questions", type=Path, action="append", help="JSON objects a line")
    parser.add_argument("--searches", type=int, default=200, help="different questions (200)")
    parser.add_argument("--restricted", type=int, default=40, help="of them in each scope (40)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
