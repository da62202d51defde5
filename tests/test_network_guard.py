"""The guard that all other tests stand on: it must hold in this process and in those it starts."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

# Reserved for documentation (RFC 5737, RFC 6761): nobody is reached even if the guard fails.
FAR_ADDRESS = "192.0.2.1"
FAR_NAME = "host.invalid"


def empty(log: Path) -> str:
    text = log.read_text(encoding="utf-8")
    log.unlink()
    return text


def test_a_far_address_is_refused_at_once(network_log: Path) -> None:
    with socket.socket() as client, pytest.raises(OSError, match="this machine only"):
        client.connect((FAR_ADDRESS, 80))
    assert FAR_ADDRESS in empty(network_log)


def test_a_far_name_is_not_even_looked_up(network_log: Path) -> None:
    with pytest.raises(OSError, match="this machine only"):
        socket.getaddrinfo(FAR_NAME, 443)
    assert FAR_NAME in empty(network_log)


def test_an_attempt_that_a_library_hides_is_still_on_record(network_log: Path) -> None:
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://{FAR_NAME}/")
    assert FAR_NAME in empty(network_log)


def test_a_process_that_a_test_starts_is_guarded_as_well(network_log: Path) -> None:
    code = f"import socket; socket.socket().connect(({FAR_ADDRESS!r}, 80))"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert child.returncode != 0
    assert "this machine only" in child.stderr
    assert FAR_ADDRESS in empty(network_log)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_stays_open(host: str) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        with socket.create_connection((host, port), timeout=5):
            pass
