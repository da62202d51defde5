"""Sources, their player, and that nothing in a transcript comes alive."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.assistant.interfaces.web.fakes import ANSWERED, WITH_TIMES, FakeEngine
from tests.browser.conftest import Chat, OpenTab, Serve

pytestmark = pytest.mark.browser


def test_a_marker_leads_to_its_source_and_loads_the_player_there(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    tab.ask("公榜？")
    expect(page.locator("iframe")).to_have_count(0)
    assert tab.elsewhere == []
    page.click("#exchange-1 .vb-marker >> nth=2")
    card = page.locator("#source-1-3")
    expect(card).to_have_class("vb-card vb-active")
    expect(card).to_be_focused()
    expect(card).to_be_in_viewport()
    frame = page.locator("iframe")
    expect(frame).to_have_attribute(
        "src", "https://www.youtube-nocookie.com/embed/abcdefghijk?start=3723"
    )
    expect(frame).to_have_attribute("referrerpolicy", "strict-origin-when-cross-origin")
    page.keyboard.press("Escape")
    expect(page.locator("#exchange-1 .vb-marker >> nth=2")).to_be_focused()
    assert [url.split("?")[0] for url in tab.elsewhere] == [
        "https://www.youtube-nocookie.com/embed/abcdefghijk"
    ]


def test_play_starts_at_the_second_and_the_player_can_be_closed(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    tab.ask("公榜？")
    page.get_by_role("button", name="Play from 13:30").click()
    expect(page.locator("iframe")).to_have_attribute(
        "src", "https://www.youtube-nocookie.com/embed/abcdefghijk?start=810&autoplay=1"
    )
    tab.ask("and then?")
    expect(page.locator("iframe")).to_have_count(1)
    page.get_by_role("button", name="Close the player").click()
    expect(page.locator("iframe")).to_have_count(0)


def test_a_card_tells_the_source(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    tab.ask("公榜？")
    first = page.locator("#source-1-1")
    for text in ("大模型基准测试圆桌", "榜单与真实产品表现", "田老师, David", "13:30 – 20:31"):
        expect(first).to_contain_text(text)
    expect(first.locator("mark")).to_have_text("公开榜单测的是题，不是产品。")
    expect(first).to_contain_text("Verified word for word")
    link = first.locator(".vb-open")
    expect(link).to_have_attribute("href", "https://www.youtube.com/watch?v=abcdefghijk&t=810s")
    expect(link).to_have_attribute("rel", "noopener")
    expect(link).to_have_attribute("target", "_blank")
    second = page.locator("#source-1-2")
    expect(second).to_contain_text("This source has no times")
    expect(second).to_contain_text("Not verified")
    expect(second.locator(".vb-play")).to_have_count(0)
    expect(second.locator(".vb-open")).to_contain_text("Open the source")
    expect(page.locator("#source-1-3")).to_contain_text("≈ 1:02:03 – 1:03:10")


def test_a_long_passage_unfolds(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    tab.ask("公榜？")
    card = page.locator("#source-1-3")
    expect(card.locator("mark")).to_be_visible()
    expect(card.locator(".vb-more").first).to_be_hidden()
    card.get_by_role("button", name="Show the whole passage").click()
    expect(card.locator(".vb-more").first).to_be_visible()
    card.get_by_role("button", name="Show less").click()
    expect(card.locator(".vb-more").first).to_be_hidden()


def test_an_older_answers_sources_come_back(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    tab.ask("first")
    tab.ask("best pizza?")
    expect(page.locator("#source-1-1")).to_be_hidden()
    expect(page.locator("[data-sources='2']")).to_be_visible()
    page.click("#exchange-1 .vb-marker >> nth=0")
    expect(page.locator("#source-1-1")).to_be_visible()
    expect(page.locator("[data-sources='2']")).to_be_hidden()
    tab.ask("third")
    expect(page.locator("#source-1-1")).to_be_hidden()
    expect(page.locator("#source-3-1")).to_be_visible()


HOSTILE = (
    "<script>window.owned=1</script><img src=x onerror='window.owned=2'>"
    '"><svg onload="window.owned=3">${window.owned=4}{{window.owned=5}}'
    "[a link](https://evil.example/a)![an image](https://evil.example/i.png)`"
)


def test_nothing_that_a_transcript_says_comes_alive(open_tab: OpenTab, serve_engine: Serve) -> None:
    citation = replace(
        WITH_TIMES,
        title=HOSTILE,
        heading=HOSTILE,
        speakers=(HOSTILE,),
        quote=HOSTILE,
        passage=f"before {HOSTILE} after",
        url="javascript:window.owned=6",
        player_url="javascript:window.owned=7",
    )
    answer = replace(ANSWERED, text=f"**{HOSTILE}**\n\n- {HOSTILE} [1]", citations=(citation,))
    answer = replace(answer, suggestions=(HOSTILE,))
    tab = open_tab(serve_engine(FakeEngine(lambda _: answer)))
    page = tab.open()
    tab.ask(HOSTILE)
    page.click("#exchange-1 .vb-marker")
    page.wait_for_timeout(300)
    assert page.evaluate("window.owned") is None
    # Our own links to the citation's page are there, and nothing else.
    inside = (
        "#vb-chat :is(script, img, a, svg),"
        " #vb-side :is(script, img, svg, iframe, a:not([href^='c/']))"
    )
    expect(page.locator(inside)).to_have_count(0)
    expect(page.locator("#source-1-1 mark")).to_have_text(HOSTILE)
    expect(page.locator(".vb-question")).to_contain_text(HOSTILE)
    assert tab.elsewhere == []
