"""Other LlamaIndex models than OpenAILike keep the same contract."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

import pytest

from assistant.llm.failures import LanguageModelError
from assistant.llm.model import language_model
from assistant.llm.types import LanguageModel, Message
from assistant.settings import ModelSettings, Provider, Secret
from corpus.types import SettingsError
from tests.assistant.llm.conftest import KEY
from tests.scripted_llm import Scene, ScriptedServer

ASK = [Message("system", "Answer briefly."), Message("user", "What about knives?")]


def provided(server: ScriptedServer, provider: Provider, timeout_s: float = 5.0) -> LanguageModel:
    return language_model(
        ModelSettings("gemini-2.5-flash", provider, server.url, Secret(KEY), timeout_s=timeout_s)
    )


def ollama_lines(pieces: Iterable[tuple[str, str]], reason: str | None = "stop") -> bytes:
    """Ollama's form: a JSON document a line, thoughts apart from the text."""
    lines: list[dict[str, Any]] = [
        {"model": "m", "message": message(text, thought), "done": False} for text, thought in pieces
    ]
    if reason:
        lines.append({"model": "m", "message": message(""), "done": True, "done_reason": reason})
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


def message(text: str, thought: str = "") -> dict[str, str]:
    said = {"role": "assistant", "content": text}
    return {**said, "thinking": thought} if thought else said


def gemini_events(pieces: Iterable[tuple[str, bool]], reason: str = "STOP") -> bytes:
    """Gemini's form: events with candidates, thoughts as parts marked so."""
    parts = [{"text": text, "thought": thought} for text, thought in pieces]
    candidates: list[dict[str, Any]] = [
        {"content": {"role": "model", "parts": [part]}} for part in parts
    ]
    candidates[-1]["finishReason"] = reason
    return "".join(
        f"data: {json.dumps({'candidates': [candidate]})}\r\n\r\n" for candidate in candidates
    ).encode()


def test_ollama_answers(scripted: ScriptedServer) -> None:
    raw = ollama_lines([("", "Knives?"), ("They ", ""), ("slip.", "")])
    scripted.play(Scene(raw=raw, raw_kind="application/x-ndjson"))
    completion = provided(scripted, "ollama").complete(ASK, max_tokens=50)
    assert (completion.text, completion.cut) == ("They slip.", False)
    (request,) = scripted.requests
    assert request.path == "/api/chat"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["options"]["num_predict"] == 50
    assert request.body["options"]["num_ctx"] == 4096, "Ollama's own default cuts prompts silently"


def test_ollama_tells_of_a_limit_and_of_a_break(scripted: ScriptedServer) -> None:
    model = provided(scripted, "ollama")
    scripted.play(Scene(raw=ollama_lines([("They slip", "")], "length")))
    assert model.complete(ASK).cut
    scripted.play(Scene(raw=ollama_lines([("They slip", "")], None)))
    with pytest.raises(LanguageModelError, match="broke off"):
        model.complete(ASK)


def test_what_ollama_reports_in_mid_reply_is_told(scripted: ScriptedServer) -> None:
    raw = ollama_lines([("They slip", "")], None) + b'{"error": "out of memory"}\n'
    scripted.play(Scene(raw=raw, raw_kind="application/x-ndjson"))
    with pytest.raises(LanguageModelError, match="out of memory") as caught:
        provided(scripted, "ollama").complete(ASK)
    assert caught.value.reason == "failed"


def test_gemini_answers(scripted: ScriptedServer) -> None:
    raw = gemini_events([("Knives?", True), ("They ", False), ("slip.", False)])
    scripted.play(Scene(raw=raw))
    completion = provided(scripted, "gemini").complete(ASK, max_tokens=50)
    assert (completion.text, completion.cut) == ("They slip.", False)
    (request,) = scripted.requests
    assert request.path.startswith("/v1beta/models/gemini-2.5-flash:streamGenerateContent")
    assert request.headers["x-goog-api-key"] == KEY
    assert request.body["generationConfig"]["maxOutputTokens"] == 50


def test_gemini_tells_of_a_limit_and_of_its_filter(scripted: ScriptedServer) -> None:
    model = provided(scripted, "gemini")
    scripted.play(Scene(raw=gemini_events([("They slip ", False), ("le", False)], "MAX_TOKENS")))
    completion = model.complete(ASK)
    assert completion.cut and completion.text.startswith("They slip")
    scripted.play(Scene(raw=gemini_events([("", False)], "SAFETY")))
    with pytest.raises(LanguageModelError, match="withholds"):
        model.complete(ASK)


@pytest.mark.parametrize("provider", ["ollama", "gemini"])
@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "key"), (404, "unknown"), (429, "busy"), (500, "failed"), (400, "refused")],
)
def test_refusals_are_told_alike(
    scripted: ScriptedServer, provider: Provider, status: int, reason: str
) -> None:
    body = {"error": {"code": status, "message": f"no, {KEY}", "status": "NO"}}
    told = json.dumps(body if provider == "gemini" else {"error": f"no, {KEY}"}).encode()
    scripted.play(Scene(status=status, raw=told, raw_kind="application/json"))
    with pytest.raises(LanguageModelError) as caught:
        provided(scripted, provider).complete(ASK)
    assert caught.value.reason == reason
    assert "no, ***" in str(caught.value)
    assert len(scripted.requests) == 1


@pytest.mark.parametrize("provider", ["ollama", "gemini"])
def test_the_deadline_holds_for_all(scripted: ScriptedServer, provider: Provider) -> None:
    scripted.play(Scene(raw=b"{" * 1000, trickle_s=0.02))
    start = time.monotonic()
    with pytest.raises(LanguageModelError) as caught:
        provided(scripted, provider, timeout_s=0.4).complete(ASK)
    assert caught.value.reason == "slow"
    assert time.monotonic() - start < 1
    assert scripted.is_left(), "the connection stayed open"


@pytest.mark.parametrize("provider", ["ollama", "gemini"])
def test_no_server_is_told_alike(scripted: ScriptedServer, provider: Provider) -> None:
    scripted.close()
    with pytest.raises(LanguageModelError) as caught:
        provided(scripted, provider).complete(ASK)
    assert caught.value.reason == "unreachable"


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"pip install -e '\.\[ollama\]'"):
        language_model(ModelSettings("qwen", "ollama"))
