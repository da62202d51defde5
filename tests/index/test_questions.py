"""Questions of our own over the transcripts that ship, with the real model and a real Chroma."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.library import OpenLibrary

HERE = Path(__file__).parent
FIRST = 3
FOUND = 0.9
"""Of the questions, this share must be answered by one of the first three hits."""


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


def rank(opened: OpenLibrary, item: dict[str, Any]) -> int | None:
    """The rank of the first hit in a section that answers, ``None`` beyond the tenth."""
    gold = {(place["file"], place["heading"]) for place in item["gold"]}
    evidence, _ = opened.assistant.search(item["question"], 10)
    for position, hit in enumerate(evidence.hits, start=1):
        if (hit.chunk.file, hit.chunk.heading) in gold:
            return position
    return None


def test_nine_of_ten_questions_are_answered_by_the_first_three_hits(shipped: OpenLibrary) -> None:
    items = lines("questions_shipped.jsonl")
    assert len(items) >= 20
    ranks = {item["question"]: rank(shipped, item) for item in items}
    late = {question: at for question, at in ranks.items() if at is None or at > FIRST}
    assert len(late) <= (1 - FOUND) * len(items), late


@pytest.mark.parametrize(
    ("question", "twin"),
    [
        ("为什么说公榜不能反映真实产品表现？", "為什麼說公榜不能反映真實產品表現？"),
        ("研究者为什么说进入了数据受限的时代？", "研究者為什麼說進入了數據受限的時代？"),
    ],
)
def test_both_scripts_find_the_same(shipped: OpenLibrary, question: str, twin: str) -> None:
    first, second = (shipped.assistant.search(text, 1)[0].hits[0] for text in (question, twin))
    assert first.chunk.id == second.chunk.id


def test_the_talk_comes_before_its_digest(shipped: OpenLibrary) -> None:
    evidence, _ = shipped.assistant.search("公榜与真实产品表现有什么偏差？", 5)
    kinds = [hit.chunk.kind for hit in evidence.hits]
    assert kinds[0] == "talk"
    assert "summary" in kinds


def test_questions_with_an_answer_look_surer_than_those_without(shipped: OpenLibrary) -> None:
    """Area under the ROC curve: how often an answerable question outranks an unanswerable one."""
    sure = [_sure(shipped, item) for item in lines("questions_shipped.jsonl")]
    unsure = [_sure(shipped, item) for item in lines("off_topic.jsonl")]
    ahead = sum((a > b) + 0.5 * (a == b) for a in sure for b in unsure)
    assert ahead / (len(sure) * len(unsure)) > 0.85


def _sure(opened: OpenLibrary, item: dict[str, Any]) -> float:
    return opened.assistant.search(item["question"], 1)[0].answerable
