"""What answers are worth: where they cite, what they say, and what became of their sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from assistant.evaluation.metrics import (
    Answered,
    Scored,
    answer_all,
    answer_figures,
    notices,
    said,
    score,
    term_f1,
    uncited,
)
from assistant.evaluation.questions import EvalQuestion, Gold, QuestionKind
from assistant.evaluation.run import figures_text
from assistant.types import Answer, Citation, Mode, Outcome, Statement, Update
from tests.index.fakes import FakeEmbedder

BREAD = Gold("bread.md", "Bread", 60.0, 90.0)
OVEN = Gold("bread.md", "Oven", 200.0, 260.0)


def question(
    name: str = "q",
    kind: QuestionKind = "qa",
    language: str = "en",
    gold: Sequence[Gold] = (BREAD,),
    answer: str = "",
) -> EvalQuestion:
    return EvalQuestion(name, kind, language, f"{name}?", (), tuple(gold), answer)


def citation(start_s: float | None, file: str = "bread.md", quote: str = "Flour.") -> Citation:
    end_s = None if start_s is None else start_s + 10
    return Citation(
        1,
        "c",
        "talk",
        file,
        "Bread talk",
        "Bread",
        (),
        start_s,
        end_s,
        False,
        None,
        None,
        quote,
        "",
        True,
    )


def answer(*citations: Citation, mode: Mode = "quotes", **changes: Any) -> Answer:
    status: Any = changes.pop("status", "answered")
    return Answer("words", citations, status, mode, 0.9, (), {}, **changes)


def refusal() -> Answer:
    return answer(status="no_evidence")


def scored(asked: EvalQuestion, given: Answer, ms: float = 10.0) -> Scored:
    return score(Answered(asked, given, ms / 2, ms), FakeEmbedder())


def statements(*outcomes: Outcome) -> tuple[Statement, ...]:
    return tuple(Statement(f"Sentence {n}.", outcome) for n, outcome in enumerate(outcomes))


def test_precision_is_of_citations_and_recall_of_questions() -> None:
    rows = [
        scored(question("a"), answer(citation(60), citation(70), citation(300))),
        scored(question("b"), answer(citation(65, file="other.md"))),
        scored(question("c"), refusal()),
    ]
    row = answer_figures(rows, "quotes")["qa"]["en"]
    assert row == {"n": 3, "answered": 0.6667, "precision": 0.5, "recall": 0.3333, "places": 0.3333}
    assert uncited(rows) == ("b", "c")


def test_of_several_gold_places_the_share_touched_is_told() -> None:
    both = scored(question(gold=[BREAD, OVEN]), answer(citation(60), citation(205)))
    one = scored(question(gold=[BREAD, OVEN]), answer(citation(205), citation(210)))
    row = answer_figures([both, one], "quotes")["qa"]["en"]
    assert (row["precision"], row["recall"], row["places"]) == (1.0, 1.0, 0.75)


def test_a_citation_that_is_no_moment_or_has_no_time_is_wrong() -> None:
    long = replace(citation(0), end_s=400.0)
    assert scored(question(), answer(long, citation(None))).right == 0


def test_where_the_gold_has_no_times_the_heading_decides() -> None:
    untimed = question(gold=[Gold("bread.md", "Bread", None, None)])
    assert scored(untimed, answer(citation(None))).right == 1


def test_without_citations_there_is_no_precision() -> None:
    row = answer_figures([scored(question(), refusal())], "quotes")["qa"]["en"]
    assert row == {"n": 1, "answered": 0.0, "recall": 0.0, "places": 0.0}


@pytest.mark.parametrize(
    ("text", "wanted", "f1"),
    [
        ("A starter wants flour.", "The starter wants flour", 1.0),
        ("flour flour water", "flour", 0.5),
        ("田博士在谷歌", "田博士在谷歌", 1.0),
        ("樣本", "样本", 1.0),
        ("tea", "flour", 0.0),
        ("of the", "and", 0.0),
    ],
)
def test_overlap_is_of_terms_in_any_script(text: str, wanted: str, f1: float) -> None:
    assert term_f1(text, wanted) == pytest.approx(f1)
    assert term_f1(wanted, text) == pytest.approx(f1)


def test_an_answer_is_held_against_the_reference_answer() -> None:
    same = scored(question(answer="Flour."), answer(citation(60, quote="Flour.")))
    assert same.likeness is not None
    assert same.likeness.f1 == 1.0 and same.likeness.cosine == pytest.approx(1.0)
    row = answer_figures([same, scored(question(answer="Flour."), refusal())], "quotes")["qa"]["en"]
    assert (row["f1"], row["cosine"]) == (1.0, 1.0), "what wasn't answered has no likeness"
    assert scored(question(), answer(citation(60))).likeness is None


def test_a_models_answer_is_its_sentences_without_markers_or_notes() -> None:
    written = answer(citation(60), mode="model", statements=statements("supported", "unsupported"))
    assert said(written) == "Sentence 0. Sentence 1."
    assert said(answer(citation(60), citation(70, quote="Water."))) == "Flour. Water."
    assert said(refusal()) == ""


def test_sentences_are_counted_by_what_their_check_came_to() -> None:
    told = statements("supported", "mended", "mended", "unsupported", "no_claim")
    rows = [
        scored(question("a"), answer(citation(60), mode="model", statements=told)),
        scored(question("b"), answer(citation(60), notice="The model gave out.")),
        scored(question("c"), answer(citation(60), notice="The model gave out.")),
    ]
    found = answer_figures(rows, "model")
    assert found["mode"] == "model"
    assert found["came_as"]["model"]["sentences"] == 4
    shares = [found["came_as"]["model"][name] for name in ("supported", "mended", "unsupported")]
    assert shares == [0.25, 0.5, 0.25]
    assert found["came_as"]["quotes"]["n"] == 2 and "sentences" not in found["came_as"]["quotes"]
    assert notices(rows) == ("The model gave out. (b, c)",)


def test_figures_go_by_kind_and_language() -> None:
    rows = [
        scored(question("a", language="zh-Hans"), answer(citation(60)), 40.0),
        scored(question("b", "followup"), answer(citation(60)), 20.0),
        scored(question("n", "unanswerable", gold=()), refusal(), 10.0),
        scored(question("m", "unanswerable", gold=()), answer(citation(60)), 30.0),
    ]
    found = answer_figures(rows, "quotes")
    assert list(found) == [
        "mode", "qa", "followup", "quote", "overview", "who", "talks", "compare", "unanswerable",
        "near", "came_as", "first_ms", "total_ms",
    ]  # fmt: skip
    assert (list(found["qa"]), list(found["followup"])) == (["zh-Hans"], ["en"])
    assert found["unanswerable"] == {"en": {"n": 2, "refused": 0.5}}
    assert found["total_ms"]["median"] == 25.0 and found["first_ms"]["median"] == 12.5
    assert uncited(rows) == ("m",)


def test_the_first_words_are_timed_apart_from_the_whole() -> None:
    def stream(_: EvalQuestion) -> Iterator[Update]:
        yield Update("searching")
        yield Update("writing", answer(mode="model"))
        yield Update("done", answer(citation(60), mode="model"))

    heard: list[str] = []
    (one,) = answer_all([question()], stream, heard.append)
    assert one.answer.citations and 0 < one.first_ms < one.total_ms
    assert heard == ["answering question 1 of 1"]


def test_the_table_has_answers_below_the_search() -> None:
    told = statements("supported", "unsupported")
    rows = [
        scored(question("a"), answer(citation(60), mode="model", statements=told)),
        scored(question("n", "unanswerable", gold=()), refusal()),
    ]
    kinds: dict[str, Any] = {
        kind: {} for kind in ("qa", "pairs", "followup", "quote", "unanswerable")
    }
    document = {**kinds, "timings_ms": {"median": 1.0, "p95": 2.0}}
    lines = figures_text(
        {**document, "answers": answer_figures(rows, "model")}, [], ["a", "b"]
    ).splitlines()
    assert max(map(len, lines)) <= 96
    at = next(n for n, line in enumerate(lines) if line.startswith("Answers, by language"))
    assert lines[at].split()[3:] == ["n", "answered", "precision", "recall", "places"]
    assert lines[at + 1].split() == ["en", "1", "1.00", "1.00", "1.00", "1.00"]
    at = next(n for n, line in enumerate(lines) if line.startswith("What a model wrote"))
    assert lines[at + 1].split() == ["model", "2", "0.50", "0.00", "0.50"]
    assert lines[-1] == "Cited at no gold place, or answered in error: a, b"
    assert "Answers" not in figures_text(document, [])
