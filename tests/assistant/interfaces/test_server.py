"""The server around the page, spoken to over HTTP."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from assistant.interfaces.server import create_app, listen, serve
from assistant.settings import ServingSettings
from corpus.types import VerbatimError
from tests.assistant.interfaces.web.fakes import FakeEngine, held_back, loaded
from tests.browser.serving import served


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served(loaded(FakeEngine())) as address:
        yield address


def fetch(
    address: str, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=names)
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return response.status, told, response.read().decode("utf-8", "replace")
    finally:
        connection.close()


def test_the_document_comes_in_the_readers_language(site: str) -> None:
    _, headers, body = fetch(site, "/", Accept_Language="zh-TW", Accept_Encoding="gzip, br")
    assert headers["content-language"] == "zh-Hant"
    assert 'lang="zh-Hant"' in body
    assert re.search(r"<title>Verbatim · 問你", body)
    _, headers, body = fetch(site, "/?lang=zh-CN&q=x", Accept_Language="zh-TW")
    assert 'lang="zh-Hans"' in body
    assert int(headers["content-length"]) == len(body.encode())


def test_the_document_loads_nothing_from_elsewhere(site: str) -> None:
    _, _, body = fetch(site, "/")
    loads = re.findall(r"<(?:link|script|img|iframe)\b[^>]*?(?:href|src)=\"([^\"]+)\"", body)
    assert loads
    assert [url for url in loads if urlsplit(url).netloc] == []
    for url in loads:
        status, _, _ = fetch(site, "/" + url.removeprefix("./").removeprefix("/"))
        assert status == 200, url


def test_frames_and_referrers(site: str) -> None:
    for path in ("/", "/healthz", "/files/base.css"):
        _, headers, _ = fetch(site, path)
        assert headers["content-security-policy"] == "frame-ancestors 'self'"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert headers["x-content-type-options"] == "nosniff"


def test_other_origins_may_not_read(site: str) -> None:
    _, headers, _ = fetch(site, "/config", Origin="https://evil.example")
    assert not [name for name in headers if name.startswith("access-control")]
    status, headers, _ = fetch(
        site,
        "/gradio_api/queue/join",
        "OPTIONS",
        Origin="https://evil.example",
        Access_Control_Request_Method="POST",
    )
    assert status == 400
    assert "access-control-allow-origin" not in headers


def test_a_named_origin_and_framer_are_let_in() -> None:
    loading = loaded(FakeEngine())
    app = create_app(loading, ServingSettings(origins=("https://wiki.example",)))
    with served(loading, app) as address:
        _, headers, _ = fetch(address, "/healthz", Origin="https://wiki.example")
    assert headers["access-control-allow-origin"] == "https://wiki.example"
    assert headers["content-security-policy"] == "frame-ancestors 'self'"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/file=/etc/hostname"),
        ("GET", "/gradio_api/file=https://example.org/"),
        ("GET", "/gradio_api/proxy=https://example.org/"),
        ("POST", "/gradio_api/call/ask"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/openapi.json"),
        ("GET", "/monitoring"),
        ("POST", "/login"),
        ("GET", "/logout"),
        ("GET", "/openapi.json"),
        ("GET", "/docs"),
    ],
)
def test_what_the_page_does_not_need_is_closed(site: str, method: str, path: str) -> None:
    status, _, _ = fetch(site, path, method)
    assert status in (403, 404)


def test_healthz_tells_how_loading_stands() -> None:
    loading, go = held_back(FakeEngine(), "reading")
    with served(loading) as address:
        status, _, body = fetch(address, "/healthz")
        assert (status, json.loads(body)["status"]) == (200, "loading")
        go.set()
        loading.get(5)
        status, _, body = fetch(address, "/healthz")
        assert (status, json.loads(body)["status"]) == (200, "ready")


def test_no_answer_waits_for_its_headers_to_be_confirmed() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            VerbatimError, match=rf"port {port} on 127.0.0.1 is already in use.*--port"
        ):
            serve(None, "127.0.0.1", port, print)


def test_a_port_that_cannot_be_is_one_clear_line() -> None:
    with pytest.raises(VerbatimError, match=r"port 70000 doesn't exist.*--port"):
        serve(None, "127.0.0.1", 70_000, print)
