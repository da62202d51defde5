"""The page of a talk over HTTP: its topics, its words with anchors, a citation marked in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assistant.interfaces.web.fakes import TALKS, FakeEngine, loaded
from tests.assistant.interfaces.web.sites import (
    KITCHEN,
    KITCHEN_PATH,
    KNIFE,
    STARTER,
    Site,
    id_of,
    noted,
    send,
)
from tests.browser.serving import served

KITCHEN_PAGE = f"/{KITCHEN_PATH}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with noted(tmp_path_factory.mktemp("shelf")) as site:
        yield site


def topics(body: str) -> dict[str, str]:
    """Each topic's source, by its anchor."""
    parts = re.findall(r'<details class="vb-part" id="(topic-\d+)"(.*?)</details>', body, re.DOTALL)
    return dict(parts)


def test_it_tells_the_talk_and_its_topics(site: Site) -> None:
    page = site.get(KITCHEN_PAGE)
    assert page.status == 200
    for told in ("Kitchen talk", "2025-05-01", "Ann Lee, Bob Al", "English"):
        assert told in page.text
    digest, knives, bread = topics(page.body).values()
    assert "Editor’s summary" in digest and "vb-play" not in digest
    assert "00:10 – 01:00" in knives and "1:01:00 – 1:02:30" in bread
    assert "watch?v=dQw4w9WgXcQ&amp;t=3660s" in bread
    assert "start=3660&amp;autoplay=1" in bread
    assert STARTER in bread and KNIFE in knives
    assert 'href="../../?talk=talks%2Fk%C3%BCche%3F"' in page.body


def test_each_turn_has_the_anchor_of_its_second(site: Site) -> None:
    page = site.get(KITCHEN_PAGE)
    anchors = re.findall(r'<div class="vb-turn" id="(t=\d+)" data-t="([\d.]+)"', page.body)
    assert anchors[0] == ("t=10", "10") and anchors[-1] == ("t=3660", "3660")
    assert len(anchors) == len(set(anchors)) == 3
    assert all(f'href="#{anchor}"' in page.body for anchor, _ in anchors)


def test_a_citation_is_marked_where_it_stands(site: Site) -> None:
    page = site.get(f"{KITCHEN_PAGE}?at={id_of(STARTER)}")
    marked = re.findall(r'<div class="vb-turn" id="([^"]+)"[^>]*><span id="at"></span>', page.body)
    assert marked == ["t=3660"]
    assert f"<mark>{STARTER}</mark>" in page.body
    for other in (id_of("钝刀比快刀更危险", "article"), "nonsense"):
        page = site.get(f"{KITCHEN_PAGE}?at={other}")
        assert (page.status, "<mark>" in page.body) == (200, False)


def test_a_sentence_said_twice_is_marked_at_its_own_time(tmp_path: Path) -> None:
    again = (
        KITCHEN + f"\n### Again（01:10:00 - 01:12:00）\n**Bob Al**：\n- {STARTER}\n- {STARTER}\n"
    )
    with noted(tmp_path, kitchen=again) as site:
        page = site.get(f"{KITCHEN_PAGE}?at={id_of(STARTER, near_s=4270)}")
        assert re.findall(r'id="(t=\d+)"[^>]*><span id="at">', page.body) == ["t=4260"]
        assert page.body.count("<mark>") == 1


def test_a_talk_without_times_is_told_without_any(site: Site) -> None:
    page = site.get("/talk/article.md?lang=zh-Hans")
    assert page.status == 200
    assert "钝刀比快刀更危险" in page.text
    assert "data-t=" not in page.body and not re.search(r"\d\d:\d\d", page.text)


def test_a_long_talk_shows_its_topics_folded_but_the_one_that_is_cited(tmp_path: Path) -> None:
    filler = "\n".join(f"- Words number {n} go on about the {n}th pan." for n in range(300))
    long = KITCHEN + f"\n### Pans（02:00:00 - 03:00:00）\n**Ann Lee**：\n{filler}\n"
    with noted(tmp_path, kitchen=long) as site:
        is_open = [
            part.startswith(" open") for part in topics(site.get(KITCHEN_PAGE).body).values()
        ]
        assert is_open == [False] * 4
        body = site.get(f"{KITCHEN_PAGE}?at={id_of(STARTER)}").body
        assert [part.startswith(" open") for part in topics(body).values()] == [
            False,
            False,
            True,
            False,
        ]


def test_it_unfurls_and_tells_where_it_lasts(site: Site) -> None:
    page = site.get(f"{KITCHEN_PAGE}?at={id_of(KNIFE)}&lang=zh-Hant")
    assert f'rel="canonical" href="{site.address}{KITCHEN_PAGE}"' in page.body
    assert page.meta("og:title") == "Kitchen talk"
    assert page.meta("og:description").endswith("Knives · Bread")
    assert "application/json+oembed" in page.body


def test_a_talk_that_is_not_there_says_so(site: Site) -> None:
    for path in ("/talk/nothing", "/talk/", "/talk/%2e%2e/%2e%2e/etc"):
        page = site.get(path)
        assert (page.status, "There is no such talk" in page.text) == (404, True)


def test_a_note_that_cannot_be_read_now_leaves_its_topics() -> None:
    engine = FakeEngine()
    with served(loaded(engine)) as address:
        page = send(address, "/talk/id-talk.md")
    assert page.status == 200
    assert "The transcript can’t be read now" in page.text
    assert "Opening" in page.text


def test_all_talks_are_listed_the_newest_first() -> None:
    with served(loaded(FakeEngine())) as address:
        page = send(address, "/talks")
    assert re.findall(r'<li><a href="talk/id-([\w.]+)"', page.body) == [
        "talk.md",
        "far.md",
        "article.md",
    ]
    assert f"{len(TALKS)} talks" in page.text
