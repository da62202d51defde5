"""With the real engine: a token for one talk lets nothing of another talk through."""

from __future__ import annotations

import re
from html import unescape

import pytest

from assistant.interfaces.server import create_app
from assistant.library import OpenLibrary
from tests.assistant.interfaces.embed.sites import LOCKED, answers, asked, token
from tests.assistant.interfaces.web.fakes import loaded
from tests.browser.serving import served

httpx = pytest.importorskip("httpx")


def test_answers_and_suggestions_stay_in_the_tokens_talk(shipped: OpenLibrary) -> None:
    engine = shipped.assistant
    talks = engine.talks()
    mine, other = talks[0], talks[1]
    questions = [topic.heading for topic in other.topics if topic.kind == "talk"][:4]
    mine_headings = {topic.heading for topic in mine.topics}
    loading = loaded(engine)
    with (
        served(loading, create_app(loading, LOCKED)) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        own = token([mine.id])
        for question in [*questions, "披萨怎么做？"]:
            last = answers(asked(client, question, own, narrowed="", lang="zh-Hans"))[-1]
            assert other.title not in unescape(last["chat"] + last["sources"])
            for title in re.findall(r"<h3[^>]*>.*?</span>(.*?)</h3>", last["sources"]):
                assert unescape(title) == mine.title
            offered = re.findall(r'data-ask="([^"]*)"', last["chat"])
            assert set(map(unescape, offered)) <= mine_headings
        page = unescape(client.get("/embed", params={"token": own, "lang": "zh-Hans"}).text)
        assert mine.title in page and other.title not in page
