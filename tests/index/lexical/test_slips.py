"""Near words: few edits among Latin words, one reading among Chinese names."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical.slips import NearWords, read_alike, sound_alike

WORDS = ("lindqvist", "sanna", "okafor", "umeå", "josé", "chess", "卡帕", "gpt4", "x")
LATIN = st.text(alphabet="abcdeåz", min_size=3, max_size=9)


@pytest.mark.parametrize(
    ("word", "edits", "found"),
    [
        ("lindkvist", 1, {"lindqvist": 1}),
        ("lindqvits", 1, {"lindqvist": 1}),
        ("lindkvits", 1, {}),
        ("sana", 1, {"sanna": 1}),
        ("umea", 0, {"umeå": 0}),
        ("jose", 0, {"josé": 0}),
        ("sanna", 2, {}),
        ("kess", 2, {}),
    ],
)
def test_words_within_so_many_edits(word: str, edits: int, found: dict[str, int]) -> None:
    assert NearWords(WORDS).near(word, edits) == found


def test_another_first_letter_is_looked_for_where_it_is_asked_for() -> None:
    assert NearWords(WORDS).near("shanna", 2, any_initial=True) == {"sanna": 1}
    assert NearWords(WORDS).near("zanna", 1) == {}
    assert NearWords(WORDS).near("zanna", 1, any_initial=True) == {"sanna": 1}


@given(st.lists(LATIN, max_size=12), LATIN, st.integers(0, 2))
def test_the_letters_leave_nothing_near_out(words: list[str], word: str, edits: int) -> None:
    """The quick look at letters drops no word that comparing letter by letter would find."""
    one_by_one = {
        other: count
        for each in set(words)
        for other, count in NearWords([each]).near(word, edits, any_initial=True).items()
    }
    assert NearWords(words).near(word, edits, any_initial=True) == one_by_one
    changed = word[1:] + random.Random(0).choice(string.ascii_lowercase)
    assert changed == word or changed in NearWords([changed]).near(word, 2, any_initial=True)


def test_names_sound_alike_in_one_character() -> None:
    assert sound_alike("林珂", "林可")
    assert not sound_alike("林可", "林可")
    assert not sound_alike("林大", "林可")
    assert not sound_alike("凌珂", "林可")
    assert not sound_alike("林珂珂", "林可")
    assert "黄仁勋" in set(read_alike("黄任勋")) and "黄任勋" not in set(read_alike("黄任勋"))
