"""The small library of kitchen.py with a language model by script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from assistant.engine import Assistant
from assistant.generation.writer import Writer
from assistant.llm.model import language_model
from assistant.settings import ModelSettings
from index.retriever import TranscriptRetriever
from tests.assistant.kitchen import ScriptedRetriever, source
from tests.index.fakes import FakeEmbedder
from tests.scripted_llm import ScriptedServer

SAFER = "A sharp knife is safer"
SLIPS = "It does not slip"
ASKED = "Why keep a knife sharp?"

Engine = Callable[..., Assistant]


def kitchen_engine(scripted: ScriptedServer) -> Engine:
    """Makes assistants whose model plays the script and has a window of ``window_tokens``; other
    keywords are the writer's."""

    def make(
        found: ScriptedRetriever | None = None,
        min_confidence: float = 0.5,
        window_tokens: int = 4096,
        **fields: Any,
    ) -> Assistant:
        timeout_s = fields.setdefault("timeout_s", 5.0)
        settings = ModelSettings(
            "scripted", url=scripted.url, timeout_s=timeout_s, window_tokens=window_tokens
        )
        model = language_model(settings)
        retriever = found or ScriptedRetriever()
        writer = Writer(model, FakeEmbedder(), None, source, retriever.speakers, **fields)
        return Assistant(cast(TranscriptRetriever, retriever), source, min_confidence, writer)

    return make
