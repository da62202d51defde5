"""Asking and being answered: the chat's own behaviour, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assistant.engine import Assistant
from assistant.library import Loading
from assistant.types import Answer
from corpus.types import LibraryError, VerbatimError
from tests.assistant.interfaces.web.fakes import ANSWERED, EXAMPLES, FakeEngine, held_back
from tests.browser.conftest import Chat, OpenTab, Serve, ServeLoading, Tab

pytestmark = pytest.mark.browser


def test_an_example_asks_itself_and_the_examples_go(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    page.click(f"text={EXAMPLES[0]}")
    tab.settled(1)
    expect(page.locator(".vb-question")).to_contain_text(EXAMPLES[0])
    expect(page.locator("#vb-examples")).to_be_hidden()
    expect(page.locator("#vb-question textarea")).to_have_value("")


def test_enter_sends_shift_enter_breaks_the_line(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    box = page.locator("#vb-question textarea")
    box.type("one")
    box.press("Shift+Enter")
    box.type("two")
    expect(box).to_have_value("one\ntwo")
    expect(page.locator(".vb-exchange")).to_have_count(0)
    box.press("Enter")
    tab.settled(1)


def test_enter_that_ends_a_composition_sends_nothing(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    box = page.locator("#vb-question textarea")
    box.fill("公榜")
    for kind in ("keydown", "keypress"):
        box.evaluate(
            """(element, kind) => element.dispatchEvent(new KeyboardEvent(kind,
              {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))""",
            kind,
        )
    page.wait_for_timeout(400)
    expect(page.locator(".vb-exchange")).to_have_count(0)
    expect(box).to_have_value("公榜")


def test_what_is_asked_the_moment_an_answer_shows_is_asked(chat: Chat) -> None:
    """Gradio counts the event as running for a moment more."""
    engine = FakeEngine()
    tab = chat(engine)
    tab.page.evaluate(
        """() => new MutationObserver((_, observer) => {
          if (!document.querySelector("#exchange-1:not([data-state=pending])")) return;
          observer.disconnect();
          const box = document.querySelector("#vb-question textarea");
          Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")
            .set.call(box, "second");
          box.dispatchEvent(new Event("input", {bubbles: true}));
          document.querySelector("#vb-send").click();
        }).observe(document.body, {subtree: true, childList: true})"""
    )
    tab.ask("first")
    tab.settled(2)
    assert [question for question, _ in engine.asked] == ["first", "second"]
    expect(tab.page.locator("#vb-question textarea")).to_have_value("")


def test_an_empty_question_is_not_asked(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    page.click("#vb-send")
    page.wait_for_timeout(400)
    expect(page.locator(".vb-exchange")).to_have_count(0)
    expect(page.locator(".vb-welcome")).to_be_visible()


def test_a_link_carries_a_question(tab: Tab) -> None:
    page = tab.open("?q=公榜+%26+產品")
    tab.settled(1)
    expect(page.locator(".vb-question")).to_contain_text("公榜 & 產品")


def test_no_evidence_shows_suggestions_that_ask(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    tab.ask("best pizza?")
    expect(page.locator("#exchange-1")).to_have_attribute("data-state", "no_evidence")
    expect(page.locator(".vb-card")).to_have_count(0)
    expect(page.locator("#vb-sources")).to_contain_text("there are no sources")
    page.click("#exchange-1 .vb-ask >> nth=1")
    tab.settled(2)
    expect(page.locator("#exchange-2 .vb-question")).to_contain_text("What the lead said")


def test_follow_ups_hand_over_the_history_and_tabs_are_apart(
    open_tab: OpenTab, serve_engine: Serve
) -> None:
    engine = FakeEngine()
    address = serve_engine(engine)
    one, other = open_tab(address), open_tab(address)
    one.open()
    other.open()
    one.ask("first")
    one.ask("second")
    other.ask("third")
    histories = dict(engine.asked)
    assert [turn.text for turn in histories["second"]] == ["first", ANSWERED.text]
    assert histories["third"] == ()
    expect(other.page.locator(".vb-exchange")).to_have_count(1)


def test_a_new_chat_forgets(chat: Chat) -> None:
    engine = FakeEngine()
    tab = chat(engine)
    page = tab.page
    tab.ask("first")
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".vb-exchange")).to_have_count(0)
    expect(page.locator("#vb-examples")).to_be_visible()
    expect(page.locator(".vb-card")).to_have_count(0)
    tab.ask("again")
    assert engine.asked[-1] == ("again", ())


def test_a_new_chat_lets_go_of_a_question_that_waits(
    open_tab: OpenTab, serve_loading: ServeLoading
) -> None:
    loading, go = held_back(FakeEngine())
    tab = open_tab(serve_loading(loading))
    page = tab.open()
    page.fill("#vb-question textarea", "early")
    page.press("#vb-question textarea", "Enter")
    expect(page.locator(".vb-pending")).to_be_visible()
    page.fill("#vb-question textarea", "typed meanwhile")
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".vb-welcome")).to_be_visible()
    go.set()
    expect(page.locator("#vb-examples .vb-ask")).to_have_count(len(EXAMPLES))
    page.wait_for_timeout(500)
    expect(page.locator(".vb-exchange")).to_have_count(0)


def test_the_next_question_can_be_typed_while_one_waits(
    open_tab: OpenTab, serve_loading: ServeLoading
) -> None:
    loading, go = held_back(FakeEngine())
    tab = open_tab(serve_loading(loading))
    page = tab.open()
    page.fill("#vb-question textarea", "early")
    page.press("#vb-question textarea", "Enter")
    expect(page.locator(".vb-pending")).to_be_visible()
    page.fill("#vb-question textarea", "next")
    page.press("#vb-question textarea", "Enter")
    go.set()
    tab.settled(1)
    expect(page.locator("#vb-question textarea")).to_have_value("next")


def test_several_are_answered_at_once(open_tab: OpenTab, serve_engine: Serve) -> None:
    """Nobody is answered before both questions are being worked on."""
    together = threading.Barrier(2, timeout=10)

    def reply(_: str) -> Answer:
        together.wait()
        return ANSWERED

    address = serve_engine(FakeEngine(reply))
    tabs = [open_tab(address) for _ in range(2)]
    for tab in tabs:
        tab.open()
    for tab in tabs:
        tab.page.fill("#vb-question textarea", "together")
        tab.page.click("#vb-send")
    for tab in tabs:
        tab.settled(1)
        expect(tab.page.locator("#exchange-1")).to_have_attribute("data-state", "answered")


def test_a_question_waits_for_the_library(open_tab: OpenTab, serve_loading: ServeLoading) -> None:
    loading, go = held_back(FakeEngine(), "reading files")
    tab = open_tab(serve_loading(loading))
    page = tab.open()
    expect(page.locator(".vb-status")).to_contain_text("being prepared… (reading files)")
    expect(page.locator("#vb-examples .vb-ask")).to_have_count(0)
    page.fill("#vb-question textarea", "early")
    page.press("#vb-question textarea", "Enter")
    expect(page.locator(".vb-pending")).to_contain_text("still loading")
    go.set()
    tab.settled(1)
    expect(page.locator("#exchange-1")).to_have_attribute("data-state", "answered")
    expect(page.locator(".vb-status")).to_have_count(0)


def test_a_library_that_cannot_be_loaded_says_why(
    open_tab: OpenTab, serve_loading: ServeLoading
) -> None:
    def build(_: Callable[[str], None]) -> Assistant:
        raise LibraryError("no transcripts in /talks: put some there")

    tab = open_tab(serve_loading(Loading(build)))
    page = tab.open()
    expect(page.locator(".vb-status")).to_contain_text("no transcripts in /talks")
    tab.ask("anything")
    expect(page.locator(".vb-failure")).to_contain_text("no transcripts in /talks")


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (VerbatimError("the index is gone: run index"), "the index is gone: run index"),
        (RuntimeError("inner secret"), "Something went wrong"),
    ],
)
def test_a_failed_question_can_be_tried_again(chat: Chat, error: Exception, shown: str) -> None:
    failures = [error]

    def reply(_: str) -> Answer:
        if failures:
            raise failures.pop()
        return ANSWERED

    engine = FakeEngine(reply)
    tab = chat(engine)
    page = tab.page
    tab.ask("fragile")
    expect(page.locator(".vb-failure")).to_contain_text(shown)
    expect(page.locator("body")).not_to_contain_text("inner secret")
    page.get_by_role("button", name="Try again").click()
    tab.settled(2)
    assert engine.asked[-1] == ("fragile", ())
