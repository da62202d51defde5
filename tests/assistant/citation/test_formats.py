"""A citation in other places' formats: read back by their own rules, nothing breaks out."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from assistant.citation.formats import bibtex, csl_json, markdown, plain, wikitext
from assistant.types import Citation

CITATION = Citation(
    marker=1,
    chunk_id="c1",
    transcript_id="talk",
    file="shows/the talk.md",
    title="The talk",
    heading="Opening",
    speakers=("Ann Lee", "Bob Al"),
    start_s=3725.9,
    end_s=3730.0,
    estimated=True,
    url="https://www.youtube.com/watch?v=abc&t=3725s",
    player_url=None,
    quote="A sharp knife is safer.\nAlways.",
    passage="",
    verified=True,
)
NASTY = (
    "1. [x](javascript:1) *a* _b_ `c` <b>d</b> $e$ &amp; {{f}} [[g|h]] ^ \\ }",
    "''i'' ~~~~ __TOC__ #1 50%",
    "- item",
    "* star",
    "+ plus",
    "# head",
    "=== eq",
    "12) twelve",
    "{| class=x",
    "https://evil.example/ RFC 2616",
    "</blockquote><script>x</script>",
    "![i](https://evil.example/x.png)",
    "    four spaces",
)
UNTIMED = replace(CITATION, start_s=None, end_s=None, estimated=False, url=None, speakers=())


def rendered(text: str) -> str:
    return MarkdownIt("commonmark").render(text)


def words(text: str) -> str:
    return " ".join(text.split())


def test_markdown_is_a_quotation_with_a_link() -> None:
    shown = rendered(markdown(CITATION))
    assert shown.count("<blockquote>") == 1 and "A sharp knife is safer." in shown
    assert 'href="https://www.youtube.com/watch?v=abc&amp;t=3725s"' in shown
    assert "Ann Lee, Bob Al · The talk · Opening · ≈ 1:02:05" in shown
    assert 'href="/c/abc"' in rendered(markdown(CITATION, "/c/abc"))
    assert "<a" not in rendered(markdown(UNTIMED))


@pytest.mark.parametrize("text", NASTY)
def test_markdown_shows_the_words_as_they_stand(text: str) -> None:
    shown = rendered(markdown(replace(CITATION, quote=text, title=text)))
    tags = set(re.findall(r"<(/?[a-z0-9]+)", shown))
    assert tags == {"blockquote", "/blockquote", "p", "/p", "a", "/a"}
    assert words(text) in words(html.unescape(re.sub(r"<[^>]+>", "", shown)))


def test_wikitext_is_a_quotation_with_a_link() -> None:
    first, second = wikitext(CITATION).split("\n")
    assert first == "<blockquote>A sharp knife is safer. Always.</blockquote>"
    assert second.startswith("— [https://www.youtube.com/watch?v=abc&t=3725s Ann Lee, Bob Al · ")
    assert wikitext(UNTIMED).endswith("\n— The talk · Opening")


@pytest.mark.parametrize("text", NASTY)
def test_wikitext_has_no_markup_of_the_quote(text: str) -> None:
    first, second = wikitext(replace(CITATION, quote=text, title=text)).split("\n")
    inside = first.removeprefix("<blockquote>").removesuffix("</blockquote>")
    for sign in ("[", "]", "{", "}", "|", "<", ">", "''", "~~~", "__", "http", "RFC"):
        assert sign not in inside, sign
        assert sign in ("[", "]", "http") or sign not in second, sign
    assert html.unescape(inside) == words(text)
    assert second.count("[") == second.count("]") == 1


def test_plain_has_the_address_in_a_line_of_its_own() -> None:
    assert plain(CITATION).splitlines() == [
        "“A sharp knife is safer. Always.” — Ann Lee, Bob Al · The talk · Opening · ≈ 1:02:05",
        "https://www.youtube.com/watch?v=abc&t=3725s",
    ]
    assert len(plain(UNTIMED).splitlines()) == 1


def test_csl_json_has_names_date_and_link() -> None:
    item = csl_json(CITATION, "https://wiki.example/c/x", "2025-11-21")
    assert item["author"] == [{"literal": "Ann Lee"}, {"literal": "Bob Al"}]
    assert item["issued"] == {"date-parts": [[2025, 11, 21]]}
    assert (item["URL"], item["locator"]) == ("https://wiki.example/c/x", "≈ 1:02:05")
    assert json.loads(json.dumps(item)) == item
    bare = csl_json(UNTIMED, published="some day")
    assert not {"author", "issued", "URL", "locator"} & set(bare)


def test_bibtex_has_its_fields() -> None:
    entry = bibtex(CITATION, published="2025-11-21")
    assert entry.startswith("@misc{shows-the-talk-3725,\n") and entry.endswith("\n}")
    assert "  author = {{Ann Lee} and {Bob Al}}," in entry
    assert "  title = {{The talk}}," in entry
    assert "  year = {2025}," in entry and "  month = {11}," in entry
    assert "author" not in bibtex(UNTIMED) and "url" not in bibtex(UNTIMED)


@pytest.mark.parametrize("text", NASTY)
def test_bibtex_braces_are_balanced_and_tex_is_escaped(text: str) -> None:
    entry = bibtex(replace(CITATION, quote=text, title=text, speakers=(text,)))
    depth = 0
    for sign in re.sub(r"\\[{}]", "", entry):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    title = next(line for line in entry.splitlines() if line.startswith("  title"))
    assert not re.search(r"(?<!\\)[$&#%_]", title)


def test_a_file_without_latin_letters_has_a_key_too() -> None:
    assert bibtex(replace(CITATION, file="访谈.md")).startswith("@misc{talk-3725,")
