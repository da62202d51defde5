"""Asks a deep answer of a scripted server."""

from __future__ import annotations

from typing import Any, cast

import pytest

from assistant.generation.deep.run import answer_deep
from assistant.generation.writer import Writer
from assistant.llm.model import language_model
from assistant.settings import DeepBudget, ModelSettings
from assistant.types import Update
from index.retriever import TranscriptRetriever
from index.types import EVERYWHERE, Query
from tests.assistant.generation.deep.asking import ASKED, Ask
from tests.assistant.kitchen import KitchenRetriever, source
from tests.index.fakes import FakeEmbedder
from tests.scripted_llm import ScriptedServer


@pytest.fixture
def ask(scripted: ScriptedServer) -> Ask:
    """All updates of a deep answer; keywords are the budget's, a retriever, a scope."""

    def updates(question: str = ASKED, **given: Any) -> list[Update]:
        settings = ModelSettings("scripted", url=scripted.url, timeout_s=5.0)
        retriever = given.get("retriever", KitchenRetriever())
        writer = Writer(language_model(settings), FakeEmbedder(), None, source, retriever.speakers)
        return list(
            answer_deep(
                Query(question, scope=given.get("scope", EVERYWHERE)),
                cast(TranscriptRetriever, retriever),
                writer,
                language="en",
                budget=DeepBudget(given.get("calls", 8), given.get("seconds", 20.0)),
            )
        )

    return updates
