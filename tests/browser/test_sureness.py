"""How sure it is, with each answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from assistant.engine import Assistant
from tests.assistant.interfaces.web.fakes import ANSWERED, REFUSED, FakeEngine
from tests.browser.conftest import OpenTab, Tab

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


@pytest.mark.parametrize(
    ("answered", "answerable", "level", "line"),
    [
        (True, 0.75, "probable", "The talks probably answer this"),
        (True, 0.55, "possible", "The talks may answer this: check the quotes"),
        (False, 0.35, "close", "Not sure: some passages come near this"),
        (False, 0.02, "nothing", "Quite sure: nothing that was searched answers this"),
    ],
)
def test_words_and_bars_tell_the_same(
    open_tab: OpenTab,
    serve_engine: Callable[[Assistant], str],
    answered: bool,
    answerable: float,
    level: str,
    line: str,
) -> None:
    answer = replace(ANSWERED if answered else REFUSED, answerable=answerable)
    tab = open_tab(serve_engine(FakeEngine(lambda _: answer)))
    page = tab.open()
    tab.ask("sure?")
    expect(page.locator(f".vb-sure[data-level={level}]")).to_contain_text(line)
    filled = page.evaluate(
        """[...document.querySelectorAll(".vb-bars i")].map(e => getComputedStyle(e))
          .filter(style => style.backgroundColor === style.borderTopColor).length"""
    )
    assert filled == {"probable": 2, "possible": 1}.get(level, 0)
