"""Asking over HTTP: the whole answer, its making as events, and what ends it early."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant.interfaces.documents.answers import answer_json
from assistant.llm.failures import LanguageModelError
from assistant.settings import ServingSettings
from assistant.types import Step, Turn, Update
from tests.assistant.interfaces.api.clients import client, error
from tests.assistant.interfaces.web.fakes import (
    ANSWERED,
    REFUSED,
    WRITTEN,
    FakeEngine,
    answer_or_refuse,
    growing,
    held_back,
)

QUESTION = {"question": "公开榜单为什么不准？"}
AS_EVENTS = {"Accept": "text/event-stream"}
WORDS_OF_ANSWER = {"status", "answer", "mode", "timings_ms"}


def events(text: str) -> list[tuple[str, Any]]:
    """The events of a stream, comments left out."""
    told = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line[:1] != ":")
        if fields:
            told.append((fields["event"], json.loads(fields["data"])))
    return told


def test_the_answer_is_the_command_lines_and_what_a_page_needs() -> None:
    answer = client(FakeEngine(), ServingSettings(public_url="https://v.example/talks")).post(
        "/api/ask", json=QUESTION
    )
    document, line = answer.json(), answer_json(ANSWERED)
    assert {name: document[name] for name in WORDS_OF_ANSWER} == {
        name: line[name] for name in WORDS_OF_ANSWER
    }
    for told, own, citation in zip(
        document["citations"], line["citations"], ANSWERED.citations, strict=True
    ):
        assert own.items() <= told.items()
        assert told["player_url"] == citation.player_url
        assert told["passage"] == citation.passage
        assert told["link"].startswith("https://v.example/talks/c/")
    assert document["model"] is None and document["statements"] == []


def test_a_models_answer_has_its_sentences_and_steps() -> None:
    steps = (Step("search", "榜单", 0.5, (Step("judge", "enough"),)),)
    asked = client(FakeEngine(lambda _: WRITTEN)).post("/api/ask", json=QUESTION).json()
    assert [one["outcome"] for one in asked["statements"]] == [
        "supported", "unsupported", "mended", "supported",
    ]  # fmt: skip
    assert asked["model"] == "small-model"
    deep = FakeEngine(lambda _: replace(WRITTEN, mode="deep", steps=steps))
    told = client(deep).post("/api/ask", json=QUESTION).json()["steps"]
    assert told[0]["steps"][0]["text"] == "enough"


def test_what_is_asked_reaches_the_engine() -> None:
    engine = FakeEngine(offered=("model", "quotes", "deep"))
    body = QUESTION | {
        "history": [{"role": "user", "text": "榜单？"}, {"role": "assistant", "text": "是的"}],
        "mode": "deep",
        "talk": ["圆桌"],
        "lang": ["zh"],
        "since": "2025-01-01",
    }
    assert client(engine).post("/api/ask", json=body).status_code == 200
    history = (Turn("user", "榜单？"), Turn("assistant", "是的"))
    assert engine.asked == [(QUESTION["question"], history)]
    assert engine.asked_modes == ["deep"]
    scope = engine.scopes[0]
    assert scope.transcripts == {"id-talk.md"} and scope.languages == {"zh"}
    assert (scope.since, scope.until) == ("2025-01-01", None)


def test_no_evidence_is_an_answer_too() -> None:
    answer = client(FakeEngine(answer_or_refuse)).post("/api/ask", json={"question": "pizza?"})
    assert answer.status_code == 200
    assert answer.json()["status"] == "no_evidence"
    assert answer.json()["suggestions"] == list(REFUSED.suggestions)


def test_events_tell_the_answer_as_it_grows() -> None:
    def updates(_: str) -> Iterator[Update]:
        for answer in growing(WRITTEN):
            yield Update("writing", answer, seconds_left=30.0, calls_left=2)
            # Only a moment to be left at: nothing to tell.
            yield Update("writing", answer, seconds_left=29.5, calls_left=2)

    engine = FakeEngine(lambda _: WRITTEN, updates)
    response = client(engine).post("/api/ask", json=QUESTION, headers=AS_EVENTS)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-accel-buffering"] == "no"
    told = events(response.text)
    assert [name for name, _ in told] == ["update"] * 5 + ["done"]
    assert told[0][1]["stage"] == "searching" and told[0][1]["answer"] is None
    assert [len(one["answer"]["statements"]) for _, one in told[1:5]] == [1, 2, 3, 4]
    assert (told[1][1]["seconds_left"], told[1][1]["calls_left"]) == (30.0, 2)
    assert told[-1][1] == client(engine).post("/api/ask", json=QUESTION).json()


def test_what_fails_on_the_way_ends_the_events() -> None:
    def updates(_: str) -> Iterator[Update]:
        yield Update("writing")
        raise LanguageModelError("the model has given out", "timeout")

    told = events(
        client(FakeEngine(updates=updates)).post("/api/ask", json=QUESTION, headers=AS_EVENTS).text
    )
    name, document = told[-1]
    assert name == "error"
    assert document["error"]["code"] == "model_timeout"
    whole = client(FakeEngine(updates=updates)).post("/api/ask", json=QUESTION)
    assert whole.status_code == 502
    assert error(whole)["message"] == "the model has given out"


def test_nobody_learns_what_nobody_foresaw(caplog: pytest.LogCaptureFixture) -> None:
    def updates(_: str) -> Iterator[Update]:
        yield from map(broken, [1])

    def broken(_: int) -> Update:
        raise RuntimeError("secret path")

    for headers in ({}, AS_EVENTS):
        response = client(FakeEngine(updates=updates)).post(
            "/api/ask", json=QUESTION, headers=headers
        )
        assert "secret" not in response.text
        assert '"internal"' in response.text
    assert "secret path" in caplog.text


@pytest.mark.parametrize("headers", [{}, AS_EVENTS], ids=["whole", "events"])
def test_more_answers_than_places_are_refused(headers: dict[str, str]) -> None:
    go = threading.Event()

    def updates(_: str) -> Iterator[Update]:
        yield Update("writing")
        go.wait(20)

    engine = FakeEngine(updates=updates)
    asked = client(engine, ServingSettings(concurrent_answers=1))
    first = threading.Thread(target=asked.post, args=["/api/ask"], kwargs={"json": QUESTION})
    first.start()
    while not engine.asked:
        pass
    refused = asked.post("/api/ask", json=QUESTION, headers=headers)
    article = asked.post("/api/cite/article", json={"text": "It said so."})
    go.set()
    first.join(20)
    for response in (refused, article):
        assert response.status_code == 429
        assert error(response)["code"] == "busy"
        assert int(response.headers["retry-after"]) >= 1
    assert asked.post("/api/ask", json=QUESTION).status_code == 200, "the place is free again"


def test_a_library_that_loads_says_when_to_come_back() -> None:
    loading, go = held_back(FakeEngine())
    loading.start()
    response = client(loading).post("/api/ask", json=QUESTION, headers=AS_EVENTS)
    go.set()
    assert response.status_code == 503
    assert error(response)["code"] == "loading"
    assert int(response.headers["retry-after"]) >= 1
