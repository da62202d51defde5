"""The bench that compares contexts: its scoring, on evidence written by hand."""

from __future__ import annotations

from assistant.evaluation.questions import EvalQuestion, Gold
from bench.context import Asked, answering, chunks_in_order, is_inside, measure
from tests.builders import make_chunk, make_evidence, make_hit
from tests.index.fakes import FakeEmbedder

FIRST = make_chunk(
    [("Ann", ["A sharp knife is safe.", "It bites at once."], 10.0, 30.0)], id="a", token_count=900
)
SECOND = make_chunk(
    [("Bob", ["Sourdough lives on flour and water."], 100.0, 120.0)], id="b", token_count=2000
)
EVIDENCE = make_evidence(make_hit(FIRST, 0.9, [0.9, 0.1]), make_hit(SECOND, 0.8, [0.8]))
BREAD = Gold("talk.md", None, 90.0, 130.0)


def test_a_passage_that_does_not_fit_is_left_out() -> None:
    assert {chunk.id for chunk, _ in chunks_in_order(EVIDENCE, 1200)} == {"a"}
    assert {chunk.id for chunk, _ in chunks_in_order(EVIDENCE, 2400)} == {"a"}
    assert {chunk.id for chunk, _ in chunks_in_order(EVIDENCE, 4800)} == {"a", "b"}


def test_a_gold_span_is_half_open_and_a_heading_stands_for_a_missing_one() -> None:
    first, second = FIRST.sentences
    assert is_inside(FIRST, first, Gold("talk.md", None, 10.0, 20.0))
    assert not is_inside(FIRST, second, Gold("talk.md", None, 10.0, 20.0))
    assert not is_inside(FIRST, first, Gold("other.md", None, 10.0, 20.0))
    assert is_inside(FIRST, first, Gold("talk.md", "Opening", None, None))


def test_the_sentence_that_answers_is_the_most_alike() -> None:
    told = [(chunk, part) for chunk in (FIRST, SECOND) for part in chunk.sentences]
    found = answering(told, "Flour and water keep the sourdough.", FakeEmbedder())
    assert found == (SECOND, SECOND.sentences[0])
    assert answering(told, "", FakeEmbedder()) is None


def test_shares_are_of_the_questions() -> None:
    question = EvalQuestion("1", "qa", "en", "What does sourdough live on?", (), (BREAD,))
    asked = [Asked(question, EVIDENCE, (SECOND, SECOND.sentences[0]))]
    shares = {(one.context, one.tokens): (one.place, one.answer) for one in measure(asked)}
    assert shares["excerpts", 600] == (1.0, 1.0)
    assert shares["chunks", 1200] == (0.0, 0.0)
    assert shares["chunks", 4800] == (1.0, 1.0)
