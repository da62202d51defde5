"""Deep answers: what is left of the budget, and the tree of steps."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from assistant.loading import Engine
from assistant.types import Answer, Step, Update
from tests.assistant.web.fakes import WRITTEN, FakeEngine
from tests.browser.conftest import OpenTab

pytestmark = pytest.mark.browser
FOUND = Step("search", "As asked: 8 passages", 0.4)
PART = Step("question", "What does Ann say?", 0.1, (FOUND, replace(FOUND, text="By key terms")))
DRAFT = Step("draft", "Draft over all parts: 4 of 5 <b>sentences</b> supported", 12.0)
WHOLE = replace(WRITTEN, mode="deep", steps=(PART, DRAFT, Step("answer", "4 sentences", 13.0)))


def so_far(*steps: Step) -> Answer:
    """What a deep answer is before it has a sentence."""
    return replace(WHOLE, text="", statements=(), citations=(), seen="", steps=steps)


def test_the_budget_counts_down_and_the_steps_unfold(
    open_tab: OpenTab, serve_engine: Callable[[Engine], str]
) -> None:
    go = threading.Semaphore(0)

    def updates(_: str) -> Iterator[Update]:
        yield Update("splitting", so_far(), 60.0, 8)
        go.acquire(timeout=20)
        yield Update("searching", so_far(PART), 40.0, 7)
        go.acquire(timeout=20)
        yield Update("judging", so_far(PART, DRAFT), 20.5, 5)
        go.acquire(timeout=20)

    tab = open_tab(serve_engine(FakeEngine(lambda _: WHOLE, updates, ("model", "deep"))))
    page = tab.open("?mode=deep")
    page.fill("#vb-question textarea", "compare")
    page.press("#vb-question textarea", "Enter")
    pending, left = page.locator(".vb-pending"), page.locator("[data-seconds-left]")
    expect(pending).to_contain_text("Taking the question apart")
    expect(pending).to_contain_text("s and 8 calls left")
    expect(left).to_have_text("58", timeout=8000)
    go.release()
    expect(pending).to_contain_text("40 s and 7 calls left")
    page.get_by_text("Steps so far").click()
    tree = page.locator("#exchange-1 .vb-steps")
    expect(tree.get_by_text("As asked: 8 passages")).to_be_visible()
    go.release()
    expect(pending).to_contain_text("Judging the drafts")
    expect(tree.get_by_text("Draft over all parts")).to_contain_text("<b>sentences</b>")
    expect(tree.get_by_text("As asked: 8 passages")).to_be_visible()
    go.release()
    tab.settled(1)
    expect(page.locator(".vb-by")).to_have_text("Deep: 2 searches, 1 draft; 1 not verified")
    expect(tree.get_by_text("By key terms")).to_be_visible()
    tree.locator(".vb-tree summary").press("Enter")
    expect(tree.get_by_text("By key terms")).to_be_hidden()
    tree.locator("summary").first.click()
    expect(tree.get_by_text("Draft over all parts")).to_be_hidden()
    expect(page.locator(".vb-sentence")).to_have_count(4)


def test_steps_fit_a_small_screen(open_tab: OpenTab, serve_engine: Callable[[Engine], str]) -> None:
    deep = Step("search", "一个很长的步骤" * 12 + "W" * 80)
    for _ in range(4):
        deep = Step("question", "part", 1.0, (deep,))
    answer = replace(WHOLE, steps=(deep,), seen="word" * 200)
    engine = FakeEngine(lambda _: answer, offered=("model", "quotes", "deep"))
    tab = open_tab(serve_engine(engine), viewport={"width": 320, "height": 568}, has_touch=True)
    page = tab.open()
    tab.ask("how?")
    page.locator(".vb-steps > summary").tap()
    page.locator(".vb-seen > summary").tap()
    page.locator(".vb-doubt").tap()
    expect(page.locator(".vb-legend")).to_be_visible()
    expect(page.locator("#vb-composer")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
