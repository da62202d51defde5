"""Servers that take less, or other fields, than most."""

from __future__ import annotations

import pytest

from assistant.llm.providers import gemini_base, ollama_base, openai_base
from assistant.llm.types import LanguageModel, Message
from tests.scripted_llm import Request, Scene, ScriptedServer

ASK = [
    Message("system", "Answer briefly."),
    Message("user", "Ann says: they slip."),
    Message("user", "What about knives?"),
]


def has(field: str) -> object:
    return lambda request: field in request.body


def has_system(request: Request) -> bool:
    return any(role == "system" for role, _ in request.messages)


def test_neighbours_of_one_role_become_one_message(
    scripted: ScriptedServer, model: LanguageModel
) -> None:
    scripted.play(Scene("Yes."))
    model.complete(ASK)
    assert scripted.requests[0].messages == [
        ("system", "Answer briefly."),
        ("user", "Ann says: they slip.\n\nWhat about knives?"),
    ]


@pytest.mark.parametrize(
    "said",
    [
        "System role not supported",
        "Developer instruction is not enabled for models/gemma-3-1b-it",
        "Only user and assistant roles are supported, system messages are not",
    ],
)
def test_a_server_without_system_messages_gets_them_in_front(
    scripted: ScriptedServer, model: LanguageModel, said: str
) -> None:
    scripted.play(Scene(status=400, error=said, when=has_system), Scene("Yes."))
    assert model.complete(ASK).text == "Yes."
    assert model.complete(ASK).text == "Yes."
    assert len(scripted.requests) == 3, "what was learnt is forgotten"
    assert scripted.requests[-1].messages == [
        ("user", "Answer briefly.\n\nAnn says: they slip.\n\nWhat about knives?")
    ]


def test_a_model_with_another_limit_and_no_temperature(
    scripted: ScriptedServer, model: LanguageModel
) -> None:
    scripted.play(
        Scene(
            status=400,
            error="Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            when=has("max_tokens"),  # type: ignore[arg-type]
        ),
        Scene(
            status=400,
            error="Unsupported value: 'temperature' does not support 0.0 with this model.",
            when=has("temperature"),  # type: ignore[arg-type]
        ),
        Scene("Yes."),
    )
    assert model.complete(ASK, max_tokens=50).text == "Yes."
    last = scripted.requests[-1].body
    assert last["max_completion_tokens"] == 50
    assert not {"max_tokens", "temperature"} & set(last)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081/v1"),
        ("http://127.0.0.1:8081/", "http://127.0.0.1:8081/v1"),
        ("http://127.0.0.1:8081/v1/", "http://127.0.0.1:8081/v1"),
        ("http://127.0.0.1:8081/v1/chat/completions", "http://127.0.0.1:8081/v1"),
        ("https://api.anthropic.com/v1/", "https://api.anthropic.com/v1"),
        (
            "https://generativelanguage.googleapis.com/v1beta/openai/",
            "https://generativelanguage.googleapis.com/v1beta/openai",
        ),
    ],
)
def test_a_base_is_taken_as_it_is_written_down(url: str, base: str) -> None:
    assert openai_base(url) == base


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/", "/api", "/v1/chat/completions"])
def test_an_ollama_server_is_found_from_either_of_its_apis(end: str) -> None:
    assert ollama_base(f"http://127.0.0.1:11434{end}") == "http://127.0.0.1:11434"


@pytest.mark.parametrize("end", ["", "/", "/v1beta", "/v1beta/openai/"])
def test_gemini_is_found_from_either_of_its_apis(end: str) -> None:
    assert gemini_base(f"https://generativelanguage.googleapis.com{end}").endswith(".com")
