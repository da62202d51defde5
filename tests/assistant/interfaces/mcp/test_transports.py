"""The tools over HTTP behind the gateway, and over the standard streams of a real process."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from assistant.interfaces.http.access import sign_token
from assistant.interfaces.http.gateway import Gateway
from assistant.interfaces.mcp import server as sdk
from assistant.interfaces.mcp.server import add_mcp
from assistant.settings import Secret, ServingSettings
from assistant.types import Update
from tests.assistant.interfaces.mcp.calling import call, text_of, with_client
from tests.assistant.interfaces.web.fakes import FakeEngine, held_back, loaded
from tests.browser.serving import served
from tests.project import ROOT

KEY = "a-key-of-sixteen-characters"
MODES = ("auto", "legacy")
ACCEPT = {"Accept": "application/json, text/event-stream"}
QUESTION = {"question": "公开榜单为什么不准？"}


@contextmanager
def endpoint(engine: FakeEngine, serving: ServingSettings | None = None) -> Iterator[str]:
    app = FastAPI()
    loading = loaded(engine)
    add_mcp(app, Gateway(loading, serving or ServingSettings()))
    with served(loading, app) as url:
        yield f"{url}/mcp"


@pytest.mark.parametrize("mode", MODES)
def test_the_tools_are_called_over_http(mode: str) -> None:
    async def use(client: Client) -> Any:
        names = [tool.name for tool in (await client.list_tools()).tools]
        return names, await client.call_tool("ask", QUESTION)

    with endpoint(FakeEngine()) as url:
        names, result = with_client(url, use, mode)
    assert names == ["search", "ask", "cite", "talk"]
    assert f"[[1]]({url.removesuffix('/mcp')}/c/" in text_of(result)
    assert len(result.structured_content["citations"]) == 3


def test_the_server_of_the_page_has_the_tools_too() -> None:
    with served(loaded(FakeEngine())) as url:
        assert not call(f"{url}/mcp", "talk", {}).is_error
        foreign = httpx.post(f"{url}/mcp", json={}, headers={"Host": "evil.example"})
    assert foreign.status_code == 421


def test_callers_without_a_key_stay_outside() -> None:
    serving = ServingSettings(keys={"desk": Secret(KEY)}, requests_per_minute=40)
    with endpoint(FakeEngine(), serving) as url:
        refused = httpx.post(url, json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        assert refused.status_code == 401 and refused.json()["error"]["code"] == "no_key"
        assert refused.headers["www-authenticate"] == "Bearer"

        async def use() -> str:
            async with (
                create_mcp_http_client(headers={"Authorization": f"Bearer {KEY}"}) as http,
                Client(streamable_http_client(url, http_client=http)) as client,
            ):
                return text_of(await client.call_tool("ask", QUESTION))

        assert "**来源**" in asyncio.run(use())


def test_a_token_opens_its_own_talks_alone() -> None:
    site, secret = "https://wiki.example.org", Secret("s" * 32)
    token = sign_token(secret, site, ["id-far.md"], 600, time.time())
    engine = FakeEngine()
    with endpoint(engine, ServingSettings(embed_secret=secret, origins=(site,))) as url:

        async def use() -> tuple[Any, Any, Any]:
            async with (
                create_mcp_http_client(headers={"Authorization": f"Bearer {token}"}) as http,
                Client(streamable_http_client(url, http_client=http)) as client,
            ):
                return (
                    await client.call_tool("talk", {}),
                    await client.call_tool("search", QUESTION),
                    await client.call_tool("ask", {**QUESTION, "talk": ["article"]}),
                )

        listed, _, other = asyncio.run(use())
    assert [talk["id"] for talk in listed.structured_content["talks"]] == ["id-far.md"]
    assert engine.scopes[-1].transcripts == {"id-far.md"}
    assert other.is_error and text_of(other).endswith("Call talk to see what there is.")
    assert not engine.asked_modes


def test_pages_of_other_sites_stay_outside_unless_they_are_listed() -> None:
    listed = "https://wiki.example.org"
    body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    with endpoint(FakeEngine(), ServingSettings(origins=(listed,))) as url:
        own = url.removesuffix("/mcp")

        def status(origin: str, **more: str) -> int:
            return httpx.post(
                url, json=body, headers={"Origin": origin, **ACCEPT, **more}
            ).status_code

        assert status("https://evil.example") == 403
        assert status("null") == 403
        assert status("https://evil.example", **{"Sec-Fetch-Site": "cross-site"}) == 403
        assert (status(own), status(listed)) == (200, 200)


def test_only_calls_are_taken_and_not_too_many() -> None:
    with endpoint(FakeEngine(), ServingSettings(requests_per_minute=2)) as url:
        assert httpx.get(url).headers["allow"] == "POST"
        assert httpx.delete(url).status_code == 405
        body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        statuses = [httpx.post(url, json=body).status_code for _ in range(3)]
        assert statuses[-1] == 429
    with endpoint(FakeEngine()) as url:
        assert httpx.post(url, content=b"x" * 1_100_000).status_code == 413
        assert httpx.post(url, content=iter([b"x" * 600_000] * 2)).status_code == 413
        assert httpx.post(f"{url}/", json=body, headers=ACCEPT).status_code == 200


def test_while_the_library_loads_a_call_says_when_to_come_back() -> None:
    loading, go = held_back(FakeEngine())
    app = FastAPI()
    add_mcp(app, Gateway(loading.start(), ServingSettings()))
    with served(loading, app) as url:
        result = call(f"{url}/mcp", "ask", QUESTION)
        go.set()
    assert result.is_error and "still loading: reading files" in text_of(result)


@pytest.mark.parametrize("mode", MODES)
def test_a_client_that_leaves_ends_the_work(mode: str) -> None:
    def forever(_: str) -> Iterator[Update]:
        while True:
            time.sleep(0.1)
            yield Update("writing")

    engine = FakeEngine(updates=forever)

    async def use(client: Client) -> None:
        task = asyncio.ensure_future(client.call_tool("ask", QUESTION))
        while not engine.asked:
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with endpoint(engine, ServingSettings(concurrent_answers=1)) as url:
        with_client(url, use, mode)
        assert engine.closed.wait(5)


def test_without_the_sdk_there_is_no_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "is_sdk_installed", lambda: False)
    with endpoint(FakeEngine()) as url:
        assert httpx.post(url, json={}).status_code == 404


def test_without_the_sdk_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from assistant.interfaces.cli.main import main  # brings the page's libraries

    monkeypatch.setattr(sdk, "is_sdk_installed", lambda: False)
    assert main(["mcp"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "pip install -e '.[mcp]'" in err


NOTE = """# Knives

https://www.youtube.com/watch?v=abcdefghijk

### Safety（00:00:10 - 00:01:00）
**Ann**：
- A sharp knife is safer than a blunt knife in any kitchen of the world.
"""


def test_the_command_serves_its_standard_streams(tmp_path: Path, model_dir: Path) -> None:
    library = tmp_path / "notes"
    library.mkdir()
    (library / "knives.md").write_text(NOTE, encoding="utf-8")
    command = StdioServerParameters(
        command=sys.executable,
        args=[str(ROOT / "app.py"), "mcp", "--library", str(library), "--data", str(model_dir)],
        env=dict(os.environ),
        cwd=tmp_path,
    )

    async def use(client: Client) -> Any:
        listed = await client.call_tool("talk", {})
        return listed, await client.call_tool("search", {"question": "Why is a sharp knife safer?"})

    listed, found = with_client(command, use)
    assert "Knives" in text_of(listed)
    assert "Ann" in text_of(found) and "watch?v=abcdefghijk&t=10s" in text_of(found)
