"""The bench of segmentation: its measures by hand, TextTiling on words that change at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bench.segmentation import (
    Meetings,
    Talk,
    cut_evenly,
    errors,
    flags,
    halves,
    question_topics,
    read_topics,
    text_tiling,
)
from corpus.types import Sentence

TOPIC = np.repeat([0, 1, 2], 4)


def talk(said: Sequence[str], topic: Sequence[int], file: str = "1.md", turn: int = 1) -> Talk:
    """Each ``turn`` sentences by another speaker, a second each."""
    sentences = tuple(
        Sentence(text, 0, f"S{n // turn % 2}", float(n), float(n + 1))
        for n, text in enumerate(said)
    )
    return Talk(file, sentences, np.eye(len(said), dtype=np.float32), np.array(topic))


def test_the_true_cut_has_no_errors() -> None:
    assert errors(TOPIC, flags(12, [4, 8])) == (0.0, 0.0)


def test_no_cut_misses_the_pairs_across_each_bound() -> None:
    """Pairs are 2 apart, so 10 of them; 2 lie across each bound."""
    assert errors(TOPIC, flags(12, ())) == (0.4, 0.4)


def test_window_diff_counts_bounds_and_pk_does_not() -> None:
    """One bound too many right after a true one: a pair spans both, and two the new one alone."""
    pk, window_diff = errors(TOPIC, flags(12, [4, 5, 8]))
    assert (pk, window_diff) == (0.1, 0.2)


def test_what_no_topic_holds_is_not_measured() -> None:
    topic = np.concatenate([np.repeat([0, 1], 4), np.full(6, -1)])
    assert errors(topic, flags(14, [4, 10, 11, 12])) == (0.0, 0.0)


def test_text_tiling_cuts_where_the_words_change() -> None:
    words = ("knife blade steel edge handle", "flour yeast oven crust dough")
    said = [" ".join(np.roll(words[n >= 60].split(), n)) for n in range(120)]
    told = talk(said, [0] * 60 + [1] * 60)
    assert np.flatnonzero(text_tiling(told, 2)).tolist() == [60]


def test_text_tiling_moves_its_bounds_to_turns() -> None:
    words = ("knife blade steel edge handle", "flour yeast oven crust dough")
    said = [" ".join(np.roll(words[n >= 60].split(), n)) for n in range(120)]
    told = talk(said, [0] * 60 + [1] * 60, turn=50)
    assert np.flatnonzero(text_tiling(told, 2)).tolist() == [50]


def test_a_short_talk_is_not_tiled() -> None:
    assert not text_tiling(talk(["Hello there."] * 3, [0, 1, 1])).any()


def test_an_even_cut_has_as_many_segments_as_topics() -> None:
    told = talk(["Word."] * 12, [0] * 2 + [1] * 8 + [2] * 2)
    assert np.flatnonzero(cut_evenly(told)).tolist() == [4, 8]


def test_topics_that_overlap_give_way_to_the_longest() -> None:
    said = talk(["Word."] * 20, [0] * 20).sentences
    found = read_topics(said, [(0.0, 10.0), (4.0, 9.0), (10.0, 20.0), (9.5, 20.0)])
    assert found.tolist() == [0] * 10 + [1] * 10


@pytest.mark.parametrize(("word", "starts"), [("", [0.0, 60.0]), ("Summarise", [60.0])])
def test_topics_of_a_question_file(tmp_path: Path, word: str, starts: list[float]) -> None:
    line = '{"kind": "qa", "lang": "en", "question": "%s", "gold": [%s]}'
    gold = '{"file": "a.md", "start": %d, "end": %d}'
    (tmp_path / "q.jsonl").write_text(
        "\n".join(
            [
                line % ("Knives?", gold % (0, 60)),
                line % ("Summarise bread", gold % (60, 90)),
                line % ("Summarise both", f"{gold % (0, 9)}, {gold % (60, 69)}"),
            ]
        )
    )
    found = question_topics(tmp_path / "q.jsonl", word)
    assert [start for start, _ in found["a.md"]] == starts


def test_numbered_talks_are_halved() -> None:
    told = [talk(["Word."], [0], f"{n}.md") for n in (1, 2, 3)]
    assert {name: len(own) for name, own in halves("x", told).items()} == {
        "x, even": 1,
        "x, odd": 2,
    }
    named = [*told, talk(["Word."], [0], "kitchen.md")]
    assert {name: len(own) for name, own in halves("x", named).items()} == {"x": 4}


def test_meetings_are_read_as_turns_of_a_second(tmp_path: Path) -> None:
    (tmp_path / "documents.jsonl").write_text(
        '{"id": "m", "title": "M", "turns": [["A", "One."], ["B", "Two."]]}\n{"id": "text"}'
    )
    meetings = Meetings(tmp_path, None)
    assert meetings.files() == ["m"]
    turns = meetings.read("m").sections[0].utterances
    assert [(one.speaker, one.start_s) for one in turns] == [("A", 0.0), ("B", 1.0)]
