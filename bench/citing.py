"""Looking up quotes: ``python -m bench.citing [--library FOLDER] [--foreign FILE]``.

Quotes are made from the library's own sentences. These must be found first, and as exact: ``cut``,
a stretch of one; ``across``, the end of one and the start of the next; ``script``, Traditional for
Simplified Chinese and back, other case and width. These must be found first: ``swapped``, where
neighbouring words change places; ``dropped``, where a third of the words is gone; ``replaced``,
where a sixth are other words of the library. Sentences of files that have nothing to do with the
library (``--foreign``, SQuAD's JSON layout) must not be claimed. ``--kept`` takes the time in an
index that bench.scale left behind, with quotes made from that. ``--part 0`` takes every other talk,
``--part 1`` the rest, so that what was tuned on some is checked on others.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.citation.align import words_of
from assistant.citation.lookup import QuoteFinder
from assistant.citation.types import Lookup
from assistant.evaluation.metrics import Location, first_hit
from assistant.evaluation.questions import read_questions
from assistant.library import lock_library
from assistant.settings import read_settings
from bench.latency import Latency, latency, seconds_of
from bench.quotations import EXACT, GARBLED, Made, foreign_sentences, make_quotes
from corpus.types import Chunk
from index.embedding.centring import CentredEmbedder, LanguageMeans
from index.embedding.embedder import load_embedder
from index.lexical.dictionary import open_dictionary
from index.quotes import QuoteIndex
from index.storage.catalog import Catalog
from index.storage.store import open_store
from index.wording import Wordings

DRAWN = 2000
"""Passages of a large index that quotes are made from."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Shares of the quotes: whose own words came first, came first as exact, and that were claimed
    as exact or close."""

    quotes: int
    first: float
    exact: float
    claimed: float


@dataclass(frozen=True, slots=True)
class Foreign:
    """Sentences from elsewhere, and the shares of them that were claimed."""

    sentences: int
    worded: float
    meaning: float


@dataclass(frozen=True, slots=True)
class Report:
    kinds: dict[str, Kind]
    garbled_first: float
    foreign: Foreign | None
    asked_first: str
    quote_ms: Latency
    kept_ms: Latency | None


def is_first(made: Made, found: Lookup) -> bool:
    """Whether the first place has the words that the quote was made from, wherever they are said:
    what is said twice may be found at either place."""
    if not found.places:
        return False
    place = found.places[0]
    wanted, given = words_of(made.source).keys, words_of(place.quote).keys
    return _holds(given, wanted) or (
        place.chunk.file == made.file and _holds(wanted, words_of(place.matched).keys)
    )


def _holds(text: Sequence[str], part: Sequence[str]) -> bool:
    return f" {' '.join(part)} " in f" {' '.join(text)} "


def kinds_of(finder: QuoteFinder, quotes: Iterable[Made]) -> tuple[dict[str, Kind], list[Made]]:
    """The figures by kind, and the quotes that were missed."""
    told: dict[str, list[tuple[bool, str]]] = {}
    missed = []
    for made in quotes:
        found = finder.find(made.text)
        right = is_first(made, found)
        told.setdefault(made.kind, []).append((right, found.match))
        if not right or (made.kind in EXACT and found.match != "exact"):
            missed.append(made)
    return {kind: _kind(rows) for kind, rows in told.items()}, missed


def _kind(rows: Sequence[tuple[bool, str]]) -> Kind:
    return Kind(
        len(rows),
        _share(right for right, _ in rows),
        _share(right and match == "exact" for right, match in rows),
        _share(match in ("exact", "close") for _, match in rows),
    )


def foreign_of(finder: QuoteFinder, sentences: Sequence[str]) -> Foreign:
    found = [finder.look_up(sentence).match for sentence in sentences]
    worded = _share(match in ("exact", "close") for match in found)
    return Foreign(len(found), worded, _share(match == "meaning" for match in found))


def asked_first(finder: QuoteFinder, file: Path | None) -> str:
    """Of a question file's quotes, how many have their gold first, such as ``12/12``."""
    if file is None:
        return ""
    quotes = [one for one in read_questions(file) if one.kind == "quote"]
    right = 0
    for one in quotes:
        places = [
            Location(
                place.chunk.file, place.chunk.heading, place.moment.start_s, place.moment.end_s
            )
            for place in finder.find(one.text).places
        ]
        right += first_hit(places, one.gold) == 1
    return f"{right}/{len(quotes)}"


def _share(marks: Iterable[bool]) -> float:
    marks = list(marks)
    return round(sum(marks) / len(marks), 4) if marks else 0.0


def _chunks(catalog: Catalog, part: int | None) -> list[Chunk]:
    """The talks' own passages, of every talk or of every other one."""
    files = sorted(catalog.talk_ids())
    chosen = files if part is None else files[part::2]
    of_files = [catalog.talk_chunks(one).values() for one in chosen]
    return [chunk for held in of_files for chunk in held if chunk.kind == "talk"]


def kept_latency(data: Path, count: int, seed: int) -> Latency:
    """Time a quote in an index that ``bench.scale --keep`` made, made from passages of its own."""
    base = load_embedder(None, data)
    with open_store(data, data / "multiplied") as store:
        means = LanguageMeans.from_bytes(store.catalog.read_value("means") or b"")
        wordings = Wordings(store, open_dictionary(data))
        index = QuoteIndex(store, CentredEmbedder(base, means), wordings)
        rows = sorted(store.catalog.rows_of(store.catalog.ids()).values())
        drawn = random.Random(seed).sample(rows, min(DRAWN, len(rows)))
        quotes = make_quotes(list(store.catalog.chunks(drawn).values()), count, seed)
        return _latency(QuoteFinder(index).find, quotes)


def _latency(find: Callable[[str], Lookup], quotes: Sequence[Made]) -> Latency:
    return latency(seconds_of(find, [made.text for made in quotes]))


def table(report: Report) -> str:
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"{'':<12}{'n':>6}{'first':>9}{'exact':>9}{'claimed':>9}"
    for name, kind in report.kinds.items():
        yield f"{name:<12}{kind.quotes:>6}{kind.first:>9}{kind.exact:>9}{kind.claimed:>9}"
    yield f"garbled, first: {report.garbled_first}"
    if report.foreign:
        one = report.foreign
        yield (
            f"{one.sentences} sentences from elsewhere: {one.worded} claimed as exact or close,"
            f" {one.meaning} as meaning"
        )
    if report.asked_first:
        yield f"the question file's quotes, gold first: {report.asked_first}"
    for name, one_ms in (("a quote", report.quote_ms), ("kept index", report.kept_ms)):
        if one_ms:
            yield (
                f"{name}, ms: median {one_ms.median_ms:.1f}, p95 {one_ms.p95_ms:.1f},"
                f" slowest {one_ms.slowest_ms:.1f}"
            )


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    environment = {"VERBATIM_LIBRARY": str(given.library)} if given.library else {}
    folder = nullcontext(str(given.data)) if given.data else tempfile.TemporaryDirectory()
    with folder as data:
        settings = read_settings({**environment, "VERBATIM_DATA": data})
        with lock_library(settings) as held:
            finder = held.open(lambda line: print(line, file=sys.stderr)).assistant.quotes
            quotes = make_quotes(_chunks(held.store.catalog, given.part), given.quotes, given.seed)
            kinds, missed = kinds_of(finder, quotes)
            foreign = foreign_sentences(given.foreign, given.quotes, given.seed)
            report = Report(
                kinds,
                _share(
                    is_first(one, finder.find(one.text)) for one in quotes if one.kind in GARBLED
                ),
                foreign_of(finder, foreign) if foreign else None,
                asked_first(finder, given.questions),
                _latency(finder.find, quotes),
                None,
            )
    if given.kept:
        report = replace(report, kept_ms=kept_latency(given.kept, given.quotes, given.seed))
    for made in missed:
        print(f"missed {made.kind}: {made.text}", file=sys.stderr)
    print(json.dumps(asdict(report), indent=2) if given.json else table(report))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--library", type=Path, help="folder or file (default: the shipped)")
    parser.add_argument("--data", type=Path, help="where the model and the index are or get made")
    parser.add_argument("--questions", type=Path, metavar="FILE", help="with kind quote among them")
    parser.add_argument(
        "--foreign", type=Path, action="append", default=[], metavar="FILE", help="from elsewhere"
    )
    parser.add_argument("--quotes", type=int, default=200, help="how many are made (200)")
    parser.add_argument("--part", type=int, choices=(0, 1), help="only every other talk")
    parser.add_argument("--seed", type=int, default=0, help="which sentences are drawn (0)")
    parser.add_argument("--kept", type=Path, metavar="DIR", help="what bench.scale --keep left")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


if __name__ == "__main__":
    main()
