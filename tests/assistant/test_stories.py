"""The stories with a model by script: what test_real_model.py asks of a real one, every time."""

from __future__ import annotations

import pytest

from assistant.llm.model import language_model
from assistant.settings import ModelSettings
from tests.assistant.conftest import Engine
from tests.assistant.stories import STORIES, Story
from tests.scripted_llm import ScriptedServer


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_story_holds(story: Story, engine: Engine, scripted: ScriptedServer) -> None:
    scripted.play(*story.script)
    model = language_model(ModelSettings("scripted", url=scripted.url))
    answer = engine(model, 20.0).ask(story.question, story.history, mode=story.mode)
    story.holds(answer)
    assert bool(scripted.requests) == bool(story.script), "the model is asked, or is not"
