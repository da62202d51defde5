from __future__ import annotations

from index.moments import moment_of_hit, moment_of_quote
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
