"""Deep mode over a scripted server: parts, drafts, gaps, the budget, and quotes in their place."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.types import Answer, Step, Update
from index.types import Scope
from tests.assistant.generation.deep.asking import FLOUR, SAFER, WEEK, Ask, reads
from tests.assistant.kitchen import BOTH, KitchenRetriever
from tests.scripted_llm import Scene, ScriptedServer


def answer_of(updates: Sequence[Update]) -> Answer:
    assert updates[-1].stage == "done"
    assert updates[-1].answer is not None
    return updates[-1].answer


def quotes(answer: Answer) -> set[str]:
    return {citation.quote for citation in answer.citations}


def kinds(steps: Sequence[Step]) -> list[str]:
    return [step.kind for step in steps]


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
    assert f"{FLOUR}. {WEEK}" in quotes(answer), (
        "the part that the draft leaves out stands there in quotes"
    )
    assert answer.text.endswith(f"- Bob Ray: {FLOUR}. {WEEK} [2]")


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
    assert {f"{SAFER}.", f"{FLOUR}. {WEEK}"} <= quotes(answer)


def test_what_nothing_supports_is_left_out(scripted: ScriptedServer, ask: Ask) -> None:
    scripted.play(Scene(f"Zebras graze in Kenya at noon [1]. {SAFER} [1]."))
    answer = answer_of(ask())
    assert "Zebras" not in answer.text
    assert all(one.outcome != "unsupported" for one in answer.statements)


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


def test_who_may_reach_one_talk_is_told_no_name_from_another(
    scripted: ScriptedServer, ask: Ask
) -> None:
    scripted.play(Scene(f"{FLOUR} [1]."))
    bread = Scope(transcripts=frozenset({"bread"}))
    told = str(ask("Compare what Lee and Ray advise in the kitchen.", scope=bread)[-1])
    assert "Ray" in told and "Ann Lee" not in told
    assert "Ann Lee" in str(ask("Compare what Lee and Ray advise in the kitchen.")[-1])


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
