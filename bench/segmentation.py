"""How well talks are cut into topics: Pk and WindowDiff beside TextTiling on the same sentences.

``python -m bench.segmentation [--talks LIBRARY QUESTIONS [WORD]] [--reading FOLDER
[--meetings N]] [--data FOLDER] [--json]``. The bounds of topics are the gold spans of a question
file (docs/measure.md has the format): of lines with one span, and where WORD is given, of those
whose question begins with it. Talks whose names are numbers are told apart by even and odd ones,
so that one half can be measured on which nothing was chosen. ``--reading`` takes the meetings of a
reading set with their topics (``documents.jsonl``, ``questions.jsonl``), evenly ``N`` of them.

Sentences and vectors are those that the program's index keeps; ``--data`` keeps them for the next
run. What no topic holds is not measured, and talks half of which no topic holds are left out.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.evaluation.questions import read_questions
from assistant.library import lock_library
from assistant.settings import Settings
from bench.retrieval import MadeLibrary
from bench.xquad import evenly
from corpus.chunks import Budget
from corpus.sentences import width
from corpus.types import Section, Sentence, Transcript, Utterance
from index.embedding.bundled import MODELS
from index.embedding.centring import CentredEmbedder, kept_means
from index.embedding.embedder import load_embedder
from index.lexical.terms import terms
from index.segmentation import segment
from index.storage.store import IndexStore, open_store
from index.sync import sync
from index.types import Vectors

LEAST_TOLD = 0.5
"""The share of a talk's sentences that its topics must hold."""
SAME_SPAN = 0.1
"""Of two spans that overlap by a larger share of the shorter, the longer one is the topic."""
TOKENS, BLOCK = 20, 10
"""Hearst's own: a token sequence has so many tokens, a block so many sequences."""

Span = tuple[float, float]
Flags = npt.NDArray[np.bool_]
"""For each sentence of a talk whether a segment starts there; never at the first."""


@dataclass(frozen=True, slots=True, eq=False)
class Talk:
    """A talk's sentences and vectors; ``topic`` numbers each sentence's topic, -1 for none."""

    file: str
    sentences: tuple[Sentence, ...]
    vectors: Vectors
    topic: npt.NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many topics there are."""
        return len(set(self.topic.tolist()) - {-1})

    @property
    def turns(self) -> Flags:
        """Where another one begins to speak."""
        names = [one.speaker for one in self.sentences]
        return np.array([n > 0 and name != names[n - 1] for n, name in enumerate(names)])


@dataclass(frozen=True, slots=True)
class Figure:
    """Means over talks; ``segments`` as the system cut them, ``topics`` as they were told."""

    case: str
    system: str
    talks: int
    pk: float
    window_diff: float
    segments: float
    topics: float


def segmented(talk: Talk) -> Flags:
    """As the program does it."""
    widths = [width(one.text) for one in talk.sentences]
    speakers = [one.speaker for one in talk.sentences]
    return flags(len(widths), segment(talk.vectors, widths, speakers))


def text_tiling(talk: Talk, most: int | None = None) -> Flags:
    """TextTiling by blocks (Hearst 1997, Computational Linguistics 23): cosines of neighbouring
    blocks of terms, smoothed; a bound where the depth of a valley exceeds the mean less half a
    standard deviation, deepest first, four sequences or more apart, moved to the nearest start of
    a turn. Chinese is counted in bigrams. ``most`` is how many segments there may be."""
    sentence_of = [n for n, one in enumerate(talk.sentences) for _ in terms(one.text)]
    tokens = [term for one in talk.sentences for term in terms(one.text)]
    sequences = [
        Counter(tokens[n : n + TOKENS]) for n in range(0, len(tokens) - TOKENS + 1, TOKENS)
    ]
    places = np.flatnonzero(talk.turns)
    if len(sequences) < 3 or not len(places):
        return flags(len(talk.sentences), ())
    depths = _depths(_smoothed(_block_cosines(sequences)))
    cutoff = depths.mean() - depths.std() / 2
    chosen: list[int] = []
    for gap in np.argsort(-depths, kind="stable").tolist():
        if depths[gap] <= cutoff or (most and len(chosen) >= most - 1):
            break
        if all(abs(gap - other) >= 4 for other in chosen):
            chosen.append(gap)
    cut = [sentence_of[(gap + 1) * TOKENS] for gap in chosen]
    near = [places[np.argmin(np.abs(places - sentence))] for sentence in cut]
    return flags(len(talk.sentences), near)


def _block_cosines(sequences: Sequence[Counter[str]]) -> npt.NDArray[np.float64]:
    cosines = []
    for gap in range(1, len(sequences)):
        size = min(BLOCK, gap, len(sequences) - gap)
        one: Counter[str] = sum(sequences[gap - size : gap], Counter())
        other: Counter[str] = sum(sequences[gap : gap + size], Counter())
        lengths = [np.sqrt(sum(count**2 for count in block.values())) for block in (one, other)]
        cosines.append(sum(count * other[term] for term, count in one.items()) / np.prod(lengths))
    return np.array(cosines, dtype=np.float64)


def _smoothed(cosines: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    padded = np.pad(cosines, 1, mode="edge")
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3


def _depths(cosines: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How far the peaks on both sides of each gap rise above it."""

    def peaks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found = values.copy()
        for n in range(1, len(values)):
            if values[n - 1] >= values[n]:
                found[n] = found[n - 1]
        return found

    return peaks(cosines) + peaks(cosines[::-1])[::-1] - 2 * cosines


def cut_evenly(talk: Talk) -> Flags:
    """As many segments as there are topics, of as many sentences each."""
    total = len(talk.sentences)
    return flags(total, [round(total * n / talk.count) for n in range(1, talk.count)])


SYSTEMS: Mapping[str, Callable[[Talk], Flags]] = {
    "verbatim": segmented,
    "TextTiling": text_tiling,
    "TextTiling, true number": lambda talk: text_tiling(talk, talk.count),
    "evenly, true number": cut_evenly,
    "no cut": lambda talk: flags(len(talk.sentences), ()),
}


def flags(total: int, starts: Iterable[int]) -> Flags:
    """From the positions at which segments start."""
    found = np.zeros(total, dtype=bool)
    found[list(starts)] = True
    found[:1] = False
    return found


def errors(topic: npt.NDArray[np.int64], cut: Flags) -> tuple[float, float]:
    """Pk (Beeferman, Berger and Lafferty 1999) and WindowDiff (Pevzner and Hearst 2002), 0 to 1.

    Of pairs of sentences half a topic's mean length apart, the share of which the cut says wrongly
    whether a bound lies between them; and wrongly, how many. Both have to be in some topic.
    """
    told = topic >= 0
    apart = max(2, round(told.sum() / len(set(topic[told].tolist())) / 2))
    pairs = told[:-apart] & told[apart:]
    bounds = np.concatenate([[False], topic[1:] != topic[:-1]])
    true, said = (
        (np.cumsum(each)[apart:] - np.cumsum(each)[:-apart])[pairs] for each in (bounds, cut)
    )
    return float(((true > 0) != (said > 0)).mean()), float((true != said).mean())


def read_talks(store: IndexStore, topics: Mapping[str, Sequence[Span]]) -> list[Talk]:
    """The talks of which topics hold enough, two at least."""
    chunks = store.catalog.all_chunks()
    vectors = store.sentence_vectors.get(chunks)
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, chunk in chunks.items():
        if chunk.kind == "talk":
            rows[chunk.file].append(row)
    talks = []
    for file, own in rows.items():
        sentences = tuple(one for row in own for one in chunks[row].sentences)
        number = read_topics(sentences, topics.get(file, ()))
        talk = Talk(file, sentences, np.concatenate([vectors[row] for row in own]), number)
        if talk.count > 1 and (number >= 0).mean() >= LEAST_TOLD:
            talks.append(talk)
    return talks


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Spans that lie beside each other, the longest first taken; in order."""
    kept: list[Span] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0] - span[1], span)):
        room = SAME_SPAN * (end - start)
        if all(min(end, other[1]) - max(start, other[0]) <= room for other in kept):
            kept.append((start, end))
    return sorted(kept)


def read_topics(sentences: Sequence[Sentence], spans: Iterable[Span]) -> npt.NDArray[np.int64]:
    """Each sentence's topic by where it begins, -1 for none; of overlapping spans the longest."""
    begins = np.array([-1.0 if one.start_s is None else one.start_s for one in sentences])
    number = np.full(len(sentences), -1)
    for n, (start, end) in enumerate(_apart(spans)):
        number[(begins >= start) & (begins < end)] = n
    return number


class Meetings(MadeLibrary):
    """Meetings of a reading set as a library of transcripts; a turn lasts a second."""

    def __init__(self, folder: Path, count: int | None) -> None:
        lines = (folder / "documents.jsonl").read_text("utf-8").splitlines()
        told = [found for found in map(json.loads, lines) if "turns" in found]
        chosen = [told[n] for n in evenly(len(told), count)]
        self._turns: dict[str, list[list[str]]] = {one["id"]: one["turns"] for one in chosen}
        self._titles: dict[str, str] = {one["id"]: one["title"] for one in chosen}
        super().__init__(list(self._turns))

    def read(self, file: str) -> Transcript:
        turns = tuple(
            Utterance(text, speaker, float(n), float(n + 1))
            for n, (speaker, text) in enumerate(self._turns[file])
        )
        section = Section(0, "", 0.0, float(len(turns)), "talk", turns)
        return Transcript(file, file, self._titles[file], None, None, "en", (section,), file)


def meeting_topics(folder: Path) -> dict[str, list[Span]]:
    """The topics of a reading set's meetings, in turns."""
    found: defaultdict[str, list[Span]] = defaultdict(list)
    for line in (folder / "questions.jsonl").read_text("utf-8").splitlines():
        item = json.loads(line)
        if item["set"].endswith("-topic"):
            found[item["doc"]] += [(float(first), last + 1.0) for first, last in item["turns"]]
    return found


def question_topics(file: Path, word: str) -> dict[str, list[Span]]:
    """The topics of a question file, in seconds."""
    found: defaultdict[str, list[Span]] = defaultdict(list)
    for question in read_questions(file):
        if len(question.gold) == 1 and question.text.startswith(word):
            place = question.gold[0]
            if place.start_s is not None and place.end_s is not None:
                found[place.file].append((place.start_s, place.end_s))
    return found


def from_library(library: Path, data: Path, topics: Mapping[str, Sequence[Span]]) -> list[Talk]:
    with lock_library(replace(Settings(), library=library, data=data)) as held:
        held.open(lambda _: None, None)
        return read_talks(held.store, topics)


def from_reading(folder: Path, count: int | None, data: Path) -> list[Talk]:
    base = load_embedder(None, data)
    embedder = CentredEmbedder(base, kept_means(base, data / MODELS))
    budget = Budget(Settings().chunk_tokens, base.window_tokens, base.count_tokens)
    with open_store(data, folder) as store:
        sync(Meetings(folder, count), store, embedder, budget)
        return read_talks(store, meeting_topics(folder))


def halves(name: str, talks: Sequence[Talk]) -> dict[str, list[Talk]]:
    """Talks with even and with odd numbers for names; all as one where some have none."""
    numbers = [re.fullmatch(r"\d+", Path(talk.file).stem) for talk in talks]
    if not all(numbers):
        return {name: list(talks)}
    odd = [int(found.group()) % 2 for found in numbers if found]
    named = {f"{name}, even": 0, f"{name}, odd": 1}
    return {
        half: own
        for half, parity in named.items()
        if (own := [talk for talk, own in zip(talks, odd, strict=True) if own == parity])
    }


def measure(case: str, talks: Sequence[Talk]) -> list[Figure]:
    """A figure a system."""
    figures = []
    for system, cut in SYSTEMS.items():
        cuts = [cut(talk) for talk in talks]
        found = np.array([errors(talk.topic, own) for talk, own in zip(talks, cuts, strict=True)])
        segments = np.mean([own.sum() + 1 for own in cuts])
        topics = np.mean([talk.count for talk in talks])
        means = map(float, (*found.mean(axis=0), segments, topics))
        figures.append(Figure(case, system, len(talks), *means))
    return figures


def table(figures: Sequence[Figure]) -> str:
    head = f"{'':<24}{'':<26}{'talks':>6}{'Pk':>8}{'WindowDiff':>12}{'segments':>10}{'topics':>8}"
    lines = [
        f"{one.case:<24}{one.system:<26}{one.talks:>6}{one.pk:>8.3f}{one.window_diff:>12.3f}"
        f"{one.segments:>10.1f}{one.topics:>8.1f}"
        for one in figures
    ]
    return "\n".join([head, *lines])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--talks", nargs="+", action="append", default=[], metavar="LIBRARY QUESTIONS [WORD]"
    )
    parser.add_argument("--reading", type=Path, help="a reading set with meetings and topics")
    parser.add_argument("--meetings", type=int, help="how many of its meetings, evenly from all")
    parser.add_argument("--data", type=Path, help="a data folder to use (default: a new one)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    cases: dict[str, list[Talk]] = {}
    with nullcontext(given.data) if given.data else tempfile.TemporaryDirectory() as folder:
        for library, questions, *word in given.talks:
            topics = question_topics(Path(questions), *word or ("",))
            talks = from_library(Path(library), Path(folder), topics)
            cases |= halves(Path(library).name, talks)
        if given.reading:
            cases["meetings"] = from_reading(given.reading, given.meetings, Path(folder))
    figures = [one for case, talks in cases.items() if talks for one in measure(case, talks)]
    print(json.dumps([asdict(one) for one in figures], indent=2) if given.json else table(figures))


if __name__ == "__main__":
    main()
