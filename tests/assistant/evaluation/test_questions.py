"""Question files: what is read, and the one line that a bad file gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation.questions import (
    EvalQuestion,
    Gold,
    QuestionFileError,
    parse_questions,
    read_questions,
    unreachable,
)
from index.types import Talk, Topic

SPAN = {"file": "kitchen.md", "start": 10, "end": 60.5, "heading": None}


def line(**changes: Any) -> str:
    fields = {"kind": "qa", "lang": "en", "question": "Why whet?", "gold": [SPAN], **changes}
    return json.dumps({key: value for key, value in fields.items() if value is not ...})


def complaint(text: str) -> str:
    with pytest.raises(QuestionFileError) as caught:
        parse_questions(text, "team.jsonl")
    message = str(caught.value)
    assert message.startswith("team.jsonl") and "\n" not in message
    return message


def test_a_line_is_read_whole() -> None:
    untimed = {"file": "b.md", "start": None, "end": None, "heading": "Bread"}
    text = line(id="k-1", kind="followup", history=["Who?"], gold=[SPAN, untimed])
    assert parse_questions(text, "f") == (
        EvalQuestion(
            "k-1",
            "followup",
            "en",
            "Why whet?",
            ("Who?",),
            (Gold("kitchen.md", None, 10.0, 60.5), Gold("b.md", "Bread", None, None)),
        ),
    )


def test_a_question_without_an_id_goes_by_its_line() -> None:
    text = f"\n{line()}\r\n\n{line(id=None, kind='unanswerable', gold=[])}\n{line(id=7)}"
    assert [question.id for question in parse_questions(text, "f")] == ["2", "4", "7"]


def test_a_line_separator_inside_a_question_ends_no_line() -> None:
    raw = '{"kind": "unanswerable", "lang": "en", "question": "One\u2028two?", "gold": []}'
    assert parse_questions(raw, "f")[0].text == "One\u2028two?"


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("Why whet?", "not a JSON object"),
        ('["qa"]', "not a JSON object"),
        ("[" * 100_000, "not a JSON object"),
        (line(kind="quiz"), 'kind is "quiz": give one of qa, followup, quote, overview'),
        (line(kind=["qa"]), 'kind is ["qa"]'),
        (line(kind=...), "kind is missing"),
        (line(question="  "), 'question is "  ": give a text'),
        (line(question="Why \ud83d?"), "question is"),
        (line(lang=...), "lang is missing: give a text"),
        (line(gold=[]), "no gold"),
        (line(gold=...), "no gold"),
        (line(gold="kitchen.md"), "gold is no list of places"),
        (line(gold=[{"start": 1, "end": 2}]), "file is missing"),
        (line(gold=[{"file": "a.md"}]), "heading is missing"),
        (line(gold=[{**SPAN, "end": 10}]), "gold from 10 to 10: give seconds"),
        (line(gold=[{**SPAN, "end": None}]), "gold from 10 to missing"),
        (line(gold=[{**SPAN, "start": "0:10"}]), 'gold from "0:10" to 60.5'),
        (line(gold=[{**SPAN, "start": True}]), "gold from true to 60.5"),
        (line(gold=[{**SPAN, "start": float("nan")}]), "gold from NaN"),
        (line(gold=[{**SPAN, "end": float("inf")}]), "to Infinity"),
        (line(gold=[{**SPAN, "start": -1}]), "gold from -1"),
        (line(kind="unanswerable"), "unanswerable, yet it has gold"),
        (line(kind="followup"), "a followup without history"),
        (line(kind="followup", history="Who?"), "history is no list of questions"),
        (line(history=["Who?", 3]), "history is no list of questions"),
    ],
)
def test_a_bad_line_is_told_with_its_number(bad: str, told: str) -> None:
    message = complaint(f"{line()}\n{bad}\n{line()}")
    assert message.startswith("team.jsonl: line 2: ") and told in message


def test_all_bad_lines_are_told_in_one_line() -> None:
    text = "\n".join([line(), "no", line(lang=""), *["no"] * 4, line()])
    message = complaint(text)
    assert "line 2: not a JSON" in message and "line 3: lang is" in message
    assert message.endswith("; and lines 7")


def test_a_file_of_another_kind_does_not_fill_the_screen() -> None:
    message = complaint("words\n" * 500)
    assert message.endswith("and 495 more lines") and len(message) < 600


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty.jsonl", tmp_path / "binary.jsonl"
    empty.write_text("\n\n", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\x00\xd8")
    reasons = {
        tmp_path / "none.jsonl": "No such file",
        empty: "holds no questions",
        binary: "not text in UTF-8",
    }
    for path, reason in reasons.items():
        with pytest.raises(QuestionFileError, match=reason) as caught:
            read_questions(path)
        assert str(path) in str(caught.value)


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(line(), encoding="utf-8-sig")
    assert len(read_questions(path)) == 1


def test_gold_that_the_library_has_not_got_is_told_once_a_place() -> None:
    topic = Topic("a.md", "a", "A", 0, "Bread", "talk", (), None, None)
    talk = Talk("a", "a.md", "A", None, None, "en", (topic,))
    golds = [
        {"file": "a.md", "heading": "Bread"},
        {"file": "a.md", "heading": "Bred"},
        {"file": "gone.md", "start": 0, "end": 1},
        {"file": "gone.md", "heading": "Bread"},
    ]
    text = "\n".join(line(id=str(number), gold=[gold]) for number, gold in enumerate(golds))
    assert unreachable(parse_questions(text, "f"), [talk]) == (
        "a.md has no heading 'Bred': gold of 1",
        "gone.md is not in the library: gold of 2, 3",
    )


def test_questions_about_whole_talks_have_kinds_of_their_own() -> None:
    kinds = ("overview", "who", "talks", "compare")
    read = parse_questions("\n".join(line(kind=kind) for kind in kinds), "f")
    assert tuple(question.kind for question in read) == kinds
    assert "near, yet it has gold" in complaint(line(kind="near"))
    assert parse_questions(line(kind="near", gold=[]), "f")[0].gold == ()


def test_a_line_may_name_its_talk() -> None:
    assert parse_questions(line(talk="kitchen.md"), "f")[0].talk == "kitchen.md"
    assert parse_questions(line(talk=None), "f")[0].talk == ""
    assert "talk is 7: give a text" in complaint(line(talk=7))
