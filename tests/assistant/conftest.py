"""A language model by script, for every test of what asks one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from assistant.llm.model import language_model
from assistant.llm.settings import ModelSettings
from assistant.llm.types import LanguageModel
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
