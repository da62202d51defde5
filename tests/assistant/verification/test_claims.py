"""Answers cut into sentences with their markers, whole and in pieces."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.verification.claims import MARKER, ClaimScanner, claims_of, joined
from assistant.verification.types import Claim

ANSWERS = (
    "Gemini is fast. [1] It is cheap [2][3]. It costs $3.5 [1, 3].\n\n- [2] One more item.\n"
    "- The last in [2024]. Next【1】。\n\n[4]\n",
    "田博士认为它更强。[1]余北不同意[来源2]。他说：“不行。我不信。”[1-3]\n"
    "1. 第一点很重要［1］；\n2. 第二点也是\n[2]",
    "Here are three points:\n\n**Speed**\n\n* It is fast (1) [Source 1](http://x.test/z)."
    " The excerpts do not mention the price. [^3] Is that so?",
    "| a | b |\n|---|---|\n| 1 | 2 [1] |\n",
)


def in_pieces(answer: str, cuts: list[int]) -> tuple[Claim, ...]:
    scanner, found, start = ClaimScanner(), list[Claim](), 0
    for cut in [*sorted(cuts), len(answer)]:
        found += scanner.feed(answer[start:cut])
        start = max(start, cut)
    return (*found, *scanner.close())


def handles(answer: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(claim.text, claim.handles) for claim in claims_of(answer) if claim.text]


@pytest.mark.parametrize(
    ("marker", "numbers"),
    [
        ("[1]", (1,)),
        ("[1][3]", (1, 3)),
        ("[1, 3]", (1, 3)),
        ("[1，3]", (1, 3)),
        ("[1-3]", (1, 2, 3)),
        ("【1】", (1,)),
        ("［１］", (1,)),
        ("[Source 2]", (2,)),
        ("[来源1]", (1,)),
        ("[Source 1, Source 2]", (1, 2)),
        ("[^4]", (4,)),
        ("【3†source】", (3,)),
        ("[2](https://example.test/a)", (2,)),
        ("[27]", (27,)),
    ],
)
def test_markers_in_their_spellings(marker: str, numbers: tuple[int, ...]) -> None:
    for answer in (f"It is fast {marker}.", f"It is fast. {marker}", f"它很快。{marker}"):
        assert [numbers] == [found for _, found in handles(answer)]
        assert not MARKER.search(joined(claims_of(answer)))


@pytest.mark.parametrize("text", ["It came out in [2024].", "First (1), then (2).", "See [a]."])
def test_other_brackets_stay(text: str) -> None:
    assert handles(text) == [(text, ())]


def test_a_marker_belongs_to_the_sentence_before_it() -> None:
    assert handles("A is fast.[1] B is slow. [2]\n[3]\n\nC is new.") == [
        ("A is fast.", (1,)),
        ("B is slow.", (2, 3)),
        ("C is new.", ()),
    ]


def test_a_marker_at_the_start_of_a_line_belongs_to_what_follows() -> None:
    assert handles("A is fast.\n[2] B is slow.\n- [3] C is new.") == [
        ("A is fast.", ()),
        ("B is slow.", (2,)),
        ("C is new.", (3,)),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Here are three points:", "lead_in"),
        ("主要有三点：", "lead_in"),
        ("Okay.", "courtesy"),
        ("Sure, of course!", "courtesy"),
        ("好的。", "courtesy"),
        ("好的，没错。", "courtesy"),
        ("嗯，當然可以。", "courtesy"),
        ("Well done steak needs ten minutes.", "statement"),
        ("好的刀不滑。", "statement"),
        ("No knife slips.", "statement"),
        ("## Speed", "heading"),
        ("**速度**", "heading"),
        ("Which one is faster?", "question"),
        ("The excerpts do not mention the price.", "refusal"),
        ("摘录中没有提到价格。", "refusal"),
        ("I could not find an answer to that.", "refusal"),
        ("The excerpts do not mention a price, but the car costs $500.", "statement"),
        ("Sales did not include the price of the bed.", "statement"),
        ("---", "markup"),
        ("The bed is soft.", "statement"),
    ],
)
def test_what_has_to_be_supported(text: str, kind: str) -> None:
    assert next(claim.kind for claim in claims_of(text)) == kind


@pytest.mark.parametrize("answer", ANSWERS)
def test_pieces_of_any_size_give_the_same_claims(answer: str) -> None:
    for size in range(1, 12):
        cuts = list(range(size, len(answer), size))
        assert in_pieces(answer, cuts) == claims_of(answer)


@given(
    st.lists(st.sampled_from([*"aB1 .。[]【】,，-\n3", "[1]", "「", "」", "Source"]), max_size=40)
)
@example(["[", "\n", "Source", "3", "]"])
def test_no_word_is_lost_and_no_marker_comes_out(parts: list[str]) -> None:
    answer = "".join(parts)
    for cuts in ([], list(range(1, len(answer)))):
        text = joined(in_pieces(answer, cuts))
        assert [char for char in text if char in "aBSource「」。"] == [
            char for char in MARKER.sub("", answer) if char in "aBSource「」。"
        ]


def test_a_sentence_is_held_until_its_markers_are_there() -> None:
    scanner = ClaimScanner()
    assert scanner.feed("The bed is soft. [") == []
    assert scanner.feed("1] The") == []
    assert scanner.feed(" price") == [Claim("The bed is soft.", (1,))]
    assert scanner.close() == [Claim("The price", (), " ")]
