"""Narrowing the search: the panel, the chips, the address, and the way out of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from index.types import EVERYWHERE, Scope
from tests.assistant.interfaces.web.fakes import (
    TALKS,
    FakeEngine,
    answer_or_refuse,
    held_back,
    make_talk,
)
from tests.browser.conftest import Chat, OpenTab, Serve, ServeLoading, Tab

pytestmark = pytest.mark.browser
FAR = Scope(transcripts=frozenset({"id-far.md"}))


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(answer_or_refuse)


@pytest.fixture
def own_tab(open_tab: OpenTab, serve_engine: Serve, engine: FakeEngine) -> Tab:
    return open_tab(serve_engine(engine))


def chips(page: Page) -> list[str]:
    return page.locator(".vb-chip span:first-child").all_inner_texts()


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("(s) => document.activeElement.matches(s)", selector))


def test_the_keyboard_narrows_to_a_talk_and_the_conversation_keeps_it(
    chat: Chat, engine: FakeEngine
) -> None:
    own_tab = chat(engine)
    page = own_tab.page
    opener = page.get_by_role("button", name="Search in: all talks")
    expect(opener).to_have_attribute("aria-expanded", "false")
    page.focus("#vb-send")
    page.keyboard.press("Tab")
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox", name="Find a talk or a speaker")).to_be_focused()
    page.keyboard.type("HOUR scal")
    expect(page.locator(".vb-box[data-find]:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Remove: Scaling, one hour in")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#vb-panel")).to_be_hidden()
    assert focused(page, "[data-open-scope][aria-expanded=false]")
    own_tab.ask("one")
    own_tab.ask("two")
    assert engine.scopes == [FAR, FAR]
    expect(page.locator("#exchange-2")).to_contain_text("Searched in: Scaling, one hour in")


def test_all_kinds_are_chosen_together_and_taken_out_one_by_one(
    open_tab: OpenTab, serve_engine: Serve, engine: FakeEngine
) -> None:
    own_tab = open_tab(serve_engine(engine))
    page = own_tab.open()
    page.click("[data-open-scope]")
    page.get_by_role("checkbox", name="David", exact=True).check()
    page.get_by_role("checkbox", name="English").check()
    page.get_by_label("From", exact=True).fill("2024-01-01")
    page.get_by_label("To", exact=True).fill("2024-12-31")
    expect(page.locator(".vb-chip")).to_have_count(4)
    assert chips(page) == ["David", "English", "from 2024-01-01", "to 2024-12-31"]
    page.click("#vb-question textarea")
    expect(page.locator("#vb-panel")).to_be_hidden()
    own_tab.ask("one")
    assert engine.scopes[-1] == Scope(
        frozenset(), frozenset({"David"}), frozenset({"en"}), "2024-01-01", "2024-12-31"
    )
    for name in ("David", "from 2024-01-01", "English", "to 2024-12-31"):
        page.get_by_role("button", name=f"Remove: {name}").click()
        expect(page.get_by_role("button", name=f"Remove: {name}")).to_have_count(0)
        assert focused(page, "[data-open-scope]")
    own_tab.ask("two")
    assert engine.scopes[-1] == EVERYWHERE
    expect(page.locator("#exchange-1")).to_contain_text("Searched in: David, English, from")
    expect(page.locator("#exchange-2 .vb-within")).to_have_count(0)


def test_search_everywhere_empties_the_panel(own_tab: Tab, engine: FakeEngine) -> None:
    page = own_tab.open("?talk=far.md&since=2024-01-01")
    expect(page.locator(".vb-chip")).to_have_count(2)
    page.click("[data-open-scope]")
    expect(page.get_by_role("checkbox", name="Scaling, one hour in")).to_be_checked()
    page.get_by_role("button", name="Search everywhere").click()
    expect(page.locator(".vb-chip")).to_have_count(0)
    expect(page.get_by_role("checkbox", name="Scaling, one hour in")).not_to_be_checked()
    page.get_by_role("button", name="Close", exact=True).click()
    own_tab.ask("one")
    assert engine.scopes == [EVERYWHERE]


def test_typing_that_matches_nothing_says_so(chat: Chat) -> None:
    own_tab = chat()
    page = own_tab.page
    page.click("[data-open-scope]")
    page.fill(".vb-find", "zzz")
    expect(page.get_by_text("No talk or speaker matches")).to_be_visible()
    page.fill(".vb-find", "ann")
    expect(page.get_by_text("No talk or speaker matches")).to_be_hidden()
    expect(page.get_by_role("checkbox", name="Ann Example", exact=True)).to_be_visible()
    expect(page.get_by_role("checkbox", name="田老师", exact=True)).to_be_hidden()


def test_the_address_narrows_and_a_new_chat_returns_to_it(own_tab: Tab, engine: FakeEngine) -> None:
    page = own_tab.open("?talk=far.md&q=hello")
    own_tab.settled(1)
    assert engine.scopes == [FAR]
    page.get_by_role("button", name="Remove: Scaling, one hour in").click()
    expect(page.locator(".vb-chip")).to_have_count(0)
    own_tab.ask("wider")
    assert engine.scopes[-1] == EVERYWHERE
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".vb-chip")).to_have_count(1)
    own_tab.ask("again")
    assert engine.scopes[-1] == FAR


def test_the_address_narrows_while_the_library_loads(
    open_tab: OpenTab, serve_loading: ServeLoading
) -> None:
    engine = FakeEngine()
    loading, go = held_back(engine)
    tab = open_tab(serve_loading(loading))
    page = tab.open("?talk=far.md&q=early")
    expect(page.locator(".vb-pending")).to_be_visible()
    expect(page.locator("[data-open-scope]")).to_have_count(0)
    go.set()
    tab.settled(1)
    expect(page.get_by_role("button", name="Remove: Scaling, one hour in")).to_be_visible()
    assert engine.scopes == [FAR]


def test_a_refusal_inside_a_scope_says_so_and_asks_everywhere(
    own_tab: Tab, engine: FakeEngine
) -> None:
    page = own_tab.open("?speaker=David")
    own_tab.ask("best pizza?")
    expect(page.locator("#exchange-1")).to_contain_text("Only this was searched: David")
    page.get_by_role("button", name="Ask again in all talks").click()
    own_tab.settled(2)
    expect(page.locator("#exchange-2 .vb-question")).to_contain_text("best pizza?")
    assert engine.scopes == [Scope(speakers=frozenset({"David"})), EVERYWHERE]
    expect(page.locator(".vb-chip")).to_have_count(0)
    expect(page.locator("#exchange-2 [data-ask-everywhere]")).to_have_count(0)


def test_a_talk_that_is_not_there_is_told(own_tab: Tab, engine: FakeEngine) -> None:
    page = own_tab.open("?talk=gone.md")
    expect(page.locator(".vb-chip")).to_contain_text("gone.md (not in the library)")
    own_tab.ask("one")
    assert engine.scopes == [Scope(transcripts=frozenset({"gone.md"}))]


def test_switching_the_language_keeps_what_was_chosen(own_tab: Tab, engine: FakeEngine) -> None:
    page = own_tab.open()
    page.click("[data-open-scope]")
    page.get_by_role("checkbox", name="Scaling, one hour in").check()
    expect(page.locator(".vb-chip")).to_have_count(1)
    page.get_by_text("简体", exact=True).click()
    expect(page.get_by_role("button", name="移除：Scaling, one hour in")).to_be_visible()
    page.click("[data-open-scope]")
    expect(page.get_by_role("checkbox", name="Scaling, one hour in")).to_be_checked()
    own_tab.ask("one")
    assert engine.scopes == [FAR]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_fits_a_small_screen(
    open_tab: OpenTab, serve_engine: Serve, engine: FakeEngine, scheme: str
) -> None:
    long = make_talk("l.md", "一场很长的对谈" * 12, ("A" * 80,), "ja", "2023-01-01")
    engine.library = (*TALKS, long)
    small = {"width": 320, "height": 568, "has_touch": True, "color_scheme": scheme}
    tab = open_tab(serve_engine(engine), **small)
    page = tab.open("?talk=l.md&speaker=David&since=2020-01-01")
    page.click("[data-open-scope]")
    expect(page.locator("#vb-panel")).to_be_in_viewport(ratio=0.99)
    expect(page.locator("#vb-composer")).to_be_in_viewport(ratio=0.99)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    inner = page.evaluate(
        "(e => e.scrollWidth <= e.clientWidth)(document.querySelector('.vb-choices'))"
    )
    assert inner
    page.get_by_role("checkbox", name="Ann Example", exact=True).check()
    expect(page.locator(".vb-chip")).to_have_count(4)
    page.click("[data-close-scope]")
    expect(page.locator("#vb-panel")).to_be_hidden()


def test_one_talk_needs_no_choice(
    open_tab: OpenTab, serve_engine: Serve, engine: FakeEngine
) -> None:
    engine.library = TALKS[1:2]
    page = open_tab(serve_engine(engine)).open()
    expect(page.locator("#vb-examples .vb-ask").first).to_be_visible()
    expect(page.locator("#vb-within")).to_be_hidden()
