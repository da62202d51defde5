"""A language model by script behind a real HTTP server of the OpenAI shape, on loopback.

A script is a list of ``Scene``; each request plays the first whose ``when`` is found in its
messages. Scenes can be slow, break off, or answer what no good server would::

    def test_it(scripted: ScriptedServer) -> None:
        scripted.play(Scene("Sharp knives slip less [1].", when="knife"), Scene(status=500))
        model = language_model(ModelSettings("any", url=scripted.url))
"""

from __future__ import annotations

import json
import re
import select
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, cast

DONE = "[DONE]"
PATIENCE_S = 10.0
"""How long a test waits at most for what happens at once on a machine that is not busy."""


@dataclass(frozen=True)
class Request:
    """What a client asked: its path, headers (lower-case names) and JSON body."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def messages(self) -> list[tuple[str, str]]:
        """Role and text of each message."""
        return [(each["role"], str(each["content"])) for each in self.body.get("messages", ())]

    @property
    def text(self) -> str:
        """The rules and what is asked, without the examples that are shown in between."""
        texts = [text for _, text in self.messages]
        return "\n".join(texts if len(texts) < 3 else (texts[0], texts[-1]))


Writer = Callable[[Request], str | Sequence[str]]


@dataclass(frozen=True)
class Scene:
    """How one request is answered.

    ``reply``: text, pieces of text as they are to be streamed, or a function of the request.
    ``when``: a regular expression or a function that says whether the scene is meant; ``once``
    takes it out of the script afterwards. ``wait_s`` passes before the head of the response,
    ``first_s`` before the first piece, ``pause_s`` before each other one. ``trickle_s`` passes
    before every single byte of the body. ``cut_after`` pieces the connection drops; ``end`` is
    said or left out. ``raw`` is sent at any path in place of a body in the right form. Status 0
    hangs up unanswered.
    """

    reply: str | Sequence[str] | Writer = ""
    when: str | Callable[[Request], bool] = ""
    once: bool = False
    thought: str = ""
    finish: str | None = "stop"
    status: int = 200
    error: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    first_s: float = 0.0
    pause_s: float = 0.0
    trickle_s: float = 0.0
    cut_after: int | None = None
    end: bool = True
    raw: bytes | None = None
    raw_kind: str = "text/event-stream"

    def meant(self, request: Request) -> bool:
        if callable(self.when):
            return self.when(request)
        return re.search(self.when, request.text) is not None

    def pieces(self, request: Request) -> list[str]:
        """The reply cut into pieces of a word each, or a few characters where no spaces stand."""
        reply = self.reply(request) if callable(self.reply) else self.reply
        if not isinstance(reply, str):
            return list(reply)
        return re.findall(r"\S{1,4}\s*|\s+", reply)


class ScriptedServer:
    """The server. ``requests`` are those for completions, oldest first; ``reached`` is set when one
    has come, ``left`` when a client closed the connection before its reply was through."""

    def __init__(self, models: Sequence[str] = ("scripted",)) -> None:
        self.models = list(models)
        self.models_status = 200
        self.requests: list[Request] = []
        self.looks = 0
        self.reached = Event()
        self.left = Event()
        self._scenes: list[Scene] = []
        self._closing = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The base of the API."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def play(self, *scenes: Scene) -> None:
        """The script from here on, in place of the one before."""
        self._scenes = list(scenes)

    def scene_for(self, request: Request) -> Scene:
        self.requests.append(request)
        self.reached.set()
        for scene in self._scenes:
            if scene.meant(request):
                if scene.once:
                    self._scenes.remove(scene)
                return scene
        return Scene(status=500, error=f"no scene of the script is meant for: {request.text}")

    def rest(self, seconds: float, connection: socket.socket) -> None:
        """Waits, but not for a test that is over or a client that has left."""
        end = time.monotonic() + seconds
        while (left_s := end - time.monotonic()) > 0:
            # A client says nothing after its request: what can be read is that it left.
            readable, _, _ = select.select([connection], [], [], min(left_s, 0.02))
            if readable or self._closing.is_set():
                raise ConnectionAbortedError

    def is_left(self) -> bool:
        """Whether a client goes before its reply is through; waits for it as long as is sensible on
        a busy machine."""
        return self.left.wait(PATIENCE_S)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def serving(*scenes: Scene) -> Iterator[ScriptedServer]:
    """A running server with this script."""
    server = ScriptedServer()
    server.play(*scenes)
    server.start()
    try:
        yield server
    finally:
        server.close()


def chunk_of(text: str | None, finish: str | None = None, thought: str = "") -> dict[str, Any]:
    """One streamed chunk in the OpenAI shape."""
    delta: dict[str, Any] = {} if text is None else {"role": "assistant", "content": text}
    if thought:
        delta["reasoning_content"] = thought
    return {**_envelope("chat.completion.chunk"), "choices": [_choice("delta", delta, finish)]}


def whole(text: str, finish: str | None) -> dict[str, Any]:
    """A reply that is not streamed, in the OpenAI shape."""
    message = {"role": "assistant", "content": text}
    return {**_envelope("chat.completion"), "choices": [_choice("message", message, finish)]}


def _envelope(kind: str) -> dict[str, Any]:
    return {"id": "scripted-1", "object": kind, "created": int(time.time()), "model": "scripted"}


def _choice(name: str, value: Mapping[str, Any], finish: str | None) -> dict[str, Any]:
    return {"index": 0, name: value, "finish_reason": finish}


def _handler(server: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        # HTTP/1.0: a body ends with the connection, so a server that dies looks like one that
        # is done. Clients have to tell the two apart by what the reply says.
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            server.looks += 1
            data = [{"id": name, "object": "model"} for name in server.models]
            self._json(server.models_status, {"object": "list", "data": data})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            names = {name.lower(): value for name, value in self.headers.items()}
            request = Request("POST", self.path, names, cast(dict[str, Any], json.loads(body)))
            try:
                self._play(request, server.scene_for(request))
            except OSError:
                server.left.set()

        def _play(self, request: Request, scene: Scene) -> None:
            server.rest(scene.wait_s, self.connection)
            if scene.status == 0:
                return
            if scene.raw is not None:
                self._head(scene.status, scene.raw_kind, scene.headers)
                self._send(scene.raw, scene)
            elif not self.path.endswith("/v1/chat/completions"):
                self._json(404, {"detail": "Not Found"})
            elif scene.status != 200:
                self._json(scene.status, scene.error, scene.headers)
            elif request.body.get("stream"):
                self._head(200, "text/event-stream")
                self._stream(request, scene)
            else:
                self._json(200, whole("".join(scene.pieces(request)), scene.finish))

        def _stream(self, request: Request, scene: Scene) -> None:
            chunks = [chunk_of("", thought=scene.thought)] if scene.thought else []
            chunks += [chunk_of(piece) for piece in scene.pieces(request)]
            for number, chunk in enumerate(chunks):
                if number == scene.cut_after:
                    return
                server.rest(scene.pause_s if number else scene.first_s, self.connection)
                self._event(json.dumps(chunk), scene)
            if scene.end:
                self._event(json.dumps(chunk_of(None, scene.finish)), scene)
                self._event(DONE, scene)

        def _event(self, data: str, scene: Scene) -> None:
            self._send(f"data: {data}\n\n".encode(), scene)

        def _send(self, data: bytes, scene: Scene) -> None:
            for part in (bytes([each]) for each in data) if scene.trickle_s else (data,):
                server.rest(scene.trickle_s, self.connection)
                self.wfile.write(part)
                self.wfile.flush()

        def _json(
            self, status: int, value: object, headers: Mapping[str, str] | None = None
        ) -> None:
            error = {"error": {"message": value}} if isinstance(value, str) else value
            self._head(status, "application/json", headers)
            self.wfile.write(json.dumps(error).encode())

        def _head(self, status: int, kind: str, headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: a test's output is the test's."""

    return Handler
