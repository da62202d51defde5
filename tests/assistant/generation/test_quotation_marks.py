"""What stands in quotation marks was said."""

from __future__ import annotations

import pytest

from assistant.generation.draft import drop_false_quotation_marks

SAID = (
    "A sharp knife is safer, because it does not slip.",
    "锋利的刀更安全，因为它不会打滑，所以放心。",
)


@pytest.mark.parametrize(
    "text",
    [
        "Ann says “a sharp knife is safer because it does not slip”.",
        "Ann says “A sharp knife … does not slip”.",
        "她说「锋利的刀更安全，因为它不会打滑」。",
        "她說「鋒利的刀更安全，因為它不會打滑」。",
        "Ann calls it “slip proof”.",
        'Ann nennt es „sicher“ und "sharp".',
        "“レシピはとてもかんたんです、ほんとうに”",
    ],
)
def test_words_that_were_said_stay_in_their_marks(text: str) -> None:
    assert drop_false_quotation_marks(text, SAID) == text


@pytest.mark.parametrize(
    ("text", "honest"),
    [
        ("Ann says “a blunt knife is always safer”.", "Ann says a blunt knife is always safer."),
        ("她说「钝的刀永远都更加安全可靠」。", "她说钝的刀永远都更加安全可靠。"),
        (
            "“A sharp knife … sings all night”, she says.",
            "A sharp knife … sings all night, she says.",
        ),
    ],
)
def test_other_words_lose_their_marks(text: str, honest: str) -> None:
    assert drop_false_quotation_marks(text, SAID) == honest
