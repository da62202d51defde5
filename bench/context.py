"""How often the context for a language model holds the place that answers, excerpts beside chunks.

``python -m bench.context QUESTIONS --library FOLDER [--data FOLDER] [--json]``. QUESTIONS has the
format of docs/measure.md; ``answer``, where a line has it, is a reference answer. Excerpts are what
``gather`` makes of the search's hits; chunks are whole passages, as they are embedded, in order of
rank, up to twice the tokens. Two shares a row, of questions of kind ``qa``: *place*, a sentence
inside a gold span is there; *answer*, the gold sentence that is most like the reference answer is.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.engine import READ_HITS
from assistant.evaluation.questions import EvalQuestion, Gold, read_questions
from assistant.library import OpenLibrary, lock_library
from assistant.retrieval.context import gather
from assistant.settings import Settings
from corpus.types import Chunk, Sentence
from index.lexical.terms import terms
from index.scoring import SENTENCE_LEXICAL
from index.storage.store import IndexStore
from index.types import Embedder, Evidence

BUDGETS = (600, 1200, 2400)
"""Tokens of excerpts; chunks get twice as many."""

Told = tuple[Chunk, Sentence]
"""A sentence that a context holds, with its chunk."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what the search found, and the gold sentence that says what the reference answer
    says; ``None`` without a reference answer."""

    question: EvalQuestion
    evidence: Evidence
    answer: Told | None


@dataclass(frozen=True, slots=True)
class Figure:
    """Shares, 0 to 1; ``answer`` is of the ``answers`` questions that have a reference answer."""

    context: str
    tokens: int
    questions: int
    place: float
    answers: int
    answer: float


def chunks_in_order(evidence: Evidence, budget_tokens: int) -> list[Told]:
    """Whole passages, best first; one that doesn't fit makes way for the next."""
    told: list[Told] = []
    left = budget_tokens
    for hit in evidence.hits:
        if hit.chunk.token_count <= left:
            left -= hit.chunk.token_count
            told += [(hit.chunk, sentence) for sentence in hit.chunk.sentences]
    return told


def excerpts(evidence: Evidence, budget_tokens: int) -> list[Told]:
    """What our own context holds."""
    found = gather(evidence, budget_tokens)
    return [(excerpt.chunk, sentence) for excerpt in found for sentence in excerpt.sentences]


def is_inside(chunk: Chunk, sentence: Sentence, gold: Gold) -> bool:
    """Whether a sentence starts in a gold span, or stands under its heading where that has none."""
    if chunk.file != gold.file:
        return False
    if gold.start_s is None or gold.end_s is None:
        return chunk.heading == gold.heading
    return sentence.start_s is not None and gold.start_s <= sentence.start_s < gold.end_s


def answering(told: Sequence[Told], answer: str, model: Embedder) -> Told | None:
    """The sentence most like an answer: by meaning, and by the words that they share."""
    if not told or not answer:
        return None
    cosines = model.passages([sentence.text for _, sentence in told]) @ model.passages([answer])[0]
    wanted = set(terms(answer))
    shared = [len(wanted & set(terms(sentence.text))) / max(1, len(wanted)) for _, sentence in told]
    likeness = [
        float(cosine) + SENTENCE_LEXICAL * share
        for cosine, share in zip(cosines, shared, strict=True)
    ]
    return told[likeness.index(max(likeness))]


def ask(opened: OpenLibrary, store: IndexStore, path: Path) -> list[Asked]:
    """The questions of a file with their evidence; only those that have a single answer."""
    chunks = store.catalog.all_chunks().values()
    library = [(chunk, part) for chunk in chunks for part in chunk.sentences]
    asked = []
    for question in read_questions(path):
        if question.kind == "qa":
            gold = [one for one in library if any(is_inside(*one, g) for g in question.gold)]
            evidence, _ = opened.assistant.search(question.text, READ_HITS)
            answer = answering(gold, question.answer, opened.model)
            asked.append(Asked(question, evidence, answer))
    return asked


def measure(asked: Sequence[Asked]) -> list[Figure]:
    """A row for each context and budget, chunks beneath the excerpts that they compare with."""
    figures = []
    contexts: Mapping[str, tuple[int, Callable[[Evidence, int], list[Told]]]] = {
        "excerpts": (1, excerpts),
        "chunks": (2, chunks_in_order),
    }
    for budget in BUDGETS:
        for name, (times, context) in contexts.items():
            told = [context(one.evidence, times * budget) for one in asked]
            figures.append(_figure(name, times * budget, asked, told))
    return figures


def _figure(
    name: str, tokens: int, asked: Sequence[Asked], told: Sequence[Sequence[Told]]
) -> Figure:
    places = [
        any(is_inside(*sentence, gold) for sentence in held for gold in one.question.gold)
        for one, held in zip(asked, told, strict=True)
    ]
    answers = [
        _key(one.answer) in {_key(sentence) for sentence in held}
        for one, held in zip(asked, told, strict=True)
        if one.answer
    ]
    return Figure(name, tokens, len(places), _share(places), len(answers), _share(answers))


def _key(told: Told) -> tuple[str, int]:
    return told[0].id, told[1].offset


def _share(marks: Sequence[bool]) -> float:
    return round(sum(marks) / len(marks), 4) if marks else 0.0


def table(figures: Sequence[Figure]) -> str:
    head = f"{'context':<10}{'tokens':>8}{'place':>8}{'answer':>8}"
    rows = [
        f"{one.context:<10}{one.tokens:>8}{one.place:>8.3f}{one.answer:>8.3f}" for one in figures
    ]
    counts = f"{figures[0].questions} questions, {figures[0].answers} with a reference answer"
    return "\n".join([counts, head, *rows])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("questions", type=Path, help="question file, as for eval")
    parser.add_argument("--library", type=Path, required=True, help="folder with the transcripts")
    parser.add_argument("--data", type=Path, default=Settings().data, help="folder of the index")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    settings = replace(Settings(), library=given.library, data=given.data)
    with lock_library(settings) as held:
        opened = held.open(lambda _: None)
        figures = measure(ask(opened, held.store, given.questions))
    print(json.dumps([asdict(one) for one in figures], indent=2) if given.json else table(figures))


if __name__ == "__main__":
    main()
