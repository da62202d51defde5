"""The API over the transcripts that ship: what one route gives, the others understand."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.library import OpenLibrary
from tests.assistant.interfaces.api.clients import client

QUESTION = "What did Gemini 3's pre-training lead say the secret was?"


@pytest.fixture(scope="module")
def api(shipped: OpenLibrary) -> TestClient:
    return client(shipped.assistant)


def test_every_citation_of_an_answer_is_found_again_and_quoted(api: TestClient) -> None:
    answer = api.post("/api/ask", json={"question": QUESTION}).json()
    assert answer["citations"]
    for citation in answer["citations"]:
        path = citation["link"].removeprefix("http://testserver/c/")
        found = api.get(f"/api/citations/{path}").json()
        assert (found["state"], found["talk"]) == ("found", citation["transcript"])
        plain = api.get(f"/api/citations/{path}?format=plain").text
        assert citation["link"] in plain
        looked_up = api.post("/api/cite", json={"quote": citation["quote"]}).json()
        assert looked_up["match"] == "exact"
        assert looked_up["hits"][0]["transcript"] == citation["transcript"]


def test_a_hit_leads_to_its_moment(api: TestClient) -> None:
    timed: list[Any] = [
        hit
        for hit in api.get("/api/search", params={"q": "公开榜单为什么不准", "lang": "zh"}).json()[
            "hits"
        ]
        if hit["start_s"] is not None
    ]
    assert timed
    hit = timed[0]
    told = api.get(
        "/api/moments", params={"talk": hit["transcript"], "at": hit["start_s"], "limit": 2}
    ).json()
    texts = [moment["text"] for moment in told["moments"]]
    assert any(text in hit["text"] or hit["quote"] in text for text in texts)
    talk = api.get(f"/api/talks/{hit['transcript']}").json()
    assert hit["heading"] in [topic["heading"] for topic in talk["topics"]]


def test_an_article_is_checked(api: TestClient) -> None:
    quote = api.get("/api/search", params={"q": QUESTION, "limit": 1}).json()["hits"][0]["quote"]
    text = f"It rained all day in the village. As somebody said: “{quote}”"
    told = api.post("/api/cite/article", json={"text": text}).json()
    assert told["sentences"] >= 2
    assert [one["match"] for one in told["quotations"]] == ["exact"]
    start, end = told["quotations"][0]["start"], told["quotations"][0]["end"]
    assert quote[:20] in text[start:end]


def test_a_question_about_a_whole_talk_is_answered_like_any_other(api: TestClient) -> None:
    answer = api.post("/api/ask", json={"question": "有哪些嘉宾？"}).json()
    assert (answer["status"], answer["mode"], answer["answerable"]) == ("answered", "quotes", 1.0)
    named = {name for citation in answer["citations"] for name in citation["speakers"]}
    assert {"Nathan", "田博士", "Gavin", "余北", "Sebastian Bourgeaud"} <= named
    assert all(citation["verified"] for citation in answer["citations"])
    thanks = api.post("/api/ask", json={"question": "谢谢"}).json()
    assert thanks["citations"] == [] and len(thanks["suggestions"]) == 3
