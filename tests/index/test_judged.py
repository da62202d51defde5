"""What the retriever makes of a reranker's judgements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from index.retriever import READ, TranscriptRetriever
from index.types import Judgement, Proposal, Query, Sentence
from tests.index.shelf import KITCHEN, WORKSHOP, Shelf, opened_shelf

QUESTION = "Is a sharp knife safer than a blunt knife?"
LONG = "".join(
    f"### Part {n}（00:{n:02}:00 - 00:{n + 1:02}:00）\n**Ann**：\n- Knife {n} is sharp.\n\n"
    for n in range(30)
)
ASKED = """# Island talk

### Paintings（00:00:10 - 00:01:00）
**Ann Lee**：
- Which painting would you rescue from a burning house?

### Tea（00:01:00 - 00:05:00）
**Bob Al**：
- The small Hammershoi, since nobody else would miss it.
"""
FIRES = "".join(
    f"### Fire {n}（00:{n:02}:00 - 00:{n + 1:02}:00）\n**Cy**：\n- A painting burns, {n}.\n\n"
    for n in range(30)
)


BREAD = """# Bread talk

### Bread（00:01:00 - 00:02:30）
**Bob Al**：
- A sharp starter wants flour and water for a whole week before it rises.
"""


class Judge:
    """Says what a function of a sentence says; remembers what it read."""

    def __init__(self, says: Callable[[Sentence], float]) -> None:
        self._says = says
        self.question = ""
        self.read: list[Proposal] = []

    def judge(self, question: str, passages: Sequence[Proposal]) -> list[Judgement]:
        self.question, self.read = question, list(passages)
        said = [tuple(map(self._says, passage.chunk.sentences)) for passage in passages]
        return [Judgement(max(one), one) for one in said]

    def sure(self, judged: Sequence[Judgement]) -> float:
        return max(one.answers for one in judged)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with opened_shelf(tmp_path) as shelf:
        yield shelf


def door(shelf: Shelf, judge: Judge) -> TranscriptRetriever:
    return TranscriptRetriever(shelf.store, shelf.embedder, reranker=judge)


def test_what_is_judged_to_answer_comes_first_with_its_sentence(shelf: Shelf) -> None:
    shelf.put(workshop=WORKSHOP, bread=BREAD)
    flour = Judge(lambda sentence: 0.9 if "flour and water" in sentence.text else 0.1)
    question = "a sharp knife and flour"
    plain = shelf.retriever.search(Query(question), 10)
    evidence = door(shelf, flour).search(Query(question), 10)
    assert "flour and" not in plain.hits[0].best.text
    assert "flour and water" in evidence.hits[0].best.text
    assert evidence.answerable == pytest.approx(0.9)
    assert {hit.chunk.id for hit in evidence.hits} == {hit.chunk.id for hit in plain.hits}


def test_where_nothing_answers_it_is_unsure_and_the_order_stays(shelf: Shelf) -> None:
    shelf.put(kitchen=KITCHEN, workshop=WORKSHOP)
    plain = shelf.retriever.search(Query(QUESTION), 10)
    evidence = door(shelf, Judge(lambda _: 0.02)).search(Query(QUESTION), 10)
    assert [hit.chunk.id for hit in evidence.hits] == [hit.chunk.id for hit in plain.hits]
    assert evidence.answerable == pytest.approx(0.02)


def test_only_the_first_are_read_and_the_others_follow_in_their_order(shelf: Shelf) -> None:
    shelf.put(long=LONG)
    judge = Judge(lambda _: 0.0)
    evidence = door(shelf, judge).search(Query("sharp knives"), 20)
    assert len(judge.read) == READ
    assert len(evidence.hits) == 20
    assert len({hit.chunk.id for hit in evidence.hits}) == 20
    assert {hit.chunk.id for hit in evidence.hits[:READ]} == {one.chunk.id for one in judge.read}
    assert door(shelf, judge).search(Query("sharp knives"), 3).hits == evidence.hits[:3]


def test_the_reply_to_a_question_at_a_passage_end_is_read_with_the_question(shelf: Shelf) -> None:
    shelf.put(island=ASKED, fires=FIRES)
    judge = Judge(lambda sentence: 0.9 if "Hammershoi" in sentence.text else 0.0)
    asked = Query("Which painting would you rescue from a burning house?")
    evidence = door(shelf, judge).search(asked, 1)
    assert evidence.hits[0].best.text.startswith("The small Hammershoi")
    assert len(judge.read) == READ + 1
    assert [line.text for line in judge.read[-1].before] == [asked.text]


def test_without_a_reranker_a_reply_comes_right_after_its_question(shelf: Shelf) -> None:
    shelf.put(island=ASKED, fires=FIRES)
    asked = Query("Which painting would you rescue from a burning house?")
    question, reply, *_ = shelf.retriever.search(asked, 5).hits
    assert question.best.text == asked.text
    assert reply.best.text.startswith("The small Hammershoi")


def test_an_editors_digest_is_not_what_was_said_before(shelf: Shelf) -> None:
    shelf.put(kitchen=KITCHEN)
    judge = Judge(lambda _: 0.5)
    door(shelf, judge).search(Query(QUESTION), 3)
    said = [line.text for passage in judge.read for line in passage.before]
    assert said and not any("sourdough wants" in text for text in said)


def test_a_follow_up_is_read_with_what_it_follows(shelf: Shelf) -> None:
    shelf.put(kitchen=KITCHEN)
    judge = Judge(lambda _: 0.5)
    door(shelf, judge).search(Query("And how often?", context="How does Ann sharpen a knife?"), 3)
    assert judge.question == "And how often? How does Ann sharpen a knife?"
