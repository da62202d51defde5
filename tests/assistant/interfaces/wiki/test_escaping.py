"""What transcripts say, read back by the parsers that a page goes through: nothing breaks out."""

from __future__ import annotations

import html
import re

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.interfaces.wiki.pages import (
    address,
    link,
    markdown,
    one_line,
    read_yaml_string,
    yaml_string,
)

NASTY = (
    "1. [x](javascript:1) *a* _b_ `c` <b>d</b> $e$ &amp; {{f}} [[g|h]] ^ \\ }",
    "- item",
    "+ plus",
    "* star",
    "# head {#id .class}",
    "12) twelve",
    ": definition",
    "===",
    "--- # comment",
    "| a | b |",
    "~~~ fence",
    "[x]: https://evil.example/ 'title'",
    "[^1]: note",
    "![i](https://evil.example/x.png)",
    "<script>alert(1)</script><!-- x -->",
    "==mark== %%comment%% #tag ^block :smile: $$x$$",
    "- [ ] task",
    'title: "x"',
    "&lt;b&gt; &#60;",
    "a\u2028b\u0085c\td\x00e\u202ef\ud800g",
)
RAW = ("{{<", "{{%", "{%", "{{", "<%", "<script", "\u202e", "\ud800")
"""What programs look for in the file itself, before any Markdown is read."""

WHOLE = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("form", ["{}", "- {}", "- **{}** — x", "# {}", "before {}", "[{}](<u>)"])
def test_markdown_shows_the_words_as_they_stand(text: str, form: str) -> None:
    shown = WHOLE.render(form.format(markdown(text)))
    plain = WHOLE.render(form.format("word"))
    assert re.findall(r"<[^>]+>", shown) == re.findall(r"<[^>]+>", plain)
    words = html.unescape(re.sub(r"<[^>]+>", "", shown))
    assert one_line(text) in words


@pytest.mark.parametrize("text", (*NASTY, "{{< x >}}", "{{% y %}}", "{% z %}", "<% tp.file %>"))
def test_no_command_of_a_generator_stands_in_the_file(text: str) -> None:
    for raw in RAW:
        assert raw not in markdown(text)
        assert raw not in yaml_string(text)


@given(st.text())
def test_front_matter_gives_back_any_text_on_one_line(text: str) -> None:
    value = yaml_string(text)
    assert read_yaml_string(value) == one_line(text)
    page = f"---\ntitle: {value}\nlist: [{value}, {value}]\nlast: 1\n---\nbody\n"
    read = frontmatter.loads(page)
    assert read.metadata == {"title": one_line(text), "list": [one_line(text)] * 2, "last": 1}
    assert read.content == "body"


@given(st.text())
def test_any_text_stays_one_paragraph(text: str) -> None:
    shown = WHOLE.render(f"x {markdown(text)}")
    assert shown.count("<") == 2 and html.unescape(shown) == f"<p>x {one_line(text)}".rstrip() + (
        "</p>\n"
    )


def test_marks_of_notes_are_text() -> None:
    """Obsidian's highlight and comment, and the emoji of Hugo and others, are no CommonMark."""
    assert markdown("==a== %%b%% :smile: at 10:20:30, 5 % = x") == (
        "&#61;&#61;a&#61;&#61; &#37;&#37;b&#37;&#37; \\:smile: at 10:20:30, 5 % = x"
    )


def test_joiners_of_scripts_stay() -> None:
    family, persian = "👨\u200d👩\u200d👧", "می\u200cخواهم"
    assert markdown(f"{family} {persian}") == f"{family} {persian}"


@pytest.mark.parametrize(
    "url",
    [
        'https://example.org/a?x="><b>&copy;=1',
        "https://example.org/{{< x >}}/\\",
        "https://example.org/a b\n> c",
    ],
)
def test_an_address_ends_nothing_that_it_stands_in(url: str) -> None:
    assert not set('"<>{} \n\\;') & set(address(url))
    shown = WHOLE.render(link("text", url))
    assert shown.count("<") == 4 and "©" not in shown


def test_an_address_stays_what_it_is() -> None:
    for url in (
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=83s",
        "https://example.org/%E8%AE%BF/a_(b)#t=83",
    ):
        assert address(url) == url
        assert f'href="{html.escape(url)}"' in WHOLE.render(link("x", url))
    assert address("https://example.org/访") == "https://example.org/%E8%AE%BF"
