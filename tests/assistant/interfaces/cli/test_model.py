"""``ask`` with a language model: by script, behind a real server."""

from __future__ import annotations

import pytest

from tests.running import Run, document
from tests.scripted_llm import Scene, serving


def test_ask_lets_a_language_model_write(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    question = "What does a sourdough starter need?"
    said = "Sourdough needs a starter that you feed with flour and water for a week [1]. It sings."
    with serving(Scene(said)) as server:
        monkeypatch.setenv("VERBATIM_LLM", "scripted")
        monkeypatch.setenv("VERBATIM_LLM_URL", server.url)
        answer = document(run("ask", question, "--json"))
        quotes = document(run("ask", question, "--mode", "quotes", "--json"))
        status, out, _ = run("ask", question, "--mode", "model")
    assert (answer["mode"], answer["model"], answer["notice"]) == ("model", "scripted", "")
    assert [statement["markers"] for statement in answer["statements"]] == [[1], []]
    assert answer["statements"][1]["outcome"] == "unsupported"
    assert answer["citations"][0]["verified"]
    assert (quotes["mode"], "model" in quotes) == ("quotes", False)
    assert status == 0
    assert "a week. [1] It sings. (not verified)" in out
    assert out.rstrip().endswith("Written by scripted; 1 of 2 sentences verified.")


def test_ask_answers_in_quotes_where_the_model_fails(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERBATIM_LLM", "scripted")
    monkeypatch.setenv("VERBATIM_LLM_URL", "http://127.0.0.1:9/v1")
    status, out, _ = run("ask", "What does a sourdough starter need?")
    assert status == 0
    assert out.startswith("The language model can't be reached. Here is what was said, in quotes.")
    assert "Sourdough needs a starter" in out


def test_ask_needs_a_language_model_for_its_modes(run: Run) -> None:
    status, out, err = run("ask", "What does a sourdough starter need?", "--mode", "deep")
    assert (status, out) == (1, "")
    assert "VERBATIM_LLM" in err.splitlines()[-1]
