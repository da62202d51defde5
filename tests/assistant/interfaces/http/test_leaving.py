"""A client that hangs up ends the work: real sockets, real server."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Generator, Iterator
from urllib.parse import urlsplit

import pytest

from assistant.citation.types import Quotation
from assistant.interfaces.server import create_app
from assistant.settings import ServingSettings
from assistant.types import Update
from index.types import EVERYWHERE, Scope
from tests.assistant.interfaces.api.clients import api_app
from tests.assistant.interfaces.web.fakes import FakeEngine, loaded
from tests.browser.serving import served

END_S = 10.0


class Endless(FakeEngine):
    """Writes until it is closed, and says when it has begun."""

    def __init__(self) -> None:
        super().__init__(updates=self._writing)
        self.begun = threading.Event()

    def _writing(self, _: str) -> Iterator[Update]:
        end = time.monotonic() + 3 * END_S
        while time.monotonic() < end:
            self.begun.set()
            yield Update("writing")
            time.sleep(0.05)

    def checking(
        self, text: str, scope: Scope = EVERYWHERE
    ) -> Generator[Quotation | None, None, None]:
        self.scopes.append(scope)
        try:
            for _ in self._writing(text):
                yield None
        finally:
            self.closed.set()


def ask(url: str, accept: str) -> socket.socket:
    """A request that has been sent, its response not yet read."""
    return send(url, "/api/ask", {"question": "Still there?"}, accept)


def send(
    url: str, path: str, document: object, accept: str = "*/*", missing: int = 0
) -> socket.socket:
    """The same for any route; ``missing`` bytes of the body are held back."""
    body = json.dumps(document).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body) + missing}\r\n\r\n"
    )
    where = urlsplit(url)
    connection = socket.create_connection((where.hostname or "", where.port or 0), END_S)
    connection.sendall(head.encode() + body)
    return connection


@pytest.mark.parametrize(
    ("accept", "reads"),
    [("application/json", False), ("text/event-stream", False), ("text/event-stream", True)],
    ids=["whole", "before the first event", "after it"],
)
def test_the_work_ends_and_its_place_is_free(accept: str, reads: bool) -> None:
    engine = Endless()
    app = api_app(engine, ServingSettings(concurrent_answers=1))
    with served(loaded(engine), app) as url:
        with ask(url, accept) as connection:
            assert engine.begun.wait(END_S)
            if reads:
                assert connection.recv(1000).startswith(b"HTTP/1.1 200")
            assert not engine.closed.is_set()
        assert engine.closed.wait(END_S), "the engine works on for nobody"
        engine.begun.clear()
        with ask(url, accept):
            assert engine.begun.wait(END_S), "the place is not free again"


def test_a_text_is_checked_for_nobody_who_has_left() -> None:
    engine = Endless()
    app = api_app(engine, ServingSettings(concurrent_answers=1))
    with served(loaded(engine), app) as url:
        for _ in range(2):
            engine.begun.clear()
            engine.closed.clear()
            with send(url, "/api/cite/article", {"text": "A text. Of sentences."}):
                assert engine.begun.wait(END_S), "the place is not free"
            assert engine.closed.wait(END_S), "the engine works on for nobody"


@pytest.mark.parametrize(
    "path", ["/api/ask", "/v1/chat/completions", "/mcp", "/embed/ask", "/lookup"]
)
def test_who_leaves_in_the_middle_of_a_request_is_no_error_of_ours(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = FakeEngine()
    loading = loaded(engine)
    with served(loading, create_app(loading, ServingSettings())) as url:
        with send(url, path, {"question": "Why?"}, missing=100):
            time.sleep(0.1)
        time.sleep(0.3)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
