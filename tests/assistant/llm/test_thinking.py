from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.streaming import StrayThoughtError, ThoughtFilter


def through(pieces: Sequence[str], from_start: bool = False) -> str:
    thoughts = ThoughtFilter(from_start)
    return "".join(map(thoughts.feed, pieces)) + thoughts.end()


def cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Knives slip.", "Knives slip."),
        ("<think>Let me see.\n</think>\n\nKnives slip.", "Knives slip."),
        ("<THINK>嗯</THINK>刀会滑。", "刀会滑。"),
        ("\n<thinking>a</thinking><think>b</think> One.", "One."),
        ("One <think>two</think>three.", "One three."),
        ("<think></think>One.", "One."),
        ("a < b and b <i> c", "a < b and b <i> c"),
        ("ends with <thi", "ends with <thi"),
        ("<think>never done", ""),
    ],
)
def test_thoughts_are_left_out_however_the_text_is_cut(text: str, shown: str, size: int) -> None:
    assert through(cut(text, size)) == shown


@given(st.lists(st.text(alphabet="ab<>/ 想", max_size=5), max_size=8))
def test_text_without_marks_comes_through_whole(pieces: list[str]) -> None:
    assert through(pieces) == "".join(pieces).lstrip()


def test_text_is_shown_as_soon_as_it_can_be() -> None:
    thoughts = ThoughtFilter()
    assert thoughts.feed("Knives ") == "Knives "
    assert thoughts.feed("slip <") == "slip "
    assert thoughts.feed("3 times") == "<3 times"


def test_the_end_of_a_thought_that_had_not_begun_is_told() -> None:
    with pytest.raises(StrayThoughtError):
        through(["Let me ", "see.</thi", "nk> Knives slip."])


@pytest.mark.parametrize("size", [1, 4, 100])
def test_a_thought_that_began_in_the_prompt_is_left_out(size: int) -> None:
    assert through(cut("Let me see.</think>Knives slip.", size), from_start=True) == "Knives slip."


def test_where_that_thought_does_not_come_all_is_text() -> None:
    assert through(["Knives ", "slip."], from_start=True) == "Knives slip."
