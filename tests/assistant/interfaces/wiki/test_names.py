"""Names of pages: stable, apart, and possible on every file system."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.interfaces.wiki.pages import page_name

IDS = (
    *(
        "talk",
        "Talk",
        "TALK",
        "a/b",
        "a-b",
        "a b",
        "a_b",
        "ä",
        "a\u0308",
        "访谈/第一集",
        "訪談/第一集",
    ),
    *("con", "aux", "com1", "index", "home", "readme", "..", "./talk", "talk.", "a-0123456789"),
    *("💬", "हिन्दी", "x" * 300, "访" * 300, '?*:<>|"', ""),
)


def test_a_plain_id_is_its_own_name() -> None:
    assert page_name("gemini3-ahead-of-expectations") == "gemini3-ahead-of-expectations.md"


def test_other_ids_keep_their_letters() -> None:
    assert page_name("Shows/第一集: Über").startswith("shows-第一集-über-")
    assert page_name("हिन्दी").startswith("हिन्दी-")


def test_names_stay_apart_whatever_the_file_system_takes_for_equal() -> None:
    names = [unicodedata.normalize("NFKC", page_name(each)).casefold() for each in IDS]
    assert len(set(names)) == len(IDS)


@pytest.mark.parametrize("talk_id", ["con", "index", "readme", "aux", "lpt9", "home"])
def test_names_with_a_meaning_are_not_taken(talk_id: str) -> None:
    assert page_name(talk_id) != f"{talk_id}.md"


@given(st.text() | st.sampled_from(IDS))
def test_any_id_has_a_sound_name(talk_id: str) -> None:
    name = page_name(talk_id)
    assert name == page_name(talk_id)
    assert len(name.encode()) <= 143
    stem = name.removesuffix(".md")
    assert name.endswith(".md") and stem and stem[0] not in "-._" and stem[-1] not in "-. "
    assert all(
        sign == "-" or unicodedata.category(sign)[0] in "LM" or sign.isdecimal() for sign in stem
    )
