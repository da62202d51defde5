"""The whole command line on a machine without a network: index, search, ask and the page itself.

All run in processes of their own, with an empty home folder, so that nothing is found that an
earlier download left there. The guard of conftest.py fails the test when anything reaches out, and
where the system lets an ordinary user make one, the process has a network of its own that leads
nowhere, which also stops libraries that don't ask Python for their sockets.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.program import read, running
from tests.project import ROOT

OFFLINE_SWITCHES = ("HF_", "TRANSFORMERS_", "GRADIO_", "TIKTOKEN_", "ANONYMIZED_")
TALK = "gemini-3-101-live-2025-11-21.md"
ARTICLE = "gemini3-ahead-of-expectations.md"


def without_network() -> list[str]:
    """The command in front that takes the network away, empty where an ordinary user may not."""
    command = ["unshare", "--user", "--map-root-user", "--net"]
    if shutil.which("unshare") is None:
        return []
    allowed = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    return command if allowed else []


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def environment(home: Path) -> dict[str, str]:
    """The environment of a newcomer: no caches, and no switch that tells a library to stay in."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith((*OFFLINE_SWITCHES, "XDG_"))
    }
    return kept | {"HOME": str(home)}


def options(words: Sequence[str], data: Path) -> list[str]:
    return [*words, "--data", str(data), "--json"]


def printed(arguments: Sequence[str], environment: dict[str, str]) -> str:
    """What Python prints on stdout in a process without a network, which must end well."""
    child = subprocess.run(
        [*without_network(), sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert child.returncode == 0, child.stderr
    return child.stdout


ONE_BY_ONE = """
import json, sys, app
for words in json.loads(sys.argv[1]):
    assert app.main(words) == 0, words
    print(end="\\0")
"""
MOMENT = "为什么说公榜不能反映真实产品表现？"
IN_THE_TALK = "How do guests explain that Google can push scaling further?"
IN_THE_ARTICLE = "What did Gemini 3's pre-training lead say the secret was?"
NOWHERE = "番茄炒蛋要放多少糖？"


@dataclass(frozen=True)
class Told:
    """What commands over one data folder printed: each time it was indexed, and by question."""

    data: Path
    indexed: list[dict[str, Any]]
    by_question: dict[str, Any]


@pytest.fixture(scope="module")
def told(home: Path, environment: dict[str, str]) -> Told:
    """The first command makes its data folder from nothing.

    They share a process, since each that is started spends seconds on the same libraries.
    """
    data = home / "data"
    asked = [["ask", question] for question in (IN_THE_TALK, IN_THE_ARTICLE, NOWHERE)]
    commands = [["index"], ["index"], ["search", MOMENT], *asked]
    lines = json.dumps([options(words, data) for words in commands])
    *documents, rest = printed(["-c", ONE_BY_ONE, lines], environment).split("\0")
    assert rest == ""
    read_back = [json.loads(document) for document in documents]
    questions = [words[-1] for words in commands[2:]]
    return Told(data, read_back[:2], dict(zip(questions, read_back[2:], strict=True)))


def test_the_first_run_indexes_what_ships(told: Told) -> None:
    report = told.indexed[0]
    assert (report["added"], report["failed"]) == (2, [])
    assert report["chunks"] > 10


def test_a_second_run_finds_everything_indexed(told: Told) -> None:
    report = told.indexed[1]
    counts = {name: report[name] for name in ("added", "updated", "removed", "unchanged")}
    assert counts == {"added": 0, "updated": 0, "removed": 0, "unchanged": 2}


def test_search_finds_the_moment(told: Told) -> None:
    first = told.by_question[MOMENT]["hits"][0]
    assert first["file"] == TALK
    assert 1357 <= first["start_s"] < first["end_s"] <= 1810, "the topic runs from 22:37 to 30:10"
    assert "v=1pgCnlJRuxE" in first["url"]


def test_ask_answers_in_cited_words_of_the_talk(told: Told) -> None:
    answer = told.by_question[IN_THE_TALK]
    assert answer["status"] == "answered"
    assert [each["marker"] for each in answer["citations"]] == list(
        range(1, len(answer["citations"]) + 1)
    )
    source = (ROOT / "corpus" / "transcripts" / TALK).read_text(encoding="utf-8")
    cited = [each for each in answer["citations"] if each["file"] == TALK]
    assert cited and all(each["verified"] for each in answer["citations"])
    assert any(each["quote"][:12] in source for each in cited)


def test_ask_cites_the_article_without_inventing_a_time(told: Told) -> None:
    cited = [
        each for each in told.by_question[IN_THE_ARTICLE]["citations"] if each["file"] == ARTICLE
    ]
    assert cited and all(each["heading"] for each in cited)
    assert all(each["start_s"] is None and each["end_s"] is None for each in cited)
    assert not any(re.search(r"[?&#]t=", each["url"]) for each in cited)


def test_ask_declines_what_the_talks_do_not_cover(told: Told) -> None:
    assert (told.by_question[NOWHERE]["status"], told.by_question[NOWHERE]["citations"]) == (
        "no_evidence",
        [],
    )


@pytest.fixture
def page(told: Told, environment: dict[str, str]) -> Iterator[str]:
    """The address of a running page, up and ready to answer."""
    with running(told.data, environment=environment) as server:
        server.wait_until_ready()
        yield server.url


def test_the_page_comes_up(page: str) -> None:
    status, body = read(page)
    assert status == 200
    assert b"Verbatim" in body
