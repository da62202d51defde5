"""A real Chromium in front of a real server. The engine is a fake for states hard to reach."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from assistant.engine import Assistant
from assistant.library import Loading
from tests.assistant.interfaces.web.fakes import FakeEngine, answer_or_refuse, loaded
from tests.browser.serving import Stage, served

ARGUMENTS = [
    # Root, as in most containers, can't have Chromium's sandbox.
    "--no-sandbox",
    # The browser's own services are not for tests to call.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    # Tabs with the same page share what was compiled for it.
    "--process-per-site",
]
PATIENT_MS = 15_000
"""A page that loads beside busy processes takes longer than Playwright's five seconds."""
expect.set_options(timeout=PATIENT_MS)
PLAYER_STAND_IN = "<!doctype html><title>a player</title>"


@dataclass
class Tab:
    """A page of the browser at our server, and the addresses it asked of anyone else."""

    page: Page
    address: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, query: str = "") -> Page:
        """Opens the page and waits until it can be used."""
        self.page.goto(f"{self.address}/{query}")
        self.page.wait_for_selector(".vb-brand")
        return self.page

    def begin(self) -> None:
        """The chat with nothing said yet: opened, or begun anew as a reader would."""
        if not self.page.url.startswith(self.address):
            self.open()
            return
        box = self.page.locator("#vb-question textarea")
        box.fill("goes with the old chat")
        self.page.get_by_role("button", name="New chat").click()
        expect(box).to_have_value("")
        expect(self.page.locator(".vb-welcome")).to_be_visible()
        self.elsewhere.clear()

    def ask(self, question: str) -> None:
        """Asks and waits for the answer."""
        before = self.page.locator(".vb-exchange").count()
        self.page.fill("#vb-question textarea", question)
        self.page.press("#vb-question textarea", "Enter")
        self.settled(before + 1)

    def settled(self, number: int) -> None:
        """Waits until the exchange of that number is answered or has failed."""
        expect(self.page.locator(f"#exchange-{number}:not([data-state=pending])")).to_be_visible()

    def watch(self) -> None:
        """Notes from here on what is asked of anyone but our server and what fails in the page's
        script. In the place of other sites stands an empty page.

        Playwright's own routes would take the browser's cache away, and with it half the speed.
        """
        session = self.page.context.new_cdp_session(self.page)
        found = {
            "responseCode": 200,
            "responseHeaders": [{"name": "Content-Type", "value": "text/html"}],
            "body": base64.b64encode(PLAYER_STAND_IN.encode()).decode(),
        }
        session.on(
            "Fetch.requestPaused",
            lambda paused: session.send(
                "Fetch.fulfillRequest", {"requestId": paused["requestId"], **found}
            ),
        )
        session.send("Fetch.enable", {"patterns": [{"urlPattern": "https://*"}]})
        own = re.compile(rf"https?://{re.escape(urlsplit(self.address).netloc)}(/|$)|(data|blob):")
        self.page.on(
            "request",
            lambda request: own.match(request.url) or self.elsewhere.append(request.url),
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))


OpenTab = Callable[..., Tab]
Chat = Callable[..., Tab]
Serve = Callable[[Assistant], str]
ServeLoading = Callable[[Loading], str]


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """For these tests alone: Playwright keeps an event loop running while it is open."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)


@pytest.fixture
def opened() -> Iterator[contextlib.ExitStack]:
    """What a test opens; the last is closed first, since a server waits a second for open tabs."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[str, Stage]]:
    """A server, and what is on it."""
    stage = Stage()
    with served(stage) as address:
        yield address, stage


@pytest.fixture
def serve_loading(stage: tuple[str, Stage]) -> ServeLoading:
    """Serves an engine in the making until another is served and gives the address."""

    def show(loading: Loading) -> str:
        stage[1].shown = loading.start()
        return stage[0]

    return show


@pytest.fixture
def serve_engine(serve_loading: ServeLoading) -> Serve:
    """Serves an engine as ``serve_loading`` does."""
    return lambda engine: serve_loading(loaded(engine))


class Windows:
    """Pages of one browser, in a context for each set of options (those of Playwright's contexts).

    What loads in a context whose other pages showed the same before takes half the time: what can
    differ between pages of a context makes no context of its own.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: dict[str, BrowserContext] = {}

    def new_page(
        self,
        width: int = 1280,
        height: int = 800,
        color_scheme: Literal["light", "dark"] = "light",
        locale: str = "en-US",
        **options: Any,
    ) -> Page:
        """A page of its own."""
        key = json.dumps(options, sort_keys=True)
        if key not in self._contexts:
            self._contexts[key] = self._browser.new_context(locale="en-US", **options)
            self._contexts[key].set_default_timeout(PATIENT_MS)
        page = self._contexts[key].new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=color_scheme, reduced_motion="reduce")
        if locale != "en-US":
            session = page.context.new_cdp_session(page)
            agent = {"userAgent": page.evaluate("navigator.userAgent"), "acceptLanguage": locale}
            session.send("Emulation.setUserAgentOverride", agent)
        return page

    def new_tab(self, address: str, **options: Any) -> Tab:
        """A page at our server."""
        tab = Tab(self.new_page(**options), address)
        tab.watch()
        return tab

    def close(self, page: Page) -> None:
        """Closes it; what it kept in the browser is gone."""
        session = page.context.new_cdp_session(page)
        kept = {"origin": "*", "storageTypes": "cookies,local_storage"}
        session.send("Storage.clearDataForOrigin", kept)
        page.close()


@pytest.fixture(scope="package")
def windows(browser: Browser) -> Windows:
    """The browser's pages."""
    return Windows(browser)


@pytest.fixture
def open_tab(windows: Windows, opened: contextlib.ExitStack) -> Iterator[OpenTab]:
    """Makes tabs as ``Windows`` does. One in which the page's script failed fails the test."""
    tabs: list[Tab] = []

    def make(address: str, **options: Any) -> Tab:
        tab = windows.new_tab(address, **options)
        opened.callback(windows.close, tab.page)
        tabs.append(tab)
        return tab

    yield make
    assert [tab.errors for tab in tabs if tab.errors] == []


@pytest.fixture(scope="package")
def open_chat(windows: Windows, stage: tuple[str, Stage]) -> Tab:
    """A tab in which many tests chat, one after the other: loading the page takes a second."""
    return windows.new_tab(stage[0])


@pytest.fixture
def chat(open_chat: Tab, serve_engine: Serve) -> Iterator[Chat]:
    """Begins a chat with an engine, by default one that answers everything but pizza; in English,
    on a desktop, in a tab that other tests have chatted in."""

    def begin(engine: Assistant | None = None) -> Tab:
        serve_engine(engine or FakeEngine(answer_or_refuse))
        open_chat.begin()
        return open_chat

    yield begin
    assert open_chat.errors == []


@pytest.fixture
def fake_site(serve_engine: Serve) -> str:
    """The address of an engine that answers everything but pizza."""
    return serve_engine(FakeEngine(answer_or_refuse))


@pytest.fixture
def tab(fake_site: str, open_tab: OpenTab) -> Tab:
    """A tab at the fake engine's server, in English, not opened yet."""
    return open_tab(fake_site)
