"""The page on the API against the API: routes, codes, limits and metrics, both ways."""

from __future__ import annotations

import ast
import re

import pytest

from assistant.interfaces.documents import requests
from assistant.interfaces.http.guard import MOST_BYTES
from assistant.settings import ServingSettings
from tests.assistant.interfaces.api.clients import client
from tests.assistant.interfaces.web.fakes import FakeEngine
from tests.project import ROOT

PAGE = (ROOT / "docs/api.md").read_text(encoding="utf-8")
SOURCES = [
    ast.parse(path.read_text(encoding="utf-8"))
    for room in ("http", "api", "documents")
    for path in sorted((ROOT / "assistant" / "interfaces" / room).glob("*.py"))
]
"""Where the API's errors are made; OpenAI's interface has its own shape and its own page."""


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without its head."""
    text = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in text.split("\n") if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_the_routes_are_the_applications() -> None:
    paths = client().get("/api/openapi.json").json()["paths"]
    there = {f"{method.upper()} /api{path}" for path, each in paths.items() for method in each}
    assert {row[0].strip("`") for row in table("Routes")} == there


def test_the_codes_are_those_that_are_raised() -> None:
    raised = {
        node.args[1].value
        for source in SOURCES
        for node in ast.walk(source)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "ApiError"
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
    }
    told = {code for row in table("Errors") for code in re.findall(r"`(\w+)`", row[1])}
    # Those of HTTP itself are in a table, some are chosen among, one is told to nobody.
    beside = {"not_found", "method_not_allowed", "no_key", "unknown_key"}
    # What other sites' pages send is refused by the pages and by MCP, never by the API.
    assert told - beside == raised - {"client_left", "other_site"}


@pytest.mark.parametrize(
    "limit",
    [
        ServingSettings().requests_per_minute,
        ServingSettings().concurrent_answers,
        requests.QUESTION_CHARS,
        requests.TURNS,
        requests.TURN_CHARS,
        requests.QUOTE_CHARS,
        requests.ARTICLE_CHARS,
        requests.NAMES,
        requests.NAME_CHARS,
        MOST_BYTES,
    ],
)
def test_the_limits_are_the_programs(limit: int) -> None:
    assert any(f"{limit:,}" in row[1] for row in table("Limits"))


def test_the_metrics_are_those_that_there_are() -> None:
    api = client(FakeEngine())
    api.post("/api/ask", json={"question": "Why?"})
    api.post("/api/ask", json={})
    text = api.get("/api/metrics").text
    there = set(re.findall(r"^# TYPE (\w+) ", text, re.M))
    told = {name for row in table("Metrics") for name in re.findall(r"`(\w+)`", row[0])}
    assert told == {name for name in there if not name.endswith("_created")}
