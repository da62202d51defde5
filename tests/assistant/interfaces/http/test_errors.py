"""The one shape of errors, whatever goes wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.interfaces.documents.requests import (
    ARTICLE_CHARS,
    QUESTION_CHARS,
    QUOTE_CHARS,
    TURN_CHARS,
    TURNS,
)
from assistant.interfaces.http.errors import ApiError
from assistant.interfaces.http.gateway import Gateway
from assistant.interfaces.http.guard import MOST_BYTES, RequestGuard
from assistant.library import Loading
from corpus.types import LibraryError
from tests.assistant.interfaces.api.clients import FREE, client, error
from tests.assistant.interfaces.web.fakes import FakeEngine, loaded

TURN = {"role": "user", "text": "Why?"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("GET", "/api/talks/two%0Alines", 404, "not_found"),
        ("GET", "/api/ask", 405, "method_not_allowed"),
        ("DELETE", "/api/search", 405, "method_not_allowed"),
        ("GET", "/api/talks/nothing", 404, "no_talk"),
        ("GET", "/api/talks?talk=nothing", 404, "not_in_library"),
        ("GET", "/api/moments?talk=nothing", 404, "no_talk"),
        ("GET", "/api/citations/x?format=plain", 410, "gone"),
        ("GET", "/api/search", 422, "invalid"),
    ],
)
def test_addresses(method: str, path: str, status: int, code: str) -> None:
    response = client().request(method, path)
    assert (response.status_code, error(response)["code"]) == (status, code)


def test_a_wrong_method_is_told_the_right_ones() -> None:
    assert client().delete("/api/search").headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/api/ask", {}, "question"),
        ("/api/ask", {"question": "  \n "}, "question: Give some words"),
        ("/api/ask", {"question": "x" * (QUESTION_CHARS + 1)}, "question"),
        ("/api/ask", {"question": "?", "mode": "magic"}, "mode"),
        ("/api/ask", {"question": "?", "histroy": []}, "histroy"),
        ("/api/ask", {"question": "?", "history": [TURN] * (TURNS + 1)}, "history"),
        ("/api/ask", {"question": "?", "history": [{"role": "system", "text": ""}]}, "history.0"),
        (
            "/api/ask",
            {"question": "?", "history": [{"role": "user", "text": "x" * (TURN_CHARS + 1)}]},
            "history.0.text",
        ),
        ("/api/ask", {"question": "?", "since": "2025-02-30"}, "since"),
        ("/api/ask", {"question": "?", "since": 20250221}, "since: give a day"),
        ("/api/ask", {"question": "?", "since": "2025-02-02", "until": "2025-02-01"}, "swap"),
        ("/api/search", {"question": "?", "limit": 0}, "limit"),
        ("/api/search", {"question": "?", "limit": "5"}, "limit: give a whole number"),
        ("/api/cite", {"quote": "x" * (QUOTE_CHARS + 1)}, "quote"),
        ("/api/cite", {"quote": "\ud800"}, "quote"),
        ("/api/cite/article", {"text": "x" * (ARTICLE_CHARS + 1)}, "text"),
        ("/api/cite", [], "body"),
    ],
)
def test_what_can_not_be_taken_is_named(path: str, body: Any, where: str) -> None:
    response = client().post(
        path, content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422
    assert error(response)["code"] == "invalid"
    assert where in error(response)["message"]
    assert "\n" not in error(response)["message"]


@pytest.mark.parametrize("body", [b"", b"{", b'{"question": }', b"\xff\xfe"])
def test_what_is_not_json(body: bytes) -> None:
    response = client().post("/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    error(response)


def test_a_body_that_is_too_large_is_not_read() -> None:
    def pieces() -> Any:
        yield b'{"question": "'
        for _ in range(MOST_BYTES // 50_000 + 1):
            yield b"x" * 50_000

    declared = client().post("/api/ask", content=b"x" * (MOST_BYTES + 1))
    undeclared = client().post(
        "/api/ask", content=pieces(), headers={"Content-Type": "application/json"}
    )
    for response in (declared, undeclared):
        assert response.status_code == 413
        assert error(response)["code"] == "too_large"


def test_an_article_as_long_as_may_be_gets_through_in_any_script() -> None:
    response = client().post("/api/cite/article", json={"text": "数" * ARTICLE_CHARS})
    assert response.status_code == 200


def test_a_library_that_failed_to_load_says_why() -> None:
    def build(_: Any) -> FakeEngine:
        raise LibraryError("no transcripts in the folder")

    loading = Loading(build).start()
    while loading.state.phase == "loading":
        pass
    response = client(loading).get("/api/talks")
    assert response.status_code == 503
    assert "no transcripts in the folder" in error(response)["message"]
    health = client(loading).get("/api/health")
    assert (health.status_code, health.json()["status"]) == (503, "failed")


def test_a_fault_of_our_own_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeEngine):
        def search(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("secret path")

    response = client(Broken()).get("/api/search?q=x")
    assert response.status_code == 500
    assert error(response)["code"] == "internal"
    assert "secret" not in response.text
    assert "secret path" in caplog.text


def test_an_application_of_another_kind_is_answered_for_too() -> None:
    async def plain(_scope: Any, receive: Any, _send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        raise ApiError(403, "no", "You may not.", "Don't.")

    guarded = TestClient(RequestGuard(plain, Gateway(loaded(FakeEngine()), FREE), "/plain"))
    assert error(guarded.post("/", content=b"x"))["code"] == "no"
    large = guarded.post("/", content=(b"x" * 50_000 for _ in range(MOST_BYTES // 50_000 + 1)))
    assert (large.status_code, error(large)["code"]) == (413, "too_large")
