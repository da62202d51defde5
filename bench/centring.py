"""What centring gives and costs: languages without reference sentences, libraries in one language.

``python -m bench.centring [--xquad FOLDER] [--json]``. Ranks are by the cosine of whole passages
alone, with the vectors as the model makes them and as the index keeps them. The small sets were
written for this (tests/index/embedding/languages.tsv): the same 24 questions in every language,
near one another in fours, answered in other words than they ask with.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.xquad import Xquad, read_xquad_folder
from index.embedding.centring import CentredEmbedder, LanguageMeans, measure_means
from index.embedding.embedder import load_embedder
from index.types import Embedder, Vectors

SETS = Path(__file__).resolve().parent.parent / "tests" / "index" / "embedding" / "languages.tsv"
ABSENT = ("nl", "tr", "el", "uk")
"""Languages of the small sets that have no reference sentences; Ukrainian borrows Russian's."""
BESIDE = ("en", "zh")
_NEAR = 4


@dataclass(frozen=True, slots=True)
class Case:
    """Questions put to a library; ``gold`` is the position of each one's passage.

    ``without`` names languages whose reference sentences are left out, as if they had none.
    """

    name: str
    questions: tuple[str, ...]
    passages: tuple[str, ...]
    gold: tuple[int, ...]
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """R@1 and mean reciprocal rank, 0 to 1, of vectors as they come and centred.

    ``error`` is the standard error of ``gain``, the difference of the two mean reciprocal ranks
    over the same questions; a little low where each is put to three libraries.
    """

    case: str
    questions: int
    plain_r1: float
    plain_mrr: float
    centred_r1: float
    centred_mrr: float
    gain: float
    error: float


class Remembering:
    """An embedder that embeds each text once; what it keeps is not centred."""

    def __init__(self, base: Embedder) -> None:
        self._base = base
        self._passages: dict[str, Vectors] = {}
        self._queries: dict[str, Vectors] = {}
        self.name = base.name
        self.dimension = base.dimension
        self.window_tokens = base.window_tokens

    def passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        new = list(dict.fromkeys(text for text in texts if text not in self._passages))
        self._passages |= dict(zip(new, self._base.passages(new, on_batch), strict=True))
        return np.stack([self._passages[text] for text in texts])

    def query(self, text: str) -> Vectors:
        if text not in self._queries:
            self._queries[text] = self._base.query(text)
        return self._queries[text]

    def count_tokens(self, text: str) -> int:
        return self._base.count_tokens(text)


def read_sets(file: Path = SETS) -> dict[str, Xquad]:
    """The small sets by language; parallel, and passage ``n`` answers question ``n``."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    languages = [name for name in rows[0] if name != "kind"]

    def column(language: str, kind: str) -> tuple[str, ...]:
        return tuple(row[language] for row in rows if row["kind"] == kind)

    count = range(len(column(languages[0], "passage")))
    subjects = tuple(number // _NEAR for number in count)
    return {
        language: Xquad(
            column(language, "passage"), column(language, "question"), tuple(count), subjects
        )
        for language in languages
    }


def alone(name: str, one: Xquad, without: tuple[str, ...] = ()) -> Case:
    """A library in one language, asked in it."""
    return Case(name, one.questions, one.passages, one.gold, without)


def beside(name: str, sets: Mapping[str, Xquad], language: str, asked: str) -> list[Case]:
    """A language mixed with those of ``BESIDE``, each passage in one of the three.

    In three libraries, so that every passage stands once in each language.
    """
    told = (language, *BESIDE)
    count = range(len(sets[language].passages))
    of = [[told[(place + turn) % len(told)] for place in count] for turn in range(len(told))]
    return [
        Case(
            name,
            sets[asked].questions,
            tuple(sets[tag].passages[place] for place, tag in enumerate(tags)),
            sets[asked].gold,
        )
        for tags in of
    ]


def small_cases(sets: Mapping[str, Xquad]) -> list[Case]:
    """Each language alone; those of ``ABSENT`` mixed with others, asked in themselves or English;
    those of ``BESIDE`` as if they had no reference sentences."""
    cases = []
    for tag in ABSENT:
        cases.append(alone(f"{tag} alone", sets[tag]))
        cases += beside(f"{tag} among others", sets, tag, tag)
        cases += beside(f"{tag} among others, asked in en", sets, tag, "en")
    for tag in BESIDE:
        cases.append(alone(f"{tag} alone", sets[tag]))
        cases.append(alone(f"{tag} alone, no reference", sets[tag], (tag,)))
    return cases


def xquad_cases(xquad: Mapping[str, Xquad]) -> list[Case]:
    """Each language alone, and half the passages in each, asked in the other language."""
    cases = []
    for tag, one in xquad.items():
        cases.append(alone(f"XQuAD {tag}", one))
        cases.append(alone(f"XQuAD {tag}, no reference", one, (tag,)))
    first, second = xquad
    gold, half = xquad[first].gold, len(xquad[first].passages) // 2
    passages = (*xquad[first].passages[:half], *xquad[second].passages[half:])
    questions = tuple(
        xquad[second if place < half else first].questions[number]
        for number, place in enumerate(gold)
    )
    cases.append(Case("XQuAD across", questions, passages, gold))
    cases += [
        Case(f"XQuAD across, no {tag} reference", questions, passages, gold, (tag,))
        for tag in xquad
    ]
    return cases


def leave_out(means: LanguageMeans, languages: Sequence[str]) -> LanguageMeans:
    """The means as they would be without the reference sentences of these languages."""
    kept = [place for place, tag in enumerate(means.languages) if tag not in languages]
    tags = tuple(means.languages[place] for place in kept)
    return LanguageMeans(tags, means.passages[kept], means.questions[kept])


def reciprocal_ranks(embedder: Embedder, case: Case) -> Vectors:
    """One divided by the rank of each question's passage; (questions,) in the order asked."""
    questions = np.stack([embedder.query(text) for text in case.questions])
    cosines = questions @ embedder.passages(case.passages).T
    own = cosines[np.arange(len(case.gold)), list(case.gold)]
    ranks: Vectors = 1 / (1 + (cosines > own[:, None]).sum(axis=1))
    return ranks


def compare(name: str, cases: Sequence[Case], base: Embedder, means: LanguageMeans) -> Figure:
    """One figure over all questions of the cases."""
    plain = np.concatenate([reciprocal_ranks(base, case) for case in cases])
    centred = np.concatenate(
        [
            reciprocal_ranks(CentredEmbedder(base, leave_out(means, case.without)), case)
            for case in cases
        ]
    )
    gains = centred - plain
    averages = ((plain == 1).mean(), plain.mean(), (centred == 1).mean(), centred.mean())
    error = gains.std() / np.sqrt(len(gains))
    return Figure(name, len(gains), *map(float, (*averages, gains.mean(), error)))


def measure(cases: Sequence[Case], base: Embedder) -> list[Figure]:
    """A figure for each name; cases of one name count together."""
    remembering, means = Remembering(base), measure_means(base)
    names = dict.fromkeys(case.name for case in cases)
    return [
        compare(name, [case for case in cases if case.name == name], remembering, means)
        for name in names
    ]


def table(figures: Iterable[Figure]) -> str:
    head = f"{'R@1 / MRR':<34}{'questions':>10}{'uncentred':>16}{'centred':>16}{'MRR gained':>18}"
    lines = [
        f"  {one.case:<32}{one.questions:>10}"
        f"{f'{one.plain_r1:.3f} / {one.plain_mrr:.3f}':>16}"
        f"{f'{one.centred_r1:.3f} / {one.centred_mrr:.3f}':>16}"
        f"{f'{one.gain:+.3f} ± {one.error:.3f}':>18}"
        for one in figures
    ]
    return "\n".join([head, *lines])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--xquad", type=Path, help="a folder with xquad.zh.json and xquad.en.json")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    cases = small_cases(read_sets())
    if given.xquad:
        cases += xquad_cases(read_xquad_folder(given.xquad))
    with tempfile.TemporaryDirectory() as temporary:
        figures = measure(cases, load_embedder(None, Path(temporary)))
    print(json.dumps([asdict(one) for one in figures], indent=2) if given.json else table(figures))


if __name__ == "__main__":
    main()
