"""A citation's permanent link over HTTP: found, moved, changed, gone; copied, unfurled, escaped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from assistant.citation.permalink import Resolved
from assistant.settings import ServingSettings
from tests.assistant.interfaces.web.fakes import FakeEngine, held_back, loaded
from tests.assistant.interfaces.web.sites import (
    HOSTILE,
    KITCHEN,
    KITCHEN_PATH,
    KNIFE,
    STARTER,
    Site,
    alive,
    hostile_engine,
    id_of,
    noted,
    send,
)
from tests.browser.serving import served

AT_KNIFE = f"/c/{id_of(KNIFE)}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with noted(tmp_path_factory.mktemp("shelf")) as site:
        yield site


def test_the_quote_stands_marked_in_its_passage_with_who_where_and_when(site: Site) -> None:
    page = site.get(AT_KNIFE)
    assert page.status == 200
    assert f"<mark>{KNIFE}</mark>, because it does not slip" in page.body
    for told in ("Ann Lee", "Kitchen talk", "Knives", "≈ 00:10", "Verified word for word"):
        assert told in page.text
    assert 'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=10s"' in page.tag("vb-open")
    assert "youtube-nocookie.com/embed/dQw4w9WgXcQ?start=10" in page.tag("data-playing")
    assert f"{KITCHEN_PATH}?at={id_of(KNIFE)}#at" in page.body


def test_the_mark_ends_with_what_closes_the_words(site: Site) -> None:
    assert f"<mark>{STARTER}</mark>" in site.get(f"/c/{id_of(STARTER)}").body
    assert f"<mark>{STARTER}</mark>" in site.get(f"/c/{id_of(STARTER.rstrip('.'))}").body


def test_estimated_times_have_their_sign_and_missing_ones_are_said(site: Site) -> None:
    assert "≈ " in site.get(AT_KNIFE).text
    exact = site.get(f"/c/{id_of(STARTER)}").text
    assert "1:01:00 – 1:02:30" in exact and "≈" not in exact
    untimed = site.get(f"/c/{id_of('钝刀比快刀更危险', 'article')}")
    assert "This source has no times" in untimed.text
    assert "data-playing" not in untimed.body


@pytest.mark.parametrize(
    ("path", "accepted", "lang", "told"),
    [
        ("", "zh-TW", "zh-Hant", "永久連結"),
        ("?lang=zh-Hans", "zh-TW", "zh-Hans", "永久链接"),
        ("", "fr", "en", "Permanent link"),
    ],
)
def test_it_speaks_the_readers_language(
    site: Site, path: str, accepted: str, lang: str, told: str
) -> None:
    page = site.get(AT_KNIFE + path, Accept_Language=accepted)
    assert f'<html lang="{lang}">' in page.body
    assert (page.headers["content-language"], page.headers["vary"]) == (
        lang,
        page.headers["vary"],
    )
    assert "Accept-Language" in page.headers["vary"]
    assert told in page.text


def test_it_unfurls_into_quote_speaker_and_time(site: Site) -> None:
    page = site.get(f"{AT_KNIFE}?lang=en")
    address = f"{site.address}{AT_KNIFE}"
    assert f'rel="canonical" href="{address}"' in page.body
    assert page.meta("og:url") == address
    assert page.meta("og:title") == page.meta("twitter:title")
    assert page.meta("og:title").startswith(f"“{KNIFE}")
    assert page.meta("og:description") == "Ann Lee · Kitchen talk · Knives · ≈ 00:10"
    assert page.meta("twitter:card") == "summary"
    discovery = page.tag("application/json\\+oembed")
    oembed = re.search(r'href="([^"]+)"', discovery)
    assert oembed is not None
    found = send(site.address, oembed[1].removeprefix(site.address))
    assert (found.status, found.json["type"]) == (200, "rich")


def test_the_public_address_wins(tmp_path: Path) -> None:
    public = "https://wiki.example/verbatim"
    with noted(tmp_path, ServingSettings(public_url=public)) as site:
        for path in (AT_KNIFE, f"/verbatim{AT_KNIFE}"):
            page = site.get(path)
            assert f'rel="canonical" href="{public}{AT_KNIFE}"' in page.body
            loads = re.findall(r'(?:href|src)="((?:\.\./)+files/[\w.]+)"', page.body)
            assert len(loads) > 3
            for file in loads:
                below = file.removeprefix("../")
                assert site.get(f"/verbatim/{below}").status == 200
        assert public + AT_KNIFE in site.get(f"{AT_KNIFE}?as=plain").body


def test_nothing_but_own_files_and_its_player_may_load(site: Site) -> None:
    page = site.get(AT_KNIFE)
    policy = page.headers["content-security-policy"]
    for rule in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-src https://www.youtube-nocookie.com",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert alive(page.body) == []
    assert "frame-src 'none'" in site.get("/lookup").headers["content-security-policy"]


@pytest.mark.parametrize(
    ("form", "media", "has"),
    [
        ("markdown", "text/markdown", "> A sharp knife"),
        ("wiki", "text/plain", "<blockquote>A sharp knife"),
        ("plain", "text/plain", "“A sharp knife"),
        ("bibtex", "application/x-bibtex", "@misc{"),
    ],
)
def test_it_is_copied_in_each_form_with_its_own_link(
    site: Site, form: str, media: str, has: str
) -> None:
    copy = site.get(f"{AT_KNIFE}?as={form}")
    assert copy.headers["content-type"] == f"{media}; charset=utf-8"
    assert has in copy.body
    assert f"{site.address}{AT_KNIFE}" in copy.body
    assert "Ann Lee" in copy.body


def test_csl_json_is_a_list_of_one_item(site: Site) -> None:
    copy = site.get(f"{AT_KNIFE}?as=csl")
    assert copy.headers["content-type"].startswith("application/vnd.citationstyles.csl+json")
    (item,) = json.loads(copy.body)
    assert item["author"] == [{"literal": "Ann Lee"}]
    assert item["issued"] == {"date-parts": [[2025, 5, 1]]}
    assert site.get(f"{AT_KNIFE}?as=pdf").status == 404


def test_the_card_for_a_frame_leads_to_the_page(site: Site) -> None:
    card = site.get(f"{AT_KNIFE}?card=1&lang=zh-Hant")
    assert card.status == 200
    assert "vb-header" not in card.body
    assert f'href="{site.address}{AT_KNIFE}?lang=zh-Hant" target="_blank"' in card.body
    assert KNIFE in card.text


def test_what_is_no_id_is_not_found(site: Site) -> None:
    for path in ("/c/hello", f"{AT_KNIFE[:-3]}", "/c/%F0%9F%94%AA"):
        page = site.get(path)
        assert page.status == 404
        assert "noindex" in page.tag("robots")
        assert "Copy the whole link" in page.text


def test_words_that_change_move_and_go_are_said_to(tmp_path: Path) -> None:
    with noted(tmp_path) as site:
        starter = f"/c/{id_of(STARTER)}"
        shelf = site.shelf
        shelf.put(kitchen=KITCHEN.replace("a whole week before it rises", "a week until it rises"))
        page = site.get(starter)
        assert (page.status, "have changed since" in page.text) == (200, True)
        assert "for a week until it rises" in page.text
        shelf.drop("kitchen")
        shelf.put(moved=KITCHEN.replace("küche?", "night"))
        page = site.get(starter)
        assert (page.status, "now stand in another talk" in page.text) == (200, True)
        moved = re.search(r'rel="canonical" href="[^"]*/c/(\w+)"', page.body)
        assert moved is not None and moved[1] != id_of(STARTER)
        assert "now stand in another talk" not in site.get(f"/c/{moved[1]}").text
        shelf.put(moved=KITCHEN.partition("### Bread")[0].replace("küche?", "night"))
        # Its talk goes by another name now, so that nothing tells that it was this one.
        assert site.get(starter).status == 410
        shelf.put(moved=KITCHEN.partition("### Bread")[0])
        page = site.get(starter)
        assert page.status == 410
        assert "These words are gone" in page.text
        assert f'href="../{KITCHEN_PATH}"' in page.body
        shelf.drop("moved")
        page = site.get(f"{starter}?as=plain")
        assert (page.status, "Their talk" in page.text) == (410, False)


def test_nothing_that_a_note_says_comes_alive() -> None:
    with served(loaded(hostile_engine())) as address:
        for path in ("/c/x", "/c/x?card=1", "/talk/talk", "/talk/talk?at=x", "/talks", "/lookup?"):
            query = urlencode({"quote": HOSTILE, "lang": HOSTILE, "__theme": HOSTILE})
            page = send(address, f"{path}{'&' if '?' in path else '?'}{query}")
            assert page.status == 200
            assert alive(page.body) == []
            assert HOSTILE in page.text or path == "/c/x?card=1"


def test_it_waits_for_a_library_that_loads() -> None:
    loading, go = held_back(FakeEngine())
    with served(loading) as address:
        page = send(address, AT_KNIFE)
        assert (page.status, page.headers["retry-after"]) == (503, "3")
        assert "The library is being prepared" in page.text
        go.set()
        loading.get(5)
        assert send(address, AT_KNIFE).status == 410


def test_what_fails_is_a_page_too() -> None:
    class Broken(FakeEngine):
        def cited(self, identifier: str) -> Resolved:
            raise RuntimeError(f"secret of {identifier}")

    with served(loaded(Broken())) as address:
        page = send(address, AT_KNIFE)
    assert page.status == 503
    assert "Something went wrong" in page.text
    assert "secret" not in page.body


def test_heads_are_answered_without_a_body(site: Site) -> None:
    head = send(site.address, AT_KNIFE, "HEAD")
    assert (head.status, head.body) == (200, "")


def test_over_the_rate_one_is_told_when_to_return(tmp_path: Path) -> None:
    with noted(tmp_path, ServingSettings(requests_per_minute=2)) as site:
        assert [site.get(AT_KNIFE).status for _ in range(2)] == [200, 200]
        for path in (AT_KNIFE, "/lookup", "/talks"):
            page = site.get(path)
            assert (page.status, "Too many requests" in page.text) == (429, True)
            assert 0 < int(page.headers["retry-after"]) <= 60
        assert site.post("/lookup", quote="a").status == 429
        told = site.get("/oembed?url=x")
        assert (told.status, told.json["error"]["code"]) == (429, "too_many_requests")
        assert site.get("/files/pages.css").status == 200
