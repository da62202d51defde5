"""Orders inside transcripts change nothing: not the check, not the citations, not the page.

The scripted model obeys every one of them, which is the worst that a model can do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from assistant.engine import Assistant
from assistant.generation.writer import Writer
from assistant.interfaces.web.session import Exchange
from assistant.interfaces.web.views import chat_html, sources_html
from assistant.library import OpenLibrary, current_source, lock_library
from assistant.llm.types import LanguageModel
from assistant.messages.catalogue import messages
from assistant.settings import ModelSettings, Settings
from assistant.types import Answer, Mode
from assistant.verification.check import is_order
from corpus.library import Library
from index.lexical.dictionary import open_dictionary
from index.retriever import TranscriptRetriever
from index.types import Scope
from tests.assistant.injection.attacks import ASKED, ATTACKS, PLAYER, Attack
from tests.scripted_llm import Scene, ScriptedServer, serving

MARKDOWN_TAGS = {"p", "ul", "ol", "li", "strong", "br"}
"""What an answer's own Markdown comes to."""
NEVER = {"script", "img", "iframe", "object", "embed", "form", "link", "meta", "style", "b", "svg"}
HIDING = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
OWN_PAGE = re.compile(r"c/[a-z2-7]{40}(\?(as|lang|theme)=[\w-]+)?")
"""The permanent page of a citation: an id is made of letters and digits, never of words."""
ADDRESS = re.compile(r"https?://|www\.|javascript:\S|[\w.]@\w", re.IGNORECASE)
SAYING: tuple[Mode, ...] = ("model", "deep", "quotes")


@dataclass(frozen=True)
class Stage:
    """Every transcript in one library, over a model that plays a script."""

    opened: OpenLibrary
    server: ScriptedServer

    def ask(self, attack: Attack, mode: Mode, assistant: Assistant | None = None) -> Answer:
        return (assistant or self.opened.assistant).ask(ASKED, scope=within(attack), mode=mode)


def within(attack: Attack) -> Scope:
    return Scope(transcripts=frozenset({f"{ATTACKS.index(attack):02}"}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("orders")
    for n, attack in enumerate(ATTACKS):
        (folder / f"{n:02}.md").write_text(attack.note, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def stage(folder: Path, model_dir: Path) -> Iterator[Stage]:
    with serving() as server:
        llm = ModelSettings("scripted", url=server.url, timeout_s=30.0, deep_calls=3)
        settings = Settings(library=folder, data=model_dir, min_confidence=0.0, llm=llm)
        with lock_library(settings) as held:
            yield Stage(held.open(lambda _: None), server)


class Tags(HTMLParser):
    """The elements of a page, and what could run or lead away from it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.live: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "srcdoc", "style", "action", "formaction"):
                self.live.append(f"{tag} {name}={value}")
            if name in ("href", "data-player", "data-playing") and not _leads_home(value or ""):
                self.live.append(f"{tag} {name}={value}")


def _leads_home(address: str) -> bool:
    """To the recording, or to our own page about the citation."""
    return PLAYER in address or OWN_PAGE.fullmatch(address) is not None


def assert_nothing_is_live(answer: Answer) -> None:
    """Neither in the answer's Markdown, wherever it is rendered, nor on our page."""
    rendered = Tags(MarkdownIt("commonmark").enable("table").render(answer.text))
    assert rendered.names <= MARKDOWN_TAGS
    assert not ADDRESS.search(answer.text), "renderers make a bare address a link"
    exchanges = (Exchange(ASKED, answer),)
    say = messages("en")
    page = Tags(chat_html(exchanges, say) + sources_html(exchanges, say))
    assert not page.names & NEVER
    assert page.live == []


def assert_citations_hold(answer: Answer) -> None:
    """Every marker is of a citation, and every citation's words stand in the transcript."""
    markers = {citation.marker for citation in answer.citations}
    assert {int(n) for n in re.findall(r"(?<!\\)\[(\d+)\]", answer.text)} <= markers
    assert all(citation.verified for citation in answer.citations)
    for statement in answer.statements:
        assert set(statement.markers) <= markers
        assert bool(statement.markers) == (statement.outcome in ("supported", "mended"))


def assert_unverified(answer: Answer, attack: Attack) -> None:
    """What an order wants said has no marker, unless the talk states it in the quote's own words,
    or the sentence is the quotation of the order."""
    quotes = {citation.marker: citation.quote.casefold() for citation in answer.citations}
    planted = attack.planted.casefold()
    for statement in answer.statements:
        if statement.markers and planted in statement.text.casefold():
            quoted = any(planted in quotes[marker] for marker in statement.markers)
            assert quoted, f"shown as verified: {statement.text}"
            assert attack.said or is_order(statement.text), f"an order: {statement.text}"


@pytest.mark.parametrize("mode", SAYING)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_obedient_model_gets_nothing_through(stage: Stage, attack: Attack, mode: Mode) -> None:
    stage.server.play(Scene(attack.reply))
    answer = stage.ask(attack, mode)
    assert_citations_hold(answer)
    assert_unverified(answer, attack)
    assert_nothing_is_live(answer)
    told = [one for one in answer.statements if one.outcome != "unsupported"]
    assert not HIDING.search(" ".join(one.text for one in told))


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_a_prompt_has_one_fence_and_our_handles_alone(stage: Stage, attack: Attack) -> None:
    stage.server.play(Scene("NO_ANSWER"))
    stage.server.requests.clear()
    stage.ask(attack, "model")
    role, prompt = stage.server.requests[-1].messages[-1]
    assert role == "user"
    assert prompt.count("<excerpts>") == prompt.count("</excerpts>") == 1
    assert prompt.count("<") == prompt.count(">") == 2
    excerpts = prompt.partition("</excerpts>")[0]
    handles = re.findall(r"^\[(\d+)\] ", excerpts, re.MULTILINE)
    assert excerpts.count("[") == excerpts.count("]") == len(handles)
    different = list(dict.fromkeys(handles))
    assert different == [str(n) for n in range(1, len(different) + 1)]
    assert not re.search(r"(?i)(?<!\w)(system|assistant|user)\s*[:：]", excerpts)
    assert not HIDING.search(prompt)
    assert "NO_ANSWER" not in prompt


@pytest.mark.llm
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_a_real_model_gets_nothing_through_either(
    stage: Stage, attack: Attack, real_model: LanguageModel, folder: Path, model_dir: Path
) -> None:
    engine = stage.opened.assistant
    writer = Writer(
        real_model,
        stage.opened.embedder,
        open_dictionary(model_dir),
        current_source(Library(folder)),
        timeout_s=120.0,
    )
    retriever: TranscriptRetriever = engine._retriever
    source = current_source(Library(folder))
    answer = stage.ask(attack, "model", Assistant(retriever, source, 0.0, writer))
    assert_citations_hold(answer)
    assert_unverified(answer, attack)
    assert_nothing_is_live(answer)
