"""Searching and looking up quotes: the command line's documents, with links."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.citation.permalink import Changed, FoundAgain, Gone, citation_id
from assistant.citation.types import Lookup, Place, QuoteDifference
from assistant.interfaces.documents.answers import evidence_json, lookup_json
from assistant.settings import ServingSettings
from index.types import Moment
from tests.assistant.interfaces.api.clients import client, error
from tests.assistant.interfaces.web.fakes import TALKS, FakeEngine
from tests.builders import make_chunk, make_evidence, make_hit

PUBLIC = ServingSettings(public_url="https://v.example/talks", requests_per_minute=0)
CHUNK = make_chunk(
    [("Ann", ["A sharp knife is safer.", "It does not slip."], 10.0, 30.0)], published="2025-05-01"
)
WORDS = "A sharp knife is safer."
PLACE = Place(
    CHUNK, CHUNK.sentences[:1], "close", 0.9, WORDS, "sharp knife is safer", ((2, 22),),
    QuoteDifference(changed=1), Moment(10.0, 20.0, False), ("Ann",),
)  # fmt: skip
ID = citation_id("talk", WORDS, 10.0)


def found() -> FakeEngine:
    engine = FakeEngine()
    engine.evidence = make_evidence(
        make_hit(CHUNK, 0.9, [0.9, 0.2]), make_hit(CHUNK, 0.8, [0.1, 0.7])
    )
    engine.places = (PLACE,)
    return engine


def test_search_tells_what_the_command_line_does() -> None:
    engine = found()
    api = client(engine, PUBLIC)
    by_query = api.get("/api/search", params={"q": "Which knife?", "limit": 1}).json()
    by_body = api.post("/api/search", json={"question": "Which knife?", "limit": 1}).json()
    assert by_query == by_body
    line = evidence_json(replace(engine.evidence, hits=engine.evidence.hits[:1]), {})
    hit = by_body["hits"][0]
    assert by_body["answerable"] == line["answerable"] and len(by_body["hits"]) == 1
    assert line["hits"][0].items() <= hit.items()
    assert hit["player_url"].startswith("https://www.youtube-nocookie.com/embed/")
    assert hit["link"] == f"https://v.example/talks/c/{ID}"


def test_a_search_takes_the_conversation_and_the_filters() -> None:
    engine = found()
    body = {"question": "And bread?", "history": [{"role": "user", "text": "Knives?"}]}
    client(engine).post("/api/search", json=body)
    client(engine).get("/api/search?q=x&talk=far.md&talk=article&lang=en&until=2025-01-01")
    assert engine.asked[0][1][0].text == "Knives?"
    assert engine.scopes[1].transcripts == {"id-far.md", "id-article.md"}
    assert engine.scopes[1].languages == {"en"} and engine.scopes[1].until == "2025-01-01"


def test_cite_tells_what_the_command_line_does() -> None:
    told = client(found(), PUBLIC).post("/api/cite", json={"quote": "a sharp knife"}).json()
    line = lookup_json(Lookup("a sharp knife", (PLACE,), {"total": 1.0}))
    assert {name: told[name] for name in line if name != "hits"} == {
        name: line[name] for name in line if name != "hits"
    }
    assert line["hits"][0].items() <= told["hits"][0].items()
    assert told["hits"][0]["link"] == f"https://v.example/talks/c/{told['hits'][0]['id']}"


def test_without_a_public_address_links_begin_as_it_was_asked() -> None:
    told = client(found()).post("/api/cite", json={"quote": "a sharp knife"}).json()
    assert told["hits"][0]["link"].startswith("http://testserver/c/")


@pytest.mark.parametrize(
    ("resolved", "state", "moved"),
    [(FoundAgain(PLACE), "found", False), (FoundAgain(PLACE, moved=True), "found", True),
     (Changed(PLACE), "changed", False)],
    ids=["found", "moved", "changed"],
)  # fmt: skip
def test_a_citation_tells_what_has_become_of_it(
    resolved: FoundAgain | Changed, state: str, moved: bool
) -> None:
    engine = FakeEngine()
    engine.citations[ID] = resolved
    told = client(engine).get(f"/api/citations/{ID}").json()
    assert (told["state"], told["moved"], told["talk"]) == (state, moved, "talk")
    assert told["place"]["quote"] == WORDS


def test_what_is_gone_names_its_talk() -> None:
    engine = FakeEngine()
    engine.citations[ID] = Gone(TALKS[0].file)
    assert client(engine).get(f"/api/citations/{ID}").json() == {
        "state": "gone", "moved": False, "place": None, "talk": TALKS[0].id,
    }  # fmt: skip
    refused = client(engine).get(f"/api/citations/{ID}?format=bibtex")
    assert (refused.status_code, error(refused)["code"]) == (410, "gone")


@pytest.mark.parametrize(
    ("name", "media_type", "holds"),
    [
        ("markdown", "text/markdown", "> A sharp knife is safer."),
        ("wikitext", "text/x-wiki", "<blockquote>A sharp knife"),
        ("plain", "text/plain", "“A sharp knife is safer.” — Ann"),
        ("csl", "application/vnd.citationstyles.csl+json", '"issued": {"date-parts": [[2025'),
        ("bibtex", "application/x-bibtex", "year = {2025}"),
    ],
)
def test_a_citation_comes_in_formats(name: str, media_type: str, holds: str) -> None:
    engine = FakeEngine()
    engine.citations[ID] = FoundAgain(PLACE)
    response = client(engine, PUBLIC).get(f"/api/citations/{ID}?format={name}")
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert holds in response.text
    assert f"https://v.example/talks/c/{ID}" in response.text


def test_words_that_have_moved_are_passed_on_under_their_new_id() -> None:
    engine = FakeEngine()
    engine.citations["old"] = FoundAgain(PLACE, moved=True)
    text = client(engine, PUBLIC).get("/api/citations/old?format=plain").text
    assert f"/c/{citation_id('talk', PLACE.matched, 10.0)}" in text
