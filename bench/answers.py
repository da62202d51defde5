"""How much of what a real model writes about the talks ends with a verified citation, and when.

``python -m bench.answers QUESTIONS --library FOLDER --llm-url URL --llm NAME [--limit N]
[--peer [N]] [--json] [--keep FILE]``. Questions of kind ``qa``, evenly from each language, are put
to the whole engine, one after the other. ``--peer`` puts them, or the first N, to LlamaIndex's
CitationQueryEngine with the same model over the same passages; its sentences are checked by the
same checker. ``--keep`` writes each sentence with its quotes, for a check by hand.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.engine import Assistant
from assistant.evaluation.metrics import base_language
from assistant.evaluation.questions import EvalQuestion, read_questions
from assistant.generation.draft import Draft
from assistant.generation.writer import Writer
from assistant.library import current_source, lock_library
from assistant.llm.model import language_model
from assistant.settings import ModelSettings, Settings
from assistant.types import Answer
from assistant.verification.check import Checker
from bench.citation_peer import CheckerFor, ask_peer, citation_engine
from bench.written import Figures, Reply, Sentence, figures, table
from corpus.types import Chunk
from index.embedding.embedder import SentenceEmbedding
from index.lexical.dictionary import open_dictionary
from index.retriever import TranscriptRetriever

OURS, PEER = "verbatim", "llama-index citations"

Ask = Callable[[EvalQuestion], Reply]
Hear = Callable[[str, Reply], None]


class KeepingWriter(Writer):
    """Keeps the last draft, where an answer shows nothing of what didn't hold."""

    draft = Draft()

    def write(self, *given: Any, **named: Any) -> Generator[Draft]:
        self.draft = Draft()
        for draft in super().write(*given, **named):
            self.draft = draft
            yield draft


@dataclass(frozen=True, slots=True)
class Bench:
    """An opened library with a writer that keeps; ``model`` embeds as it is, without centring."""

    assistant: Assistant
    writer: KeepingWriter
    chunks: list[Chunk]
    model: SentenceEmbedding
    checker_for: CheckerFor


@contextmanager
def opened_bench(settings: Settings, model: ModelSettings) -> Iterator[Bench]:
    """The engine, wired as the program wires it but for the writer."""
    with lock_library(settings) as held:
        opened = held.open(lambda _: None)
        embedder, dictionary = opened.embedder, open_dictionary(settings.data)
        retriever = TranscriptRetriever(held.store, embedder, dictionary=dictionary)
        source = current_source(held.library)
        writer = KeepingWriter(
            language_model(model),
            embedder,
            dictionary,
            source,
            retriever.speakers,
            evidence_tokens=model.evidence_tokens,
            timeout_s=model.timeout_s,
        )
        yield Bench(
            Assistant(retriever, source, settings.min_confidence, writer),
            writer,
            list(held.store.catalog.all_chunks().values()),
            opened.model,
            lambda excerpts: Checker(excerpts, embedder, dictionary, retriever.speakers()),
        )


def ask(bench: Bench, question: EvalQuestion) -> Reply:
    """One question put to the whole engine."""
    bench.writer.draft = Draft()
    started = time.monotonic()
    first_s, answer = None, None
    for update in bench.assistant.stream(question.text, mode="model"):
        answer = update.answer or answer
        if answer is not None and first_s is None:
            first_s = time.monotonic() - started
    total_s = time.monotonic() - started
    assert answer is not None  # the last update has the whole answer
    sentences = sentences_of(bench.writer.draft)
    shown_s = first_s if answer.mode == "model" else None
    return Reply(
        question.id, answer.text, sentences, ending(answer), shown_s, total_s, answer.notice
    )


def ending(answer: Answer) -> str:
    """What became of an answer: see ``Reply``."""
    if answer.status == "no_evidence":
        return "refused"
    if answer.mode == "quotes":
        return "quotes"
    return "kept" if answer.notice else "written"


def sentences_of(draft: Draft) -> tuple[Sentence, ...]:
    """The sentences of a draft that claim something; nothing is dropped without ``strict``."""
    quotes = {citation.marker: citation.quote for citation in draft.citations}
    return tuple(
        Sentence(
            one.text,
            one.outcome,
            tuple(quotes[marker] for marker in one.markers),
            one.reason,
            one.detail,
        )
        for one in draft.statements
        if one.outcome != "no_claim"
    )


def chosen(questions: Sequence[EvalQuestion], limit: int | None) -> list[EvalQuestion]:
    """So many questions of kind ``qa``, as many from each language, evenly from all of it; the
    languages take turns, so that the first few are mixed as well."""
    groups: dict[str, list[EvalQuestion]] = {}
    for question in questions:
        if question.kind == "qa":
            groups.setdefault(base_language(question.language), []).append(question)
    if limit is None:
        return [question for group in groups.values() for question in group]
    each = -(-limit // max(1, len(groups)))
    samples = [evenly(group, each) for group in groups.values()]
    turns = [group[n] for n in range(each) for group in samples if n < len(group)]
    return turns[:limit]


def evenly(group: Sequence[EvalQuestion], count: int) -> list[EvalQuestion]:
    count = min(count, len(group))
    return [group[n * len(group) // count] for n in range(count)]


def measure(
    bench: Bench, asked: Sequence[EvalQuestion], model: ModelSettings, peer: int, hear: Hear
) -> list[Figures]:
    """Ours on all questions, the peer on the first ``peer``; ``hear`` is told of every reply."""

    def put(system: str, questions: Sequence[EvalQuestion], to: Ask) -> list[Reply]:
        replies = []
        for question in questions:
            replies.append(to(question))
            hear(system, replies[-1])
        return replies

    ours = put(OURS, asked, lambda question: ask(bench, question))
    rows = [figures(OURS, ours)]
    if peer:
        engine = citation_engine(bench.chunks, bench.model, model)
        theirs = put(
            PEER,
            asked[:peer],
            lambda question: ask_peer(engine, question, bench.chunks, bench.checker_for),
        )
        rows.append(figures(f"{OURS}, the questions below", ours[:peer]))
        rows.append(figures(PEER, theirs, mends=False))
    return rows


def hearer(path: Path | None) -> Hear:
    """Tells of each reply in a line on stderr, and writes it whole to a file where one is given."""
    if path:
        path.write_text("", encoding="utf-8")

    def hear(system: str, reply: Reply) -> None:
        outcomes = " ".join(sentence.outcome for sentence in reply.sentences)
        line = f"{system}: {reply.question} {reply.end} {reply.total_s:.0f} s {outcomes}"
        print(line, file=sys.stderr, flush=True)
        if path:
            with path.open("a", encoding="utf-8") as file:
                kept = {"system": system, **asdict(reply)}
                file.write(json.dumps(kept, ensure_ascii=False) + "\n")

    return hear


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("questions", type=Path, help="question file, as for eval")
    parser.add_argument("--library", type=Path, required=True, help="folder with the transcripts")
    parser.add_argument("--data", type=Path, default=Settings().data, help="folder of the index")
    parser.add_argument("--llm-url", required=True, help="where the model's API begins")
    parser.add_argument("--llm", required=True, help="the model's name there")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds an answer at most")
    parser.add_argument("--limit", type=int, help="so many questions, evenly from each language")
    parser.add_argument("--peer", type=int, nargs="?", const=sys.maxsize, default=0, metavar="N")
    parser.add_argument("--keep", type=Path, help="file for the sentences with their quotes")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    model = ModelSettings(given.llm, url=given.llm_url, timeout_s=given.timeout)
    settings = replace(Settings(), library=given.library, data=given.data)
    asked = chosen(read_questions(given.questions), given.limit)
    with opened_bench(settings, model) as bench:
        rows = measure(bench, asked, model, given.peer, hearer(given.keep))
    print(json.dumps([asdict(row) for row in rows], indent=2) if given.json else table(rows))


if __name__ == "__main__":
    main()
