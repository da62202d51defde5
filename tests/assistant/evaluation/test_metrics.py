"""The figures: what counts as a hit, at which rank, and what is made of it."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.evaluation.metrics import (
    Location,
    RankedQuestion,
    Ranking,
    ask_all,
    figures,
    first_hit,
    is_hit,
    missed,
    place_of_hit,
    timings,
)
from assistant.evaluation.questions import EvalQuestion, Gold, QuestionKind
from assistant.evaluation.run import figures_text
from index.types import Talk
from tests.builders import make_chunk, make_hit

GOLD = Gold("a.md", "Bread", 100.0, 160.0)
UNTIMED = Gold("a.md", "Bread", None, None)
LONG = Gold("a.md", "Bread", 100.0, 700.0)


def place(start_s: float | None, end_s: float | None, **changes: str) -> Location:
    return Location(changes.get("file", "a.md"), changes.get("heading", "Knives"), start_s, end_s)


@pytest.mark.parametrize(
    ("start_s", "end_s", "hit"),
    [
        (110, 120, True),
        (50, 101, True),
        (159, 200, True),
        (90, 200, True),
        # Half-open: what ends where the other starts doesn't meet it.
        (50, 100, False),
        (160, 200, False),
        (170, 180, False),
        # Up to 180 s a span is a moment.
        (0, 180, True),
        (0, 180.5, False),
        (100, 281, False),
        # Without an end, or without a length, only the instant of the start is known.
        (100, None, True),
        (99, None, False),
        (160, None, False),
        (100, 100, True),
        (None, None, False),
    ],
)
def test_a_hit_meets_the_gold_and_is_a_moment(
    start_s: float | None, end_s: float | None, hit: bool
) -> None:
    assert is_hit(place(start_s, end_s), GOLD) is hit


def test_a_long_gold_allows_a_span_as_long() -> None:
    assert is_hit(place(50, 650), LONG)
    assert not is_hit(place(50, 651), LONG)


def test_another_file_is_no_hit_at_the_same_time() -> None:
    assert not is_hit(place(110, 120, file="b.md"), GOLD)
    assert not is_hit(place(None, None, file="b.md", heading="Bread"), UNTIMED)


def test_without_times_in_the_gold_the_heading_decides() -> None:
    assert is_hit(place(None, None, heading="Bread"), UNTIMED)
    assert is_hit(place(5, 900, heading="Bread"), UNTIMED)
    assert not is_hit(place(100, 160), UNTIMED)
    assert is_hit(place(110, 120), GOLD), "with times the heading doesn't matter"


def test_the_first_place_that_hits_any_gold_has_the_rank() -> None:
    places = [place(0, 5), place(5, 9), place(None, None, heading="Bread"), place(110, 120)]
    assert first_hit(places, [GOLD]) == 4
    assert first_hit(places, [GOLD, UNTIMED]) == 3
    assert first_hit(places[:2], [GOLD, UNTIMED]) is None
    assert first_hit(places, []) is None


def test_a_hits_place_is_its_best_moment_not_its_whole_passage() -> None:
    lines = [("Ann", [f"Sentence {n}."], n * 60.0, n * 60.0 + 60) for n in range(8)]
    chunk = make_chunk(lines)
    found = place_of_hit(make_hit(chunk, 0.9, [0.0] * 6 + [0.9, 0.0]))
    assert (found.file, found.heading) == ("talk.md", "Opening")
    assert found.start_s is not None and found.end_s is not None
    assert found.start_s <= 360 < 420 <= found.end_s and found.end_s - found.start_s <= 120


def question(
    name: str, kind: QuestionKind = "qa", language: str = "en", file: str = "a.md"
) -> EvalQuestion:
    gold = () if kind == "unanswerable" else (Gold(file, "Bread", 100.0, 160.0),)
    return EvalQuestion(name, kind, language, f"{name}?", (), gold)


def test_only_ten_places_are_considered() -> None:
    misses = [place(0, 5)] * 10
    asked = [question("tenth"), question("eleventh")]
    answers = {
        "tenth": Ranking((*misses[:9], place(110, 120))),
        "eleventh": Ranking((*misses, place(110, 120))),
    }
    outcomes = ask_all(asked, lambda one: answers[one.id])
    assert [outcome.rank for outcome in outcomes] == [10, None]
    assert all(outcome.elapsed_ms >= 0 for outcome in outcomes)


TALKS = [
    Talk("a", "a.md", "A", None, None, "zh-Hans", ()),
    Talk("b", "b.md", "B", None, None, "en", ()),
]


def outcomes() -> list[RankedQuestion]:
    return [
        RankedQuestion(question("q1"), 1, True, 1.0),
        RankedQuestion(question("q2"), 4, True, 2.0),
        RankedQuestion(question("q3", file="b.md"), None, False, 3.0),
        RankedQuestion(question("q4", language="zh-Hant"), 10, True, 4.0),
        RankedQuestion(question("q5", language="zh-Hans"), 1, True, 5.0),
        RankedQuestion(question("q6", file="gone.md"), None, False, 6.0),
        RankedQuestion(question("f1", "followup"), 2, True, 7.0),
        RankedQuestion(question("n1", "unanswerable"), None, True, 8.0),
        RankedQuestion(question("n2", "unanswerable"), None, False, 9.0),
    ]


def test_figures_go_by_kind_and_language() -> None:
    found = figures(outcomes(), TALKS)
    assert list(found) == [
        "qa", "followup", "quote", "unanswerable", "near", "pairs", "timings_ms",
    ]  # fmt: skip
    assert found["qa"] == {
        "en": {"n": 4, "hit@1": 0.25, "hit@5": 0.5, "mrr": 0.3125, "answered": 0.5},
        "zh-Hans": {"n": 1, "hit@1": 1.0, "hit@5": 1.0, "mrr": 1.0, "answered": 1.0},
        "zh-Hant": {"n": 1, "hit@1": 0.0, "hit@5": 0.0, "mrr": 0.1, "answered": 1.0},
    }
    assert found["followup"] == {
        "en": {"n": 1, "hit@1": 0.0, "hit@5": 1.0, "mrr": 0.5, "answered": 1.0}
    }
    assert found["quote"] == {}
    assert found["unanswerable"] == {"en": {"n": 2, "refused": 0.5}}
    assert found["timings_ms"] == {"median": 5.0, "p95": 9.0}


def test_pairs_put_the_scripts_of_chinese_together() -> None:
    pairs = figures(outcomes(), TALKS)["pairs"]
    # The question whose file is gone has no passage language, and follow-ups are no pairs.
    assert {name: row["n"] for name, row in pairs.items()} == {"en>en": 1, "en>zh": 2, "zh>zh": 2}
    assert pairs["zh>zh"]["mrr"] == 0.55


def test_a_system_that_cannot_decline_has_no_share_of_answers() -> None:
    row = figures([RankedQuestion(question("q1"), 1, None, 1.0)], TALKS)["qa"]["en"]
    assert row == {"n": 1, "hit@1": 1.0, "hit@5": 1.0, "mrr": 1.0}


def test_timings_are_the_median_and_the_nearest_rank() -> None:
    assert timings([float(n) for n in range(100, 0, -1)]) == {"median": 50.5, "p95": 95.0}
    assert timings([7.04]) == {"median": 7.0, "p95": 7.0}


def test_the_questions_to_look_into_are_named() -> None:
    assert missed(outcomes()) == ("q3", "q4", "q6", "n1")


def test_the_table_is_aligned_and_narrow() -> None:
    peer: dict[str, Any] = figures([RankedQuestion(question("q1"), 2, None, 1.0)], TALKS)
    document = {**figures(outcomes(), TALKS), "peers": {"a peer": peer}}
    text = figures_text(document, [f"question-{number}" for number in range(30)])
    lines = text.splitlines()
    assert max(map(len, lines)) <= 96
    at = next(n for n, line in enumerate(lines) if line.startswith("Questions, by their language "))
    assert lines[at].split()[-5:] == ["n", "hit@1", "hit@5", "mrr", "answered"]
    assert lines[at + 1].split() == ["en", "4", "0.25", "0.50", "0.31", "0.50"]
    assert lines[at + 2].split() == ["a", "peer", "1", "0.00", "1.00", "0.50", "-"]
    assert len({len(line) for line in lines[at : at + 3]}) == 1
    assert "Quotes" not in text, "a kind without questions has no block"
    assert "question-29" in text
