"""What an address narrows the search to, and how that is told."""

from __future__ import annotations

import pytest

from assistant.interfaces.web.narrowing import (
    Choice,
    chips_html,
    chosen,
    mode_of,
    scope_html,
    scope_of,
)
from assistant.messages.catalogue import messages
from index.types import EVERYWHERE, Scope
from tests.assistant.interfaces.web.fakes import TALKS, make_talk

CLOSED = make_talk("c.md", '<b>Closed</b> & "quoted"', ("O'Neil <x>",), "zh-Hant", None)
LIBRARY = (*TALKS, CLOSED)


@pytest.mark.parametrize(
    ("query", "scope"),
    [
        ("", EVERYWHERE),
        ("?q=why&lang=zh-Hans&__theme=dark", EVERYWHERE),
        ("talk=id-far.md", Scope(transcripts=frozenset({"id-far.md"}))),
        ("?talk=far.md&talk=article.md", Scope(frozenset({"id-far.md", "id-article.md"}))),
        ("speaker=David", Scope(speakers=frozenset({"David"}))),
        (
            "speaker=ann+example&speaker=田老師",
            Scope(speakers=frozenset({"Ann Example", "田老师"})),
        ),
        ("spoken=ZH", Scope(languages=frozenset({"zh-Hans", "zh-Hant"}))),
        ("spoken=zh-Hant", Scope(languages=frozenset({"zh-Hant"}))),
        ("since=2024-01-01&until=", Scope(since="2024-01-01")),
        ("until=20240131", Scope(until="2024-01-31")),
        ("since=soon&until=2024-02-31", EVERYWHERE),
        ("talk=&speaker=&spoken=", EVERYWHERE),
    ],
)
def test_an_address_narrows_the_search(query: str, scope: Scope) -> None:
    assert scope_of(query, LIBRARY) == scope


def test_what_the_library_has_not_got_is_kept_and_told() -> None:
    scope = scope_of("talk=gone.md&speaker=Nobody+Else&spoken=eo&speaker=David", LIBRARY)
    assert scope == Scope(
        frozenset({"gone.md"}), frozenset({"Nobody Else", "David"}), frozenset({"eo"})
    )
    assert [(choice.label, choice.known) for choice in chosen(scope, LIBRARY)] == [
        ("David", True),
        ("gone.md", False),
        ("Nobody Else", False),
        ("eo", False),
    ]
    say = messages("en")
    assert "gone.md (not in the library)" in chips_html(scope, LIBRARY, say)
    assert 'value="gone.md" checked' in scope_html(scope, LIBRARY, say)


def test_choices_come_in_the_librarys_order_with_names() -> None:
    scope = scope_of("until=2025-12-31&spoken=zh-Hans&speaker=David&talk=far.md&talk=c.md", LIBRARY)
    assert chosen(scope, LIBRARY) == (
        Choice("talk", "id-far.md", "Scaling, one hour in"),
        Choice("talk", "id-c.md", CLOSED.title),
        Choice("speaker", "David", "David"),
        Choice("spoken", "zh-Hans", "简体中文"),
        Choice("until", "2025-12-31", "2025-12-31"),
    )


def test_nothing_of_a_transcript_is_markup() -> None:
    scope = scope_of("talk=c.md&speaker=O%27Neil+%3Cx%3E", LIBRARY)
    for made in (scope_html, chips_html):
        told = made(scope, LIBRARY, messages("en"))
        assert "<b>" not in told and "<x>" not in told and '"quoted"' not in told
        assert "&lt;b&gt;Closed" in told


def test_a_talk_is_found_in_either_script() -> None:
    talks = (make_talk("s.md", "软件与数据", (), "zh-Hans", None), *TALKS)
    panel = scope_html(EVERYWHERE, talks, messages("zh-Hant"))
    assert "軟體與資料" in panel
    talks = (make_talk("t.md", "數據與開放", (), "zh-Hant", None), *TALKS)
    assert "数据与开放" in scope_html(EVERYWHERE, talks, messages("zh-Hans"))


def test_the_panel_offers_only_what_differs() -> None:
    say = messages("en")
    assert scope_html(EVERYWHERE, TALKS[1:2], say) == ""
    assert scope_html(EVERYWHERE, (), say) == ""
    undated = (make_talk("a.md", "A", (), "en", None), make_talk("b.md", "B", (), "en", None))
    panel = scope_html(EVERYWHERE, undated, say)
    assert "Talks" in panel
    assert "Languages" not in panel and "Dates" not in panel and "Speakers" not in panel
    assert "Dates" in scope_html(Scope(since="2024-01-01"), undated, say)
    assert scope_html(scope_of("talk=gone", TALKS[1:2]), TALKS[1:2], say) != ""


@pytest.mark.parametrize(
    ("query", "mode"),
    [("?mode=deep", "deep"), ("mode=quotes&mode=deep", "quotes"), ("mode=other", None), ("", None)],
)
def test_an_address_chooses_the_mode(query: str, mode: str | None) -> None:
    assert mode_of(query, ("model", "quotes", "deep")) == mode


def test_a_mode_that_is_not_offered_is_not_chosen() -> None:
    assert mode_of("mode=deep", ("quotes",)) is None
