"""Sentence bounds."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import MAX_WIDTH, sentence_spans, width


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["今天先聊 Gemini。", "再聊别的！", "真的？！", "是的；", "对……", "算了"],
        ["「我們用得越來越多了。」Bourgeaud 說。", "每一代都是如此。"],
        ["「一句。」", "「又一句。」"],
        ["他说“好。走吧。真的。”然后走了。", "她来了！"],
        ["规模（见上文。也见下文。）仍然重要。", "完。"],
        ["这很好……，对吧。"],
        ["これはペンです。", "そうですか？", "「はい。」と言った。"],
        ["OK.", "你好。", "Node.js很好用。", "GPT-4.5也好。"],
        ["यह अच्छा है।", "ठीक है।"],
        ["ماذا قال؟", "لا شيء."],
    ],
)
def test_wide_marks_end_a_sentence_but_not_inside_a_quotation(expected: list[str]) -> None:
    joint = "" if "OK." in expected or not expected[-1].endswith((".", "।")) else " "
    assert sentences(joint.join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Smith met Ryan J. Salva, Mr. Li and Prof. Wu.", "They talked."],
        ["It is 3.0 now.", "Version 2.5.1 was slow, e.g. Node.js vs. Deno."],
        ["He lives in the U.S.", "The U.S. Senate knows."],
        ["No. 5 is alive.", "No.", "I mean it."],
        ["1. First thing.", "2. Second thing."],
        ["Really?", "Yes!", "See https://a.example/b?c=d.e for more.", "Then go."],
        ["I thought... well... maybe.", "Good."],
        ["... our goal is to invent.", "Then we test."],
        ['"Why?" he asked.', '"Because."', "Then he left."],
        ['I was like, "Okay."', 'And then: "No."', "So."],
        ["Plan B.", "Then so do I.", "And you?"],
        ["Él llegó.", "¿Quién es?", "Élan vital."],
        ["Er kam z. B. nach Berlin.", "Es regnete bzw. schneite."],
        ["hello there.", "how are you, e.g. today?", "fine."],
        ["Τι είναι;", "Είναι καλό."],
    ],
)
def test_a_period_ends_a_sentence_only_where_it_is_one(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_a_line_end_always_ends_a_sentence() -> None:
    text = "- one bullet\r\n- and another\n\n  last line  \u2028tail"
    assert sentences(text) == ["- one bullet", "- and another", "last line", "tail"]


def test_a_long_quotation_is_cut_at_its_own_sentences() -> None:
    inner = "这是一句不太短的话，讲的是规模与数据的关系。" * 4
    found = sentences(f"他说：「{inner}」然后停下。")
    assert len(found) == 4
    assert found[-1].endswith("」然后停下。")


def test_marks_alone_are_no_sentence() -> None:
    assert sentences("好。…… 。然后走。") == ["好。…… 。", "然后走。"]
    assert sentences("!!! wow") == ["!!! wow"]
    assert sentences("…") == ["…"]
    assert sentences("") == sentences(" \n ") == []


@pytest.mark.parametrize(
    "text",
    ["and so we went on " * 2_000, "我们继续讲规模与数据，" * 500, "ก" * 5_000, "字" * 3_000],
)
def test_without_end_marks_sentences_are_bounded(text: str) -> None:
    found = sentences(text)
    assert max(map(width, found)) <= MAX_WIDTH
    assert min(map(width, found)) >= MAX_WIDTH / 5


def test_an_over_long_sentence_is_cut_at_a_clause_or_between_words() -> None:
    clauses = sentences("we counted the tokens of the talk, " * 30)
    assert len(clauses) > 1
    assert all(clause.endswith(",") for clause in clauses)
    words = sentences("counted " * 200)
    assert all(word == "counted" for part in words for word in part.split())


MIXED = st.lists(
    st.sampled_from(
        ["Hello", "规模", "ですか", "Dr", "U.S", "3", "i", "e.g", ". ", ".", "。", "？", "! ", "…",
         "；", "，", "「", "」", "“", "”", "（", "）", '"', "'", "...", " ", "\n", "\u3000", "\r\n",
         "é", "ก", "-", "word " * 50, "字" * 70]
    ),
    max_size=60,
).map("".join)  # fmt: skip


@given(st.one_of(MIXED, st.text()))
def test_every_character_is_in_exactly_one_sentence(text: str) -> None:
    spans = sentence_spans(text)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    found = "".join(text[start:end] for start, end in spans)
    assert "".join(found.split()) == "".join(text.split())
    for start, end in spans:
        assert text[start:end] == text[start:end].strip()
        assert len(text[start:end].splitlines()) == 1
        assert width(text[start:end]) <= MAX_WIDTH


@pytest.mark.parametrize(
    "unit", ["A. b ", "「", "。」", "! ", "1. ", "(", "“a。”", '"', "- ", "x."]
)
def test_time_grows_with_length_alone(unit: str) -> None:
    """What could be quadratic takes a fraction of a second, where a quadratic way takes minutes."""
    text = unit * (300_000 // len(unit))
    before = time.process_time()
    assert sentence_spans(text)
    assert time.process_time() - before < 8
