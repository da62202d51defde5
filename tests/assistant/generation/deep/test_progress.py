"""Deep mode while it works: its tree of steps grows, and whoever leaves ends the request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import cast

import pytest

from assistant.generation.deep.run import answer_deep
from assistant.generation.writer import Writer
from assistant.llm.model import language_model
from assistant.settings import ModelSettings
from assistant.types import Step, Update
from index.retriever import TranscriptRetriever
from index.types import Evidence, Query
from tests.assistant.generation.deep.asking import ASKED, FLOUR, SAFER, Ask, reads
from tests.assistant.kitchen import BOTH, BREAD, KitchenRetriever, source
from tests.builders import make_evidence, make_hit
from tests.index.fakes import FakeEmbedder
from tests.scripted_llm import Scene, ScriptedServer

FEEDING = replace(
    BREAD,
    id="c9",
    text="Feed it daily.",
    sentences=(replace(BREAD.sentences[0], text="Feed it daily."),),
)


class GrowingRetriever(KitchenRetriever):
    """Finds one passage more than two only once the drafts are written."""

    def __init__(self, server: ScriptedServer, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.server = server

    def search(self, query: Query, limit: int) -> Evidence:
        hits = super().search(query, limit).hits
        drafted = len(self.server.requests) > 2
        return make_evidence(*(hit for hit in hits if drafted or hit.chunk != FEEDING))

    def speakers(self) -> tuple[str, ...]:
        return ("Ann Lee", "Bob Ray")


def tree_of(update: Update) -> list[str]:
    """The steps of an update as indented lines."""
    assert update.answer is not None

    def lines(steps: Sequence[Step], depth: int) -> Iterator[str]:
        for step in steps:
            yield f"{'  ' * depth}{step.kind}: {step.text}"
            yield from lines(step.steps, depth + 1)

    return list(lines(update.answer.steps, 0))


def test_the_steps_come_one_after_another(scripted: ScriptedServer, ask: Ask) -> None:
    scripted.play(
        Scene(f"{SAFER} [1].", when=reads(SAFER, FLOUR)),
        Scene(f"{SAFER} [1].", when=reads(SAFER)),
        Scene(f"{FLOUR} [1].", when=reads(FLOUR)),
    )
    trees = [tree_of(update) for update in ask(calls=3)]
    grown = [tree for n, tree in enumerate(trees) if n == 0 or tree != trees[n - 1]]
    assert grown[:2] == [[], ["question: Ann Lee", "question: Bob Ray"]]
    assert grown[2][0] == "question: Ann Lee"
    assert grown[2][1].startswith("  search: ")
    assert grown[2][-1] == "question: Bob Ray"
    news = [line for n in range(3, len(grown)) for line in grown[n] if line not in grown[n - 1]]
    assert [line for line in news if not line.startswith("  ")] == [
        "draft: Draft over all parts…",
        "draft: Draft over all parts: 1 of 1 sentence supported, 1 of 2 parts covered",
        "draft: Draft on Ann Lee…",
        "draft: Draft on Ann Lee: 1 of 1 sentence supported, 1 of 2 parts covered",
        "draft: Draft on Bob Ray…",
        "draft: Draft on Bob Ray: 1 of 1 sentence supported, 1 of 2 parts covered",
        "judge: Taken first: the drafts part by part",
        "answer: 2 checked sentences, 2 citations",
    ]
    assert all(len(tree) >= len(before) for before, tree in pairwise(grown)), "nothing goes away"


def test_one_passage_is_one_passage(ask: Ask) -> None:
    (update, *_) = (update for update in reversed(ask(calls=0)))
    assert "  search: Where it was said: 1 passage" in tree_of(update)


def test_a_gap_grows_below_its_own_step(scripted: ScriptedServer, ask: Ask) -> None:
    found = make_evidence(*BOTH.hits, make_hit(FEEDING, 0.3, [0.3]))
    retriever = GrowingRetriever(scripted, found)
    scripted.play(
        Scene("Feed it daily [1].", when=lambda request: "Feed it daily" in request.text),
        Scene(f"{SAFER} [1]."),
    )
    trees = [tree_of(update) for update in ask(retriever=retriever)]
    gap = "gap: Nothing supported yet on Bob Ray: searched again"
    at = next(n for n, tree in enumerate(trees) if gap in tree)
    assert all(gap in tree for tree in trees[at:])
    assert any("  draft: Bob Ray…" in tree for tree in trees)
    assert any(line.startswith("  draft: Bob Ray: ") for line in trees[-1])


@pytest.mark.parametrize(
    ("asked", "stage", "scene"),
    [
        (ASKED, "writing", Scene([f"{SAFER} [1]. ", "It does", " not slip [1]."], pause_s=9.0)),
        (ASKED, "writing", Scene(f"{SAFER} [1].", first_s=9.0)),
        (ASKED, "writing", Scene(f"{SAFER} [1].", wait_s=9.0)),
        ("How is a knife kept and a starter fed?", "splitting", Scene("How?", first_s=9.0)),
    ],
    ids=["between pieces", "before the first piece", "before the head", "splitting"],
)
def test_closing_the_answer_ends_the_request_soon(
    scripted: ScriptedServer, asked: str, stage: str, scene: Scene
) -> None:
    scripted.play(scene)
    settings = ModelSettings("scripted", url=scripted.url, timeout_s=30.0)
    retriever = KitchenRetriever()
    writer = Writer(language_model(settings), FakeEmbedder(), None, source, retriever.speakers)
    updates = answer_deep(Query(asked), cast(TranscriptRetriever, retriever), writer, language="en")
    asking = next(update for update in updates if scripted.requests)
    assert asking.stage == stage
    updates.close()
    assert scripted.is_left()
