"""Language, theme, small screens, and what assistive technology is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Chat, OpenTab, Tab

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844, "has_touch": True}


@pytest.mark.parametrize(
    ("locale", "query", "lang", "send"),
    [
        ("zh-CN", "", "zh-Hans", "发送"),
        ("zh-TW", "", "zh-Hant", "送出"),
        ("de-DE", "", "en", "Send"),
        ("en-US", "?lang=zh-HK", "zh-Hant", "送出"),
        ("zh-CN", "?lang=en", "en", "Send"),
    ],
)
def test_the_page_speaks_the_readers_language(
    fake_site: str, open_tab: OpenTab, locale: str, query: str, lang: str, send: str
) -> None:
    page = open_tab(fake_site, locale=locale).open(query)
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.get_by_role("button", name=send, exact=True)).to_be_visible()
    assert page.title().startswith("Verbatim · ")
    page.wait_for_timeout(500)  # Gradio's script sets the language itself, and late
    expect(page.locator("html")).to_have_attribute("lang", lang)


def test_switching_the_language_keeps_the_conversation_and_the_player(tab: Tab) -> None:
    page = tab.open()
    tab.ask("best question")
    page.click("#exchange-1 .vb-marker >> nth=0")
    page.get_by_text("繁體", exact=True).click()
    expect(page.get_by_role("button", name="新對話")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    expect(page.locator("#source-1-1")).to_contain_text("已與原文逐字核對")
    expect(page.locator(".vb-question")).to_contain_text("best question")
    expect(page.locator("iframe")).to_have_count(1)
    assert "lang=zh-Hant" in page.url


def is_dark(page: Page) -> bool:
    channel = page.evaluate(
        "getComputedStyle(document.querySelector('#vb-header')).backgroundColor.match(/\\d+/)[0]"
    )
    return int(channel) < 128


@pytest.mark.parametrize(
    ("scheme", "query", "dark"),
    [("light", "", False), ("dark", "", True), ("light", "?__theme=dark", True)],
)
def test_light_and_dark(
    fake_site: str, open_tab: OpenTab, scheme: str, query: str, dark: bool
) -> None:
    page = open_tab(fake_site, color_scheme=scheme).open(query)
    assert is_dark(page) is dark
    page.get_by_role("button", name="Switch between light and dark").click()
    assert is_dark(page) is not dark
    page.reload()
    page.wait_for_selector(".vb-brand")
    assert is_dark(page) is not dark


def test_the_sources_stand_right_or_on_a_phone_below(fake_site: str, open_tab: OpenTab) -> None:
    for options, is_below in (({}, False), (PHONE, True)):
        tab = open_tab(fake_site, **options)
        page = tab.open()
        tab.ask("公榜？")
        page.click("#exchange-1 .vb-marker >> nth=0")
        chat, side = (page.locator(name).bounding_box() for name in ("#vb-chat", "#vb-side"))
        assert chat is not None and side is not None
        assert (side["y"] >= chat["y"] + chat["height"] - 1) is is_below
        assert (side["x"] >= chat["x"] + chat["width"] - 1) is not is_below
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        expect(page.locator("#source-1-1 h3")).to_be_in_viewport()
        expect(page.locator("#vb-composer")).to_be_in_viewport(ratio=0.9)


def test_a_phone_leads_back_to_the_answer(fake_site: str, open_tab: OpenTab) -> None:
    tab = open_tab(fake_site, **PHONE)
    page = tab.open()
    tab.ask("公榜？")
    page.click("#exchange-1 .vb-marker >> nth=0")
    page.locator(".vb-back").click()
    expect(page.locator("#exchange-1 .vb-marker >> nth=0")).to_be_focused()
    expect(page.locator("#exchange-1 .vb-marker >> nth=0")).to_be_in_viewport()


def test_everything_has_a_name_and_the_answer_is_told(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    expect(page.get_by_role("textbox", name="Your question")).to_be_visible()
    expect(page.get_by_role("radiogroup", name="Language")).to_be_visible()
    expect(page.get_by_role("radio", name="English")).to_be_checked()
    tab.ask("公榜？")
    expect(page.get_by_role("complementary", name="Sources")).to_be_visible()
    expect(page.get_by_role("button", name="Source 1: 大模型基准测试圆桌")).to_be_visible()
    live = page.locator("#vb-live")
    expect(live).to_have_attribute("aria-live", "polite")
    expect(live).to_contain_text("Answer ready, 3 sources.")
    expect(live).to_contain_text("不是产品")
    nameless = page.evaluate(
        """[...document.querySelectorAll("button, a, input, textarea")].filter(e =>
          e.checkVisibility() && e.offsetParent && !e.ariaLabel && !e.innerText?.trim()
          && !e.labels?.[0]?.innerText)
          .map(e => e.outerHTML)"""
    )
    assert nameless == []


def test_the_keyboard_reaches_everything_and_focus_shows(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    page.focus("#vb-question textarea")
    page.keyboard.type("公榜？")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "vb-send"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    tab.settled(1)
    page.locator("#exchange-1 .vb-marker >> nth=1").press("Enter")
    expect(page.locator("#source-1-2")).to_be_focused()


def test_nothing_of_stock_gradio_shows(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    expect(page.locator("footer")).to_have_count(0)
    expect(page.locator("body")).not_to_contain_text("Gradio")
