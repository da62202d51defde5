"""The chat on other sites' pages, in Chromium: what works there, and what the browser refuses."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from time import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Frame, Page, Route, expect

from assistant.interfaces.http.access import sign_token
from assistant.interfaces.server import create_app
from assistant.settings import ServingSettings
from tests.assistant.interfaces.embed.sites import SECRET
from tests.assistant.interfaces.web.fakes import FakeEngine, answer_or_refuse, loaded
from tests.browser.conftest import PLAYER_STAND_IN, Windows
from tests.browser.hosting import HostSite, host_site
from tests.browser.serving import served

pytestmark = pytest.mark.browser

Serve = Callable[[ServingSettings], str]
Visit = Callable[..., Page]
STYLED = ["display", "color", "font", "letterSpacing", "backgroundColor", "margin", "filter"]
STYLES = """(names) => [...document.querySelectorAll("body, body :not(script, verbatim-chat)")].map(
  (element) => [element.tagName, names.map((name) => getComputedStyle(element)[name])])"""


@pytest.fixture
def host() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


@pytest.fixture
def serve() -> Iterator[Serve]:
    with contextlib.ExitStack() as stack:

        def start(serving: ServingSettings) -> str:
            loading = loaded(FakeEngine(answer_or_refuse))
            return stack.enter_context(served(loading, create_app(loading, serving)))

        yield start


@pytest.fixture
def visit(windows: Windows) -> Iterator[Visit]:
    """Opens a page of a host; it reaches this machine alone, players are stand-ins. What the
    console says is kept as ``page.told``."""
    with contextlib.ExitStack() as stack:

        def local(route: Route) -> None:
            if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost"):
                route.continue_()
            else:
                route.fulfill(body=PLAYER_STAND_IN, content_type="text/html")

        def open_page(address: str, **options: Any) -> Page:
            page = windows.new_page(**{"width": 1000} | options)
            stack.callback(windows.close, page)
            page.told = []  # type: ignore[attr-defined]

            def hear(message: ConsoleMessage) -> None:
                page.told.append(message.text)  # type: ignore[attr-defined]

            page.on("console", hear)
            page.route("**/*", local)
            page.goto(address)
            return page

        yield open_page


def chat_frames(page: Page, count: int = 1) -> list[Frame]:
    """The frames of chats, once there are so many of them and they can be used."""
    end = time() + 15
    while len(frames := [frame for frame in page.frames if "/embed" in frame.url]) < count:
        assert time() < end, "no frame came"
        page.wait_for_timeout(50)
    for frame in frames:
        frame.wait_for_selector("#vb-question textarea")
    return frames


def chat_frame(page: Page) -> Frame:
    return chat_frames(page)[0]


def ask(frame: Frame, question: str) -> None:
    number = frame.locator(".vb-exchange").count() + 1
    frame.fill("#vb-question textarea", question)
    frame.press("#vb-question textarea", "Enter")
    expect(frame.locator(f"#exchange-{number}:not([data-state=pending])")).to_be_visible()


def assert_refused(page: Page) -> None:
    """The browser says that it won't show the frame, and no chat is in it."""
    end = time() + 15
    while not any("frame-ancestors" in line for line in page.told):  # type: ignore[attr-defined]
        assert time() < end, "the frame was not refused"
        page.wait_for_timeout(50)
    assert [frame for frame in page.frames[1:] if frame.query_selector("#vb-question")] == []


def strict(verbatim: str, scripts: str = "") -> str:
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self'; img-src 'self';"
        f" connect-src 'self'; frame-src {verbatim}; base-uri 'none'; form-action 'self'"
    )


def test_inline_in_a_wiki_with_a_strict_policy(host: HostSite, serve: Serve, visit: Visit) -> None:
    verbatim = serve(ServingSettings(origins=(host.origin,)))
    host.policy = strict(verbatim, scripts=verbatim)
    host.words = {"verbatim": "http://127.0.0.1:1"}
    before = visit(f"{host.origin}/mediawiki.html").evaluate(STYLES, STYLED)
    host.words = {"verbatim": verbatim}
    page = visit(f"{host.origin}/mediawiki.html")
    frame = chat_frame(page)
    box = page.locator("verbatim-chat iframe")
    expect(box).to_be_visible()
    page.wait_for_function("h => document.querySelector('verbatim-chat').offsetHeight > h", arg=230)
    small = box.bounding_box()
    ask(frame, "公榜？")
    frame.click("#exchange-1 .vb-marker >> nth=0")
    player = frame.locator("#vb-dock iframe")
    expect(player).to_be_visible()
    assert "youtube-nocookie.com/embed/" in (player.get_attribute("src") or "")
    expect(frame.locator("#source-1-1 mark")).to_be_visible()
    page.wait_for_timeout(200)
    grown = box.bounding_box()
    assert small and grown and grown["height"] > small["height"] + 100
    assert grown["height"] <= 900
    assert page.evaluate(STYLES, STYLED) == before
    assert (
        frame.evaluate("getComputedStyle(document.querySelector('.vb-embed')).textTransform")
        == "none"
    )
    assert page.evaluate("getComputedStyle(document.querySelector('verbatim-chat')).opacity") == "1"
    assert [line for line in page.told if "Content Security" in line] == []  # type: ignore[attr-defined]


def test_a_policy_without_our_script_blocks_it_and_lets_the_plain_frame_work(
    host: HostSite, serve: Serve, visit: Visit
) -> None:
    verbatim = serve(ServingSettings(origins=(host.origin,)))
    host.policy = strict(verbatim)
    plain = f'<iframe class="plain" src="{verbatim}/embed?lang=en" title="Chat"></iframe>'
    host.words = {"verbatim": verbatim, "more": plain}
    page = visit(f"{host.origin}/mediawiki.html")
    frame = chat_frame(page)
    expect(page.locator("verbatim-chat")).to_have_count(0)
    assert any("script-src" in line for line in page.told)  # type: ignore[attr-defined]
    ask(frame, "公榜？")
    frame.click("#exchange-1 .vb-marker >> nth=0")
    expect(frame.locator("#vb-dock iframe")).to_be_visible()


def test_a_plain_frame_in_a_digital_garden(host: HostSite, serve: Serve, visit: Visit) -> None:
    host.words = {"verbatim": serve(ServingSettings(origins=(host.origin,)))}
    page = visit(f"{host.origin}/garden.html")
    frame = chat_frame(page)
    expect(frame.locator("#vb-embed-title")).to_contain_text("只回答：大模型基准测试圆桌")
    expect(frame.locator("body")).to_have_css("background-color", "rgb(20, 23, 22)")
    ask(frame, "公榜？")
    frame.click("#exchange-1 .vb-marker >> nth=0")
    expect(frame.locator("#vb-dock iframe")).to_be_visible()
    composer = frame.locator("#vb-composer").bounding_box()
    outer = page.locator("iframe.chat").bounding_box()
    assert composer and outer and composer["y"] + composer["height"] <= outer["y"] + outer["height"]


def test_a_launcher_opens_by_keyboard_and_gives_the_focus_back(
    host: HostSite, serve: Serve, visit: Visit
) -> None:
    host.words = {"verbatim": serve(ServingSettings(origins=(host.origin,)))}
    page = visit(f"{host.origin}/hugo.html")
    before = page.evaluate(STYLES, STYLED)
    button = page.get_by_role("button", name="問這些訪談")
    expect(button).to_be_visible()
    assert button.evaluate(
        "b => [getComputedStyle(b).backgroundColor, getComputedStyle(b).color]"
    ) == [
        "rgb(255, 221, 0)",
        "rgb(0, 0, 0)",
    ]
    assert len(page.frames) == 1, "nothing is loaded before it is opened"
    button.focus()
    page.keyboard.press("Enter")
    frame = chat_frame(page)
    expect(page.get_by_role("dialog", name="問這些訪談")).to_be_visible()
    expect(frame.locator(".vb-welcome h2")).to_have_text("想問 David 什麼？")
    expect(frame.locator("#vb-examples .vb-ask")).to_have_text(["公榜？", "秘訣是什麼？"])
    expect(frame.locator("#vb-question textarea")).to_be_focused()
    page.keyboard.type("公榜？")
    page.keyboard.press("Enter")
    expect(frame.locator("#exchange-1[data-state=answered]")).to_be_visible()
    expect(frame.locator(".vb-within")).to_contain_text("David")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(frame.locator("#exchange-1")).to_be_visible()
    page.get_by_role("button", name="關閉對話").click()
    expect(button).to_be_focused()
    assert page.evaluate(STYLES, STYLED) == before


def test_a_site_that_is_not_listed_is_refused_by_the_browser(
    host: HostSite, serve: Serve, visit: Visit
) -> None:
    host.words = {"verbatim": serve(ServingSettings(origins=(host.origin,)))}
    page = visit(f"{host.other_origin}/garden.html")
    assert_refused(page)


def test_a_token_works_on_its_own_site_alone(host: HostSite, serve: Serve, visit: Visit) -> None:
    verbatim = serve(ServingSettings(embed_secret=SECRET))
    token = sign_token(SECRET, host.origin, ["id-talk.md"], 600, time())
    host.words = {"verbatim": verbatim, "attributes": f'data-token="{token}"'}
    page = visit(f"{host.origin}/mediawiki.html")
    ask(chat_frame(page), "公榜？")
    page = visit(f"{host.other_origin}/mediawiki.html")
    assert_refused(page)


def test_a_token_that_expires_is_renewed_by_the_page(
    host: HostSite, serve: Serve, visit: Visit
) -> None:
    verbatim = serve(ServingSettings(embed_secret=SECRET))
    lives_s = iter([2.0, 600.0])
    host.says["token"] = lambda: sign_token(SECRET, host.origin, None, next(lives_s), time())
    host.words = {"verbatim": verbatim, "attributes": 'data-token-url="/token"'}
    page = visit(f"{host.origin}/mediawiki.html")
    frame = chat_frame(page)
    page.wait_for_timeout(3100)
    ask(frame, "公榜？")
    expect(frame.locator("#exchange-1[data-state=answered]")).to_be_visible()
    assert host.asked.count("/token") == 2


def test_several_on_a_page_leave_no_global_and_mind_their_own(
    host: HostSite, serve: Serve, visit: Visit
) -> None:
    verbatim = serve(ServingSettings(origins=(host.origin,)))
    blank = visit(f"{host.origin}/garden.css")
    globals_before = set(blank.evaluate("Object.getOwnPropertyNames(window)"))
    second = f'<script src="{verbatim}/embed.js" data-lang="en" data-height="300" defer></script>'
    host.words = {"verbatim": verbatim, "more": second}
    page = visit(f"{host.origin}/mediawiki.html", width=900, height=1600)
    chats = page.locator("verbatim-chat")
    expect(chats).to_have_count(2)
    chat_frames(page, 2)
    page.wait_for_timeout(1000)
    heights = chats.evaluate_all("all => all.map((chat) => chat.offsetHeight)")
    assert heights[1] <= 300
    named = re.compile(r"^\d+$|^(edit|after|content|firstHeading)$")
    leaked = set(page.evaluate("Object.getOwnPropertyNames(window)")) - globals_before
    assert {name for name in leaked if not named.match(name)} == set()
    # Neither the page itself nor another window can play the frame.
    page.evaluate("postMessage({verbatim: 'size', height: 3333}, '*')")
    page.wait_for_timeout(200)
    assert chats.evaluate_all("all => all.map((chat) => chat.offsetHeight)") == heights
