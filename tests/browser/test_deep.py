"""Deep answers: what is left of the budget, and the tree of steps."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

import pytest
from playwright.sync_api import Page, expect

from assistant.engine import Assistant
from assistant.generation.deep.run import answer_deep
from assistant.generation.writer import Writer
from assistant.llm.model import language_model
from assistant.settings import ModelSettings
from assistant.types import Answer, Step, Update
from index.retriever import TranscriptRetriever
from index.types import Query
from tests.assistant.interfaces.web.fakes import WRITTEN, FakeEngine
from tests.assistant.kitchen import KitchenRetriever, source
from tests.browser.conftest import OpenTab, Tab
from tests.index.fakes import FakeEmbedder
from tests.scripted_llm import PATIENCE_S, Request, Scene, ScriptedServer, serving

pytestmark = pytest.mark.browser
FOUND = Step("search", "As asked: 8 passages", 0.4)
PART = Step("question", "What does Ann say?", 0.1, (FOUND, replace(FOUND, text="By key terms")))
DRAFT = Step("draft", "Draft over all parts: 4 of 5 <b>sentences</b> supported", 12.0)
WHOLE = replace(WRITTEN, mode="deep", steps=(PART, DRAFT, Step("answer", "4 sentences", 13.0)))


def so_far(*steps: Step) -> Answer:
    """What a deep answer is before it has a sentence."""
    return replace(WHOLE, text="", statements=(), citations=(), seen="", steps=steps)


def test_the_budget_counts_down_and_the_steps_unfold(
    open_tab: OpenTab, serve_engine: Callable[[Assistant], str]
) -> None:
    go = threading.Semaphore(0)

    def updates(_: str) -> Iterator[Update]:
        yield Update("splitting", so_far(), 60.0, 8)
        go.acquire(timeout=20)
        yield Update("searching", so_far(PART), 40.0, 1)
        go.acquire(timeout=20)
        yield Update("judging", so_far(PART, DRAFT), 20.5, 0)
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
    expect(pending).to_contain_text("40 s and 1 call left")
    expect(page.get_by_text("Steps so far")).to_be_visible()
    tree = page.locator("#exchange-1 .vb-steps")
    expect(tree.get_by_text("As asked: 8 passages")).to_be_visible()
    go.release()
    expect(pending).to_contain_text("Judging the drafts")
    expect(tree.get_by_text("Draft over all parts")).to_contain_text("<b>sentences</b>")
    expect(tree.get_by_text("As asked: 8 passages")).to_be_visible()
    go.release()
    tab.settled(1)
    expect(page.locator(".vb-by")).to_have_text("Deep: 2 searches, 1 draft; 1 not verified")
    expect(tree.get_by_text("By key terms")).to_be_hidden()
    tree.locator("summary").first.click()
    expect(tree.get_by_text("By key terms")).to_be_visible()
    tree.locator(".vb-tree summary").press("Enter")
    expect(tree.get_by_text("By key terms")).to_be_hidden()
    expect(page.locator(".vb-sentence")).to_have_count(4)


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with serving() as server:
        yield server


def kitchen(server: ScriptedServer) -> FakeEngine:
    """Deep answers over two small talks, with a model by script."""
    model = language_model(ModelSettings("scripted", url=server.url, timeout_s=20.0))
    retriever = cast(TranscriptRetriever, KitchenRetriever())
    writer = Writer(model, FakeEmbedder(), None, source, retriever.speakers)

    def updates(question: str) -> Iterator[Update]:
        yield from answer_deep(Query(question), retriever, writer, language="en")

    return FakeEngine(lambda _: WHOLE, updates, ("model", "deep"))


def ask_deep(tab: Tab) -> Page:
    page = tab.open("?mode=deep&lang=en")
    page.fill("#vb-question textarea", "Compare what Ann Lee and Bob Ray advise in the kitchen.")
    page.press("#vb-question textarea", "Enter")
    return page


def test_the_tree_grows_while_the_model_works(
    open_tab: OpenTab, serve_engine: Callable[[Assistant], str], scripted: ScriptedServer
) -> None:
    held = {"all": threading.Event(), "knife": threading.Event(), "bread": threading.Event()}

    def reply(request: Request) -> str:
        knife, bread = "sharp knife" in request.text, "starter wants" in request.text
        if knife and not held["all" if bread else "knife"].wait(20):
            return ""
        if not knife and not held["bread"].wait(20):
            return ""
        return "A sharp knife is safer [1]." if knife else "A starter wants flour [1]."

    scripted.play(Scene(reply))
    page = ask_deep(open_tab(serve_engine(kitchen(scripted))))
    tree = page.locator("#exchange-1 .vb-steps")
    kinds = tree.locator(".vb-tree > li[data-kind=draft]")
    expect(tree.get_by_text("Where it was said: 1 passage", exact=False).first).to_be_visible()
    expect(kinds).to_have_text(["Draft Draft over all parts…"])
    held["all"].set()
    expect(kinds.first).to_contain_text("1 of 1 sentence supported, 1 of 2 parts covered")
    expect(kinds.last).to_have_text("Draft Draft on Ann Lee…")
    expect(page.locator("#exchange-1")).to_have_attribute("data-state", "pending")
    tree.locator("summary").first.click()
    expect(kinds.first).to_be_hidden()
    held["knife"].set()
    expect(tree.locator(".vb-count")).to_have_text("7")
    expect(kinds.first).to_be_hidden()
    tree.locator("summary").first.click()
    expect(kinds.last).to_have_text("Draft Draft on Bob Ray…")
    held["bread"].set()
    expect(page.locator("#exchange-1")).to_have_attribute("data-state", "answered")
    expect(page.locator(".vb-sentence").first).to_be_visible()


def test_stopping_before_the_first_word_reaches_the_model(
    open_tab: OpenTab, serve_engine: Callable[[Assistant], str], scripted: ScriptedServer
) -> None:
    scripted.play(Scene("A sharp knife is safer [1].", first_s=3 * PATIENCE_S))
    page = ask_deep(open_tab(serve_engine(kitchen(scripted))))
    expect(page.locator(".vb-tree").first).to_contain_text("Draft over all parts…")
    assert scripted.reached.wait(PATIENCE_S)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#exchange-1")).to_have_attribute("data-state", "stopped")
    assert scripted.is_left()


def test_steps_fit_a_small_screen(
    open_tab: OpenTab, serve_engine: Callable[[Assistant], str]
) -> None:
    deep = Step("search", "一个很长的步骤" * 12 + "W" * 80)
    for _ in range(4):
        deep = Step("question", "part", 1.0, (deep,))
    answer = replace(WHOLE, steps=(deep,), seen="word" * 200)
    engine = FakeEngine(lambda _: answer, offered=("model", "quotes", "deep"))
    tab = open_tab(serve_engine(engine), width=320, height=568, has_touch=True)
    page = tab.open()
    tab.ask("how?")
    page.locator(".vb-steps > summary").tap()
    page.locator(".vb-seen > summary").tap()
    page.locator(".vb-doubt").tap()
    expect(page.locator(".vb-legend")).to_be_visible()
    expect(page.locator("#vb-composer")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
