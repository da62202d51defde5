"""The API in this process, over any engine, without the page around it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.engine import Assistant
from assistant.interfaces.api.routes import add_api
from assistant.interfaces.http.gateway import Gateway
from assistant.library import Loading
from assistant.settings import ServingSettings
from tests.assistant.interfaces.web.fakes import FakeEngine, loaded

FREE = ServingSettings(requests_per_minute=0)
HERE = ("127.0.0.1", 50_000)
"""Where requests come from: an address whose headers count."""


def api_app(engine: Assistant | Loading | None = None, serving: ServingSettings = FREE) -> FastAPI:
    """The API alone; an engine is ready at once."""
    app = FastAPI(openapi_url=None)
    loading = engine if isinstance(engine, Loading) else loaded(engine or FakeEngine())
    add_api(app, Gateway(loading, serving))
    return app


def client(
    engine: Assistant | Loading | None = None,
    serving: ServingSettings = FREE,
    *,
    come_from: tuple[str, int] = HERE,
    **headers: str,
) -> TestClient:
    """A client of it that sends these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return TestClient(api_app(engine, serving), client=come_from, headers=named)


def error(response: Any) -> dict[str, str]:
    """What a response says is wrong, once it has the one shape."""
    document = response.json()
    assert set(document) == {"error"}, document
    assert set(document["error"]) == {"code", "message", "todo"}, document
    assert all(document["error"].values()), document
    told: dict[str, str] = document["error"]
    return told
