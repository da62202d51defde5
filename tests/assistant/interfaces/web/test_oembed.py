"""oEmbed over HTTP, held to its specification (oembed.com, 1.0)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from assistant.interfaces.web.pages import fitted, linked
from assistant.settings import Secret, ServingSettings
from tests.assistant.interfaces.web.fakes import FakeEngine, held_back
from tests.assistant.interfaces.web.sites import (
    KITCHEN_ID,
    KITCHEN_PATH,
    KNIFE,
    Response,
    Site,
    id_of,
    noted,
    send,
)
from tests.browser.serving import served


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with noted(tmp_path_factory.mktemp("shelf")) as site:
        yield site


def ask(site: Site, url: str, more: str = "") -> Response:
    return send(site.address, f"/oembed?url={quote(url, safe='')}{more}")


def frame(document: dict[str, Any]) -> str:
    """The address that the document's frame shows."""
    found = re.fullmatch(r'<iframe src="([^"]+)" .*></iframe>', document["html"])
    assert found is not None
    return unescape(found[1])


def test_a_talk_becomes_the_chat_about_it(site: Site) -> None:
    answer = ask(site, f"{site.address}/{KITCHEN_PATH}?lang=zh-Hans#t=10", "&format=json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    document = answer.json
    assert {name: document[name] for name in ("version", "type", "title", "author_name")} == {
        "version": "1.0",
        "type": "rich",
        "title": "Kitchen talk",
        "author_name": "Ann Lee, Bob Al",
    }
    assert document["provider_url"] == f"{site.address}/"
    shown = urlsplit(frame(document))
    assert (f"{shown.scheme}://{shown.netloc}", shown.path) == (site.address, "/embed")
    assert parse_qs(shown.query) == {"talk": [KITCHEN_ID], "lang": ["zh-Hans"]}
    assert f'width="{document["width"]}" height="{document["height"]}"' in document["html"]


def test_an_embed_link_is_kept_as_it_is(site: Site) -> None:
    document = ask(site, f"{site.address}/embed?talk=article&q=knife&theme=dark").json
    assert document["title"] == "厨房来信"
    assert "author_name" not in document
    assert frame(document) == f"{site.address}/embed?talk=article&q=knife&theme=dark"
    assert ask(site, f"{site.address}/embed").json["title"] == "Verbatim"


def test_a_citation_becomes_its_card(site: Site) -> None:
    document = ask(site, f"{site.address}/c/{id_of(KNIFE)}").json
    assert document["title"].startswith(f"“{KNIFE}")
    assert document["author_name"] == "Ann Lee"
    address = frame(document)
    assert address == f"{site.address}/c/{id_of(KNIFE)}?card=1"
    assert KNIFE in send(site.address, address.removeprefix(site.address)).text


def test_the_size_stays_within_what_is_asked(site: Site) -> None:
    url = f"{site.address}/{KITCHEN_PATH}"
    document = ask(site, url, "&maxwidth=320&maxheight=200").json
    assert (document["width"], document["height"]) == (320, 200)
    document = ask(site, url, "&maxwidth=4000").json
    assert (document["width"], document["height"]) == (640, 640)
    assert fitted((640, 480), (0, 0)) == (640, 480)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 400),
        ("?url=", 400),
        ("?url={}/talk/article&maxwidth=wide", 400),
        ("?url={}/talk/article&maxheight=-3", 400),
        ("?url={}/talk/article&format=xml", 501),
        ("?url={}/talk/nothing", 404),
        ("?url={}/c/nothing", 404),
        ("?url={}/embed?talk=nothing", 404),
        ("?url={}/lookup", 404),
        ("?url={}/", 404),
        ("?url=https://elsewhere.example/talk/article", 404),
        ("?url=//[broken", 404),
        ("?url=javascript:alert(1)", 404),
    ],
)
def test_errors_have_the_specifications_status_and_our_shape(
    site: Site, path: str, status: int
) -> None:
    answer = send(site.address, f"/oembed{path.format(site.address)}")
    assert answer.status == status
    assert set(answer.json["error"]) == {"code", "message", "todo"}


def test_a_citation_whose_words_are_gone_is_not_found(site: Site) -> None:
    gone = id_of("Words that nobody ever said in this kitchen")
    assert ask(site, f"{site.address}/c/{gone}").status == 404


def test_links_hold_under_the_public_address_and_either_scheme(tmp_path: Path) -> None:
    public = "https://wiki.example/verbatim"
    with noted(tmp_path, ServingSettings(public_url=public)) as site:
        for base in (public, public.replace("https", "http")):
            document = ask(site, f"{base}/{KITCHEN_PATH}").json
            assert frame(document).startswith(f"{public}/embed?talk=")
        assert ask(site, f"https://wiki.example/{KITCHEN_PATH}").status == 404


def test_without_a_token_no_chat_is_offered_where_tokens_are_asked(tmp_path: Path) -> None:
    serving = ServingSettings(embed_secret=Secret("s" * 40))
    with noted(tmp_path, serving) as site:
        assert ask(site, f"{site.address}/{KITCHEN_PATH}").status == 401
        assert ask(site, f"{site.address}/embed?talk=article&token=abc").status == 200
        assert ask(site, f"{site.address}/c/{id_of(KNIFE)}").status == 200


def test_while_the_library_loads_it_says_when_to_return() -> None:
    loading, go = held_back(FakeEngine())
    with served(loading) as address:
        answer = send(address, f"/oembed?url={address}/talk/x")
        go.set()
    assert (answer.status, answer.headers["retry-after"]) == (503, "3")


def test_what_a_link_leads_to() -> None:
    bases = ("http://one.example", "https://two.example/verbatim/")
    assert linked("http://ONE.example/talk/a/b%3F", bases) is not None
    assert linked("https://two.example/verbatim/c/abc?lang=en&x=1", bases) == linked(
        "http://two.example/verbatim/c/abc?lang=en", bases
    )
    for foreign in (
        "http://two.example/c/abc",
        "http://two.example/verbatimx/c/abc",
        "http://one.example.evil/c/abc",
        "http://one.example@evil/c/abc",
        "ftp://one.example/c/abc",
        "http://one.example/c/a/b",
        "http://one.example:99999/c/abc",
    ):
        assert linked(foreign, bases) is None
