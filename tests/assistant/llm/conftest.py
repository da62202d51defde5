"""Deadlines here are fractions of a second, so what is loaded once is loaded before."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from assistant.llm.model import language_model
from assistant.llm.types import LanguageModel
from assistant.settings import ModelSettings, Secret
from tests.scripted_llm import Scene, ScriptedServer, serving

KEY = "sk-very-secret-0123456789"


@pytest.fixture(scope="session", autouse=True)
def _loaded() -> None:
    """The libraries behind the adapter, by a first answer."""
    from assistant.llm.types import Message

    with serving(Scene("ready")) as server:
        model = language_model(ModelSettings("scripted", url=server.url))
        assert model.complete([Message("user", "ready?")]).text == "ready"


@pytest.fixture
def model(scripted: ScriptedServer) -> LanguageModel:
    """The scripted model behind the adapter, with a second for an answer."""
    return make_model(scripted)


def make_model(server: ScriptedServer, timeout_s: float = 5.0, **settings: object) -> LanguageModel:
    given: dict[str, object] = {"url": server.url, "key": Secret(KEY), **settings}
    return language_model(ModelSettings("scripted", timeout_s=timeout_s, **given))  # type: ignore[arg-type]


def seconds(run: Callable[[], object]) -> float:
    """Wall time of a call."""
    start = time.monotonic()
    run()
    return time.monotonic() - start
