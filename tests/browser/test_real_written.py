"""A model's answer all the way: the shipped talks, the real search and check, a model by script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from assistant.engine import Assistant
from assistant.library import LockedLibrary
from assistant.settings import ModelSettings
from tests.browser.conftest import OpenTab, Serve
from tests.scripted_llm import Request, Scene, ScriptedServer, serving

pytestmark = pytest.mark.browser
ASKED = "为什么说公榜不能反映真实产品表现？"
INVENTED = "这个榜单一共有 8731 道题。"
Site = tuple[str, ScriptedServer]


@pytest.fixture(scope="module")
def written_by_script(shipped_held: LockedLibrary) -> Iterator[tuple[Assistant, ScriptedServer]]:
    """The shipped talks, with a model by script."""
    with serving() as server:
        llm = ModelSettings("scripted", url=server.url, timeout_s=20.0)
        held = replace(shipped_held, settings=replace(shipped_held.settings, llm=llm))
        yield held.open(lambda _: None).assistant, server


@pytest.fixture
def site(written_by_script: tuple[Assistant, ScriptedServer], serve_engine: Serve) -> Site:
    """The page over them."""
    assistant, server = written_by_script
    return serve_engine(assistant), server


def first_excerpt(request: Request) -> str:
    """The first sentence of the first excerpt, as a model would write it out."""
    found = re.search(
        r"^\[1\] (?:[^:\n]{1,30} )?≈?[\d:]+: (.+?[。！？])", request.text, re.MULTILINE
    )
    assert found is not None, request.text
    return found[1]


def test_a_model_answers_and_its_invention_shows(open_tab: OpenTab, site: Site) -> None:
    address, server = site
    server.play(Scene(lambda request: f"{first_excerpt(request)} [1]\n\n{INVENTED} [1]"))
    tab = open_tab(address)
    page = tab.open("?lang=zh-Hans")
    expect(page.get_by_role("radio", name="模型")).to_be_checked()
    expect(page.locator("#vb-model")).to_contain_text("scripted 可用")
    tab.ask(ASKED)
    sound = page.locator(".vb-sentence:not(.vb-unsupported)")
    expect(sound).to_have_count(1)
    expect(page.locator(".vb-doubted")).to_have_text(INVENTED)
    expect(page.locator(".vb-doubt")).to_contain_text("未核实：依据里没有")
    expect(page.locator(".vb-by")).to_have_text("由 scripted 撰写，逐句核对；1 句未能核实")
    sound.locator(".vb-marker").first.click()
    expect(page.locator("#source-1-1")).to_contain_text("已与原文逐字核对")
    said = sound.inner_text().rstrip("0123456789 \n")
    assert said in page.locator("#source-1-1").inner_text()
    page.get_by_text("模型读到的内容", exact=True).click()
    expect(page.locator(".vb-seen pre")).to_contain_text("<excerpts>")


def test_stopping_ends_the_models_stream(open_tab: OpenTab, site: Site) -> None:
    address, server = site
    server.left.clear()
    # The rest never comes: it is for the reader to end this, however slow the machine is.
    server.play(
        Scene(lambda request: [f"{first_excerpt(request)} [1]\n\nAnd then", "."], pause_s=120)
    )
    tab = open_tab(address)
    page = tab.open("?lang=en")
    page.fill("#vb-question textarea", ASKED)
    page.press("#vb-question textarea", "Enter")
    expect(page.locator(".vb-sentence").first).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#exchange-1")).to_have_attribute("data-state", "stopped")
    assert server.is_left()


def test_a_model_that_fails_leaves_the_quotes(open_tab: OpenTab, site: Site) -> None:
    address, server = site
    server.play(Scene(status=500, error="broken"))
    tab = open_tab(address)
    page = tab.open("?lang=zh-Hans")
    tab.ask(ASKED)
    expect(page.locator(".vb-notice")).to_contain_text("以下直接引用原话")
    expect(page.locator(".vb-by")).to_have_text("按顺序引用原话")
    expect(page.locator(".vb-said li").first).to_be_visible()
    expect(page.locator("#vb-model")).to_contain_text("scripted 暂不可用")
