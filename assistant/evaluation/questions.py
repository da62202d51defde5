"""A team's own question file: JSON Lines, one question a line, checked before anything is measured.

docs/measure.md describes the format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from corpus.types import VerbatimError
from index.types import Talk

QuestionKind = Literal[
    "qa", "followup", "quote", "overview", "who", "talks", "compare", "unanswerable", "near"
]
OF_STRUCTURE: tuple[QuestionKind, ...] = ("overview", "who", "talks", "compare")
"""Answered from a library's structure: no search is measured, only answers are."""
WITHOUT_ANSWER: tuple[QuestionKind, ...] = ("unanswerable", "near")
"""Nobody says it; ``near`` are on the talks' own people and things."""

_LINES_TOLD = 5
"""So many bad lines are told in full, the others by their number: a file of another kind altogether
would fill the screen otherwise."""

_LATEST_S = 1e9
_HALF = re.compile("[\ud800-\udfff]")


class QuestionFileError(VerbatimError):
    """A question file can't be used; the message names its bad lines and what to do."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A place that answers: a span, half-open, or where the source has no times, a heading."""

    file: str
    heading: str | None
    start_s: float | None
    end_s: float | None


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One line of a question file. ``history`` are the questions before it, oldest first.

    ``id`` is the line's own, else its number. ``gold`` is empty where nobody says it.
    ``answer`` is a reference answer, ``talk`` the id, file or title of the talk that is asked, each
    empty where the line has none.
    """

    id: str
    kind: QuestionKind
    language: str
    text: str
    history: tuple[str, ...]
    gold: tuple[Gold, ...]
    answer: str = ""
    talk: str = ""


class _BadLineError(Exception):
    """What is wrong with a line, and what to do."""


def read_questions(path: Path) -> tuple[EvalQuestion, ...]:
    """The questions of a file, in its order; blank lines are passed over.

    Raises QuestionFileError if the file can't be read, holds nothing, or has a line that can't be
    used: figures over the rest would look like figures over the whole.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise QuestionFileError(f"{path} can't be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise QuestionFileError(f"{path} is not text in UTF-8: save it as that") from error
    return parse_questions(text, str(path))


def parse_questions(text: str, name: str) -> tuple[EvalQuestion, ...]:
    """The questions of a file's text; ``name`` is what errors call it. Raises as above."""
    questions: list[EvalQuestion] = []
    complaints: list[tuple[int, str]] = []
    # Not splitlines, which also breaks at separators that may stand inside a JSON string.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                questions.append(_question(line, number))
            except _BadLineError as error:
                complaints.append((number, str(error)))
    if complaints:
        raise QuestionFileError(f"{name}: {_complaint_text(complaints)}")
    if not questions:
        raise QuestionFileError(f"{name} holds no questions: write one JSON object a line")
    return tuple(questions)


def unreachable(questions: Sequence[EvalQuestion], talks: Sequence[Talk]) -> tuple[str, ...]:
    """Gold places that this library hasn't got, a line each: questions on them can only be missed.

    Empty when every gold file is in the library, and every heading where the gold has no times.
    """
    headings = {talk.file: {topic.heading for topic in talk.topics} for talk in talks}
    lost: dict[str, list[str]] = {}
    for question in questions:
        for gold in question.gold:
            if gold.file not in headings:
                place = f"{gold.file} is not in the library"
            elif gold.start_s is None and gold.heading not in headings[gold.file]:
                place = f"{gold.file} has no heading {gold.heading!r}"
            else:
                continue
            lost.setdefault(place, []).append(question.id)
    return tuple(f"{place}: gold of {', '.join(ids)}" for place, ids in lost.items())


def _complaint_text(complaints: Sequence[tuple[int, str]]) -> str:
    told = [f"line {number}: {text}" for number, text in complaints[:_LINES_TOLD]]
    rest = [str(number) for number, _ in complaints[_LINES_TOLD:]]
    if len(rest) > _LINES_TOLD:
        told.append(f"and {len(rest)} more lines")
    elif rest:
        told.append(f"and lines {', '.join(rest)}")
    return "; ".join(told)


def _question(line: str, number: int) -> EvalQuestion:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        item = None
    if not isinstance(item, dict):
        raise _BadLineError('not a JSON object: write {"kind": …, "lang": …} on one line')
    kind = _kind(item)
    text, language = _text(item, "question"), _text(item, "lang")
    history = _history(item)
    if kind == "followup" and not history:
        raise _BadLineError("a followup without history: give the list of questions before it")
    gold = _golds(item)
    if kind in WITHOUT_ANSWER and gold:
        raise _BadLineError(f"{kind}, yet it has gold: empty it, or give another kind")
    if kind not in WITHOUT_ANSWER and not gold:
        raise _BadLineError("no gold: give the places that answer, or make it unanswerable")
    name = number if item.get("id") in (None, "") else item["id"]
    answer = str(item["answer"]).strip() if _is_text(item.get("answer")) else ""
    talk = _text(item, "talk") if item.get("talk") not in (None, "") else ""
    return EvalQuestion(_plain(name), kind, language, text, history, gold, answer, talk)


def _plain(name: object) -> str:
    """An id as it can be printed, whatever the file has in its place."""
    return str(name) if _is_text(name) else json.dumps(name)


def _kind(item: Mapping[str, Any]) -> QuestionKind:
    kinds: tuple[QuestionKind, ...] = get_args(QuestionKind)
    for kind in kinds:
        if item.get("kind") == kind:
            return kind
    raise _BadLineError(f"kind is {_shown(item.get('kind'))}: give one of {', '.join(kinds)}")


def _history(item: Mapping[str, Any]) -> tuple[str, ...]:
    history = item.get("history") or []
    if not isinstance(history, list) or not all(_is_text(part) for part in history):
        raise _BadLineError("history is no list of questions: give a list of strings")
    return tuple(history)


def _golds(item: Mapping[str, Any]) -> tuple[Gold, ...]:
    golds = item.get("gold") or []
    if not isinstance(golds, list) or not all(isinstance(part, dict) for part in golds):
        raise _BadLineError('gold is no list of places: give [{"file": …, "start": …, "end": …}]')
    return tuple(_gold(part) for part in golds)


def _gold(part: Mapping[str, Any]) -> Gold:
    file, heading = _text(part, "file"), part.get("heading")
    if part.get("start") is None and part.get("end") is None:
        return Gold(file, _text(part, "heading"), None, None)
    start_s, end_s = _seconds(part.get("start")), _seconds(part.get("end"))
    if start_s is None or end_s is None or start_s >= end_s:
        raise _BadLineError(
            f"gold from {_shown(part.get('start'))} to {_shown(part.get('end'))}: give seconds,"
            " the end after the start, or null for both and a heading"
        )
    return Gold(file, str(heading) if _is_text(heading) else None, start_s, end_s)


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if not _is_text(value):
        raise _BadLineError(f"{name} is {_shown(value)}: give a text")
    return str(value).strip()


def _is_text(value: object) -> bool:
    """Words, and all of them characters: an escape in JSON can name half of one."""
    return isinstance(value, str) and bool(value.strip()) and not _HALF.search(value)


def _seconds(value: object) -> float | None:
    """A time in a recording, ``None`` where the value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # The bound keeps out infinities, NaN, and whole numbers that no float can hold.
    return float(value) if 0 <= value < _LATEST_S else None


def _shown(value: object) -> str:
    """A value as the file has it, on one line and short."""
    if value is None:
        return "missing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:40]}…"
