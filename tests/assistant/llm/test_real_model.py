"""The same contract with a real model."""

from __future__ import annotations

import time

import pytest

from assistant.llm.failures import LanguageModelError
from assistant.llm.types import LanguageModel, Message

pytestmark = pytest.mark.llm

ASK = [
    Message("system", "Answer in one short sentence."),
    Message("user", "Which is larger, the sun or the moon?"),
]


def test_it_is_reachable(real_model: LanguageModel) -> None:
    state = real_model.describe(wait_s=5)
    assert state.reachable is True, state.message


def test_it_streams(real_model: LanguageModel) -> None:
    with real_model.stream(ASK, max_tokens=60) as reply:
        pieces = list(reply)
    assert len(pieces) > 3
    assert "sun" in "".join(pieces).lower()


def test_it_tells_of_a_cut(real_model: LanguageModel) -> None:
    completion = real_model.complete([Message("user", "Count from 1 to 100.")], max_tokens=10)
    assert completion.cut and completion.text


def test_a_reader_who_leaves_sets_it_free(real_model: LanguageModel) -> None:
    long = [Message("user", "Count from 1 to 500, one number a line.")]
    with real_model.stream(long, max_tokens=700) as reply:
        next(reply)
    start = time.monotonic()
    assert real_model.complete(ASK, max_tokens=20).text
    assert time.monotonic() - start < 15, "it went on counting"


def test_the_deadline_holds(real_model: LanguageModel) -> None:
    start = time.monotonic()
    with pytest.raises(LanguageModelError) as caught:
        real_model.complete(
            [Message("user", "Count from 1 to 500, one number a line.")],
            max_tokens=700,
            deadline=start + 1.5,
        )
    assert caught.value.reason == "slow"
    assert time.monotonic() - start < 2.5
