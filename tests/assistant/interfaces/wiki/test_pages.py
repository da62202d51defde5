"""A talk as a page: what stands there, in each flavour, and nothing that breaks out of it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

import frontmatter
import pytest
from markdown_it import MarkdownIt

from assistant.interfaces.web.pages import linked
from assistant.interfaces.wiki.pages import (
    SEAL_LINE,
    Flavour,
    Style,
    index_page,
    make_pages,
    origin,
    talk_page,
)
from corpus.readers import read_transcript
from corpus.types import Section, Transcript, Utterance
from tests.assistant.interfaces.wiki.test_escaping import NASTY
from tests.builders import KITCHEN_NOTE, VIDEO

SERVER = "https://talks.example.org/verbatim"
STYLE = Style(url=SERVER)
FLAVOURS: tuple[Flavour, ...] = ("markdown", "obsidian", "hugo")


@pytest.fixture
def kitchen() -> Transcript:
    return read_transcript("shows/Kitchen.md", KITCHEN_NOTE.encode())


def fields(text: str) -> dict[str, Any]:
    return dict(frontmatter.loads(text).metadata)


def body(text: str) -> str:
    return str(frontmatter.loads(text).content)


def hostile(text: str) -> Transcript:
    utterances = (Utterance(text, text, 10.0, 20.0), Utterance(f"{text} and more" * 9, text, 15.0))
    sections = (
        Section(0, text, None, None, "about", utterances),
        Section(1, text, None, None, "summary", utterances),
        Section(2, text, 10.0, 20.0, "talk", utterances),
    )
    return Transcript(text, text, text, VIDEO, text, text, sections, "f", {"duration_s": text})


def test_facts_topics_and_moments(kitchen: Transcript) -> None:
    text = talk_page(kitchen, STYLE).text
    assert "# Kitchen talk\n" in text
    assert "- **Date**: 2025-05-01\n- **Language**: English\n- **Length**: 02:30\n" in text
    assert "- **Speakers**: Ann, Bob\n" in text
    assert f"- **Source**: [www.youtube.com](<{VIDEO}>)\n" in text
    assert f"- [00:10](<{VIDEO}&t=10s>) **Knives** — Ann\n" in text
    assert f"- [01:00](<{VIDEO}&t=60s>) **Bread** — Bob\n" in text
    assert f"- [01:00](<{VIDEO}&t=60s>) **Bob**: “Sourdough needs a starter" in text
    assert f"](<{SERVER}/talk/shows/Kitchen>)" in text


def test_front_matter(kitchen: Transcript) -> None:
    found = fields(talk_page(kitchen, STYLE).text)
    assert str(found.pop("date")) == "2025-05-01"
    assert re.fullmatch("[0-9a-f]{32}", str(found.pop("verbatim_page")))
    assert found == {
        "title": "Kitchen talk",
        "language": "en",
        "source": VIDEO,
        "speakers": ["Ann", "Bob"],
        "verbatim_url": f"{SERVER}/talk/shows/Kitchen",
        "verbatim_talk": "shows/Kitchen",
        "verbatim_file": "shows/Kitchen.md",
    }


def test_the_chat_is_narrowed_to_the_talk_and_speaks_its_language(kitchen: Transcript) -> None:
    (frame,) = re.findall('<iframe src="([^"]*)"', talk_page(kitchen, STYLE).text)
    assert html.unescape(frame) == f"{SERVER}/embed?talk=shows%2FKitchen&lang=en"
    chinese = talk_page(replace(kitchen, language="zh-Hant"), STYLE).text
    assert "## 問這場訪談" in chinese and "&amp;lang=zh-Hant" in chinese
    german = talk_page(replace(kitchen, language="de"), STYLE).text
    assert "## Ask this talk" in german and "- **Language**: de\n" in german
    ours = talk_page(kitchen, replace(STYLE, lang="zh-Hans")).text
    assert "## 话题" in ours and "&amp;lang=zh-Hans" in ours


@pytest.mark.parametrize("talk_id", ["kitchen", "010-outbox/a-b", "访谈/第 1 集?#&%.md", "a+b"])
def test_the_server_understands_the_addresses(kitchen: Transcript, talk_id: str) -> None:
    text = talk_page(replace(kitchen, id=talk_id), STYLE).text
    (frame,) = re.findall('<iframe src="([^"]*)"', text)
    for url in (html.unescape(frame), fields(text)["verbatim_url"]):
        found = linked(url, (SERVER,))
        assert found is not None and found.name == talk_id


def test_without_a_server_there_is_no_chat_and_no_link_to_one(kitchen: Transcript) -> None:
    text = talk_page(kitchen, Style()).text
    assert "<iframe" not in text and "Ask this talk" not in text and "verbatim_url" not in text
    assert "talks.example.org" not in text


def test_where_frames_need_a_token_there_are_links_only(kitchen: Transcript) -> None:
    text = talk_page(kitchen, replace(STYLE, framed=False)).text
    assert "<iframe" not in text
    assert f"](<{SERVER}/?talk=shows%2FKitchen&lang=en>)" in text


def test_a_talk_without_times_has_topics_without_links() -> None:
    note = (
        "# Tea\n\n## Green tea\n\nIt wants water below boiling.\n\n## Black tea\n\nIt does not.\n"
    )
    text = talk_page(read_transcript("tea.md", note.encode()), Style()).text
    assert "The source gives no times.\n\n- **Green tea**\n- **Black tea**\n" in text
    assert "Key moments" not in text and "](<" not in text and "date:" not in text


@pytest.mark.parametrize(
    ("told", "shown"), [("3605", "1:00:05"), ("inf", "02:30"), ("nan", "02:30"), ("x", "02:30")]
)
def test_the_length_is_what_the_source_tells(kitchen: Transcript, told: str, shown: str) -> None:
    text = talk_page(replace(kitchen, meta={"duration_s": told}), Style()).text
    assert f"- **Length**: {shown}\n" in text


def test_times_of_a_recording_without_an_address(kitchen: Transcript) -> None:
    bare = replace(kitchen, source_url=None)
    assert "- 00:10 **Knives** — Ann\n" in talk_page(bare, Style()).text
    assert (
        f"- [00:10](<{SERVER}/talk/shows/Kitchen#t=10>) **Knives** — Ann\n"
        in talk_page(bare, STYLE).text
    )


def test_all_words_only_where_they_are_wanted(kitchen: Transcript) -> None:
    words = "I sharpen mine on a whetstone every second Sunday."
    assert words not in talk_page(kitchen, STYLE).text
    text = talk_page(kitchen, replace(STYLE, text=True)).text
    assert words in text and f"### Knives [00:10](<{VIDEO}&t=10s>)\n" in text
    assert f"[01:00](<{VIDEO}&t=60s>) **Bob**: Sourdough" in text


def test_hugo_has_a_shortcode_and_leaves_the_title_to_the_theme(kitchen: Transcript) -> None:
    page, index = make_pages([kitchen], replace(STYLE, flavour="hugo"))
    assert "# Kitchen talk" not in page.text and "<iframe" not in page.text
    shortcode = f'{{{{< verbatim src="{SERVER}/embed?talk=shows%2FKitchen&lang=en" title='
    assert page.text.count("{{<") == 1 and shortcode in page.text
    assert index.name == "_index.md"
    assert f"[Kitchen talk]({page.name.removesuffix('.md')}/)" in index.text


def test_obsidian_finds_a_page_by_its_title(kitchen: Transcript) -> None:
    assert fields(talk_page(kitchen, Style("obsidian")).text)["aliases"] == ["Kitchen talk"]
    assert "aliases" not in fields(talk_page(kitchen, Style()).text)


def test_the_index_has_every_talk_newest_first(kitchen: Transcript) -> None:
    talks = [
        replace(kitchen, id="old", title="Old", published="2020-01-01"),
        replace(kitchen, id="undated", title="Undated", published=None),
        replace(kitchen, id="new", title="New", published="2025-06-01"),
    ]
    index = index_page(talks, STYLE)
    assert index.name == "index.md"
    assert re.findall(r"^- (.*)", index.text, re.M) == [
        "2025-06-01 · [New](new.md) · Ann, Bob",
        "2020-01-01 · [Old](old.md) · Ann, Bob",
        "[Undated](undated.md) · Ann, Bob",
    ]
    assert f'src="{SERVER}/embed?lang=en"' in index.text


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("text", NASTY)
def test_hostile_words_are_shown_and_do_nothing(text: str, flavour: Flavour) -> None:
    """Each page has the elements and the fields that it has with harmless words."""
    style = Style(flavour, SERVER, text=True)
    for page, tame in zip(
        make_pages([hostile(text)], style), make_pages([hostile("word")], style), strict=True
    ):
        assert tags(page.text) == tags(tame.text)
        assert fields(page.text).keys() == fields(tame.text).keys()
        assert origin(page.text).owner == "ours"
        page.text.encode()
        assert page.text.count("{{") == (flavour == "hugo")


def test_a_title_can_not_pass_for_the_seal(kitchen: Transcript) -> None:
    page = talk_page(replace(kitchen, title=SEAL_LINE, file=f"x\n{SEAL_LINE}\n.md"), STYLE)
    assert origin(page.text).owner == "ours"


def tags(text: str) -> list[str]:
    shown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(body(text))
    return re.findall(r"<(/?[a-z0-9]+)", shown)


def test_the_same_talk_gives_the_same_page(kitchen: Transcript) -> None:
    again = read_transcript("shows/Kitchen.md", KITCHEN_NOTE.encode())
    assert make_pages([kitchen], STYLE) == make_pages([again], STYLE)
