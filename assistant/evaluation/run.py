"""An opened library measured; the figures as a table.

An opened library measured on a question file: what it finds and what it answers.

LlamaIndex's stock retrievers can be measured beside it.

The figures of an evaluation for a person: aligned text, one block a kind of question.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.evaluation.metrics import (
    CONSIDERED,
    Find,
    Location,
    Ranking,
    answer_all,
    answer_figures,
    answer_stream,
    ask_all,
    assistant_finder,
    figures,
    missed,
    notices,
    scope_of,
    score,
    uncited,
)
from assistant.evaluation.peers import stock_peers
from assistant.evaluation.questions import (
    OF_STRUCTURE,
    WITHOUT_ANSWER,
    EvalQuestion,
    unreachable,
)
from assistant.library import LockedLibrary, OpenLibrary, Say
from assistant.types import Json, Mode
from index.types import Talk


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The document that ``eval --json`` prints, and the ids of the questions to look into:
    ``missed`` by the search, ``uncited`` by the answers."""

    document: Json
    missed: tuple[str, ...]
    uncited: tuple[str, ...] = ()


def evaluate(
    held: LockedLibrary,
    opened: OpenLibrary,
    questions: Sequence[EvalQuestion],
    say: Say,
    warn: Callable[[str], None],
    *,
    peer: bool = False,
    answers: bool = False,
    mode: Mode | None = None,
) -> Evaluation:
    """Asks all questions, of the stock retrievers too where ``peer`` says so.

    With ``answers`` they are also answered, in ``mode`` or in the default one, and the answers
    scored. ``say`` hears what is going on; ``warn`` hears, a line each, of gold that this library
    hasn't got, of a peer that is left out and of answers that went otherwise than asked. Raises
    SettingsError for a mode that there is not.
    """
    catalog = held.store.catalog
    talks = catalog.talks()
    for line in unreachable(questions, talks):
        warn(line)
    say("asking the questions")
    find = _finder(opened, held.settings.min_confidence)
    searched = [one for one in questions if one.kind not in OF_STRUCTURE]
    outcomes = ask_all(searched, find)
    document = figures(outcomes, talks)
    if len(searched) < len(questions) and not answers:
        warn(f"questions of the kinds {', '.join(OF_STRUCTURE)} are measured with --answers")
    told: tuple[str, ...] = ()
    if answers:
        document["answers"], told = _answers(opened, questions, mode, say, warn)
    if peer:
        say("embedding the passages for the peers")
        finders = stock_peers(list(catalog.all_chunks().values()), opened.model, warn)
        document["peers"] = _peer_figures(finders, searched, talks)
    return Evaluation(document, missed(outcomes), told)


def _finder(opened: OpenLibrary, min_confidence: float) -> Find:
    """What ``search`` finds, and for quotes what ``cite`` does."""
    search = assistant_finder(opened.assistant, min_confidence)

    def find(question: EvalQuestion) -> Ranking:
        if question.kind != "quote":
            return search(question)
        scope = scope_of(question, opened.assistant)
        lookup = opened.assistant.quotes.find(question.text, CONSIDERED, scope)
        places = tuple(
            Location(one.chunk.file, one.chunk.heading, one.moment.start_s, one.moment.end_s)
            for one in lookup.places
        )
        return Ranking(places, lookup.match != "none")

    return find


def _answers(
    opened: OpenLibrary,
    questions: Sequence[EvalQuestion],
    mode: Mode | None,
    say: Say,
    warn: Callable[[str], None],
) -> tuple[Json, tuple[str, ...]]:
    """The figures of the answers, and the ids of those to look into."""
    assistant = opened.assistant
    asked = answer_all(questions, answer_stream(assistant, mode), say)
    scored = [score(one, opened.embedder) for one in asked]
    for line in notices(scored):
        warn(line)
    return answer_figures(scored, mode or assistant.modes()[0]), uncited(scored)


def _peer_figures(
    finders: Mapping[str, Find], questions: Sequence[EvalQuestion], talks: Sequence[Talk]
) -> Json:
    """Figures by peer. A retriever alone declines nothing, so unanswerable questions are left out.

    Empty where they are all that the file holds.
    """
    asked = [question for question in questions if question.kind not in WITHOUT_ANSWER]
    return {
        name: {
            key: value
            for key, value in figures(ask_all(asked, find), talks).items()
            if key not in WITHOUT_ANSWER
        }
        for name, find in finders.items()
        if asked
    }


_BLOCKS = {
    "qa": "Questions, by their language",
    "pairs": "Questions, by their language > the passage's",
    "followup": "Follow-ups",
    "quote": "Quotes",
    "unanswerable": "Without an answer",
    "near": "Without an answer, on the talks' own subjects",
}
_COLUMNS = ("n", "hit@1", "hit@5", "mrr", "answered", "refused")
_ANSWER_BLOCKS = {
    "qa": "Answers, by language",
    "followup": "To follow-ups",
    "quote": "To quotes",
    "overview": "Overviews",
    "who": "Who speaks",
    "talks": "Which talks",
    "compare": "Comparisons",
    "came_as": "By the mode they came in",
    "unanswerable": "Without an answer",
    "near": "On the talks' own subjects",
    "written": "What a model wrote",
}
_ANSWER_COLUMNS = ("n", "answered", "refused", "precision", "recall", "places", "f1", "cosine")
_SENTENCE_COLUMNS = ("sentences", "supported", "mended", "unsupported")
_COUNTS = ("n", "sentences")
_NAME_WIDTH = 44
_COLUMN_WIDTH = 10
_ANSWER_NAME_WIDTH = 26
_SENTENCE_COLUMN_WIDTH = 13
_WIDTH = 90


def figures_text(
    document: Mapping[str, Any], missed: Sequence[str], uncited: Sequence[str] = ()
) -> str:
    """A table of at most 96 columns; below it the times and the questions to look into.

    A peer's figures stand indented under ours for the same questions. Figures of answers, where
    there are any, follow on those of the search.
    """
    blocks = [_block(kind, document) for kind in _BLOCKS if document.get(kind)]
    blocks.append(_times(document))
    blocks += _named("Not among the first 5, or answered in error", missed)
    if answers := document.get("answers"):
        blocks += _answers_table(answers)
        blocks += _named("Cited at no gold place, or answered in error", uncited)
    return "\n\n".join(blocks)


def _named(what: str, ids: Sequence[str]) -> list[str]:
    """The questions to look into, if there are any."""
    told = f"{what}: {', '.join(ids)}"
    wrapped = textwrap.fill(told, _WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    return [wrapped] if ids else []


def _block(kind: str, document: Mapping[str, Any]) -> str:
    rows = document[kind]
    columns = [name for name in _COLUMNS if any(name in row for row in rows.values())]
    lines = [_line(_BLOCKS[kind], columns)]
    for name, row in rows.items():
        lines.append(_line(f"  {name}", [_cell(row, column) for column in columns]))
        for peer, its in document.get("peers", {}).items():
            if name in its.get(kind, {}):
                cells = [_cell(its[kind][name], column) for column in columns]
                lines.append(_line(f"    {peer}", cells))
    return "\n".join(lines)


def _times(document: Mapping[str, Any]) -> str:
    """The times of a question: ours and the peers'."""
    systems = {"": document, **document.get("peers", {})}
    lines = [_line("Milliseconds a question", ["median", "p95"])]
    for name, its in systems.items():
        cells = [f"{its['timings_ms'][key]:.1f}" for key in ("median", "p95")]
        lines.append(_line(f"    {name}" if name else "  search", cells))
    return "\n".join(lines)


def _answers_table(answers: Mapping[str, Any]) -> list[str]:
    """A block a kind of question, then what became of a model's sentences, then the times."""
    widths = (_ANSWER_NAME_WIDTH, _COLUMN_WIDTH)
    kinds = [kind for kind in _ANSWER_BLOCKS if answers.get(kind)]
    blocks = [_answer_block(kind, answers[kind], _ANSWER_COLUMNS, widths) for kind in kinds]
    written = {mode: row for mode, row in answers["came_as"].items() if "sentences" in row}
    if written:
        widths = (_ANSWER_NAME_WIDTH, _SENTENCE_COLUMN_WIDTH)
        blocks.append(_answer_block("written", written, _SENTENCE_COLUMNS, widths))
    lines = [_line(f"Milliseconds, mode {answers['mode']}", ["median", "p95"])]
    for name, key in (("first words", "first_ms"), ("whole answer", "total_ms")):
        cells = [f"{answers[key][part]:.1f}" for part in ("median", "p95")]
        lines.append(_line(f"  {name}", cells))
    return [*blocks, "\n".join(lines)]


def _answer_block(
    kind: str,
    rows: Mapping[str, Mapping[str, Any]],
    columns: Sequence[str],
    widths: tuple[int, int],
) -> str:
    told = [name for name in columns if any(name in row for row in rows.values())]
    lines = [_line(_ANSWER_BLOCKS[kind], told, widths)]
    for name, row in rows.items():
        lines.append(_line(f"  {name}", [_cell(row, column) for column in told], widths))
    return "\n".join(lines)


def _line(
    name: str, cells: Sequence[str], widths: tuple[int, int] = (_NAME_WIDTH, _COLUMN_WIDTH)
) -> str:
    first, each = widths
    return f"{name:<{first}}" + "".join(f"{cell:>{each}}" for cell in cells)


def _cell(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    if value is None:
        return "-"
    return str(value) if column in _COUNTS else f"{value:.2f}"
