"""Behind a reverse proxy under a path, in Chromium: the page, the embedded chat and their files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Response, expect

from assistant.interfaces.server import create_app
from assistant.settings import ServingSettings
from tests.assistant.interfaces.web.fakes import FakeEngine, answer_or_refuse, loaded
from tests.browser.conftest import OpenTab
from tests.browser.proxying import proxied
from tests.browser.serving import served

pytestmark = pytest.mark.browser

ROOT = "/verbatim"


@contextlib.contextmanager
def behind(*, keeps: bool, names_host: bool) -> Iterator[str]:
    """The address of the page behind a proxy; the public address is told to the server."""
    loading = loaded(FakeEngine(answer_or_refuse))
    told: list[str] = []
    with proxied(lambda: told[0], ROOT, keeps=keeps, names_host=names_host) as proxy:
        serving = ServingSettings(public_url=f"{proxy}{ROOT}")
        with served(loading, create_app(loading, serving)) as address:
            told.append(address)
            yield serving.public_url


@pytest.mark.parametrize(
    ("keeps", "names_host"),
    [
        (False, True),
        pytest.param(True, True, marks=pytest.mark.long),
        pytest.param(False, False, marks=pytest.mark.long),
        pytest.param(True, False, marks=pytest.mark.long),
    ],
)
def test_everything_works_below_a_path(
    opened: contextlib.ExitStack, open_tab: OpenTab, keeps: bool, names_host: bool
) -> None:
    home = opened.enter_context(behind(keeps=keeps, names_host=names_host))
    tab = open_tab(home)
    failed: list[str] = []

    def look(response: Response) -> None:
        if response.status >= 400 and not response.url.endswith("/favicon.ico"):
            failed.append(f"{response.status} {response.url}")

    tab.page.on("response", look)
    tab.open()
    tab.ask("公榜？")
    expect(tab.page.locator("#source-1-1")).to_contain_text("大模型基准测试圆桌")
    tab.page.goto(f"{home}/embed?lang=en")
    tab.page.fill("#vb-question textarea", "公榜？")
    tab.page.press("#vb-question textarea", "Enter")
    expect(tab.page.locator("#exchange-1[data-state=answered]")).to_be_visible()
    assert (
        tab.page.get_attribute("[data-open]", "href")
        == f"{home}/?lang=en&q=%E5%85%AC%E6%A6%9C%EF%BC%9F"
    )
    tab.page.goto(f"{home}/talks")
    expect(tab.page.locator("main")).to_contain_text("Scaling, one hour in")
    tab.page.goto(home)
    expect(tab.page).to_have_url(f"{home}/")
    assert (failed, tab.elsewhere) == ([], [])
    for path in ("/api/talks", "/embed.js", "/files/base.css", "/healthz"):
        assert httpx.get(home + path).status_code == 200, path
    assert Path(tab.page.url).name == "verbatim"
