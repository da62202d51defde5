"""Deep mode over a scripted server: parts, drafts, gaps, the budget, and quotes in their place."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from assistant.budget import DeepBudget
from assistant.deep import answer_deep
from assistant.llm.model import language_model
from assistant.llm.settings import ModelSettings
from assistant.types import Answer, Step, Update
from assistant.writing import Writer
from index.retriever import TranscriptRetriever
from index.types import EVERYWHERE, Evidence, Query, Scope, Talk
from tests.assistant.kitchen import BREAD, KNIVES, ScriptedRetriever, source
from tests.builders import make_evidence, make_hit
from tests.index.fakes import FakeEmbedder
from tests.scripted_llm import Request, Scene, ScriptedServer

ASKED = "Compare what Ann Lee and Bob Ray advise in the kitchen."
SAFER = "A sharp knife is safer"
FLOUR = "A starter wants flour"
BOTH = make_evidence(make_hit(KNIVES, 0.9, [0.9, 0.2]), make_hit(BREAD, 0.8, [0.9, 0.2]))

Ask = Callable[..., list[Update]]


class KitchenRetriever(ScriptedRetriever):
    """Finds both talks for everything, inside the scope that it is given."""

    def __init__(self, evidence: Evidence = BOTH) -> None:
        super().__init__({"": evidence})

    def search(self, query: Query, limit: int) -> Evidence:
        found = super().search(query, limit)
        people, talks = query.scope.speakers, query.scope.transcripts
        hits = (hit for hit in found.hits if not people or people & set(hit.chunk.speakers))
        kept = tuple(hit for hit in hits if not talks or hit.chunk.transcript_id in talks)
        return replace(found, hits=kept)

    def talks(self) -> Sequence[Talk]:
        return tuple(
            Talk(c.transcript_id, c.file, c.title, None, None, "en", ()) for c in (KNIVES, BREAD)
        )


@pytest.fixture
def ask(scripted: ScriptedServer) -> Ask:
    """All updates of a deep answer; keywords are the budget's, a retriever, a scope."""

    def updates(question: str = ASKED, **given: Any) -> list[Update]:
        settings = ModelSettings("scripted", url=scripted.url, timeout_s=5.0)
        retriever = given.get("retriever", KitchenRetriever())
        writer = Writer(language_model(settings), FakeEmbedder(), None, source, retriever.speakers)
        return list(
            answer_deep(
                Query(question, scope=given.get("scope", EVERYWHERE)),
                cast(TranscriptRetriever, retriever),
                writer,
                language="en",
                budget=DeepBudget(given.get("calls", 8), given.get("seconds", 20.0)),
            )
        )

    return updates


def answer_of(updates: Sequence[Update]) -> Answer:
    assert updates[-1].stage == "done"
    assert updates[-1].answer is not None
    return updates[-1].answer


def quotes(answer: Answer) -> set[str]:
    return {citation.quote for citation in answer.citations}


def kinds(steps: Sequence[Step]) -> list[str]:
    return [step.kind for step in steps]


def reads(*words: str) -> Callable[[Request], bool]:
    """Whether these words, of all that there are, stand in the excerpts of a request."""
    every = (SAFER, FLOUR)
    return lambda request: [word in request.text for word in every] == [w in words for w in every]


def test_every_side_is_answered_from_its_own_words(scripted: ScriptedServer, ask: Ask) -> None:
    scripted.play(
        Scene(f"{SAFER} [1]. Knives are made in Solingen [1].", when=reads(SAFER, FLOUR)),
        Scene(f"{SAFER} [1].", when=reads(SAFER)),
        Scene(f"{FLOUR} [1].", when=reads(FLOUR)),
    )
    updates = ask(calls=3)
    answer = answer_of(updates)
    assert (answer.status, answer.mode, answer.notice) == ("answered", "deep", "")
    assert answer.text == f"Ann Lee:\n\n{SAFER}. [1]\n\nBob Ray:\n\n{FLOUR}. [2]"
    assert quotes(answer) == {f"{SAFER}.", f"{FLOUR}."}
    assert all(citation.verified for citation in answer.citations)
    assert kinds(answer.steps) == [
        "question", "question", "draft", "draft", "draft", "judge", "answer",
    ]  # fmt: skip
    assert kinds(answer.steps[0].steps)[0] == "search"
    assert "1 of 2 sentences supported, 1 of 2 parts covered" in answer.steps[2].text


def test_the_budget_counts_down_while_it_works(scripted: ScriptedServer, ask: Ask) -> None:
    scripted.play(Scene(f"{SAFER} [1]. {FLOUR} [2]."))
    updates = ask()
    calls = [update.calls_left for update in updates if update.calls_left is not None]
    seconds = [update.seconds_left for update in updates if update.seconds_left is not None]
    assert len(calls) == len(seconds) == len(updates)
    assert calls[0] == 8
    assert calls == sorted(calls, reverse=True)
    assert calls[-1] == 8 - len(scripted.requests)
    assert seconds == sorted(seconds, reverse=True)
    stages = list(dict.fromkeys(update.stage for update in updates))
    assert stages == ["splitting", "searching", "writing", "judging", "done"]


def test_no_more_calls_than_there_are(scripted: ScriptedServer, ask: Ask) -> None:
    scripted.play(Scene(f"{SAFER} [1]."))
    answer = answer_of(ask(calls=1))
    assert len(scripted.requests) == 1
    assert answer.mode == "deep"
    assert f"{FLOUR}." in quotes(answer), (
        "the part that the draft leaves out stands there in quotes"
    )
    assert answer.text.endswith("- Bob Ray: A starter wants flour. [2]")


def test_without_any_call_every_part_has_quotes(scripted: ScriptedServer, ask: Ask) -> None:
    answer = answer_of(ask(calls=0))
    assert scripted.requests == []
    assert (answer.status, answer.mode, answer.statements) == ("answered", "quotes", ())
    assert "- Ann Lee: A sharp knife" in answer.text
    assert "- Bob Ray: A starter" in answer.text


@pytest.mark.parametrize("status", [500, 401])
def test_a_model_that_fails_leaves_quotes_for_every_part(
    scripted: ScriptedServer, ask: Ask, status: int
) -> None:
    scripted.play(Scene(status=status, error="no"))
    answer = answer_of(ask())
    assert {citation.file for citation in answer.citations} == {"talk.md", "bread.md"}
    assert answer.notice.endswith("Here is what was said, in quotes.")
    assert len(scripted.requests) <= 2, "it isn't asked again and again"


def test_when_the_time_is_up_the_best_so_far_is_the_answer(
    scripted: ScriptedServer, ask: Ask
) -> None:
    scripted.play(
        Scene(f"{SAFER} [1].", when=reads(SAFER, FLOUR)), Scene(f"{FLOUR} [1].", first_s=9.0)
    )
    started = time.monotonic()
    answer = answer_of(ask(seconds=2.0))
    assert time.monotonic() - started < 4.0
    assert answer.mode == "deep"
    assert answer.notice == (
        "The language model took too long. The sentences before that are checked."
    )
    assert {f"{SAFER}.", f"{FLOUR}."} <= quotes(answer)


def test_what_nothing_supports_is_left_out(scripted: ScriptedServer, ask: Ask) -> None:
    scripted.play(Scene(f"Zebras graze in Kenya at noon [1]. {SAFER} [1]."))
    answer = answer_of(ask())
    assert "Zebras" not in answer.text
    assert all(one.outcome != "unsupported" for one in answer.statements)


def test_a_part_without_a_supported_sentence_is_searched_again(
    scripted: ScriptedServer, ask: Ask
) -> None:
    more = replace(
        BREAD, id="c9", text="Feed it daily.",
        sentences=(replace(BREAD.sentences[0], text="Feed it daily."),),
    )  # fmt: skip
    found = make_evidence(*BOTH.hits, *(make_hit(more, 0.3, [0.3]) for _ in "1"))
    scripted.play(
        Scene("Feed it daily [1].", when=lambda r: "Feed it daily" in r.text),
        Scene(f"{SAFER} [1]."),
    )

    class Growing(KitchenRetriever):
        def search(self, query: Query, limit: int) -> Evidence:
            hits = super().search(query, limit).hits
            return make_evidence(*(hits if scripted.requests else hits[:2]))

        def speakers(self) -> tuple[str, ...]:
            return ("Ann Lee", "Bob Ray")

    answer = answer_of(ask(retriever=Growing(found)))
    assert "gap" in kinds(answer.steps)
    assert any("searched again" in step.text for step in answer.steps)


def test_the_parts_that_a_model_proposes_are_searched(scripted: ScriptedServer, ask: Ask) -> None:
    asked = "How is a knife kept and a starter fed?"
    scripted.play(
        Scene("How is a knife kept?\nHow is a starter fed?", when="Split the question"),
        Scene(f"{SAFER} [1]."),
    )
    answer = answer_of(ask(asked))
    titles = [step.text for step in answer.steps if step.kind == "question"]
    assert titles == ["How is a knife kept?", "How is a starter fed?"]


def test_what_a_model_answers_in_place_of_parts_is_not_searched(
    scripted: ScriptedServer, ask: Ask
) -> None:
    retriever = KitchenRetriever()
    scripted.play(
        Scene("Knives come from Solingen.\nWho is Napoleon?", when="Split the question"),
        Scene(f"{SAFER} [1]."),
    )
    ask("How is a knife kept and a starter fed?", retriever=retriever)
    assert not any("Napoleon" in q.text or "Solingen" in q.text for q, _ in retriever.asked)


def test_the_readers_scope_holds_on_every_path(scripted: ScriptedServer, ask: Ask) -> None:
    scope = Scope(transcripts=frozenset({"bread"}))
    retriever = KitchenRetriever()
    scripted.play(Scene(f"{FLOUR} [1]."))
    answer = answer_of(ask(retriever=retriever, scope=scope))
    assert all(query.scope.transcripts == {"bread"} for query, _ in retriever.asked)
    assert {citation.file for citation in answer.citations} == {"bread.md"}


def test_a_library_without_an_answer_says_so(scripted: ScriptedServer, ask: Ask) -> None:
    answer = answer_of(ask(retriever=KitchenRetriever(replace(BOTH, answerable=0.2))))
    assert (answer.status, answer.citations) == ("no_evidence", ())
    assert kinds(answer.steps) == ["question", "question"]
    assert scripted.requests == []


def test_a_model_that_declines_over_weak_evidence_is_believed(
    scripted: ScriptedServer, ask: Ask
) -> None:
    scripted.play(Scene("NO_ANSWER"))
    assert answer_of(ask(retriever=KitchenRetriever(replace(BOTH, answerable=0.6)))).status == (
        "no_evidence"
    )
    sure = answer_of(ask(retriever=KitchenRetriever(replace(BOTH, answerable=0.95))))
    assert (sure.status, sure.mode) == ("answered", "quotes")


def test_closing_the_answer_ends_the_request(scripted: ScriptedServer) -> None:
    scripted.play(Scene([f"{SAFER} [1]. ", "It does", " not slip [1].", " More."], pause_s=2.0))
    settings = ModelSettings("scripted", url=scripted.url, timeout_s=30.0)
    retriever = KitchenRetriever()
    writer = Writer(language_model(settings), FakeEmbedder(), None, source, retriever.speakers)
    updates = answer_deep(Query(ASKED), cast(TranscriptRetriever, retriever), writer, language="en")
    for update in updates:
        if update.stage == "writing" and scripted.requests:
            break
    updates.close()
    assert scripted.left.wait(5.0)
