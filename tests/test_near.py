"""The pairs of questions in bench/near hold what their page says of them."""

from __future__ import annotations

import json

from assistant.evaluation.questions import parse_questions
from corpus.library import Library
from tests.project import ROOT

NEAR = ROOT / "bench" / "near"
TEXT = (NEAR / "questions.jsonl").read_text(encoding="utf-8")


def test_every_question_that_is_answered_has_a_near_miss() -> None:
    questions = parse_questions(TEXT, "questions.jsonl")
    answered = {one.id for one in questions if one.kind == "qa"}
    missed = {one.id.removesuffix("-near") for one in questions if one.kind == "unanswerable"}
    assert answered == missed and len(answered) >= 150
    assert f"{len(answered)} pairs" in (NEAR / "README.md").read_text(encoding="utf-8")


def test_the_words_that_answer_stand_where_the_gold_is() -> None:
    library = Library(NEAR / "talks")
    turns = {
        file: [turn for section in library.read_alone(file).sections for turn in section.utterances]
        for file in library.files()
    }
    lost = [
        line["id"]
        for line in map(json.loads, TEXT.splitlines())
        if line["gold"]
        and not any(
            line["words"] in turn.text
            for gold in line["gold"]
            for turn in turns[gold["file"]]
            if turn.start_s is not None and gold["start"] <= turn.start_s < gold["end"]
        )
    ]
    assert not lost, f"their words stand elsewhere: {lost}"
