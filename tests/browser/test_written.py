"""Answers that a model writes: how they grow, what is not verified, and who wrote them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from assistant.llm.types import ModelState
from assistant.types import Answer, Mode, Statement, Update
from tests.assistant.interfaces.web.fakes import ANSWERED, WRITTEN, FakeEngine, growing
from tests.browser.conftest import Chat, OpenTab, Serve, Tab

pytestmark = pytest.mark.browser
ALL: tuple[Mode, ...] = ("model", "quotes", "deep")
SECONDS = 10


class Paced:
    """Lets an answer grow by one sentence each time it is told to."""

    def __init__(self, answer: Answer = WRITTEN) -> None:
        self.answer = answer
        self._turn = threading.Semaphore(0)

    def __call__(self, _: str) -> Iterator[Update]:
        for answer in growing(self.answer):
            self._turn.acquire(timeout=SECONDS)
            yield Update("writing", answer)
        self._turn.acquire(timeout=SECONDS)

    def go_on(self, times: int = 1) -> None:
        self._turn.release(times)


def ask_and_go(tab: Tab, question: str = "how?") -> None:
    """Asks without waiting for the answer."""
    tab.page.fill("#vb-question textarea", question)
    tab.page.press("#vb-question textarea", "Enter")


def test_sentences_come_one_by_one_and_stay(chat: Chat) -> None:
    paced = Paced()
    tab = chat(FakeEngine(lambda _: WRITTEN, paced, ALL))
    page = tab.page
    ask_and_go(tab)
    sentences, live = page.locator(".vb-sentence"), page.locator("#vb-live")
    expect(page.locator(".vb-pending")).to_contain_text("Looking through")
    paced.go_on()
    expect(sentences).to_have_count(1)
    expect(live).to_contain_text("公开榜单测的是题")
    expect(page.locator(".vb-pending")).to_contain_text("checking each sentence")
    expect(page.locator("#source-1-1")).to_contain_text("公开榜单测的是题，不是产品。")
    page.evaluate("document.querySelector('.vb-sentence').kept = true")
    page.focus("#exchange-1 .vb-marker")
    paced.go_on()
    expect(sentences).to_have_count(2)
    expect(live).to_have_text(
        "There were 40 such steps. not verified: the number 40 isn’t in the evidence"
    )
    paced.go_on(3)
    tab.settled(1)
    expect(sentences).to_have_count(4)
    expect(live).to_contain_text("Answer ready, 3 sources.")
    expect(live).not_to_contain_text("公开榜单")
    expect(live).not_to_contain_text("40 such steps")
    assert page.evaluate("document.querySelector('.vb-sentence').kept")
    expect(page.locator("#exchange-1 .vb-marker >> nth=0")).to_be_focused()
    expect(page.locator(".vb-said li")).to_have_count(2)
    expect(page.locator(".vb-card")).to_have_count(3)


def test_stopping_keeps_what_was_checked_and_ends_the_work(chat: Chat) -> None:
    paced = Paced()
    engine = FakeEngine(lambda _: WRITTEN, paced, ALL)
    tab = chat(engine)
    page = tab.page
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_hidden()
    ask_and_go(tab)
    paced.go_on()
    expect(page.locator(".vb-sentence")).to_have_count(1)
    expect(page.locator("#vb-send")).to_be_hidden()
    stop.press("Enter")
    tab.settled(1)
    expect(page.locator("#exchange-1")).to_have_attribute("data-state", "stopped")
    expect(page.locator("#exchange-1")).to_contain_text("Stopped. What stands above was checked.")
    expect(page.locator(".vb-sentence")).to_have_count(1)
    expect(page.locator("#vb-question textarea")).to_be_focused()
    expect(stop).to_be_hidden()
    paced.go_on()
    assert engine.closed.wait(SECONDS)
    engine.updates = lambda _: iter(())
    tab.ask("and then?")
    assert engine.asked[-1][1][0].text == "how?"


def test_a_new_chat_ends_the_work(chat: Chat) -> None:
    paced = Paced()
    engine = FakeEngine(lambda _: WRITTEN, paced, ALL)
    tab = chat(engine)
    page = tab.page
    ask_and_go(tab)
    paced.go_on()
    expect(page.locator(".vb-sentence")).to_have_count(1)
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".vb-welcome")).to_be_visible()
    paced.go_on()
    assert engine.closed.wait(SECONDS)
    page.wait_for_timeout(300)
    expect(page.locator(".vb-exchange")).to_have_count(0)


def test_a_growing_answer_leaves_the_reader_where_he_is(chat: Chat) -> None:
    paced = Paced()
    engine = FakeEngine(lambda _: WRITTEN)
    tab = chat(engine)
    page = tab.page
    tab.ask("first")
    page.click("#exchange-1 .vb-seen summary")
    engine.updates = paced
    ask_and_go(tab, "second")
    paced.go_on()
    expect(page.locator("#exchange-2 .vb-sentence")).to_have_count(1)
    page.hover("#vb-chat")
    page.mouse.wheel(0, -4000)
    expect(page.locator("#exchange-1 .vb-question")).to_be_in_viewport()
    page.click("#exchange-1 .vb-marker >> nth=1")
    expect(page.locator("#source-1-2")).to_be_visible()
    paced.go_on(4)
    tab.settled(2)
    expect(page.locator("#exchange-1 .vb-question")).to_be_in_viewport()
    expect(page.locator("#exchange-1 .vb-seen pre")).to_be_visible()
    expect(page.locator("#source-1-2")).to_be_visible()
    expect(page.locator("#source-1-2")).to_have_class("vb-card vb-active")


def test_what_is_not_verified_is_marked_and_explained(
    open_tab: OpenTab, serve_engine: Serve
) -> None:
    tab = open_tab(serve_engine(FakeEngine(lambda _: WRITTEN, offered=ALL)))
    page = tab.open()
    tab.ask("how?")
    expect(page.locator(".vb-unsupported")).to_have_count(1)
    line = page.locator(".vb-doubted").evaluate("e => getComputedStyle(e).textDecorationStyle")
    assert line == "dotted"
    label = page.get_by_role("button", name="not verified: the number 40 isn’t in the evidence")
    expect(label).to_have_attribute(
        "title",
        "Nothing that the model read supports this sentence, "
        "so it carries no source. Check it before you rely on it.",
    )
    legend = page.locator(".vb-legend")
    expect(legend).to_be_hidden()
    label.press("Enter")
    expect(legend).to_be_visible()
    expect(page.locator(".vb-unsupported .vb-marker")).to_have_count(0)
    expect(page.locator(".vb-by")).to_have_text(
        "Written by small-model, each sentence checked; 1 not verified"
    )
    page.get_by_text("繁體", exact=True).click()
    expect(page.locator(".vb-doubt")).to_have_text("未核實：依據裡沒有「40」這個數字")
    expect(page.locator(".vb-by")).to_have_text("由 small-model 撰寫，逐句核對；1 句未能核實")


EVIL = (
    '<img src=x onerror="window.owned=1"> [x](javascript:owned=1)'
    " ![i](http://e.example/i.png) **b** [1]"
)


def test_nothing_that_a_model_writes_comes_alive(chat: Chat) -> None:
    evil = replace(
        WRITTEN,
        statements=(
            Statement(EVIL, "supported", (1,)),
            Statement(EVIL, "unsupported", (), f"\n\n{EVIL}", "name", EVIL),
            Statement(EVIL, "no_claim", (), "\n- "),
        ),
        model=EVIL,
        seen=f"</pre>{EVIL}",
        notice=EVIL,
    )
    tab = chat(FakeEngine(lambda _: evil, lambda _: iter(()), ALL))
    page = tab.page
    tab.ask("how?")
    answer = page.locator("#exchange-1 .vb-answer")
    for said in answer.locator(".vb-sentence").all():
        expect(said).to_contain_text(EVIL)
    expect(answer.locator(".vb-seen pre")).to_contain_text(EVIL)
    expect(answer.locator(":is(img, a, strong, script)")).to_have_count(0)
    expect(answer.locator(".vb-marker")).to_have_count(1)
    assert page.evaluate("window.owned") is None
    assert tab.elsewhere == []


def test_what_the_model_saw_unfolds(chat: Chat) -> None:
    tab = chat(FakeEngine(lambda _: WRITTEN))
    page = tab.page
    tab.ask("how?")
    seen = page.locator(".vb-seen pre")
    expect(seen).to_be_hidden()
    page.get_by_text("What the model saw").press("Enter")
    expect(seen).to_be_visible()
    expect(seen).to_contain_text("<excerpts>\n# A talk")


def test_a_notice_says_why_the_answer_is_in_quotes(chat: Chat) -> None:
    notice = "The language model can't be reached. Here is what was said, in quotes."
    answer = replace(ANSWERED, notice=notice, model="small-model")
    tab = chat(FakeEngine(lambda _: answer, offered=ALL))
    page = tab.page
    tab.ask("how?")
    expect(page.locator(".vb-notice")).to_have_text(notice)
    expect(page.locator(".vb-by")).to_have_text("Quotes in order")
    expect(page.locator("#vb-live")).to_contain_text(notice)


def test_the_switch_is_there_where_there_is_a_choice(
    open_tab: OpenTab, serve_engine: Serve
) -> None:
    engine = FakeEngine(offered=ALL)
    engine.state = ModelState("small-model", "openai-compatible", "http://127.0.0.1", True)
    tab = open_tab(serve_engine(engine))
    page = tab.open()
    switch = page.get_by_role("radiogroup", name="How to answer")
    expect(switch.get_by_role("radio", name="Model")).to_be_checked()
    expect(page.locator("#vb-model")).to_contain_text("small-model is ready")
    tab.ask("one")
    switch.get_by_role("radio", name="Model").press("ArrowRight")
    expect(switch.get_by_role("radio", name="Quotes")).to_be_checked()
    tab.ask("two")
    page.get_by_text("简体", exact=True).click()
    expect(page.get_by_role("radio", name="引文")).to_be_checked()
    tab.ask("three")
    page.get_by_role("button", name="新对话").click()
    expect(page.get_by_role("radio", name="模型")).to_be_checked()
    tab.ask("four")
    assert engine.asked_modes == ["model", "quotes", "quotes", "model"]


def test_without_a_model_there_is_no_switch(chat: Chat) -> None:
    tab = chat()
    page = tab.page
    tab.ask("公榜？")
    expect(page.locator("#vb-mode")).to_have_count(0)
    expect(page.locator(".vb-by")).to_have_text("Quotes in order")


def test_the_address_chooses_the_mode(open_tab: OpenTab, serve_engine: Serve) -> None:
    engine = FakeEngine(offered=ALL)
    tab = open_tab(serve_engine(engine))
    page = tab.open("?mode=deep&q=hello")
    tab.settled(1)
    expect(page.get_by_role("radio", name="Deep")).to_be_checked()
    assert engine.asked_modes == ["deep"]


def test_a_model_out_of_reach_is_told_and_hinders_nobody(
    open_tab: OpenTab, serve_engine: Serve
) -> None:
    engine = FakeEngine(offered=ALL)
    engine.state = ModelState("small-model", "openai-compatible", "http://x", None)
    tab = open_tab(serve_engine(engine))
    page = tab.open()
    expect(page.locator("#vb-model")).to_contain_text("Looking whether small-model")
    engine.state = replace(engine.state, reachable=False, message="nobody answers there.")
    expect(page.locator("#vb-model")).to_contain_text(
        "small-model can’t be used now, so answers come in quotes. nobody answers there."
    )
    tab.ask("how?")
    expect(page.locator("#exchange-1")).to_have_attribute("data-state", "answered")
