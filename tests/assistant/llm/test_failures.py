"""Every way to give out ends in one line, in time, without the key."""

from __future__ import annotations

import logging
import socket
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from assistant.llm.failures import LanguageModelError
from assistant.llm.types import LanguageModel, Message
from assistant.settings import Secret
from corpus.types import ModelError
from tests.assistant.llm.conftest import KEY, make_model
from tests.scripted_llm import Scene, ScriptedServer, serving

ASK = [Message("system", "Answer briefly."), Message("user", "What about knives?")]


def failure(model: LanguageModel, deadline_s: float | None = None) -> LanguageModelError:
    """How the model gives out; the error keeps what all of them must."""
    deadline = None if deadline_s is None else time.monotonic() + deadline_s
    with pytest.raises(LanguageModelError) as caught:
        model.complete(ASK, deadline=deadline)
    error = caught.value
    assert isinstance(error, ModelError)
    assert "\n" not in str(error)
    assert KEY[:5] not in "".join(traceback.format_exception(error))
    assert error.__cause__ is None and error.__context__ is None
    return error


@pytest.mark.parametrize(
    ("status", "said", "reason", "told"),
    [
        (401, f"Incorrect API key provided: {KEY}", "key", "correct VERBATIM_LLM_KEY"),
        (403, "Forbidden", "key", "correct VERBATIM_LLM_KEY"),
        (400, "API key not valid.", "key", "correct VERBATIM_LLM_KEY"),
        (500, "x" * 150 + KEY + "x" * 50, "failed", "***"),
        (404, "model 'scripted' not found", "unknown", "set VERBATIM_LLM to"),
        (429, "Rate limit reached", "busy", "try again later"),
        (402, "Insufficient balance", "busy", "try again later"),
        (400, "This model's maximum context length is 4096 tokens.", "overflow", "WINDOW_TOKENS"),
        (400, "the request exceeds the available context size", "overflow", "EVIDENCE_TOKENS"),
        (400, "Unknown field: foo", "refused", "Unknown field: foo"),
        (500, "CUDA error", "failed", "500: CUDA error"),
        (503, "Loading model", "failed", "503: Loading model"),
        (307, "", "refused", "leads elsewhere"),
    ],
)
def test_what_a_server_refuses_is_told(
    scripted: ScriptedServer, model: LanguageModel, status: int, said: str, reason: str, told: str
) -> None:
    scripted.play(Scene(status=status, error=said))
    error = failure(model)
    assert error.reason == reason
    assert told in str(error)
    assert len(scripted.requests) == 1, "asked again behind the reader's back"


def test_a_missing_key_is_asked_for(scripted: ScriptedServer) -> None:
    scripted.play(Scene(status=401, error="No key"))
    assert "set VERBATIM_LLM_KEY" in str(failure(make_model(scripted, key=Secret())))


def test_a_wrong_address_is_named(scripted: ScriptedServer) -> None:
    url = scripted.url.removesuffix("/v1") + "/api/v2"
    error = failure(make_model(scripted, url=url))
    assert error.reason == "unknown"
    assert url in str(error) and "VERBATIM_LLM_URL" in str(error)


def test_the_key_follows_no_redirect(scripted: ScriptedServer, model: LanguageModel) -> None:
    with serving(Scene("Yes.")) as other:
        elsewhere = {"Location": f"{other.url}/chat/completions"}
        scripted.play(Scene(status=307, error="moved", headers=elsewhere))
        assert "leads elsewhere" in str(failure(model))
        assert other.requests == []


def test_no_server_is_told_at_once(scripted: ScriptedServer) -> None:
    with closed_port() as port:
        model = make_model(scripted, url=f"http://127.0.0.1:{port}")
        start = time.monotonic()
        error = failure(model)
    assert time.monotonic() - start < 1
    assert error.reason == "unreachable"
    assert f"http://127.0.0.1:{port}/v1 (Connection refused)" in str(error)


@contextmanager
def closed_port() -> Iterator[int]:
    """A port that is taken, so that nothing else takes it, and that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize(
    ("scene", "told"),
    [
        (Scene("Knives.", wait_s=5), "said nothing"),
        (Scene("Knives.", first_s=5), "said nothing"),
        (Scene("Knives slip.", pause_s=5), "was not done"),
        (Scene(["Knives "] * 500, pause_s=0.02), "was not done"),
        (Scene("Knives slip.", trickle_s=0.02), "said nothing"),
    ],
    ids=["no head", "no word", "stuck", "endless", "byte by byte"],
)
def test_the_deadline_holds(scripted: ScriptedServer, scene: Scene, told: str) -> None:
    scripted.play(scene)
    model = make_model(scripted, timeout_s=0.3)
    start = time.monotonic()
    error = failure(model)
    assert 0.25 <= time.monotonic() - start < 1.5
    assert error.reason == "slow"
    assert told in str(error) and "VERBATIM_LLM_TIMEOUT_S" in str(error)
    assert scripted.is_left(), "the connection stayed open"


def test_a_call_can_have_an_earlier_deadline(
    scripted: ScriptedServer, model: LanguageModel
) -> None:
    scripted.play(Scene("Knives.", first_s=5))
    start = time.monotonic()
    assert failure(model, deadline_s=0.2).reason == "slow"
    assert time.monotonic() - start < 1.5


def test_a_reply_that_breaks_off_is_told(scripted: ScriptedServer, model: LanguageModel) -> None:
    scripted.play(Scene(["Knives ", "slip ", "less."], cut_after=2))
    with model.stream(ASK) as reply:
        assert [next(reply), next(reply)] == ["Knives ", "slip "]
        with pytest.raises(LanguageModelError, match="broke off") as caught:
            next(reply)
    assert caught.value.reason == "broken"


def test_a_server_that_hangs_up_is_told(scripted: ScriptedServer, model: LanguageModel) -> None:
    scripted.play(Scene(status=0))
    error = failure(model)
    assert error.reason == "broken"
    assert "without sending a response" in str(error)


def test_an_error_in_mid_reply_is_told(scripted: ScriptedServer, model: LanguageModel) -> None:
    raw = (
        b'data: {"choices": [{"index": 0, "delta": {"content": "Kni"}}]}\n\n'
        b'data: {"error": {"message": "out of memory"}}\n\n'
    )
    scripted.play(Scene(raw=raw))
    error = failure(model)
    assert error.reason == "failed"
    assert "out of memory" in str(error)


@pytest.mark.parametrize(
    "raw",
    [
        b"data: {broken\n\n",
        b'data: "text"\n\n',
        b'data: {"choices": null}\n\n',
        b'data: {"choices": [{"index": 0, "delta": {"content": ["a"]}}]}\n\n',
    ],
)
def test_what_is_not_in_the_form_is_told(
    scripted: ScriptedServer, model: LanguageModel, raw: bytes
) -> None:
    scripted.play(Scene(raw=raw))
    error = failure(model)
    assert error.reason == "broken"
    assert "VERBATIM_LLM_URL" in str(error)


@pytest.mark.parametrize(
    ("scene", "told"),
    [
        (Scene(""), "empty reply"),
        (Scene(" \n"), "empty reply"),
        (Scene(raw=b""), "empty reply"),
        (Scene(raw=b"<html>Welcome</html>", raw_kind="text/html"), "empty reply"),
        (Scene("<think>I wonder", finish="length"), "raise VERBATIM_LLM_OUTPUT_TOKENS"),
        (Scene("", finish="content_filter"), "withholds"),
    ],
)
def test_a_reply_without_a_word_is_told(
    scripted: ScriptedServer, model: LanguageModel, scene: Scene, told: str
) -> None:
    scripted.play(scene)
    error = failure(model)
    assert error.reason == "empty"
    assert told in str(error)


def test_the_key_stands_in_no_log(
    scripted: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    scripted.play(Scene("Yes.", once=True), Scene(status=401, error=f"bad key {KEY}"))
    model = make_model(scripted)
    model.complete(ASK)
    failure(model)
    assert caplog.records
    assert KEY not in caplog.text
    assert KEY not in repr(vars(model))
