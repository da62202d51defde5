"""The embedded chat itself, in Chromium: asking, stopping, starting anew, narrow, by keyboard."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from assistant.engine import Assistant
from assistant.types import Update
from tests.assistant.interfaces.web.fakes import (
    REFUSED,
    WITH_TIMES,
    WRITTEN,
    FakeEngine,
    answer_or_refuse,
    growing,
    held_back,
)
from tests.browser.conftest import OpenTab, ServeLoading, Tab

pytestmark = pytest.mark.browser

BOX = "#vb-question textarea"
ServeEngine = Callable[[Assistant], str]


def opened(tab: Tab, query: str = "lang=en") -> Page:
    tab.page.goto(f"{tab.address}/embed?{query}")
    tab.page.wait_for_selector(BOX)
    return tab.page


def ask(page: Page, question: str) -> None:
    number = page.locator(".vb-exchange").count() + 1
    page.fill(BOX, question)
    page.press(BOX, "Enter")
    expect(page.locator(f"#exchange-{number}:not([data-state=pending])")).to_be_visible()


def test_an_answer_with_its_sources_and_the_player(tab: Tab) -> None:
    page = opened(tab)
    ask(page, "公榜？")
    expect(page.locator("#exchange-1")).to_have_attribute("data-state", "answered")
    expect(page.locator("#vb-live")).to_contain_text("Answer ready, 3 sources.")
    expect(page.locator("#source-1-1")).to_contain_text("Verified word for word")
    assert tab.elsewhere == []
    page.click("#exchange-1 .vb-marker >> nth=2")
    expect(page.locator("#source-1-3")).to_be_focused()
    expect(page.locator("#vb-player + #source-1-3")).to_be_visible()
    expect(page.locator("#vb-dock iframe")).to_have_attribute(
        "src", "https://www.youtube-nocookie.com/embed/abcdefghijk?start=3723"
    )
    page.keyboard.press("Escape")
    expect(page.locator("#exchange-1 .vb-marker >> nth=2")).to_be_focused()
    page.locator("#source-1-1 .vb-play").click()
    expect(page.locator("#vb-dock iframe")).to_have_count(1)
    expect(page.locator("#vb-player + #source-1-1")).to_be_visible()
    page.get_by_role("button", name="Close the player").click()
    expect(page.locator("#vb-dock")).to_be_hidden()


def test_the_history_goes_along_and_a_new_chat_forgets_it(
    open_tab: OpenTab, serve_engine: ServeEngine
) -> None:
    engine = FakeEngine(answer_or_refuse)
    page = opened(open_tab(serve_engine(engine)))
    ask(page, "first?")
    expect(page.locator("[data-sources='1']")).to_be_visible()
    ask(page, "second?")
    assert engine.asked[1][1][0].text == "first?"
    assert [turn.role for turn in engine.asked[1][1]] == ["user", "assistant"]
    expect(page.locator("[data-sources='1']")).to_be_hidden()
    page.locator("#exchange-1 .vb-foot button").click()
    expect(page.locator("[data-sources='1']")).to_be_visible()
    expect(page.locator("[data-sources='2']")).to_be_hidden()
    link = page.locator("[data-open]")
    assert "q=second" in (link.get_attribute("href") or "")
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".vb-exchange")).to_have_count(0)
    expect(page.locator(".vb-welcome")).to_be_visible()
    expect(page.locator(BOX)).to_be_focused()
    ask(page, "third?")
    assert engine.asked[2] == ("third?", ())


def test_a_refusal_has_no_sources_and_offers_what_is_near(tab: Tab) -> None:
    page = opened(tab, "lang=en&talk=talk.md")
    ask(page, "pizza?")
    expect(page.locator("#exchange-1")).to_have_attribute("data-state", "no_evidence")
    expect(page.locator("[data-sources]")).to_have_count(0)
    expect(page.get_by_text("Ask again in all talks")).to_have_count(0)
    page.get_by_role("button", name=REFUSED.suggestions[0]).click()
    expect(page.locator("#exchange-2[data-state=answered]")).to_be_visible()


def test_an_answer_grows_in_place_and_can_be_stopped(
    open_tab: OpenTab, serve_engine: ServeEngine
) -> None:
    go = threading.Event()

    def updates(_: str) -> Iterator[Update]:
        first, *rest = growing(WRITTEN)
        yield Update("writing", first)
        go.wait(20)
        yield from (Update("writing", answer) for answer in rest)

    engine = FakeEngine(lambda _: WRITTEN, updates)
    page = opened(open_tab(serve_engine(engine)))
    page.fill(BOX, "why?")
    page.press(BOX, "Enter")
    marker = page.locator("#exchange-1 .vb-marker >> nth=0")
    marker.click()
    expect(page.locator("#vb-dock iframe")).to_be_visible()
    page.evaluate("document.querySelector('#vb-dock iframe').mine = true")
    expect(page.locator("#vb-send")).to_be_hidden()
    go.set()
    expect(page.locator("#exchange-1[data-state=answered]")).to_be_visible()
    assert page.evaluate("document.querySelector('#vb-dock iframe').mine"), "the player was lost"
    expect(page.locator("#source-1-1")).to_be_focused()
    go.clear()
    engine.closed.clear()
    page.fill(BOX, "and?")
    page.press(BOX, "Enter")
    expect(page.locator("#exchange-2 .vb-sentence")).to_have_count(1)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#exchange-2[data-state=stopped]")).to_contain_text("Stopped.")
    expect(page.locator(BOX)).to_be_focused()
    go.set()
    assert engine.closed.wait(10), "the work goes on"
    page.locator("#exchange-2").get_by_role("button", name="Try again").click()
    expect(page.locator("#exchange-3[data-state=answered]")).to_be_visible()


def test_a_question_in_the_address_is_asked_at_once(tab: Tab) -> None:
    page = opened(tab, "lang=zh-Hans&q=%E5%85%AC%E6%A6%9C%EF%BC%9F")
    expect(page.locator("#exchange-1[data-state=answered] .vb-question")).to_contain_text("公榜？")
    assert page.evaluate("document.activeElement === document.body")


def test_a_question_waits_for_the_library(open_tab: OpenTab, serve_loading: ServeLoading) -> None:
    loading, go = held_back(FakeEngine(answer_or_refuse))
    page = opened(open_tab(serve_loading(loading)))
    page.fill(BOX, "why?")
    page.press(BOX, "Enter")
    expect(page.locator(".vb-pending")).to_contain_text("still loading")
    go.set()
    expect(page.locator("#exchange-1[data-state=answered]")).to_be_visible()


def test_a_server_that_is_gone_is_told_and_can_be_asked_again(tab: Tab) -> None:
    page = opened(tab)
    page.route("**/embed/ask", lambda route: route.abort())
    ask(page, "why?")
    failure = page.locator("#exchange-1 .vb-failure")
    expect(failure).to_contain_text("can’t be reached")
    page.unroute("**/embed/ask")
    told = json.dumps({"error": {"code": "busy", "message": "m", "todo": "t"}})
    page.route(
        "**/embed/ask",
        lambda route: route.fulfill(status=429, headers={"Retry-After": "7"}, body=told),
    )
    page.locator("#exchange-1").get_by_role("button", name="Try again").click()
    expect(page.locator("#exchange-2 .vb-failure")).to_contain_text("in 7 seconds")


def test_a_frame_of_320_pixels_holds_it(open_tab: OpenTab, serve_engine: ServeEngine) -> None:
    long = replace(WITH_TIMES, title="Donaudampfschifffahrtsgesellschaft" * 3, heading="x" * 200)
    answer = replace(WRITTEN, citations=(long, *WRITTEN.citations[1:]))
    engine = FakeEngine(lambda _: answer)
    tab = open_tab(serve_engine(engine), width=320, height=560)
    for lang, theme in product(("en", "zh-Hans", "zh-Hant"), ("light", "dark")):
        page = opened(tab, f"lang={lang}&theme={theme}&talk=talk.md&talk=far.md&speaker=David")
        ask(page, "why?" + "y" * 300)
        page.click("#exchange-1 .vb-marker >> nth=0")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, (lang, theme)
        outside = page.evaluate(
            """[...document.querySelectorAll("#vb-embed *:not(.vb-sr)")].filter((element) => {
              const box = element.getBoundingClientRect();
              return box.width && (box.right > 321 || box.left < -1);
            }).map((element) => element.outerHTML.slice(0, 80))"""
        )
        assert outside == [], (lang, theme)
        small = page.evaluate(
            """[...document.querySelectorAll("#vb-embed :is(button, summary, textarea, a)")]
              .filter((element) => element.checkVisibility() && !element.matches(".vb-marker"))
              .filter((element) => element.getBoundingClientRect().height < 23.9)
              .map((element) => element.outerHTML.slice(0, 80))"""
        )
        assert small == [], (lang, theme)


def test_every_control_is_reached_by_keyboard_and_has_a_name(tab: Tab) -> None:
    page = opened(tab)
    ask(page, "公榜？")
    page.evaluate("document.activeElement.blur()")
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
            " || document.activeElement.id"
        )
        seen.append(str(name).strip())
    assert "" not in [name for name in seen if name != "None"]
    wanted = ("New chat", "Open in Verbatim (opens in a new tab)", "Play from 13:30", "Send")
    for name in (*wanted, "Your question", "3 sources"):
        assert name in seen, seen


def test_what_an_answer_says_never_comes_alive(
    open_tab: OpenTab, serve_engine: ServeEngine
) -> None:
    hostile = "<img src=x onerror='window.owned=1'><script>window.owned=2</script>"
    citation = replace(
        WITH_TIMES, title=hostile, quote=hostile, passage=hostile, url="javascript:1"
    )
    answer = replace(WRITTEN, statements=(), text=f"**{hostile}** [1]", citations=(citation,))
    page = opened(open_tab(serve_engine(FakeEngine(lambda _: answer))), "lang=en")
    ask(page, hostile)
    expect(page.locator("#source-1-1 mark")).to_have_text(hostile)
    page.wait_for_timeout(200)
    assert page.evaluate("window.owned") is None
    expect(page.locator("#vb-embed :is(img, script, a[href^=javascript])")).to_have_count(0)
