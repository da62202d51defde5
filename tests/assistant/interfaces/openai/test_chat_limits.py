"""The OpenAI-compatible face: errors in OpenAI's shape, limits, clients that leave."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from assistant.interfaces.http.access import sign_token
from assistant.settings import Secret, ServingSettings
from assistant.types import Answer, Update
from corpus.types import SettingsError
from tests.assistant.interfaces.openai.asking import QUESTION, ask, client_of
from tests.assistant.interfaces.web.fakes import (
    FakeEngine,
    held_back,
)
from tests.browser.serving import served

KEY = "a-key-of-sixteen-characters"


@pytest.fixture(scope="module")
def client() -> Iterator[openai.OpenAI]:
    with client_of(FakeEngine()) as client:
        yield client


def test_all_errors_have_openais_shape(client: openai.OpenAI) -> None:
    def error_of(method: str, path: str, **more: Any) -> tuple[int, dict[str, Any]]:
        response = httpx.request(method, f"{client.base_url}{path}", **more)
        document = response.json()
        assert set(document) == {"error"}
        assert set(document["error"]) == {"message", "type", "code", "param"}
        return response.status_code, document["error"]

    assert error_of("POST", "chat/completions", content=b"{")[0] == 400
    assert error_of("POST", "chat/completions", content=b"\xff\xfe{}")[0] == 400
    assert error_of("GET", "chat/completions")[0] == 405
    assert error_of("POST", "embeddings", json={})[0] == 404
    assert error_of("POST", "chat/completions", content=b"x" * 1_100_000)[0] == 413
    with pytest.raises(openai.NotFoundError, match="gpt-4o"):
        client.chat.completions.create(model="gpt-4o", messages=QUESTION)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_no_page_of_another_site_has_a_question_answered(kind: str) -> None:
    """Browsers send such bodies for any site, without asking first whether it may."""
    engine = FakeEngine()
    with client_of(engine) as client:
        headers = {"Origin": "https://evil.example"} | ({"Content-Type": kind} if kind else {})
        body = b'{"model": "verbatim", "messages": [{"role": "user", "content": "Why?"}]}'
        address = f"{client.base_url}chat/completions"
        response = httpx.post(address, content=body, headers=headers)
        assert response.status_code == 400
        assert "application/json" in response.json()["error"]["message"]
        assert not engine.asked
        sent = {"Content-Type": "application/json; charset=utf-8"}
        assert httpx.post(address, content=body, headers=sent).status_code == 200


def test_keys_and_limits_hold() -> None:
    serving = ServingSettings(keys={"webui": Secret(KEY)}, requests_per_minute=2)
    with client_of(FakeEngine(), serving, KEY) as client:
        wrong = client.with_options(api_key="a-wrong-key")
        with pytest.raises(openai.AuthenticationError, match="API key is not known"):
            ask(wrong)
        with pytest.raises(openai.AuthenticationError):
            wrong.models.list()
        assert ask(client).choices
        assert list(client.models.list())
        with pytest.raises(openai.RateLimitError) as caught:
            ask(client)
    assert int(caught.value.response.headers["retry-after"]) >= 1
    assert caught.value.type == "rate_limit_error"


def test_a_token_opens_its_own_talks_alone() -> None:
    site, secret = "https://wiki.example.org", Secret("s" * 32)
    token = sign_token(secret, site, ["id-far.md"], 600, time.time())
    engine = FakeEngine()
    with client_of(engine, ServingSettings(embed_secret=secret, origins=(site,)), token) as client:
        ask(client)
        assert engine.scopes[-1].transcripts == {"id-far.md"}
        with pytest.raises(openai.NotFoundError):
            ask(client, extra_body={"verbatim": {"talk": ["article"]}})


def test_with_all_places_taken_it_says_when_to_come_back() -> None:
    def forever(_: str) -> Iterator[Update]:
        while True:
            time.sleep(0.3)
            yield Update("writing")

    engine = FakeEngine(updates=forever)
    with client_of(engine, ServingSettings(concurrent_answers=1)) as client:
        stream = ask(client, stream=True)
        next(iter(stream))
        with pytest.raises(openai.RateLimitError) as caught:
            ask(client, stream=True)
        assert caught.value.response.headers["retry-after"]
        assert not engine.closed.is_set()
        stream.close()
        assert engine.closed.wait(5), "a client that has left must end the work"


def test_a_client_that_leaves_ends_an_answer_without_a_stream_too() -> None:
    def forever(_: str) -> Iterator[Update]:
        while True:
            time.sleep(0.3)
            yield Update("writing")

    engine = FakeEngine(updates=forever)
    with client_of(engine) as client:
        with pytest.raises(openai.APITimeoutError):
            ask(client, timeout=0.5)
        assert engine.closed.wait(5)


@pytest.mark.parametrize("stream", [False, True])
def test_what_fails_on_the_way_is_told(stream: bool) -> None:
    def failing(_: str) -> Answer:
        raise SettingsError("the disk is gone: put it back")

    with (
        client_of(FakeEngine(failing)) as client,
        pytest.raises(openai.APIError, match="the disk is gone"),
    ):
        list(ask(client, stream=stream))


def test_while_the_library_loads_it_says_so() -> None:
    loading, go = held_back(FakeEngine())
    with served(loading) as url:
        client = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
        with pytest.raises(openai.InternalServerError, match="reading files") as caught:
            ask(client)
        assert caught.value.status_code == 503 and caught.value.code == "loading"
        assert caught.value.response.headers["retry-after"]
        with pytest.raises(openai.InternalServerError):
            client.models.list()
        go.set()
        loading.get(5)
        assert list(client.models.list())
        client.close()
