"""Sites of others for tests: pages that embed the chat, on another origin of this machine."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGES = Path(__file__).parent / "hosts"
_KINDS = {".css": "text/css", ".html": "text/html"}


@dataclass
class HostSite:
    """A site that serves the pages of ``hosts/``; ``words`` stand for what is in double braces.

    ``policy`` is its Content-Security-Policy, ``says`` are answers at other addresses, ``asked``
    the paths that were asked for. It can be reached under two origins.
    """

    port: int
    words: dict[str, str] = field(default_factory=dict)
    policy: str = ""
    says: dict[str, Callable[[], str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def other_origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def respond(self, path: str) -> tuple[str, str] | None:
        """The kind and the text of what stands at a path."""
        self.asked.append(path)
        name = path.partition("?")[0].removeprefix("/")
        if name in self.says:
            return "text/plain", self.says[name]()
        file = PAGES / name
        if file.parent != PAGES or not file.is_file():
            return None
        return _KINDS[file.suffix], _filled(file.read_text(encoding="utf-8"), self.words)


def _filled(text: str, words: Mapping[str, str]) -> str:
    for name in ("verbatim", "attributes", "more"):
        text = text.replace("{{" + name + "}}", words.get(name, ""))
    return text


@contextlib.contextmanager
def host_site() -> Iterator[HostSite]:
    """The site, served as long as the block takes."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = site.respond(self.path)
            kind, text = found or ("text/plain", "")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            if site.policy:
                self.send_header("Content-Security-Policy", site.policy)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = HostSite(server.server_port)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join(10)
