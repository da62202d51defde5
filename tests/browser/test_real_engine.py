"""The newcomer's way: the page in a real Chromium over the shipped talks and the real model."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from assistant.library import OpenLibrary
from tests.browser.conftest import OpenTab, Serve

pytestmark = pytest.mark.browser

LIVE_PLAYER = "https://www.youtube-nocookie.com/embed/1pgCnlJRuxE"


@pytest.fixture
def address(serve_engine: Serve, shipped: OpenLibrary) -> str:
    return serve_engine(shipped.assistant)


@pytest.mark.parametrize(
    ("language", "question", "quoted", "heading"),
    [
        (
            "zh-Hant",
            "為什麼說公榜不能反映真實產品表現？",
            "公榜未必反映产品实际能力",
            "真实世界表现、早期内测与公榜之限",
        ),
        (
            "en",
            "How do guests explain that Google can push scaling further?",
            "TPU 的软硬一体让 Google 有经济性把 scaling 做到极致",
            "硬件经济学与 multi-modality 困难度",
        ),
    ],
)
def test_ask_click_a_citation_and_the_player_has_the_second(
    open_tab: OpenTab, address: str, language: str, question: str, quoted: str, heading: str
) -> None:
    tab = open_tab(address)
    page = tab.open(f"?lang={language}")
    tab.ask(question)
    quote = page.locator("#exchange-1 li", has_text=quoted)
    card = page.locator(".vb-card", has_text=heading).last
    expect(card.locator("mark").first).to_contain_text(quoted)
    expect(card).to_contain_text("余北")
    assert tab.elsewhere == []
    quote.locator(".vb-marker").click()
    link = card.locator("a.vb-open")
    second = re.search(r"t=(\d+)s$", link.get_attribute("href") or "")
    assert second is not None and int(second[1]) > 0
    expect(page.locator("iframe")).to_have_attribute("src", f"{LIVE_PLAYER}?start={second[1]}")


def test_the_article_says_that_it_has_no_times(open_tab: OpenTab, address: str) -> None:
    tab = open_tab(address)
    page = tab.open("?lang=en")
    tab.ask("What did Gemini 3's pre-training lead say the secret was?")
    card = page.locator(".vb-card", has=page.locator("mark", has_text="remarkably simple"))
    expect(card).to_contain_text("「沒有大秘密」——Gemini 3 好在哪")
    expect(card).to_contain_text("This source has no times")
    link = card.locator("a.vb-open")
    expect(link).to_have_attribute("href", "https://www.youtube.com/watch?v=cNGDAqFXvew")


@pytest.mark.parametrize(
    ("language", "question", "line"),
    [
        ("zh-Hans", "番茄炒蛋要放几勺糖？", "现有的转录稿没有谈到这个问题。"),
        ("en", "Who won the football World Cup in 2018?", "The transcripts don't cover this."),
    ],
)
def test_an_off_topic_question_is_refused_without_sources(
    open_tab: OpenTab, address: str, language: str, question: str, line: str
) -> None:
    tab = open_tab(address)
    page = tab.open(f"?lang={language}")
    tab.ask(question)
    expect(page.locator("#exchange-1")).to_contain_text(line)
    expect(page.locator(".vb-card")).to_have_count(0)


def test_an_example_is_answered_and_followed_up(open_tab: OpenTab, address: str) -> None:
    tab = open_tab(address)
    page = tab.open("?lang=zh-Hans")
    page.get_by_role("button", name="田博士怎么用小说续写测试模型？").click()
    tab.settled(1)
    expect(page.locator("#exchange-1")).to_contain_text("小说续写")
    tab.ask("那他怎么看 Transformer 会不会被换掉？")
    expect(page.locator("#exchange-2")).to_contain_text("完全不同于 Transformer 的新架构")
    expect(page.locator("#exchange-2")).to_contain_text("田博士")


def test_a_link_to_one_talk_is_answered_from_it_alone(open_tab: OpenTab, address: str) -> None:
    tab = open_tab(address)
    page = tab.open("?lang=en&talk=gemini3-ahead-of-expectations.md")
    question = "What do they say about scaling?"
    tab.ask(question)
    titles = page.locator("[data-sources='1'] h3").all_inner_texts()
    assert titles and all("gemini3 ahead of expectations" in title for title in titles)
    page.locator(".vb-chip").click()
    expect(page.locator(".vb-chip")).to_have_count(0)
    tab.ask(question)
    titles = page.locator("[data-sources='2'] h3").all_inner_texts()
    assert any("101 Live" in title for title in titles)
    expect(page.locator("#exchange-2 .vb-sure")).to_be_visible()
