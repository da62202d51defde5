"""Looking quotes up in Chromium, and the chat's own links to it and to its citations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import expect

from assistant.citation.permalink import citation_id
from assistant.library import OpenLibrary, lock_library
from assistant.settings import Settings
from tests.assistant.interfaces.web.fakes import WITH_TIMES
from tests.assistant.interfaces.web.sites import KNIFE, STARTER, Site, noted
from tests.browser.conftest import OpenTab, Serve, Tab
from tests.project import ROOT

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with noted(tmp_path_factory.mktemp("shelf")) as site:
        yield site


@pytest.mark.parametrize("script", [True, False])
def test_a_remembered_quote_finds_its_moment(open_tab: OpenTab, site: Site, script: bool) -> None:
    tab = open_tab(site.address, java_script_enabled=script)
    page = tab.page
    page.goto(f"{site.address}/lookup?lang=en")
    page.get_by_label("A quote, or a whole text").fill("sharp knives are safer than a blunt knife")
    page.get_by_role("button", name="Who said this?").click()
    expect(page.get_by_role("heading", name="Nearly these words were said.")).to_be_visible()
    assert "quote=sharp+knives" in page.url
    card = page.locator(".vb-card").first
    expect(card).to_contain_text("Ann Lee")
    expect(card.locator("mark").last).to_contain_text("safer than a blunt knife")
    expect(card.locator(".vb-match")).to_contain_text("% of the words in common")
    card.get_by_role("link", name="Permanent link").click()
    expect(page.locator("h1")).to_contain_text(KNIFE)


def test_a_found_moment_plays_and_is_copied(open_tab: OpenTab, site: Site) -> None:
    tab = open_tab(site.address, permissions=["clipboard-read", "clipboard-write"])
    page = tab.page
    page.goto(f"{site.address}/lookup?lang=en&quote={STARTER}")
    page.get_by_role("button", name="Play from 1:01:00").click()
    expect(page.locator("#vb-dock iframe")).to_be_visible()
    page.locator(".vb-copy summary").click()
    page.get_by_role("link", name="Wiki text").click()
    expect(page.locator(".vb-copied")).to_have_text("Copied: Wiki text")
    assert page.evaluate("navigator.clipboard.readText()").startswith("<blockquote>")


def test_a_whole_text_is_checked_sentence_by_sentence(open_tab: OpenTab, site: Site) -> None:
    page = open_tab(site.address, width=320, height=640).page
    page.goto(f"{site.address}/lookup?lang=en")
    text = f"Bob Al said: “{KNIFE}.”\nNobody ever said this here.\n{STARTER}\n"
    page.get_by_label("A quote, or a whole text").fill(text)
    page.get_by_role("button", name="Check the whole text").click()
    expect(page.get_by_role("heading", name="2 of 3 sentences quote the library.")).to_be_visible()
    first = page.locator(".vb-quotation").first
    expect(first.locator("blockquote")).to_contain_text("Bob Al said")
    expect(first.locator(".vb-problem")).to_contain_text("the words are by Ann Lee")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_chat_leads_to_lookup_in_its_language_and_theme(tab: Tab) -> None:
    page = tab.open("?lang=zh-Hant&__theme=dark")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="查引文").click()
    found = opened.value
    expect(found.locator("h1")).to_have_text("這句話是誰說的？")
    assert "__theme=dark" in found.url
    expect(found.locator("body.dark")).to_have_count(1)


def test_the_chats_header_fits_a_small_phone(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 320, "height": 640})
    for lang in ("zh-Hans", "en"):
        page = tab.open(f"?lang={lang}")
        expect(page.locator("#vb-theme a")).to_be_in_viewport(ratio=1)
        expect(page.locator("#vb-new")).to_be_in_viewport(ratio=1)
        mark, choice = (page.locator(part).bounding_box() for part in (".vb-mark", "#vb-language"))
        assert mark and choice and mark["x"] + mark["width"] <= choice["x"]
        assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_card_of_the_chat_has_its_lasting_link(tab: Tab) -> None:
    page = tab.open()
    tab.ask("公榜？")
    identifier = citation_id(WITH_TIMES.transcript_id, WITH_TIMES.quote, WITH_TIMES.start_s)
    link = page.locator("#source-1-1").get_by_role("link", name="Permanent link")
    expect(link).to_have_attribute("href", f"c/{identifier}")
    menu = page.locator("#source-1-1 .vb-copy summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source-1-1 .vb-copy a")).to_have_text(
        ["Markdown", "Wiki text", "Plain text", "CSL-JSON", "BibTeX"]
    )
    page.keyboard.press("Escape")
    expect(page.locator("#source-1-1 .vb-copy a").first).to_be_hidden()
    expect(menu).to_be_focused()


def test_an_answers_link_holds_when_passages_are_cut_anew(
    open_tab: OpenTab, serve_engine: Serve, shipped: OpenLibrary, model_dir: Path, tmp_path: Path
) -> None:
    tab = open_tab(serve_engine(shipped.assistant), permissions=["clipboard-read"])
    page = tab.open("?lang=zh-Hans")
    tab.ask("为什么说公榜不能反映真实产品表现？")
    card = page.locator(".vb-card").first
    quote = card.locator("mark").first.inner_text()
    with page.context.expect_page() as news:
        card.locator(".vb-permanent").click()
    expect(news.value.locator("h1")).to_have_text(quote)
    path = news.value.url.removeprefix(tab.address)
    page.locator(".vb-copy summary").first.click()
    page.locator(".vb-copy a").first.click()
    expect(page.locator(".vb-copied").first).to_have_text("已复制：Markdown")
    assert path.partition("?")[0] in page.evaluate("navigator.clipboard.readText()")
    notes = copytree(ROOT / "corpus" / "transcripts", tmp_path / "notes")
    settings = Settings(library=notes, data=model_dir, chunk_tokens=120)
    with lock_library(settings) as held:
        anew = held.open(lambda _: None)
        assert anew.report.chunks > shipped.report.chunks
        again = open_tab(serve_engine(anew.assistant))
        page = again.page
        page.goto(again.address + path)
        expect(page.locator("h1")).to_have_text(quote)
        expect(page.locator(".vb-note")).to_have_count(0)
        expect(page.locator(".vb-verified")).to_be_visible()
