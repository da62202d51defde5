"""What a caller may reach."""

from __future__ import annotations

import pytest

from assistant.interfaces.http.access import Caller, narrowed, talks_of
from assistant.interfaces.http.errors import ApiError
from assistant.retrieval.scope import Narrowing
from index.types import Scope
from tests.assistant.interfaces.web.fakes import FakeEngine

ANYBODY = Caller("anonymous", "here")
FRAMED = Caller("token", "t", frozenset({"id-far.md", "id-gone.md"}))


def test_without_limits_the_engine_decides() -> None:
    assert narrowed(FakeEngine(), ANYBODY, Narrowing(languages=("en",))) == Scope(
        languages=frozenset({"en"})
    )


def test_a_token_reaches_its_own_talks_alone() -> None:
    engine = FakeEngine()
    assert narrowed(engine, FRAMED, Narrowing()) == Scope(transcripts=FRAMED.talks or frozenset())
    assert narrowed(engine, FRAMED, Narrowing(talks=("Scaling",))).transcripts == {"id-far.md"}
    assert [talk.id for talk in talks_of(engine, FRAMED)] == ["id-far.md"]


@pytest.mark.parametrize(
    "narrowing", [Narrowing(talks=("圆桌",)), Narrowing(speakers=("田老师",))], ids=str
)
def test_what_it_may_not_reach_is_not_there_and_not_named(narrowing: Narrowing) -> None:
    with pytest.raises(ApiError) as refused:
        narrowed(FakeEngine(), FRAMED, narrowing)
    assert (refused.value.status, refused.value.code) == (404, "not_in_library")
    assert "Scaling" in str(refused.value) or "Ann Example" in str(refused.value)
    assert not any(name in str(refused.value) for name in ("大模型", "An article"))


def test_a_token_for_nothing_reaches_nothing() -> None:
    with pytest.raises(ApiError) as refused:
        narrowed(FakeEngine(), Caller("token", "t", frozenset()), Narrowing())
    assert refused.value.status == 403
