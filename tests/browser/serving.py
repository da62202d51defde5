"""A real server for tests, with any engine behind it, in a thread of this process."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn

from assistant.interfaces.server import LOOP, create_app
from assistant.library import Loading

START_S = 20


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
    with socket.create_server(("127.0.0.1", 0)) as listener:
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
