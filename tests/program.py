"""The real program as a process of its own on a free port, for benches and tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
_POLL_S = 0.02
_STOP_S = 20.0


class ServerFailedError(RuntimeError):
    """The program ended, or took too long; the message ends with what it printed last."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running page; ``started`` is the clock's reading when its process was started."""

    url: str
    process: subprocess.Popen[bytes]
    started: float
    log: IO[bytes]

    def wait_until_up(self, timeout_s: float = 120) -> float:
        """Seconds from the start of the process to the first page that it delivers."""
        return self._wait("/", lambda status, _: status == 200, timeout_s)

    def wait_until_ready(self, timeout_s: float = 300) -> float:
        """Seconds from the start of the process to the moment when it can answer questions."""
        return self._wait("/healthz", _says_ready, timeout_s)

    def _wait(self, path: str, done: Callable[[int, bytes], bool], timeout_s: float) -> float:
        while (elapsed_s := time.perf_counter() - self.started) < timeout_s:
            if self.process.poll() is not None:
                raise ServerFailedError(
                    f"serve ended with {self.process.returncode}: {self.told()[-4000:]}"
                )
            try:
                if done(*read(self.url + path)):
                    return time.perf_counter() - self.started
            except OSError:
                pass
            time.sleep(_POLL_S)
        raise ServerFailedError(
            f"{path} was not there after {elapsed_s:.0f} s: {self.told()[-4000:]}"
        )

    def told(self) -> str:
        """All that the program printed so far, on either stream."""
        # Read from the front without moving the position, which the program writes at.
        size = os.fstat(self.log.fileno()).st_size
        return os.pread(self.log.fileno(), size, 0).decode("utf-8", "replace")


def _says_ready(status: int, body: bytes) -> bool:
    health = json.loads(body)
    if health["status"] == "failed":
        raise ServerFailedError(f"serve can't load its library: {health['message']}")
    return status == 200 and health["status"] == "ready"


def read(url: str, body: Any = None, timeout_s: float = 60) -> tuple[int, bytes]:
    """Status and body of a GET, or of a POST of ``body`` as JSON; OSError where nobody answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    data: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    interpreter: tuple[str, ...] = (),
) -> Iterator[Server]:
    """``app.py serve`` over ``data``; stopped, by force at last, when the block ends.

    ``interpreter`` are options for Python itself, such as ``-X importtime``.
    """
    port = free_port()
    command = [sys.executable, *interpreter, "app.py", "serve", "--data", str(data)]
    command += ["--host", "127.0.0.1", "--port", str(port), *arguments]
    with tempfile.TemporaryFile() as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment or os.environ, stdout=log, stderr=log
        )
        try:
            yield Server(f"http://127.0.0.1:{port}", process, started, log)
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
