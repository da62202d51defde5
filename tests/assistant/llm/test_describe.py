from __future__ import annotations

import threading

import pytest

from assistant.llm.failures import LanguageModelError
from assistant.llm.model import Reachability
from assistant.llm.types import LanguageModel, Message, ModelState
from tests.assistant.llm.conftest import KEY, make_model
from tests.scripted_llm import PATIENCE_S, Scene, ScriptedServer


def test_the_page_learns_which_model_answers(
    scripted: ScriptedServer, model: LanguageModel
) -> None:
    state = model.describe(wait_s=2)
    assert state == ModelState("scripted", "openai-compatible", scripted.url, True)
    assert scripted.requests == [], "a look costs no answer"


def test_a_look_is_taken_once_for_many(scripted: ScriptedServer, model: LanguageModel) -> None:
    for _ in range(5):
        model.describe(wait_s=2)
    assert scripted.looks == 1


def test_a_server_that_is_gone_is_told_in_one_line(scripted: ScriptedServer) -> None:
    model = make_model(scripted)
    scripted.close()
    state = model.describe(wait_s=2)
    assert state.reachable is False
    assert "start its server" in state.message and "\n" not in state.message


def test_a_refused_key_is_told(scripted: ScriptedServer) -> None:
    scripted.models_status = 401
    state = make_model(scripted).describe(wait_s=2)
    assert state.reachable is False
    assert "VERBATIM_LLM_KEY" in state.message and KEY not in repr(state)


def test_a_server_without_a_list_of_models_counts_as_reachable(scripted: ScriptedServer) -> None:
    scripted.models_status = 404
    assert make_model(scripted).describe(wait_s=2).reachable is True


def test_nobody_waits_for_a_look() -> None:
    answered = threading.Event()
    reachability = Reachability(lambda: answered.wait(PATIENCE_S))
    assert reachability.known() == (None, "")
    answered.set()
    assert reachability.known(wait_s=PATIENCE_S) == (True, "")


def test_answers_tell_as_much_as_looks(scripted: ScriptedServer, model: LanguageModel) -> None:
    scripted.play(Scene(status=401, error="no", once=True), Scene("Yes."))
    with pytest.raises(LanguageModelError) as caught:
        model.complete([Message("user", "Knives?")])
    assert model.describe().message == str(caught.value)
    assert model.describe().reachable is False
    model.complete([Message("user", "Knives?")])
    assert model.describe().reachable is True
    scripted.play(Scene(""))
    with pytest.raises(LanguageModelError):
        model.complete([Message("user", "Knives?")])
    assert model.describe().reachable is True, "an empty reply is no lost server"
    assert scripted.looks == 0
