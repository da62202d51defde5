"""Quotes looked up, and whole texts checked, on the page without a script."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from assistant.citation.types import Lookup, Problem, Quotation, QuoteDifference
from assistant.interfaces.server import create_app
from assistant.interfaces.web.page_views import difference_text, problem_text
from assistant.interfaces.web.pages import FORM_BYTES, TEXT_CHARS
from assistant.messages.catalogue import messages
from assistant.settings import ServingSettings
from index.types import EVERYWHERE, Scope
from tests.assistant.interfaces.web.fakes import FakeEngine, loaded
from tests.assistant.interfaces.web.sites import (
    KITCHEN_ID,
    KNIFE,
    STARTER,
    Site,
    hostile_engine,
    id_of,
    noted,
    send,
)
from tests.browser.serving import served


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with noted(tmp_path_factory.mktemp("shelf")) as site:
        yield site


def test_the_form_comes_without_a_quote(site: Site) -> None:
    page = site.get("/lookup")
    assert page.status == 200
    assert "<textarea" in page.body and "vb-result" not in page.body
    assert 'method="post"' in page.tag("vb-lookup")


def test_the_same_words_are_found_and_marked(site: Site) -> None:
    page = site.get(f"/lookup?quote={KNIFE.upper()}!")
    assert "These very words were said." in page.text
    assert f"<mark>{KNIFE}</mark>" in page.body
    assert "Ann Lee" in page.text and "≈ 00:10" in page.text
    assert f'href="c/{id_of(KNIFE, near_s=10)}"' in page.body


def test_how_far_the_wording_is_off_is_said(site: Site) -> None:
    page = site.get(
        "/lookup?quote=a sourdough starter really wants flour and milk for a whole week"
    )
    assert "Nearly these words were said." in page.text
    assert "1 word differs" in page.text and "1 word not in the source" in page.text
    assert "% of the words in common" in page.text
    assert "<mark>A sourdough starter wants flour and</mark> water <mark>" in page.body


def test_what_nobody_said_is_said_to_be_so(site: Site) -> None:
    page = site.get("/lookup?quote=quantum tunnelling of neutrinos&lang=zh-Hans")
    assert "资料库里没有人说过这句话" in page.text
    assert "最接近的几处" in page.text and "vb-card" in page.body
    assert "<mark>" not in page.body and 'class="vb-match"' not in page.body


def test_a_short_quote_that_is_sent_gets_an_address(site: Site) -> None:
    sent = site.post("/lookup?lang=zh-Hant", quote=KNIFE, what="quote", talk=KITCHEN_ID)
    assert sent.status == 303
    leads = urlsplit(sent.headers["location"])
    assert leads.path == "lookup"
    assert parse_qs(leads.query) == {"quote": [KNIFE], "talk": [KITCHEN_ID], "lang": ["zh-Hant"]}
    page = send(site.address, f"/{sent.headers['location']}")
    assert "有人這樣說過" in page.text
    assert "搜尋範圍：Kitchen talk" in page.text


def test_a_scope_holds_for_the_lookup(site: Site) -> None:
    page = site.get(f"/lookup?quote={KNIFE}&talk=article")
    assert KNIFE not in page.text.replace(f"{KNIFE} ", "", 1)
    assert '<input type="hidden" name="talk" value="article">' in page.body


ARTICLE = f"""What was said in the kitchen.\r
\r
As Bob Al said, “{KNIFE}, because it does not slip off the tomato.”\r
{STARTER}\r
Ann Lee sharpens: “I sharpen mine on a whetstone every second Sunday of the month, all 15 of them.”
"""


def test_a_whole_text_is_checked(site: Site) -> None:
    page = site.post("/lookup?lang=en", quote=ARTICLE, what="text")
    assert page.status == 200
    assert "3 of 4 sentences quote the library." in page.text
    assert "2 of them have something wrong." in page.text
    assert "“Bob Al” in the text; the words are by Ann Lee" in page.text
    assert "“15” in the text; the source says 12" in page.text
    assert "<blockquote>As Bob Al said, “A sharp knife" in page.body
    assert ARTICLE.strip().replace("\r\n", "\n").replace('"', "&#34;") in page.body
    assert page.body.count('class="vb-problem"') == 2


def test_a_text_that_quotes_nothing_says_so(site: Site) -> None:
    page = site.post("/lookup?lang=en", quote="The weather will be fine all week.", what="text")
    assert "Of 1 sentences, none quotes the library." in page.text


def test_words_are_wanted(site: Site) -> None:
    for page in (
        site.get("/lookup?quote="),
        site.get("/lookup?quote=…!"),
        site.post("/lookup", quote=" ", what="text"),
    ):
        assert "Paste the words to look up first." in page.text


def test_what_is_too_long_is_refused_with_a_way_out(site: Site) -> None:
    page = site.post("/lookup", quote="long words " * 500, what="quote")
    assert (page.status, "check it as a whole text" in page.text) == (400, True)
    page = site.post("/lookup", quote="x" * (TEXT_CHARS + 1), what="text")
    assert (page.status, f"more than {TEXT_CHARS}" in page.text) == (413, True)
    page = site.post("/lookup", quote="x" * FORM_BYTES, what="text")
    assert (page.status, f"more than {TEXT_CHARS}" in page.text) == (413, True)


class Slow(FakeEngine):
    """Waits at each sentence until it is let go, and counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()
        self.checks = 0

    def checking(
        self, text: str, scope: Scope = EVERYWHERE
    ) -> Generator[Quotation | None, None, None]:
        for sentence in super().checking(text, scope):
            self.checks += 1
            self.begun.release()
            self.go.wait(10)
            time.sleep(0.05)
            yield sentence


def test_over_the_limit_one_is_told_when_to_return() -> None:
    engine = Slow()
    loading = loaded(engine)
    app = create_app(loading, ServingSettings(concurrent_answers=1))
    with served(loading, app) as address:
        first = threading.Thread(
            target=send, args=(address, "/lookup", "POST", "what=text&quote=one")
        )
        first.start()
        assert engine.begun.acquire(timeout=10)
        page = send(address, "/lookup?quote=two")
        assert (page.status, page.headers["retry-after"]) == (429, "5")
        assert "two</textarea>" in page.body
        engine.go.set()
        first.join(10)
        assert send(address, "/lookup?quote=two").status == 200


def test_a_reader_who_leaves_ends_the_work() -> None:
    engine = Slow()
    text = quote("\n".join(f"Sentence {n}." for n in range(100)))
    with served(loaded(engine)) as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
        connection.request(
            "POST",
            "/lookup",
            f"what=text&quote={text}",
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert engine.begun.acquire(timeout=10)
        connection.close()
        engine.go.set()
        assert engine.closed.wait(10)
        assert engine.checks < 60, "the engine works on for nobody"


def test_differences_and_problems_in_words() -> None:
    say = messages("en")
    assert difference_text(None, say) == difference_text(QuoteDifference(), say) == ""
    assert difference_text(QuoteDifference(2, 1, 0), say).endswith(
        "2 words differ, 1 word left out"
    )
    assert problem_text(Problem("number", "40", ""), say) == "“40” in the text; not in the source"


class Twice(FakeEngine):
    """Finds every text at all of its places."""

    def checking(
        self, text: str, scope: Scope = EVERYWHERE
    ) -> Generator[Quotation | None, None, None]:
        self.scopes.append(scope)
        yield Quotation(0, len(text), Lookup(text, self.places, {}), (), ())


def test_the_other_places_of_a_sentence_are_linked() -> None:
    engine = Twice()
    (place,) = hostile_engine().places
    engine.places = (place, replace(place, matched="Words."))
    with served(loaded(engine)) as address:
        page = send(address, "/lookup", "POST", "what=text&quote=words")
    assert "Also in:" in page.text
    assert f'<li><a href="c/{id_of("Words.", "talk", 1.0)}">' in page.body
    assert "No wrong name or number was found" in page.text
