"""How sure it is, with each answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from assistant.types import Answer
from tests.assistant.interfaces.web.fakes import ANSWERED, REFUSED, FakeEngine
from tests.browser.conftest import Chat, Tab

pytestmark = pytest.mark.browser


def test_an_answer_says_how_sure_it_is_and_more_when_asked(tab: Tab) -> None:
    page = tab.open()
    tab.ask("公榜？")
    sure = page.locator("#exchange-1 .vb-sure")
    expect(sure).to_contain_text("The talks answer this clearly")
    expect(page.locator("#vb-live")).to_contain_text("The talks answer this clearly")
    detail = sure.get_by_text("Estimated probability of an answer: 90%")
    expect(detail).to_be_hidden()
    sure.locator("summary").press("Enter")
    expect(detail).to_be_visible()
    page.get_by_text("简体", exact=True).click()
    expect(sure).to_contain_text("文稿里有明确的回答")


LEVELS = {
    "probable": (ANSWERED, 0.75, "The talks probably answer this"),
    "possible": (ANSWERED, 0.55, "The talks may answer this: check the quotes"),
    "close": (REFUSED, 0.35, "Not sure: some passages come near this"),
    "nothing": (REFUSED, 0.02, "Quite sure: nothing that was searched answers this"),
}


def test_words_and_bars_tell_the_same(chat: Chat) -> None:
    def reply(level: str) -> Answer:
        answer, answerable, _ = LEVELS[level]
        return replace(answer, answerable=answerable)

    tab = chat(FakeEngine(reply))
    page = tab.page
    for number, (level, (_, _, line)) in enumerate(LEVELS.items(), 1):
        tab.ask(level)
        sure = page.locator(f"#exchange-{number} .vb-sure[data-level={level}]")
        expect(sure).to_contain_text(line)
        filled = sure.evaluate(
            """e => [...e.querySelectorAll(".vb-bars i")].map(e => getComputedStyle(e))
              .filter(style => style.backgroundColor === style.borderTopColor).length"""
        )
        assert filled == {"probable": 2, "possible": 1}.get(level, 0)
