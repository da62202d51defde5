"""Servers with an embed secret, keys and origins, and requests to them over HTTP."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import time
from typing import Any

import httpx

from assistant.interfaces.http.access import sign_token
from assistant.interfaces.server import create_app
from assistant.settings import Secret, ServingSettings
from tests.assistant.interfaces.web.fakes import FakeEngine, answer_or_refuse, loaded
from tests.browser.serving import served

SECRET = Secret("a secret of enough characters, 42")
WIKI = "https://wiki.example.org"
KEY = "a key of enough characters"
OPEN = ServingSettings(origins=(WIKI,))
LOCKED = replace(OPEN, embed_secret=SECRET, keys={"wiki": Secret(KEY)})


@contextlib.contextmanager
def site(
    serving: ServingSettings, engine: FakeEngine | None = None
) -> Iterator[tuple[httpx.Client, FakeEngine]]:
    """A client of a server with these settings, and the engine behind it."""
    engine = engine or FakeEngine(answer_or_refuse)
    loading = loaded(engine)
    with (
        served(loading, create_app(loading, serving)) as address,
        httpx.Client(base_url=address, timeout=20) as client,
    ):
        yield client, engine


def token(talks: Sequence[str] | None = None, lifetime_s: float = 600, ago_s: float = 0) -> str:
    return sign_token(SECRET, WIKI, talks, lifetime_s, time() - ago_s)


def asked(client: httpx.Client, question: str, token: str = "", **body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post("/embed/ask", json={"question": question, **body}, headers=headers)


def answers(response: httpx.Response) -> list[dict[str, Any]]:
    """The documents of an answer's events."""
    assert response.status_code == 200, response.text
    return [
        json.loads(line.removeprefix("data: "))
        for line in response.text.splitlines()
        if line.startswith("data: ")
    ]


def error_code(response: httpx.Response) -> str:
    document = response.json()
    assert set(document["error"]) == {"code", "message", "todo"}
    code: str = document["error"]["code"]
    return code
