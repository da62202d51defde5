"""The lines on what went otherwise than asked."""

from __future__ import annotations

from typing import get_args

import pytest

from assistant.llm.failures import FailureReason
from assistant.messages.notices import in_quotes, kept_part

REASONS = (*get_args(FailureReason), "cut", "declined", "unsupported")


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_every_reason_has_a_line_of_its_own(language: str) -> None:
    for say in (in_quotes, kept_part):
        lines = [say(reason, language) for reason in REASONS]
        assert len(set(lines)) == len(REASONS)
        assert all(line and "\n" not in line for line in lines)


def test_other_languages_are_told_in_english() -> None:
    assert in_quotes("slow", "de") == in_quotes("slow", "en")
    assert in_quotes("slow", "zh") == in_quotes("slow", "zh-Hans")


def test_a_reason_that_is_new_has_a_line_too() -> None:
    assert in_quotes("on fire", "en") == in_quotes("failed", "en")
