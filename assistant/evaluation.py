"""An opened library measured on a question file, with LlamaIndex's stock retrievers beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.measure import Find, Json, ask_all, assistant_finder, figures, missed
from assistant.opening import Held, Opened, Say
from assistant.peers import stock_peers
from assistant.questions import Question, unreachable
from corpus.types import Chunk
from index.catalog import Catalog
from index.types import Talk


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The document that ``eval --json`` prints, and the ids of the questions to look into."""

    document: Json
    missed: tuple[str, ...]


def evaluate(
    held: Held,
    opened: Opened,
    questions: Sequence[Question],
    say: Say,
    warn: Callable[[str], None],
    *,
    peer: bool = False,
) -> Evaluation:
    """Asks all questions, of the stock retrievers too where ``peer`` says so.

    ``say`` hears what is going on; ``warn`` hears, a line each, of gold that this library hasn't
    got and of a peer that is left out.
    """
    catalog = held.store.catalog
    talks = catalog.talks()
    for line in unreachable(questions, talks):
        warn(line)
    say("asking the questions")
    find = assistant_finder(opened.assistant, held.settings.min_confidence)
    outcomes = ask_all(questions, find)
    document = figures(outcomes, talks)
    if peer:
        say("embedding the passages for the peers")
        finders = stock_peers(_passages(catalog), opened.model, warn)
        document["peers"] = _peer_figures(finders, questions, talks)
    return Evaluation(document, missed(outcomes))


def _peer_figures(
    finders: Mapping[str, Find], questions: Sequence[Question], talks: Sequence[Talk]
) -> Json:
    """Figures by peer. A retriever alone declines nothing, so unanswerable questions are left out.

    Empty where they are all that the file holds.
    """
    asked = [question for question in questions if question.kind != "unanswerable"]
    return {
        name: {
            key: value
            for key, value in figures(ask_all(asked, find), talks).items()
            if key != "unanswerable"
        }
        for name, find in finders.items()
        if asked
    }


def _passages(catalog: Catalog) -> list[Chunk]:
    """Every passage of the index, in the order in which they came in."""
    rows = sorted(catalog.rows_of(catalog.ids()).values())
    return list(catalog.chunks(rows).values())
