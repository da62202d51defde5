"""Addresses that a transcript may name: what is linked, what is played."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.citation.permalink import playing, web_url
from assistant.interfaces.web.session import Exchange
from assistant.interfaces.web.views import sources_html
from assistant.messages.catalogue import messages
from tests.assistant.interfaces.web.fakes import ANSWERED, WITH_TIMES


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//host.example/x",
        "https://",
        "https://[broken",
        "",
        None,
    ],
)
def test_only_the_webs_addresses_are_linked(url: str | None) -> None:
    assert web_url(url) is None
    citation = replace(WITH_TIMES, url=url, player_url=url)
    html = sources_html((Exchange("q", replace(ANSWERED, citations=(citation,))),), messages("en"))
    assert "vb-open" not in html and "vb-play" not in html


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "https://www.youtube-nocookie.com/embed/abc?start=83",
            "https://www.youtube-nocookie.com/embed/abc?start=83&autoplay=1",
        ),
        (
            "https://player.bilibili.com/player.html?bvid=BV1&t=83&autoplay=0",
            "https://player.bilibili.com/player.html?bvid=BV1&t=83&autoplay=1",
        ),
        (
            "https://player.vimeo.com/video/1?h=x#t=83s",
            "https://player.vimeo.com/video/1?h=x&autoplay=1#t=83s",
        ),
        (
            "https://media.example/a.mp3?sig=a%2Fb#t=83",
            "https://media.example/a.mp3?sig=a%2Fb#t=83",
        ),
    ],
)
def test_known_players_are_told_to_start(url: str, address: str) -> None:
    assert playing(url) == address


def test_a_quote_that_is_not_in_its_passage_still_shows() -> None:
    citation = replace(WITH_TIMES, quote="words from elsewhere", verified=False)
    html = sources_html((Exchange("q", replace(ANSWERED, citations=(citation,))),), messages("en"))
    assert "<mark>words from elsewhere</mark>" in html
    assert "Not verified" in html
