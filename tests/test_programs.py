"""What docs/programs.md shows, run as it stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.interfaces.cli.main import build_parser
from assistant.library import OpenLibrary
from tests.assistant.interfaces.web.fakes import loaded
from tests.browser.serving import served
from tests.project import ROOT
from tests.scripted_llm import Scene, serving

TEXT = (ROOT / "docs/programs.md").read_text(encoding="utf-8")
SERVER, MODEL = "http://127.0.0.1:7860", "http://127.0.0.1:11434/v1"
NOTE = """# Knives

https://www.youtube.com/watch?v=abcdefghijk

### Safety（00:00:10 - 00:01:00）
**Ann**：
- A sharp knife is safer than a blunt knife in any kitchen of the world.
"""


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.M | re.S)
    assert found
    return found


def block_with(words: str) -> str:
    (found,) = [block for block in blocks("python") if words in block]
    return found


@pytest.fixture(scope="module")
def url(shipped: OpenLibrary) -> Iterator[str]:
    with served(loaded(shipped.assistant)) as url:
        yield url


@pytest.fixture
def notes(tmp_path: Path, model_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes in the home folder, and the model in the folder that data goes to by default."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "knives.md").write_text(NOTE, encoding="utf-8")
    (tmp_path / ".verbatim").symlink_to(model_dir)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def printed(block: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a block prints when it is run."""
    exec(compile(block, "docs/programs.md", "exec"), {"__name__": "__main__"})
    return capsys.readouterr().out


def test_openais_client_prints_an_answer_with_links(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = printed(block_with("message.citations").replace(SERVER, url), capsys)
    assert f"[[1]]({url}/c/" in out and "**Sources**" in out
    assert re.search(rf"^\['.+'\] \d+\.\d+ .+ {url}/c/[a-z2-7]+$", out, re.M)


def test_openais_client_streams_an_answer(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(block_with("stream=True").replace(SERVER, url), capsys)
    assert f"[[1]]({url}/c/" in out and "**来源**" in out


def test_a_client_of_mcp_finds_a_quote(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(block_with("from mcp import Client").replace(SERVER, url), capsys)
    assert "words were said." in out and f"{url}/c/" in out


@pytest.mark.usefixtures("notes")
def test_a_library_is_asked_from_python(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(block_with("open_library("), capsys)
    assert "Ann: A sharp knife is safer" in out
    assert "1 ('Ann',) 10.0 https://www.youtube.com/watch?v=abcdefghijk&t=10s" in out


@pytest.mark.usefixtures("notes")
def test_the_retriever_is_one_import(capsys: pytest.CaptureFixture[str]) -> None:
    block = block_with("retriever.retrieve(")
    assert block.count("import") == 1
    out = printed(block, capsys)
    assert "Knives Ann 10.0 A sharp knife is safer" in out


@pytest.mark.usefixtures("notes")
def test_the_retriever_works_in_a_query_engine(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Scene("It slips less.")) as model:
        out = printed(block_with("RetrieverQueryEngine").replace(MODEL, model.url), capsys)
        assert "A sharp knife is safer than a blunt knife" in model.requests[-1].text
    assert out == "It slips less.\nKnives 10.0\n"


def test_the_configurations_are_json_and_their_commands_are_understood() -> None:
    servers: list[dict[str, Any]] = [
        json.loads(block)["mcpServers"]["verbatim"] for block in blocks("json")
    ]
    (started,) = [server for server in servers if "command" in server]
    assert started["args"][0].endswith("app.py")
    arguments = build_parser().parse_args(started["args"][1:])
    assert arguments.run.__name__ == "_mcp" and arguments.library and arguments.data
    assert [server["url"] for server in servers if "url" in server] == [f"{SERVER}/mcp"]
