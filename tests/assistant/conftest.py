"""A language model by script, for every test of what asks one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from assistant.engine import Assistant
from assistant.generation.writer import Writer
from assistant.library import LockedLibrary, OpenLibrary, current_source
from assistant.llm.model import language_model
from assistant.llm.types import LanguageModel
from assistant.settings import ModelSettings
from index.lexical.dictionary import open_dictionary
from index.retriever import TranscriptRetriever
from tests.scripted_llm import ScriptedServer, serving


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    """A running server of the OpenAI shape, still without a script: see ``play``."""
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def real_model() -> LanguageModel:
    """The model that answers at ``VERBATIM_TEST_LLM_URL``, named ``VERBATIM_TEST_LLM`` there (or
    ``local``); for tests marked ``llm``, which are skipped without one."""
    url = os.environ.get("VERBATIM_TEST_LLM_URL")
    if not url:
        pytest.skip("no language model: VERBATIM_TEST_LLM_URL names none")
    name = os.environ.get("VERBATIM_TEST_LLM", "local")
    return language_model(ModelSettings(name, url=url, timeout_s=120.0))


Engine = Callable[[LanguageModel, float], Assistant]
"""The engine over the transcripts that ship, for a model and the seconds an answer may take."""


@pytest.fixture(scope="session")
def engine(shipped_held: LockedLibrary, shipped: OpenLibrary) -> Engine:
    """Wires it as the program does."""
    dictionary = open_dictionary(shipped_held.settings.data)
    retriever = TranscriptRetriever(shipped_held.store, shipped.embedder, dictionary=dictionary)
    source = current_source(shipped_held.library)

    def over(model: LanguageModel, timeout_s: float) -> Assistant:
        writer = Writer(
            model, shipped.embedder, dictionary, source, retriever.speakers, timeout_s=timeout_s
        )
        return Assistant(retriever, source, writer=writer)

    return over
