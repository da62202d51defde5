from __future__ import annotations

import pytest

from index.moments import clock, clock_span, moment_of_hit, moment_of_quote, timecode_span
from index.types import Moment
from tests.builders import make_chunk


def test_a_short_chunk_is_one_moment() -> None:
    chunk = make_chunk([("A", ["a.", "b."], 0.0, 40.0), ("B", ["c."], 40.0, 60.0)])
    assert moment_of_hit(chunk, chunk.sentences[2]) == Moment(0.0, 60.0, False)


def test_a_long_chunk_is_narrowed_around_its_best_sentence() -> None:
    lines = [("A", [f"s{n}."], n * 50.0, n * 50.0 + 50.0) for n in range(8)]
    chunk = make_chunk(lines)
    moment = moment_of_hit(chunk, chunk.sentences[5])
    assert moment.start_s is not None and moment.end_s is not None
    assert moment.start_s <= 250.0 < 300.0 <= moment.end_s
    assert moment.end_s - moment.start_s <= 120.0


def test_an_exact_short_turn_is_cited_with_its_own_time() -> None:
    chunk = make_chunk([("A", ["a.", "b.", "c."], 100.0, 145.0)])
    assert moment_of_quote(chunk, chunk.sentences[1:2]) == Moment(100.0, 145.0, False)


def test_within_a_long_turn_the_place_is_estimated() -> None:
    chunk = make_chunk([("A", ["a.", "b.", "c."], 100.0, 400.0)])
    moment = moment_of_quote(chunk, chunk.sentences[1:2])
    assert moment == Moment(200.0, 300.0, True)


def test_no_times_in_no_times_out() -> None:
    chunk = make_chunk([(None, ["a.", "b."], None, None)])
    assert moment_of_hit(chunk, chunk.sentences[0]) == Moment(None, None, False)
    assert moment_of_quote(chunk, chunk.sentences) == Moment(None, None, False)


def test_an_open_end_stays_open() -> None:
    chunk = make_chunk([("A", ["a."], 30.0, None)])
    assert moment_of_quote(chunk, chunk.sentences) == Moment(30.0, None, False)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00"), (59.99, "00:59"), (810, "13:30"), (3600, "1:00:00"), (36_061.5, "10:01:01")],
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        ((810.0, 1231.0, False), "13:30 – 20:31"),
        ((3723.4, 3790.0, True), "≈ 1:02:03 – 1:03:10"),
        ((10.0, None, False), "00:10"),
        ((10.0, 10.4, False), "00:10"),
        ((None, None, False), ""),
    ],
)
def test_the_span_as_clocks(span: tuple[float | None, float | None, bool], text: str) -> None:
    assert clock_span(*span) == text


@pytest.mark.parametrize(
    ("start_s", "end_s", "estimated", "shown"),
    [
        (810.0, 1231.0, False, "0:13:30-0:20:31"),
        (810.9, 1231.9, True, "≈ 0:13:30-0:20:31"),
        (0.0, None, False, "0:00:00"),
        (59.999, 60.0, False, "0:00:59-0:01:00"),
        (36_000.0, 90_061.0, False, "10:00:00-25:01:01"),
        (None, None, False, ""),
        (None, 5.0, True, ""),
    ],
)
def test_the_span_as_timecodes(
    start_s: float | None, end_s: float | None, estimated: bool, shown: str
) -> None:
    assert timecode_span(start_s, end_s, estimated) == shown
