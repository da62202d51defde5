from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import SHIPPED_LIBRARY, VARIABLES, Settings, read_settings
from corpus.types import SettingsError


def test_nothing_set_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()
    assert read_settings({}).library == SHIPPED_LIBRARY
    assert SHIPPED_LIBRARY.is_dir()


def test_empty_values_count_as_not_set() -> None:
    assert read_settings(dict.fromkeys(VARIABLES, "")) == Settings()


def test_values_are_cast() -> None:
    settings = read_settings(
        {
            "VERBATIM_LIBRARY": "~/notes",
            "VERBATIM_CHUNK_TOKENS": "300",
            "VERBATIM_MIN_CONFIDENCE": "0.7",
            "VERBATIM_PORT": "8080",
            "VERBATIM_RERANKER": "./judge",
        }
    )
    assert settings.library == Path("~/notes").expanduser()
    assert (settings.chunk_tokens, settings.min_confidence, settings.port) == (300, 0.7, 8080)
    assert settings.reranker == "./judge"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VERBATIM_PORT", "http"),
        ("VERBATIM_PORT", "99999"),
        ("VERBATIM_CHUNK_TOKENS", "0"),
        ("VERBATIM_MIN_CONFIDENCE", "1.5"),
        ("VERBATIM_MIN_CONFIDENCE", "high"),
    ],
)
def test_a_bad_value_is_named_in_one_line(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is '{value}': give a") as caught:
        read_settings({name: value})
    assert "\n" not in str(caught.value)
