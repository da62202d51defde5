"""A real server for tests, with any engine behind it, in a thread of this process."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn

from assistant.engine import Assistant
from assistant.interfaces.server import LOOP, create_app, listen
from assistant.library import Loading, LoadState
from tests.assistant.interfaces.web.fakes import FakeEngine

START_S = 20


class Stage(Loading):
    """One server for many tests: it has the engine, or the lack of one, that is put on it last."""

    def __init__(self) -> None:
        self.shown = Loading(lambda _: FakeEngine())

    @property
    def state(self) -> LoadState:
        return self.shown.state

    def start(self) -> Loading:
        return self.shown.start()

    def get(self, timeout_s: float) -> Assistant:
        return self.shown.get(timeout_s)


@contextlib.contextmanager
def served(loading: Loading, app: Any = None) -> Iterator[str]:
    """The page over ``loading``, or ``app``, on a free port; the value is its address."""
    config = uvicorn.Config(
        app or create_app(loading),
        log_level="error",
        ws="none",
        timeout_graceful_shutdown=1,
        proxy_headers=False,
        loop=LOOP,
    )
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            _wait_until_started(server)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_S)


def _wait_until_started(server: uvicorn.Server) -> None:
    end = time.monotonic() + START_S
    while not server.started:
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.02)
