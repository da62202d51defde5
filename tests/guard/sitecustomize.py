"""A guard against the network: every process of a test may talk to its own machine only.

conftest.py imports it into pytest's own process; Python runs it at the start of every process that
a test starts, since its folder stands in their ``PYTHONPATH``. An audit hook sees each attempt
whichever library makes it, also those whose failure the library would swallow: each one fails at
once and is written down in the file that ``VERBATIM_TEST_NETWORK_LOG`` names.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import Any

LOG_VARIABLE = "VERBATIM_TEST_NETWORK_LOG"
_TO_ADDRESS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_BY_NAME = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


class NetworkBlockedError(OSError):
    """A test, or a program under test, reached for another machine."""


def is_local(host: str) -> bool:
    """Whether a name or an address means this machine; the empty name does."""
    if host in ("", "localhost", socket.gethostname()) or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _host_of(event: str, arguments: tuple[Any, ...]) -> str:
    """The host that a socket event reaches for; empty where it is no internet address."""
    if event in _BY_NAME:
        host = arguments[0]
    else:
        address = arguments[1]
        is_internet = arguments[0].family in (socket.AF_INET, socket.AF_INET6)
        host = address[0] if is_internet and address else ""
    return host.decode() if isinstance(host, bytes) else host or ""


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _TO_ADDRESS and event not in _BY_NAME:
        return
    host = _host_of(event, arguments)
    if is_local(host):
        return
    message = f"{event} to {host}: tests may reach this machine only"
    if log := os.environ.get(LOG_VARIABLE):
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{message} ({' '.join(sys.argv[:3])})\n")
    raise NetworkBlockedError(message)


sys.addaudithook(_watch)
