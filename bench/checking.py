"""How many planted faults the check of answers catches, and how many sound sentences it accuses.

``python -m bench.checking [SET ...] [--data FOLDER] [--json] [--show]``. The sentences were written
for this over two shipped transcripts and two talks of our own
(tests/assistant/verification/fixtures):
``dev`` is what weights and thresholds were chosen on. ``held_out`` and ``fresh`` have other
passages; their first runs showed errors in the rules for numbers, names and attributions, which
were then mended, so that docs/measure.md gives the figures of those first runs too.
``further`` has what was made up about a thing that the excerpts do tell of, and answers in another
speaker's words. ``amounts`` has amounts written otherwise, what rises beside what falls,
comparisons, and orders to the machine. ``--show`` prints what was judged wrongly.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.retrieval.context import Excerpt
from assistant.verification.check import Checker
from assistant.verification.claims import claims_of
from assistant.verification.types import Verdict
from corpus.chunks import Budget, chunk_transcript
from corpus.library import Library
from corpus.types import Chunk
from index.embedding.centring import CentredEmbedder, measure_means
from index.embedding.embedder import load_embedder
from index.lexical.dictionary import Dictionary, open_dictionary
from index.types import Embedder

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "assistant" / "verification" / "fixtures"
TALKS = (ROOT / "corpus" / "transcripts", FIXTURES)
HALVES = ("dev", "held_out", "fresh", "further", "amounts")
FAULTS = ("number", "speaker", "segment", "invented", "turned", "opposite", "order")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence with its markers; ``expected`` is a fault, ``sound``, or ``mend:N``: sound, with
    a missing or wrong marker, and excerpt N the right one. ``languages`` are the sentence's and
    the evidence's, as in ``en>zh``; ``question`` is what it answers, where that matters."""

    half: str
    context: str
    expected: str
    languages: str
    sentence: str
    question: str = ""

    @property
    def sound(self) -> bool:
        """Whether the evidence supports it."""
        return self.expected not in FAULTS

    @property
    def group(self) -> str:
        """Its line in the table."""
        return self.expected.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Context:
    """What the model would have seen, and who speaks in that talk."""

    excerpts: tuple[Excerpt, ...]
    speakers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and what the check said; of several sentences the first unsupported one's verdict."""

    case: Case
    verdict: Verdict

    @property
    def right(self) -> bool:
        """Whether a fault was caught, or a sound sentence let through."""
        return (self.verdict.outcome in ("supported", "mended")) == self.case.sound

    @property
    def mended(self) -> bool:
        """Whether a sentence with the wrong marker, or none, got the right one."""
        wanted = int(self.case.expected.partition(":")[2])
        return self.verdict.outcome == "mended" and self.verdict.handles == (wanted,)


def read_cases(half: str) -> tuple[Case, ...]:
    """The sentences of one half."""
    with (FIXTURES / f"{half}.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(Case(half, **row) for row in rows)


def read_contexts() -> dict[str, Context]:
    """The excerpts by the name of their context: each the sentences from one that holds some words
    on, as far as the same speaker goes."""
    chunks: dict[str, tuple[Chunk, ...]] = {}
    for folder in TALKS:
        library = Library(folder)
        for file in library.files():
            if Path(file).suffix == ".md":
                transcript = library.read_alone(str(file))
                chunks[Path(file).name] = chunk_transcript(transcript, Budget())
    spec = json.loads((FIXTURES / "contexts.json").read_text(encoding="utf-8"))
    return {name: _context(chunks[one["talk"]], one["excerpts"]) for name, one in spec.items()}


def _context(chunks: Sequence[Chunk], wanted: Iterable[tuple[str, int]]) -> Context:
    excerpts = [_excerpt(n, chunks, words, count) for n, (words, count) in enumerate(wanted, 1)]
    speakers = dict.fromkeys(name for chunk in chunks for name in chunk.speakers)
    return Context(tuple(excerpts), tuple(speakers))


def _excerpt(handle: int, chunks: Sequence[Chunk], words: str, count: int) -> Excerpt:
    found = [
        (chunk, n)
        for chunk in chunks
        if chunk.kind == "talk"
        for n, sentence in enumerate(chunk.sentences)
        if words in sentence.text
    ]
    chunk, start = found[0]
    sentences = chunk.sentences[start : start + count]
    of_one = tuple(part for part in sentences if part.speaker == sentences[0].speaker)
    return Excerpt(handle, chunk, of_one)


def judge(
    cases: Iterable[Case], embedder: Embedder, dictionary: Dictionary | None
) -> tuple[Judged, ...]:
    """The verdict on every case, each context's excerpts embedded once."""
    contexts = read_contexts()
    checkers: dict[tuple[str, str], Checker] = {}
    judged = []
    for case in cases:
        key = case.context, case.question
        if key not in checkers:
            context = contexts[case.context]
            checkers[key] = Checker(
                context.excerpts, embedder, dictionary, context.speakers, case.question
            )
        verdicts = [checkers[key].check(claim) for claim in claims_of(case.sentence)]
        failed = [one for one in verdicts if one.outcome == "unsupported"]
        judged.append(Judged(case, (failed or verdicts)[0]))
    return tuple(judged)


def figures(judged: Sequence[Judged]) -> Mapping[str, float]:
    """The shares of faults caught, of sound sentences accused, and of markers mended rightly."""
    faults = [one.right for one in judged if not one.case.sound]
    sound = [one.right for one in judged if one.case.sound]
    mended = [one.mended for one in judged if one.case.group == "mend"]
    return {
        "faults": len(faults),
        "caught": sum(faults) / len(faults),
        "sound": len(sound),
        "accused": 1 - sum(sound) / len(sound),
        "mended": sum(mended) / max(1, len(mended)),
    }


def accusations(judged: Sequence[Judged]) -> str:
    """Why sound sentences were accused: each reason with how many."""
    reasons = Counter(str(one.verdict.reason) for one in judged if one.case.sound and not one.right)
    return ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())


def table(judged: Sequence[Judged]) -> str:
    """Right verdicts of all, by what was planted and by languages."""
    languages = sorted({one.case.languages for one in judged})
    lines = ["".join(f"{name:>12}" for name in ("", *languages, "all"))]
    for group in (*FAULTS, "sound", "mend"):
        of_group = [one for one in judged if one.case.group == group]
        cells = [
            _share([one for one in of_group if one.case.languages == tag]) for tag in languages
        ]
        lines.append("".join(f"{cell:>12}" for cell in (group, *cells, _share(of_group))))
    return "\n".join(lines)


def _share(judged: Sequence[Judged]) -> str:
    return f"{sum(one.right for one in judged)}/{len(judged)}" if judged else "-"


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.checking", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(HALVES)}; else all")
    parser.add_argument("--data", type=Path, default=Path(".verbatim"), help="the data folder")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--show", action="store_true", help="print what was judged wrongly")
    arguments = parser.parse_args(given)
    if unknown := set(arguments.sets) - set(HALVES):
        parser.error(f"no such set: {', '.join(sorted(unknown))}")
    base = load_embedder(None, arguments.data)
    embedder = CentredEmbedder(base, measure_means(base))
    dictionary = open_dictionary(arguments.data)
    by_half = {
        half: judge(read_cases(half), embedder, dictionary) for half in arguments.sets or HALVES
    }
    if arguments.json:
        print(json.dumps({half: figures(judged) for half, judged in by_half.items()}, indent=2))
        return
    for half, judged in by_half.items():
        told = figures(judged)
        print(f"{half}: {told['caught']:.1%} of {told['faults']} faults caught,", end=" ")
        reasons = f" ({accusations(judged)})" if told["accused"] else ""
        print(
            f"{told['accused']:.1%} of {told['sound']} sound sentences accused{reasons},", end=" "
        )
        print(f"{told['mended']:.0%} of the wrong and missing markers mended\n{table(judged)}\n")
        for one in judged if arguments.show else ():
            if not one.right:
                print(
                    f"  {one.case.expected} {one.verdict.outcome} {one.verdict.reason or ''}",
                    end=" ",
                )
                print(f"{one.verdict.detail} ({one.verdict.score:.2f}): {one.case.sentence}")


if __name__ == "__main__":
    main()
