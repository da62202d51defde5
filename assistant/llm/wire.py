"""The HTTP connection of one call.

The model libraries make their requests through it, which gives three things that they don't: the
key is put in last and never lies in one of their objects, another thread can end a call that
waits for a server, and an address where nothing listens is given up soon.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from ssl import SSLContext
from threading import Lock
from typing import Any

import httpx

Headers = Mapping[str, str | None]
"""Headers that replace a request's own; ``None`` takes one out."""

_CONNECT_S = 5.0


class Wire:
    """One call's connection."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers
        self._clients: list[httpx.Client] = []
        self._sockets: list[socket.socket] = []
        self._lock = Lock()
        self._cut = False

    def options(self) -> dict[str, Any]:
        """Arguments of ``httpx.Client``, for libraries that make their own.

        Redirects are not followed: they would carry the key to another host.
        """
        return {
            "event_hooks": {"request": [self._prepare]},
            "follow_redirects": False,
            "verify": _ssl_context(),
        }

    def client(self, timeout_s: float) -> httpx.Client:
        """A client for a library that takes one; ``close`` closes it."""
        client = httpx.Client(**self.options(), timeout=timeout_s)
        self._clients.append(client)
        return client

    def close(self) -> None:
        """Gives the connections back; for the thread that made the call, once it is over."""
        for client in self._clients:
            client.close()

    def cut(self) -> None:
        """Ends the call at once, whatever it waits for. Safe from any thread, more than once.

        Closing a socket wouldn't wake the thread that reads from it; shutting it down does.
        """
        with self._lock:
            self._cut = True
            for each in self._sockets:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            self._sockets.clear()

    def status(self, url: str, timeout_s: float) -> int:
        """The status of a GET, its body left unread. Raises what httpx raises."""
        with self.client(timeout_s) as client, client.stream("GET", url) as response:
            return response.status_code

    def _prepare(self, request: httpx.Request) -> None:
        for name, value in self._headers.items():
            request.headers.pop(name, None)
            if value is not None:
                request.headers[name] = value
        timeouts = dict(request.extensions.get("timeout") or {})
        timeouts["connect"] = min(_CONNECT_S, timeouts.get("connect") or _CONNECT_S)
        request.extensions = {**request.extensions, "timeout": timeouts, "trace": self._trace}

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            found = info["return_value"].get_extra_info("socket")
            if isinstance(found, socket.socket):
                self._keep(found)

    def _keep(self, found: socket.socket) -> None:
        with self._lock:
            self._sockets.append(found)
            late = self._cut
        if late:
            self.cut()


@lru_cache(maxsize=1)
def _ssl_context() -> SSLContext:
    """Read once: the list of authorities takes longer to load than the rest of a client."""
    return httpx.create_ssl_context()
