"""The API beside the page, in the application that is served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from assistant.interfaces.server import create_app
from assistant.settings import Secret, ServingSettings
from tests.assistant.interfaces.web.fakes import FakeEngine, loaded
from tests.browser.serving import served

SITE = "https://wiki.example.org"
KEY = "k" * 20


@contextmanager
def serving(settings: ServingSettings) -> Iterator[httpx.Client]:
    """A client of the whole application."""
    loading = loaded(FakeEngine())
    with (
        served(loading, create_app(loading, settings)) as url,
        httpx.Client(base_url=url, timeout=20) as client,
    ):
        yield client


def test_keys_are_for_programs_and_the_page_stays_open() -> None:
    with serving(ServingSettings(keys={"wiki": Secret(KEY)}, origins=(SITE,))) as client:
        assert client.get("/").status_code == 200
        assert client.get("/healthz").json()["status"] == "ready"
        refused = client.get("/api/talks", headers={"Origin": SITE})
        assert refused.status_code == 401
        assert refused.headers["access-control-allow-origin"] == SITE, "its script reads why"
        held = {"Authorization": f"Bearer {KEY}"}
        answer = client.post("/api/ask", json={"question": "Why?"}, headers=held)
        assert answer.json()["status"] == "answered"
        assert "access-control-allow-origin" not in answer.headers


def test_a_named_user_reaches_everything_and_nobody_else_anything() -> None:
    with serving(ServingSettings(user_header="x-user")) as client:
        for path in ("/", "/api/talks", "/api/docs"):
            assert client.get(path).status_code == 401, path
            assert client.get(path, headers={"X-User": "ann"}).status_code == 200, path
        for path in ("/healthz", "/api/health"):
            assert client.get(path).status_code == 200, path


def test_it_works_below_a_path() -> None:
    with serving(ServingSettings(public_url="https://example.org/verbatim")) as client:
        headers = {"Host": "example.org"}
        for path in ("/verbatim/api/talks", "/api/talks"):
            told = client.get(path, headers=headers).json()
            assert told["talks"][0]["link"].startswith("https://example.org/verbatim/talk/"), path
        docs = client.get("/verbatim/api/docs", headers=headers).text
        assert "GET /verbatim/api/talks" in docs
