"""Quotes in their passages, and folding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.interfaces.web.passage import cut_passage, locate, marked_pieces


def test_a_quote_is_found_whatever_its_white_space() -> None:
    assert locate("One two\nthree.", "two three.") == (4, 14)
    assert locate("她说：\n对。", "她说：对。") is None
    assert locate("a (b) c", "(b)") == (2, 5)
    assert locate("anything", "  ") is None
    assert locate("anything", "else") is None


def test_a_short_passage_is_shown_whole() -> None:
    assert cut_passage("前文。这一句。后文。", "这一句。") == (
        "",
        "前文。",
        "这一句。",
        "后文。",
        "",
    )


@pytest.mark.parametrize(
    "sentence", ["这里说了一些别的事情。", "Here they spoke of other things. "]
)
def test_far_words_fold_at_a_break(sentence: str) -> None:
    part = cut_passage(f"{sentence * 40}【引】{sentence * 40}", "【引】")
    assert part.quote == "【引】"
    assert part.head and part.tail
    assert part.before.startswith(sentence.strip()[:1]) and part.head.endswith(sentence[-1])
    assert part.before == part.before.lstrip() and part.after == part.after.rstrip()
    assert 2 <= part.before.count(sentence.strip()) <= 12
    assert 2 <= part.after.count(sentence.strip()) <= 12


@given(
    before=st.text(alphabet="字a ，。\n", max_size=500),
    quote=st.text(alphabet="引Q", min_size=1, max_size=9),
    after=st.text(alphabet="字a ，。\n", max_size=500),
)
def test_the_parts_always_make_up_the_passage(before: str, quote: str, after: str) -> None:
    passage = before + quote + after
    part = cut_passage(passage, quote)
    assert "".join(part) == passage
    assert part.quote == quote
    missing = cut_passage(passage, "缺")
    assert "".join(missing) == passage
    assert missing.quote == ""


def test_an_unfolded_passage_is_whole() -> None:
    part = cut_passage("前" * 500 + "引" + "后" * 500, "引", folded=False)
    assert part == ("", "前" * 500, "引", "后" * 500, "")


def test_marks_stand_at_their_offsets() -> None:
    assert marked_pieces("abcd", [(1, 2), (3, 4)]) == [
        ("a", False),
        ("b", True),
        ("c", False),
        ("d", True),
        ("", False),
    ]
    assert [piece for piece in marked_pieces("abc") if piece[0]] == [("abc", True)]
    assert marked_pieces("abc", ()) == [("abc", False)]
    assert marked_pieces("") == []
