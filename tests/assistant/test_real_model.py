"""The stories with a real language model over the transcripts that ship."""

from __future__ import annotations

import time

import pytest

from assistant.llm.types import LanguageModel
from tests.assistant.conftest import Engine
from tests.assistant.stories import STORIES, Story

pytestmark = pytest.mark.llm

TIMEOUT_S = 120.0
GRACE_S = 5.0
"""For what follows when the model is cut off."""


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_story_holds(story: Story, engine: Engine, real_model: LanguageModel) -> None:
    assistant = engine(real_model, TIMEOUT_S)
    started = time.monotonic()
    answer = assistant.ask(story.question, story.history, mode=story.mode)
    assert time.monotonic() - started < TIMEOUT_S + GRACE_S
    story.holds(answer)
