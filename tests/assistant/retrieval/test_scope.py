"""What a person types to narrow a search, and the scope that it means."""

from __future__ import annotations

import pytest

from assistant.retrieval.scope import Narrowing, resolve_scope
from corpus.types import SettingsError
from index.types import EVERYWHERE, Scope, Talk

TALKS = (
    Talk("live/gemini", "gemini.md", "Gemini 3 圆桌：公榜之限", None, None, "zh-Hans", ()),
    Talk("ann", "podcast/ann-duke.md", "How to decide | Annie Duke", None, None, "en", ()),
    Talk("ben", "podcast/ben.md", "How to build | Ben Mann", None, None, "en", ()),
)
SPEAKERS = ("Annie Duke", "Ben Mann", "Ben Al", "田博士", "陈乐")


def scope(**narrowing: object) -> Scope:
    return resolve_scope(Narrowing(**narrowing), TALKS, SPEAKERS)  # type: ignore[arg-type]


def test_no_wish_restricts_nothing() -> None:
    assert scope() == EVERYWHERE


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("ann", {"ann"}),
        ("GEMINI.md", {"live/gemini"}),
        ("公榜", {"live/gemini"}),
        ("圓桌", {"live/gemini"}),
        ("how to", {"ann", "ben"}),
        ("Annie  duke", {"ann"}),
        ("podcast/", {"ann", "ben"}),
    ],
)
def test_a_talk_goes_by_id_file_or_a_part_of_its_title(typed: str, ids: set[str]) -> None:
    assert scope(talks=[typed]) == Scope(transcripts=frozenset(ids))


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("annie duke", {"Annie Duke"}),
        ("Duke", {"Annie Duke"}),
        ("ben", {"Ben Mann", "Ben Al"}),
        ("陳樂", {"陈乐"}),
        ("田", {"田博士"}),
    ],
)
def test_a_speaker_goes_by_name_or_a_word_of_it(typed: str, names: set[str]) -> None:
    assert scope(speakers=[typed]) == Scope(speakers=frozenset(names))


def test_several_are_taken_together() -> None:
    found = scope(
        talks=["ann", "ben"], speakers=["Duke"], languages=["en", "zh"], since="2025-01-01"
    )
    assert found == Scope(
        frozenset({"ann", "ben"}), frozenset({"Annie Duke"}), frozenset({"en", "zh"}), "2025-01-01"
    )


@pytest.mark.parametrize(
    ("narrowing", "told"),
    [
        ({"talks": ["ane duke"]}, "there is no talk 'ane duke': the nearest are How to decide | "),
        ({"speakers": ["Anny Duk"]}, "no speaker 'Anny Duk': the nearest are Annie Duke; "),
        ({"speakers": ["Mannn"]}, "the nearest are Ben Mann; "),
        ({"speakers": [" "]}, "there is no speaker"),
        ({"talks": [""]}, "there is no talk"),
        ({"since": "2025-02-01", "until": "2025-01-01"}, "swap the dates"),
    ],
)
def test_what_is_not_there_is_one_line(narrowing: dict[str, object], told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        scope(**narrowing)
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_a_library_without_speakers_says_so() -> None:
    with pytest.raises(SettingsError, match="there is no speaker 'Ann': the library has no speak"):
        resolve_scope(Narrowing(speakers=["Ann"]), TALKS, ())
