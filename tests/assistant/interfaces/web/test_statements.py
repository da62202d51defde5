"""A model's sentences as HTML: their blocks, their labels, and that they stay text."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.interfaces.web.session import Exchange, Pending
from assistant.interfaces.web.views import (
    DETAIL_CHARS,
    chat_html,
    made_by,
    model_html,
    why_unsupported,
)
from assistant.llm.types import ModelState
from assistant.messages.catalogue import messages
from assistant.types import Statement, Step, Update
from tests.assistant.interfaces.web.fakes import ANSWERED, WRITTEN
from tests.assistant.interfaces.web.said import said_html

EN = messages("en")


def html_of(*statements: Statement) -> str:
    """The sentences as an answer that has citations 1 to 3."""
    return said_html(replace(WRITTEN, text="", statements=statements))


def said(*statements: Statement) -> str:
    return html_of(*statements).replace('<span class="vb-sentence">', "").replace("</span>", "")


def of(text: str, lead: str = "", *markers: int) -> Statement:
    return Statement(text, "supported", markers, lead)


@pytest.mark.parametrize(
    ("statements", "html"),
    [
        (
            (of("One.", "", 1), of("Two.", " ", 2, 3)),
            "<p>One. <sup>1</sup> Two. <sup>2</sup><sup>3</sup></p>",
        ),
        ((of("一。", "", 1), of("二。")), "<p>一。 <sup>1</sup>二。</p>"),
        ((of("One."), of("Two.", "\n\n")), "<p>One.</p><p>Two.</p>"),
        ((of("One."), of("Two.", "\n")), "<p>One.<br>Two.</p>"),
        (
            (of("So:"), of("a.", "\n\n- "), of("b.", " "), of("c.", "\n- ")),
            "<p>So:</p><ul><li>a. b.</li><li>c.</li></ul>",
        ),
        ((of("x", "3. "), of("y", "\n4. ")), '<ol start="3"><li>x</li><li>y</li></ol>'),
        ((of("- [1] **b**", "", 9),), "<p>- [1] **b**</p>"),
        ((), ""),
    ],
)
def test_sentences_stand_in_their_blocks(statements: tuple[Statement, ...], html: str) -> None:
    assert said(*statements) == html


def test_a_mended_sentence_looks_like_a_supported_one() -> None:
    one = of("One.", "", 1)
    assert said(replace(one, outcome="mended")) == said(one)


@pytest.mark.parametrize(
    ("reason", "detail", "label"),
    [
        ("number", "40", "not verified: the number 40 isn’t in the evidence"),
        ("number", "", "not verified: a number isn’t in the evidence"),
        ("speaker", "Ann", "not verified: who said it doesn’t match the evidence (Ann)"),
        ("meaning", "ignored", "not verified: the evidence doesn’t say this"),
        ("something new", "x", "not verified"),
        (None, "", "not verified"),
    ],
)
def test_the_label_says_why(reason: str | None, detail: str, label: str) -> None:
    statement = Statement("It was.", "unsupported", (), "", reason, detail)
    assert why_unsupported(statement, EN) == label


def test_a_long_detail_is_cut() -> None:
    statement = Statement("It was.", "unsupported", (), "", "name", "N" * 500)
    assert "N" * DETAIL_CHARS + "…" in why_unsupported(statement, EN)


def test_an_unsupported_sentence_shows_no_marker() -> None:
    html = said(Statement("It was.", "unsupported", (1,), "", "meaning"))
    assert "<sup>" not in html
    assert "not verified" in html


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.names |= {name for name, _ in attrs}


TEXT = st.text(alphabet=st.sampled_from("<>&\"'`*[]()!\\/-#=>1 2.\nabc语"), max_size=60)


@given(TEXT, TEXT, TEXT)
def test_any_sentence_gives_only_our_elements(text: str, lead: str, detail: str) -> None:
    statements = [
        Statement(text, "supported", (1,), lead),
        Statement(text, "unsupported", (), lead, "name", detail),
    ]
    elements = Elements()
    elements.feed(html_of(*statements))
    assert elements.seen <= {"p", "br", "ul", "ol", "li", "blockquote", "sup", "span", "button"}
    assert not [name for name in elements.names if name.startswith("on")]


def test_the_line_tells_who_wrote_it() -> None:
    steps = (Step("question", "?", 0.0, (Step("search", "a"), Step("search", "b"))),)
    deep = replace(WRITTEN, mode="deep", steps=(*steps, Step("draft", "c")))
    sound = replace(deep, statements=WRITTEN.statements[:1])
    assert made_by(ANSWERED, EN) == "Quotes in order"
    assert made_by(WRITTEN, EN) == "Written by small-model, each sentence checked; 1 not verified"
    assert made_by(sound, EN) == "Deep: 2 searches, 1 draft"


def test_a_budget_never_falls_below_nothing() -> None:
    def html(update: Update) -> str:
        return chat_html((Exchange("q", Pending("", update)),), EN)

    assert 'data-seconds-left="0.0">0</span> s and 0 calls left' in html(
        Update("judging", None, -3.2, -1)
    )
    assert "data-seconds-left" not in html(Update("writing"))


@pytest.mark.parametrize(
    ("reachable", "told"),
    [(True, "m is ready"), (None, "Looking whether m"), (False, "m can’t be used now")],
)
def test_the_models_state_is_told(reachable: bool | None, told: str) -> None:
    state = ModelState("m", "ollama", "http://x", reachable, "<b>why</b>")
    html = model_html(state, EN)
    assert told in html
    assert "&lt;b&gt;why" in html
    assert model_html(None, EN) == ""
