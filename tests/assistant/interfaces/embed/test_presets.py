"""What an embedded chat's address presets, and what its token lets it reach."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest

from assistant.interfaces.embed.page import Preset, narrowing_in, offers, reached_scope, read_preset
from assistant.interfaces.http.access import Caller
from assistant.interfaces.http.errors import ApiError
from index.types import EVERYWHERE, Scope
from tests.assistant.interfaces.web.fakes import TALKS, make_talk

ANYBODY = Caller("anonymous", "127.0.0.1")


def holder(*talks: str) -> Caller:
    return Caller("token", "t1", frozenset(talks))


def test_an_address_presets_everything() -> None:
    query = urlencode(
        {
            "lang": "zh-TW",
            "theme": "dark",
            "q": " what? ",
            "greeting": "Hello",
            "questions": "one?\n\n two? ",
            "token": "a.b.c",
            "talk": "talk.md",
        }
    )
    assert read_preset(query, "en") == Preset(
        "zh-Hant", "dark", "talk=talk.md", "what?", "Hello", ("one?", "two?"), "a.b.c"
    )


def test_an_address_that_says_nothing_leaves_the_browsers_wishes() -> None:
    assert read_preset("", "zh-CN,en;q=0.5") == Preset("zh-Hans")
    assert read_preset("theme=neon&lang=xx&q=", None) == Preset("en")


def test_what_narrows_may_stand_alone_or_in_scope() -> None:
    inner = urlencode({"speaker": "Ann Example", "since": "2024-01-01", "token": "x"})
    narrowed = narrowing_in(f"talk=a&talk=b&q=x&scope={quote(inner)}")
    assert narrowed == "talk=a&talk=b&speaker=Ann+Example&since=2024-01-01"


def test_long_and_many_values_are_cut() -> None:
    many = "&".join(f"questions=n{n}" for n in range(50))
    preset = read_preset(f"{many}&greeting={'g' * 1000}&q={'q' * 9000}", None)
    assert len(preset.questions) == 6
    assert len(preset.greeting) == 300
    assert len(preset.question) == 2000


def test_whoever_may_reach_all_gets_what_the_address_says() -> None:
    assert reached_scope("", TALKS, ANYBODY) == EVERYWHERE
    scope = reached_scope("talk=talk.md&spoken=en", TALKS, ANYBODY)
    assert scope == Scope(frozenset({"id-talk.md"}), languages=frozenset({"en"}))


def test_a_token_reaches_its_talks_alone() -> None:
    caller = holder("id-talk.md", "id-far.md")
    both = frozenset({"id-talk.md", "id-far.md"})
    assert reached_scope("", TALKS, caller).transcripts == both
    assert reached_scope("speaker=David", TALKS, caller).transcripts == both
    one = reached_scope("talk=far.md&talk=article.md", TALKS, caller)
    assert one.transcripts == {"id-far.md"}


@pytest.mark.parametrize("narrowed", ["talk=article.md", "talk=id-article.md", "talk=nowhere"])
def test_what_a_token_does_not_reach_is_refused_not_widened(narrowed: str) -> None:
    with pytest.raises(ApiError) as caught:
        reached_scope(narrowed, TALKS, holder("id-talk.md"))
    assert (caught.value.status, caught.value.code) == (403, "not_allowed")
    with pytest.raises(ApiError):
        reached_scope("", TALKS, holder())


def test_offers_are_the_presets_own_the_librarys_or_the_talks_topics() -> None:
    preset = Preset("en")
    assert offers(preset, EVERYWHERE, TALKS, ["Why?"]).questions == ("Why?",)
    own = Preset("en", questions=("Mine?",))
    assert offers(own, EVERYWHERE, TALKS, ["Why?"]).questions == ("Mine?",)
    talk = make_talk("a.md", "A", (), "en", None)
    scoped = offers(preset, Scope(frozenset({talk.id})), [talk, *TALKS], ["Why?"])
    assert (scoped.questions, scoped.topics) == ((), ("Opening",))
