"""An answer's Markdown as HTML, and that transcript text stays text."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.assistant.interfaces.web.fakes import ANSWERED
from tests.assistant.interfaces.web.said import said_html


def html_of(text: str) -> str:
    """The text as an answer that has citations 1 to 3."""
    return said_html(replace(ANSWERED, text=text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("**Title**", "<p><strong>Title</strong></p>"),
        (
            "- a [1]\n- b[2][3]",
            "<ul><li>a <sup>1</sup></li><li>b<sup>2</sup><sup>3</sup></li></ul>",
        ),
        ("> said\n> so", "<blockquote><p>said<br>so</p></blockquote>"),
        ("4. four\n5. five", '<ol start="4"><li>four</li><li>five</li></ol>'),
        ("a [9] b", "<p>a [9] b</p>"),
        (r"\*\*not bold\*\* \[1] \\", r"<p>**not bold** [1] \</p>"),
        ("2 ** 3", "<p>2 ** 3</p>"),
        ("**a** ** b", "<p><strong>a</strong> ** b</p>"),
        ('<b>x</b> & "y"', "<p>&lt;b&gt;x&lt;/b&gt; &amp; &#34;y&#34;</p>"),
        ("![i](http://x/i.png) [l](http://x)", "<p>![i](http://x/i.png) [l](http://x)</p>"),
        ("", ""),
    ],
)
def test_what_an_answer_becomes(text: str, html: str) -> None:
    assert html_of(text) == html


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert all(name == "start" for name, _ in attrs)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(st.text(alphabet=st.sampled_from("<>&\"'`*[]()!\\/-#=>1 2.\nabc语"), max_size=80))
def test_any_text_gives_only_our_elements_well_nested(text: str) -> None:
    elements = Elements()
    elements.feed(html_of(text))
    elements.close()
    assert elements.open == []
    assert elements.seen <= {"p", "br", "ul", "ol", "li", "blockquote", "strong", "sup"}
