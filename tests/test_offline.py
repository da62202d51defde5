"""The whole command line on a machine without a network: index, search, ask and the page itself."""

from __future__ import annotations

import contextlib
import http.client
import re
import signal
from pathlib import Path
from urllib.parse import urlsplit

from tests.newcomer import IN_THE_ARTICLE, IN_THE_TALK, MOMENT, NOWHERE, Newcomer
from tests.program import read, running
from tests.project import ROOT
from tests.scripted_llm import PATIENCE_S

TALK = "gemini-3-101-live-2025-11-21.md"
ARTICLE = "gemini3-ahead-of-expectations.md"


def test_the_first_run_indexes_what_ships(newcomer: Newcomer) -> None:
    report = newcomer.indexed[0]
    assert (report["added"], report["failed"]) == (2, [])
    assert report["chunks"] > 10


def test_a_second_run_finds_everything_indexed(newcomer: Newcomer) -> None:
    report = newcomer.indexed[1]
    counts = {name: report[name] for name in ("added", "updated", "removed", "unchanged")}
    assert counts == {"added": 0, "updated": 0, "removed": 0, "unchanged": 2}


def test_search_finds_the_moment(newcomer: Newcomer) -> None:
    first = newcomer.by_question[MOMENT]["hits"][0]
    assert first["file"] == TALK
    assert 1357 <= first["start_s"] < first["end_s"] <= 1810, "the topic runs from 22:37 to 30:10"
    assert "v=1pgCnlJRuxE" in first["url"]


def test_ask_answers_in_cited_words_of_the_talk(newcomer: Newcomer) -> None:
    answer = newcomer.by_question[IN_THE_TALK]
    assert answer["status"] == "answered"
    assert [each["marker"] for each in answer["citations"]] == list(
        range(1, len(answer["citations"]) + 1)
    )
    source = (ROOT / "corpus" / "transcripts" / TALK).read_text(encoding="utf-8")
    cited = [each for each in answer["citations"] if each["file"] == TALK]
    assert cited and all(each["verified"] for each in answer["citations"])
    assert any(each["quote"][:12] in source for each in cited)


def test_ask_cites_the_article_without_inventing_a_time(newcomer: Newcomer) -> None:
    cited = [
        each
        for each in newcomer.by_question[IN_THE_ARTICLE]["citations"]
        if each["file"] == ARTICLE
    ]
    assert cited and all(each["heading"] for each in cited)
    assert all(each["start_s"] is None and each["end_s"] is None for each in cited)
    assert not any(re.search(r"[?&#]t=", each["url"]) for each in cited)


def test_ask_declines_what_the_talks_do_not_cover(newcomer: Newcomer) -> None:
    assert (
        newcomer.by_question[NOWHERE]["status"],
        newcomer.by_question[NOWHERE]["citations"],
    ) == (
        "no_evidence",
        [],
    )


def test_the_page_comes_up_and_goes_when_it_is_told_to_whoever_is_there(
    newcomer: Newcomer, tmp_path: Path
) -> None:
    newcomer.copy_data(tmp_path)
    with running(tmp_path, environment=newcomer.environment) as server:
        server.wait_until_ready()
        status, body = read(server.url)
        assert status == 200 and b"Verbatim" in body
        reader = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=PATIENCE_S)
        reader.request("GET", "/gradio_api/heartbeat/abc")
        with contextlib.closing(reader), reader.getresponse() as heartbeat:
            assert heartbeat.status == 200
            server.process.send_signal(signal.SIGINT)
            assert server.process.wait(PATIENCE_S) == 0
        assert "Traceback" not in server.told()
