"""What the search finds on XQuAD, beside LlamaIndex's dense and fusion retrievers in one run.

``python -m bench.retrieval --xquad FOLDER [--questions N] [--json]``. A passage is a transcript of
its own, without title, heading or times, so that nothing but its words can be matched. The indexes
are real ones, in a temporary folder; the peers get the same passages and the same model.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.evaluation.metrics import CONSIDERED, Find, Ranking, place_of_hit
from assistant.evaluation.peers import stock_peers
from assistant.evaluation.questions import EvalQuestion
from bench.xquad import Xquad, evenly, read_xquad_folder
from corpus.chunks import Budget
from corpus.language import detect_language
from corpus.spellings import Spellings
from corpus.types import FileFailure, Section, Transcript, Utterance
from index.embedding.centring import CentredEmbedder, LanguageMeans, measure_means
from index.embedding.embedder import SentenceEmbedding, load_embedder
from index.lexical.dictionary import open_dictionary
from index.retriever import TranscriptRetriever
from index.storage.store import IndexStore, open_store
from index.sync import sync
from index.types import Query

OURS = "verbatim"
OTHER = {"zh": "en", "en": "zh"}
_CHUNK_TOKENS = 4000
"""The most that the settings allow, so that only the model's window can split a passage."""


@dataclass(frozen=True, slots=True)
class Case:
    """Questions put to one index: pairs of a question and its passage's position."""

    name: str
    asked: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """Shares, 0 to 1, of questions whose passage stands first, and among the first five."""

    case: str
    system: str
    questions: int
    r1: float
    r5: float


@dataclass(frozen=True, slots=True)
class Report:
    """``split`` counts, by index, the passages longer than the window: any chunk of one counts."""

    figures: list[Figure]
    split: dict[str, int]


class MadeLibrary(ABC):
    """Texts that lie in no folder as a library of transcripts, by the names of its files."""

    def __init__(self, files: Sequence[str]) -> None:
        self._files = files

    @abstractmethod
    def read(self, file: str) -> Transcript:
        """A file's transcript."""

    def files(self) -> Sequence[str]:
        return self._files

    def closed_folders(self) -> Sequence[FileFailure]:
        return ()

    def spellings(self) -> Spellings:
        return Spellings()

    def fingerprint(self, file: str) -> str:
        return file


class Passages(MadeLibrary):
    """Passages as a library of one-section transcripts; a file's name is its position."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = {f"{position:04}": text for position, text in enumerate(texts)}
        super().__init__(list(self._texts))

    def read(self, file: str) -> Transcript:
        text = self._texts[file]
        section = Section(0, "", None, None, "talk", (Utterance(text),))
        return Transcript(file, file, "", None, None, detect_language(text), (section,), file)


def make_retriever(
    data: Path, store: IndexStore, passages: Passages, base: SentenceEmbedding, means: LanguageMeans
) -> TranscriptRetriever:
    """The program's retriever, wired as it is there, over an index brought up to date."""
    embedder = CentredEmbedder(base, means)
    sync(passages, store, embedder, Budget(_CHUNK_TOKENS, base.window_tokens, base.count_tokens))
    return TranscriptRetriever(store, embedder, dictionary=open_dictionary(data))


def plan(xquad: Mapping[str, Xquad], count: int | None) -> dict[str, tuple[list[str], list[Case]]]:
    """The indexes by name, each with its passages and cases, the question's language named first.

    In the mixed one the first half of the passages is Chinese, the second English; a question is
    asked in its passage's language (same) or the other (cross). ``count`` takes so many questions,
    evenly from all.
    """
    gold, total = xquad["zh"].gold, len(xquad["zh"].passages)
    chosen = evenly(len(gold), count)

    def case(name: str, asked: Sequence[str]) -> Case:
        return Case(name, tuple((xquad[asked[gold[n]]].questions[n], gold[n]) for n in chosen))

    def index(names: Sequence[str], told: Sequence[str]) -> tuple[list[str], list[Case]]:
        other = [OTHER[language] for language in told]
        passages = [xquad[language].passages[position] for position, language in enumerate(told)]
        return passages, [case(names[0], told), case(names[1], other)]

    half = total // 2
    return {
        "zh": index(("zh-zh", "en-zh"), ["zh"] * total),
        "en": index(("en-en", "zh-en"), ["en"] * total),
        "mixed": index(("mixed-same", "mixed-cross"), ["zh"] * half + ["en"] * (total - half)),
    }


def our_finder(retriever: TranscriptRetriever) -> Find:
    def find(question: EvalQuestion) -> Ranking:
        hits = retriever.search(Query(question.text), CONSIDERED).hits
        return Ranking(tuple(map(place_of_hit, hits)))

    return find


def measure_case(case: Case, system: str, find: Find) -> Figure:
    """A passage's rank is that of its first chunk, among passages."""
    ranks = []
    for text, gold in case.asked:
        question = EvalQuestion("", "qa", detect_language(text), text, (), ())
        found = list(dict.fromkeys(int(place.file) for place in find(question).places))
        ranks.append(found.index(gold) if gold in found else CONSIDERED)
    shares = [float(np.mean([rank < top for rank in ranks])) for top in (1, 5)]
    return Figure(case.name, system, len(ranks), *shares)


def measure(data: Path, xquad: Mapping[str, Xquad], count: int | None) -> Report:
    base = load_embedder(None, data)
    means = measure_means(base)
    figures, split = [], {}
    for name, (texts, cases) in plan(xquad, count).items():
        with open_store(data, data / name) as store:
            retriever = make_retriever(data, store, Passages(texts), base, means)
            finders = {OURS: our_finder(retriever)}
            chunks = list(store.catalog.all_chunks().values())
            files = [chunk.file for chunk in chunks]
            split[name] = sum(files.count(file) > 1 for file in set(files))
            finders |= stock_peers(chunks, base, lambda line: print(line, file=sys.stderr))
            for case in cases:
                figures += [measure_case(case, key, find) for key, find in finders.items()]
                print(table(Report(figures[-len(finders) :], {})), file=sys.stderr, flush=True)
    return Report(figures, split)


def table(report: Report) -> str:
    systems = list(dict.fromkeys(figure.system for figure in report.figures))
    cells: dict[str, str] = {}
    for one in report.figures:
        cells[one.case] = cells.get(one.case, "") + f"{f'{one.r1:.3f} / {one.r5:.3f}':>22}"
    head = f"{f'R@1 / R@5, {report.figures[0].questions} questions':<30}"
    lines = [head + "".join(f"{name:>22}" for name in systems)]
    lines += [f"  {case:<28}{row}" for case, row in cells.items()]
    lines += [
        f"{number} passages of {name} in several chunks" for name, number in report.split.items()
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--xquad", type=Path, required=True, help="xquad.zh.json and xquad.en.json")
    parser.add_argument("--questions", type=int, help="how many questions, evenly from all")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    xquad = read_xquad_folder(given.xquad)
    with tempfile.TemporaryDirectory() as temporary:
        report = measure(Path(temporary), xquad, given.questions)
    print(json.dumps(asdict(report), indent=2) if given.json else table(report))


if __name__ == "__main__":
    main()
