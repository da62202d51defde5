"""What ``bench.citing`` asks, and when it counts a place as right."""

from __future__ import annotations

from assistant.citation.align import words_of
from assistant.citation.lookup import sentences_place
from assistant.citation.types import Lookup
from bench.citing import is_first
from bench.quotations import EXACT, GARBLED, Made, make_quotes
from index.quotes import Meant
from tests.builders import make_chunk

SENTENCES = [
    f"Whoever knows gadget{n} needs a widget{n} where the sprocket{n} turns around slowly."
    for n in range(12)
]
CHUNK = make_chunk([("Ann", SENTENCES, 0.0, 120.0)])


def test_quotes_are_of_each_kind_and_the_same_every_time() -> None:
    made = make_quotes([CHUNK], 60, seed=1)
    assert made == make_quotes([CHUNK], 60, seed=1) != make_quotes([CHUNK], 60, seed=2)
    assert {one.kind for one in made} == {*EXACT, *GARBLED}
    for one in made:
        same = words_of(one.text).keys == words_of(one.source).keys
        assert same == (one.kind in EXACT), one
    dropped = next(one for one in made if one.kind == "dropped")
    count = len(words_of(dropped.source).keys)
    assert len(words_of(dropped.text).keys) == count - count // 3


def test_only_the_words_that_it_was_made_from_are_right() -> None:
    made = Made("dropped", "", SENTENCES[3], CHUNK.file)

    def found(start: int, end: int) -> Lookup:
        return Lookup("", (sentences_place(Meant(CHUNK, start, end, 0.9), "close"),), {})

    assert is_first(made, found(3, 4)) and is_first(made, found(2, 5))
    assert not is_first(made, found(4, 5))
    assert not is_first(made, Lookup("", (), {}))
