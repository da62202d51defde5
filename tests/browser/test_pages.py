"""The pages of citations and talks in Chromium: read, played, copied, small, without a script."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.assistant.interfaces.web.sites import (
    KITCHEN_PATH,
    KNIFE,
    STARTER,
    Site,
    hostile_engine,
    id_of,
    noted,
)
from tests.browser.conftest import OpenTab, Serve, Tab

pytestmark = pytest.mark.browser

AT_STARTER = f"c/{id_of(STARTER)}"
PAGES = (
    AT_STARTER,
    f"{AT_STARTER}?card=1",
    KITCHEN_PATH,
    "talks",
    "lookup?quote=sharp knife",
    "c/x",
)
LIGHT, DARK = "rgb(250, 249, 246)", "rgb(20, 23, 22)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with noted(tmp_path_factory.mktemp("shelf")) as site:
        yield site


def opened(tab: Tab, path: str) -> Page:
    """The page at a path, and no complaint of the browser about what it may not load."""
    tab.page.on("console", lambda said: tab.errors.extend([said.text] * ("olicy" in said.text)))
    tab.page.goto(f"{tab.address}/{path}")
    return tab.page


def test_the_player_loads_only_when_it_is_asked_for(open_tab: OpenTab, site: Site) -> None:
    tab = open_tab(site.address)
    page = opened(tab, AT_STARTER)
    expect(page.locator("h1")).to_have_text(STARTER)
    expect(page.locator("mark")).to_have_text(STARTER)
    expect(page.locator("iframe")).to_have_count(0)
    assert tab.elsewhere == []
    page.get_by_role("button", name="Play from 1:01:00").click()
    frame = page.locator("#vb-dock iframe")
    expect(frame).to_be_visible()
    expect(frame).to_have_attribute(
        "src", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=3660&autoplay=1"
    )
    page.wait_for_function("document.querySelector('#vb-dock iframe').clientHeight > 100")
    assert len(tab.elsewhere) == 1
    page.get_by_role("button", name="Close the player").click()
    expect(page.locator("iframe")).to_have_count(0)


def test_a_citation_is_copied_by_keyboard_and_that_is_confirmed(
    open_tab: OpenTab, site: Site
) -> None:
    tab = open_tab(site.address, permissions=["clipboard-read", "clipboard-write"])
    page = opened(tab, AT_STARTER)
    menu = page.locator(".vb-copy summary")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Markdown")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Copied: Markdown")).to_be_visible()
    expect(menu).to_be_focused()
    expect(page.locator(".vb-copy")).not_to_have_attribute("open", "")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"> {STARTER}")
    assert f"(<{site.address}/{AT_STARTER}>)" in copied
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".vb-copy")).not_to_have_attribute("open", "")


def test_without_a_clipboard_it_is_copied_all_the_same_or_said_not_to_be(
    open_tab: OpenTab, site: Site
) -> None:
    tab = open_tab(site.address)
    tab.page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
        "document.execCommand = () => { window.selected = getSelection().toString()"
        " || document.activeElement.value; return !window.refuse; };"
    )
    page = opened(tab, AT_STARTER)
    page.locator(".vb-copy summary").click()
    page.get_by_role("link", name="BibTeX").click()
    expect(page.locator(".vb-copied")).to_have_text("Copied: BibTeX")
    assert page.evaluate("window.selected").startswith("@misc{")
    page.evaluate("window.refuse = true")
    page.locator(".vb-copy summary").click()
    page.get_by_role("link", name="Plain text").click()
    expect(page.locator(".vb-copied")).to_contain_text("Couldn’t copy")


def test_the_way_leads_to_the_words_in_the_talk_and_on_to_the_chat(
    open_tab: OpenTab, site: Site
) -> None:
    page = opened(open_tab(site.address), AT_STARTER)
    page.get_by_role("link", name="Show in the whole talk").click()
    expect(page.locator(".vb-turn mark")).to_have_text(STARTER)
    expect(page.locator(".vb-turn mark")).to_be_in_viewport()
    page.get_by_role("link", name="Ask within this talk").click()
    expect(page.locator(".vb-chip")).to_contain_text("Kitchen talk")


def test_any_second_leads_to_the_turn_that_goes_on_then(open_tab: OpenTab, site: Site) -> None:
    page = opened(open_tab(site.address), f"{KITCHEN_PATH}#t=1:01:17")
    expect(page.locator(".vb-here")).to_contain_text(STARTER)
    page.evaluate("location.hash = 't=12'")
    expect(page.locator(".vb-here")).to_contain_text(KNIFE)
    bread = page.locator("details", has_text="Bread")
    bread.locator("summary").click()
    expect(page.get_by_text(STARTER)).to_be_hidden()
    page.evaluate("location.hash = 't=3660'")
    expect(page.get_by_text(STARTER)).to_be_in_viewport()


def test_a_small_phone_needs_no_sideways_scrolling(open_tab: OpenTab, site: Site) -> None:
    tab = open_tab(site.address, width=320, height=640)
    for path, lang in product(PAGES, ("zh-Hant", "en")):
        page = opened(tab, f"{path}{'&' if '?' in path else '?'}lang={lang}")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, (path, lang)
        for menu in page.locator("summary").all():
            menu.click()
        assert page.evaluate("document.documentElement.scrollWidth") == 320, (path, lang)


@pytest.mark.parametrize("script", [True, False])
def test_the_theme_is_the_browsers_until_one_is_chosen(
    open_tab: OpenTab, site: Site, script: bool
) -> None:
    for scheme, mine, other in (("light", LIGHT, DARK), ("dark", DARK, LIGHT)):
        tab = open_tab(site.address, color_scheme=scheme, java_script_enabled=script)
        page = opened(tab, f"{AT_STARTER}?lang=en")
        switch = page.get_by_role("link", name="Switch between light and dark")
        if script:
            expect(page.locator("body")).to_have_css("background-color", mine)
        expect(switch).to_have_count(1)
        switch.click()
        expect(page).to_have_url(
            f"{site.address}/{AT_STARTER}?lang=en&__theme="
            + ("dark" if scheme == "light" else "light")
        )
        if script:
            expect(page.locator("body")).to_have_css("background-color", other)
        page.get_by_role("link", name="Look up a quote").click()
        assert "__theme=" in page.url and "lang=en" in page.url


def test_all_of_it_can_be_read_without_a_script(open_tab: OpenTab, site: Site) -> None:
    tab = open_tab(site.address, java_script_enabled=False)
    page = opened(tab, f"{AT_STARTER}?lang=en")
    expect(page.locator("mark")).to_be_visible()
    expect(page.locator(".vb-play")).to_be_hidden()
    page.locator(".vb-copy summary").click()
    expect(page.get_by_role("link", name="Wiki text")).to_be_visible()
    page.get_by_role("link", name="Show in the whole talk").click()
    expect(page.locator(".vb-turn mark")).to_be_in_viewport()
    page.get_by_role("link", name="简体").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_nothing_comes_alive(open_tab: OpenTab, serve_engine: Serve) -> None:
    tab = open_tab(serve_engine(hostile_engine()))
    tab.page.on("dialog", lambda dialog: tab.errors.append(dialog.message))
    for path in ("c/x", "talk/talk?at=x", "talks", "lookup?quote=x"):
        opened(tab, path)
        expect(tab.page.locator("body")).to_contain_text("{{7*7}}")
        expect(tab.page.locator("img, iframe")).to_have_count(0)
    assert tab.elsewhere == []
