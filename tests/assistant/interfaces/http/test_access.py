"""Who may do what over HTTP, and how much of it."""

from __future__ import annotations

import time

import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from starlette.testclient import TestClient

from assistant.interfaces.api.routes import add_api
from assistant.interfaces.http.access import sign_token
from assistant.interfaces.http.gateway import Gateway
from assistant.interfaces.http.guard import UserGuard
from assistant.settings import Secret, ServingSettings
from tests.assistant.interfaces.api.clients import HERE, client, error
from tests.assistant.interfaces.web.fakes import FakeEngine, loaded

KEY = "k" * 20
SECRET = Secret("s" * 40)
SITE = "https://wiki.example.org"
KEYS = ServingSettings(keys={"wiki": Secret(KEY)}, requests_per_minute=0)
EMBED = ServingSettings(
    keys={"wiki": Secret(KEY)}, embed_secret=SECRET, origins=(SITE,), requests_per_minute=0
)
PROXIED = ServingSettings(user_header="x-user", requests_per_minute=0)
SEARCH = "/api/search?q=anything"


def token(*talks: str, site: str = SITE) -> str:
    return sign_token(SECRET, site, talks or None, 600, time.time())


def test_keys_are_asked_for_everywhere_but_at_health() -> None:
    nobody, holder = client(serving=KEYS), client(serving=KEYS, authorization=f"Bearer {KEY}")
    for method, path in (
        ("POST", "/api/ask"), ("GET", SEARCH), ("GET", "/api/talks"), ("GET", "/api/metrics"),
    ):  # fmt: skip
        response = nobody.request(method, path, json={} if method == "POST" else None)
        assert response.status_code == 401, path
        assert response.headers["www-authenticate"] == "Bearer"
        assert error(response)["code"] == "no_key"
    assert nobody.get("/api/health").status_code == 200
    assert holder.get(SEARCH).status_code == 200
    assert holder.get("/api/metrics").status_code == 200


def test_a_token_opens_its_talks_and_nothing_else() -> None:
    engine = FakeEngine()
    framed = client(engine, EMBED, authorization=f"Bearer {token('id-far.md')}", origin=SITE)
    assert framed.post("/api/ask", json={"question": "Why?"}).status_code == 200
    assert framed.post("/api/cite", json={"quote": "Because."}).status_code == 200
    assert framed.post("/api/cite/article", json={"text": "Because."}).status_code == 200
    assert framed.get(SEARCH).status_code == 200
    assert {scope.transcripts for scope in engine.scopes} == {frozenset({"id-far.md"})}
    assert [talk["id"] for talk in framed.get("/api/talks").json()["talks"]] == ["id-far.md"]
    assert framed.get("/api/talks/id-far.md").status_code == 200
    for path in ("/api/talks/id-talk.md", "/api/moments?talk=id-talk.md", f"{SEARCH}&talk=圆桌"):
        response = framed.get(path)
        assert response.status_code == 404, path
        assert "大模型" not in response.text
    metrics = framed.get("/api/metrics")
    assert (metrics.status_code, error(metrics)["code"]) == (403, "not_for_tokens")


def test_a_token_for_all_talks_narrows_nothing() -> None:
    framed = client(FakeEngine(), EMBED, authorization=f"Bearer {token()}")
    assert framed.get("/api/talks").json()["total"] == 3


def test_a_token_is_for_its_own_site() -> None:
    for origin, status in (
        (SITE, 200), ("http://testserver", 200), ("https://evil.example", 403), ("null", 403),
        ("http://[", 403), ("", 403),
    ):  # fmt: skip
        framed = client(serving=EMBED, authorization=f"Bearer {token()}", origin=origin)
        assert framed.get(SEARCH).status_code == status, origin


def test_a_token_that_is_none_is_refused() -> None:
    forged = sign_token(Secret("f" * 40), SITE, None, 600, time.time())
    old = sign_token(SECRET, SITE, None, 60, time.time() - 3600)
    for text, code in ((forged, "token_invalid"), (old, "token_expired")):
        response = client(serving=EMBED, authorization=f"Bearer {text}").get(SEARCH)
        assert (response.status_code, error(response)["code"]) == (401, code)


def test_where_a_proxy_names_users_nobody_else_comes_in() -> None:
    app = FastAPI()
    app.add_api_route("/", lambda: PlainTextResponse("the page"))
    app.add_api_route("/healthz", lambda: PlainTextResponse("fine"))
    gateway = Gateway(loaded(FakeEngine()), PROXIED)
    add_api(app, gateway)
    app.add_middleware(UserGuard, gateway=gateway)
    proxy, stranger = TestClient(app, client=HERE), TestClient(app, client=("203.0.113.9", 1))
    for path in ("/", SEARCH, "/api/docs", "/api/nothing"):
        assert proxy.get(path).status_code == 401, path
        assert stranger.get(path, headers={"X-User": "ann"}).status_code == 401, path
    for path in ("/", SEARCH, "/api/docs"):
        assert proxy.get(path, headers={"X-User": "ann"}).status_code == 200, path
    for path in ("/healthz", "/api/health"):
        assert stranger.get(path).status_code == 200, path


def test_each_caller_has_a_limit_and_is_told_of_it() -> None:
    serving = ServingSettings(requests_per_minute=2)
    asked = client(serving=serving)
    first, second, third = (asked.get(SEARCH) for _ in range(3))
    assert first.headers["ratelimit-limit"] == "2"
    assert [one.headers["ratelimit-remaining"] for one in (first, second)] == ["1", "0"]
    assert 0 < int(first.headers["ratelimit-reset"]) <= 60
    assert third.status_code == 429
    assert error(third)["code"] == "too_many_requests"
    assert 0 < int(third.headers["retry-after"]) <= 60
    other = asked.get(SEARCH, headers={"X-Forwarded-For": "198.51.100.1"})
    assert other.status_code == 200, "the proxy names another address"
    assert asked.get("/api/health").status_code == 200, "health is not counted"


def test_whose_word_does_not_count_names_no_other_address() -> None:
    asked = client(serving=ServingSettings(requests_per_minute=1), come_from=("203.0.113.9", 1))
    told = [
        asked.get(SEARCH, headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
        for n in range(2)
    ]
    assert told == [200, 429]


def test_keys_can_not_be_tried_out_fast() -> None:
    serving = ServingSettings(keys={"wiki": Secret(KEY)}, requests_per_minute=3)
    asked = client(serving=serving)
    told = [
        asked.get(SEARCH, headers={"Authorization": f"Bearer {n}"}).status_code for n in range(5)
    ]
    assert told == [401, 401, 401, 429, 429]
    held = asked.get(SEARCH, headers={"Authorization": f"Bearer {KEY}"})
    assert held.status_code == 200, "whoever has a key is not locked out by those who try"


@pytest.mark.parametrize("path", ["/api/ask", "/api/cite"])
def test_a_key_never_shows_in_a_response(path: str) -> None:
    response = client(serving=KEYS, authorization=f"Bearer {KEY[:-1]}x").post(path, json={})
    assert KEY[:-1] not in response.text
