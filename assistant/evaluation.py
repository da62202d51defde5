"""An opened library measured on a question file: what it finds and what it answers.

LlamaIndex's stock retrievers can be measured beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer_figures import (
    answer_all,
    answer_figures,
    answer_stream,
    notices,
    score,
    uncited,
)
from assistant.measure import (
    CONSIDERED,
    Find,
    Found,
    Json,
    Place,
    ask_all,
    assistant_finder,
    figures,
    missed,
)
from assistant.opening import Held, Opened, Say
from assistant.peers import stock_peers
from assistant.questions import Question, unreachable
from assistant.types import Mode
from index.types import Talk


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The document that ``eval --json`` prints, and the ids of the questions to look into:
    ``missed`` by the search, ``uncited`` by the answers."""

    document: Json
    missed: tuple[str, ...]
    uncited: tuple[str, ...] = ()


def evaluate(
    held: Held,
    opened: Opened,
    questions: Sequence[Question],
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
    outcomes = ask_all(questions, find)
    document = figures(outcomes, talks)
    told: tuple[str, ...] = ()
    if answers:
        document["answers"], told = _answers(opened, questions, mode, say, warn)
    if peer:
        say("embedding the passages for the peers")
        finders = stock_peers(list(catalog.all_chunks().values()), opened.model, warn)
        document["peers"] = _peer_figures(finders, questions, talks)
    return Evaluation(document, missed(outcomes), told)


def _finder(opened: Opened, min_confidence: float) -> Find:
    """What ``search`` finds, and for quotes what ``cite`` does."""
    search = assistant_finder(opened.assistant, min_confidence)

    def find(question: Question) -> Found:
        if question.kind != "quote":
            return search(question)
        lookup = opened.assistant.quotes.find(question.text, CONSIDERED)
        places = tuple(
            Place(one.chunk.file, one.chunk.heading, one.moment.start_s, one.moment.end_s)
            for one in lookup.places
        )
        return Found(places, lookup.match != "none")

    return find


def _answers(
    opened: Opened,
    questions: Sequence[Question],
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
