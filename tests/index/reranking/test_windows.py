"""What the reranker reads at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.embedding.bundled import TOKENIZER, unpack
from index.reranking.windows import (
    BEFORE_TOKENS,
    QUESTION_TOKENS,
    WINDOW_TOKENS,
    Line,
    PairTokenizer,
    Tokens,
    Window,
    windows,
)

LINES = [Line("Why keep it sharp?", "Ann"), Line("It does not slip.", "Bob"), Line("Ever.", "Bob")]


@pytest.fixture(scope="module")
def tokenizer(model_dir: Path) -> PairTokenizer:
    return PairTokenizer(Tokenizer.from_file(str(unpack(model_dir).folder / TOKENIZER)))


@given(st.lists(st.integers(1, WINDOW_TOKENS * 2), max_size=60))
def test_every_sentence_is_judged_once_and_windows_fit(lengths: list[int]) -> None:
    cut = windows([Tokens("", [], [0] * length) for length in lengths])
    assert [n for one in cut for n in range(one.first, one.last)] == list(range(len(lengths)))
    for one in cut:
        own, before = sum(lengths[one.first : one.last]), sum(lengths[one.shown : one.first])
        assert own <= WINDOW_TOKENS or one.last == one.first + 1
        assert before <= BEFORE_TOKENS


def test_a_reply_is_read_with_what_it_replies_to() -> None:
    asked, reply = Tokens("", [], [0] * 10), Tokens("", [], [0] * WINDOW_TOKENS)
    assert windows([asked, reply]) == [Window(0, 0, 1), Window(0, 1, 2)]
    assert windows([asked, reply], first=1) == [Window(0, 1, 2)]


def test_spans_are_the_tokens_of_their_sentences(tokenizer: PairTokenizer) -> None:
    lines = tokenizer.lines(LINES)
    question = tokenizer.question("Why sharp?")
    read = tokenizer.encode(question, lines, Window(0, 1, 3))
    assert read.context == 1
    ann, bob, ever = (list(read.ids[start:end]) for start, end in read.spans)
    assert ann == lines[0].name + lines[0].text
    assert (bob, ever) == (lines[1].name + lines[1].text, lines[2].text)
    assert len(read.ids) == 4 + len(question) + len(ann + bob + ever)


def test_a_window_that_begins_in_the_middle_of_a_turn_still_says_who_speaks(
    tokenizer: PairTokenizer,
) -> None:
    lines = tokenizer.lines(LINES)
    read = tokenizer.encode([], lines, Window(2, 2, 3))
    (start, end), *_ = read.spans
    assert list(read.ids[start:end]) == tokenizer.lines([Line("Bob: Ever.")])[0].text


def test_what_is_too_long_is_cut(tokenizer: PairTokenizer) -> None:
    assert len(tokenizer.question("why " * 500)) == QUESTION_TOKENS
    (line,) = tokenizer.lines([Line("word " * 500)])
    read = tokenizer.encode([], [line], Window(0, 0, 1))
    assert read.spans == ((3, 3 + WINDOW_TOKENS),)
