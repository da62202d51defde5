"""A model's sentences as Markdown of ours: nothing of its own is live."""

from __future__ import annotations

import pytest

from assistant.generation.draft import answer_text, escaped, own_lead, without_markup
from assistant.types import Statement
from assistant.verification.claims import claims_of


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("**Ann** says *so*", "Ann says *so*"),
        ("***Ann*** and __Bob__ and `code`", "Ann and Bob and code"),
        ("see [here](https://evil.example) or ![that](x.png)", "see here or that"),
        ("two\n lines", "two lines"),
        ("2 ** 3 is 8, snake__case", "2 ** 3 is 8, snake__case"),
    ],
)
def test_markup_leaves_its_words(written: str, left: str) -> None:
    assert without_markup(written) == left


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("<b>x</b> & [1] #tag", r"\<b\>x\</b\> & \[1\] \#tag"),
        ("[x]: https://evil.example", r"\[x\]: https\://evil.example"),
        ("www.evil.example, a@evil.example", r"www\.evil.example, a\@evil.example"),
        ("mailto:a", r"mailto\:a"),
        ("- no list", r"\- no list"),
        ("12. no list", r"12\. no list"),
        ("3.5 percent, at 10:30", "3.5 percent, at 10:30"),
    ],
)
def test_what_could_be_live_is_escaped(text: str, held: str) -> None:
    assert escaped(text) == held


def leads(answer: str) -> list[str]:
    found: list[str] = []
    line: str | None = None
    above = ""
    for claim in claims_of(answer):
        if claim.text:
            found.append(own_lead(claim.lead, line, above))
            above = claim.text
            line = found[-1] if line is None or found[-1].strip(" ") else line
    return found


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("One is. Two is.", ["", " "]),
        ("一是这样。二是那样。", ["", ""]),
        ("- One is.\n- Two is. More of it.\n* Three is.", ["- ", "\n- ", " ", "\n- "]),
        ("Three things:\n\n1. One is.\n2) Two is.", ["", "\n\n1. ", "\n2. "]),
        ("# Head\nOne is.\n> Two is.\n\n\nThree is.", ["", "\n\n", "\n\n", "\n\n"]),
        ("- One is.\nTwo is.", ["- ", "\n\n"]),
        ("[1] One is.\n[2] Two is.\n\n[1] Three is.", ["", " ", "\n\n"]),
        ("- [1] One is.\n- [2] Two is.", ["- ", "\n- "]),
    ],
)
def test_lines_keep_their_form_and_no_other(answer: str, expected: list[str]) -> None:
    assert leads(answer) == expected


def test_markers_and_notes_stand_behind_their_sentence() -> None:
    statements = [
        Statement("One is.", "supported", (1, 2)),
        Statement("Two is.", "unsupported", lead=" "),
        Statement("Three [3] is.", "unsupported", lead="\n\n- ", reason="number", detail="3"),
        Statement("Why?", "no_claim", lead=" "),
    ]
    assert answer_text(statements, "de") == (
        "One is. [1][2] Two is. (not verified)\n\n- Three \\[3\\] is. (not verified: 3) Why?"
    )
    assert answer_text(statements[1:2], "zh") == " Two is.（未核实）"
