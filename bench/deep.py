"""How much of what a full answer must touch is cited: deep mode beside plain mode and quotes.

``python -m bench.deep QUESTIONS --library FOLDER --llm-url URL [--llm NAME] [--data FOLDER]
[--modes quotes,model,deep] [--calls N] [--seconds S] [--limit N] [--json] [--keep FILE]``.
QUESTIONS has one JSON object a line: ``id``, ``question`` and ``points``, each point a list of
places, any of which will do, as ``{"file", "start", "end"}`` or ``{"file", "heading"}``. A point is
covered if a citation's span meets such a place, or stands under that heading. ``--keep`` writes
each answer's text and steps.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

if not __package__:  # run as a file, which puts bench/ on the path and not the project
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.engine import Assistant
from assistant.evaluation.metrics import Location, is_hit
from assistant.evaluation.questions import Gold
from assistant.library import lock_library
from assistant.settings import ModelSettings, Settings
from assistant.types import Answer, Citation, Mode, Step

MODES: tuple[Mode, ...] = ("quotes", "model", "deep")


@dataclass(frozen=True, slots=True)
class Question:
    """A question that one passage can't answer, and the points of a full answer."""

    id: str
    text: str
    points: tuple[tuple[Gold, ...], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: how many of the points its citations cover, how it was made, and its cost."""

    id: str
    asked: Mode
    mode: Mode
    points: int
    covered: int
    citations: int
    sentences: int
    calls: int
    seconds: float
    notice: str


def read(path: Path) -> tuple[Question, ...]:
    """The questions of a file."""
    lines = [json.loads(line) for line in path.read_text("utf-8-sig").split("\n") if line.strip()]
    return tuple(
        Question(
            line["id"],
            line["question"],
            tuple(tuple(_gold(place) for place in point) for point in line["points"]),
        )
        for line in lines
    )


def _gold(place: dict[str, Any]) -> Gold:
    return Gold(place["file"], place.get("heading"), place.get("start"), place.get("end"))


def covered(question: Question, citations: Sequence[Citation]) -> int:
    """How many of the points a citation touches."""
    places = [Location(one.file, one.heading, one.start_s, one.end_s) for one in citations]
    return sum(
        any(is_hit(place, gold) for place in places for gold in point) for point in question.points
    )


def ask(assistant: Assistant, question: Question, mode: Mode) -> tuple[Row, Answer]:
    """The answer in one mode, and what it covers."""
    started = time.perf_counter()
    left: list[int] = []
    answer: Answer | None = None
    for update in assistant.stream(question.text, mode=mode):
        answer = update.answer
        left += [update.calls_left] if update.calls_left is not None else []
    assert answer is not None
    row = Row(
        question.id,
        mode,
        answer.mode,
        len(question.points),
        covered(question, answer.citations),
        len(answer.citations),
        len(answer.statements),
        left[0] - left[-1] if left else int(mode == "model"),
        round(time.perf_counter() - started, 1),
        answer.notice,
    )
    return row, answer


def table(rows: Sequence[Row]) -> str:
    """A line for each mode: points covered of all, and means of an answer."""
    head = f"{'mode':<8}{'covered':>10}{'share':>8}{'citations':>11}{'seconds':>9}{'written':>9}"
    lines = [head]
    for mode in MODES:
        of_mode = [row for row in rows if row.asked == mode]
        if of_mode:
            hit, points = sum(r.covered for r in of_mode), sum(r.points for r in of_mode)
            cites = sum(r.citations for r in of_mode) / len(of_mode)
            seconds = sum(r.seconds for r in of_mode) / len(of_mode)
            written = sum(r.mode == mode for r in of_mode)
            lines.append(
                f"{mode:<8}{f'{hit}/{points}':>10}{hit / points:>8.2f}{cites:>11.1f}"
                f"{seconds:>9.1f}{f'{written}/{len(of_mode)}':>9}"
            )
    return "\n".join(lines)


def tree(steps: Sequence[Step], depth: int = 0) -> Iterator[str]:
    """The steps as indented lines."""
    for step in steps:
        yield f"{'  ' * depth}{step.kind}: {step.text} ({step.elapsed_s:.1f} s)"
        yield from tree(step.steps, depth + 1)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("questions", type=Path, help="questions with their points")
    parser.add_argument("--library", type=Path, required=True, help="folder with the transcripts")
    parser.add_argument("--data", type=Path, default=Settings().data, help="folder of the index")
    parser.add_argument("--llm-url", required=True, help="where the model's API begins")
    parser.add_argument("--llm", default="local", help="the model's name there")
    parser.add_argument("--modes", default=",".join(MODES), help="which modes, with commas between")
    parser.add_argument("--calls", type=int, default=8, help="calls of a deep answer at most")
    parser.add_argument("--seconds", type=float, default=180.0, help="and its time")
    parser.add_argument("--limit", type=int, help="only the first so many questions")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--keep", type=Path, help="file for the answers' texts and steps")
    given = parser.parse_args(arguments)
    model = ModelSettings(
        given.llm,
        url=given.llm_url,
        timeout_s=120.0,
        deep_calls=given.calls,
        deep_timeout_s=given.seconds,
    )
    settings = replace(Settings(), library=given.library, data=given.data, llm=model)
    rows: list[Row] = []
    with ExitStack() as stack:
        assistant = stack.enter_context(lock_library(settings)).open(lambda _: None).assistant
        kept = stack.enter_context(given.keep.open("w", encoding="utf-8")) if given.keep else None
        for question in read(given.questions)[: given.limit]:
            for mode in [mode for mode in MODES if mode in given.modes.split(",")]:
                row, answer = ask(assistant, question, mode)
                rows.append(row)
                print(row, file=sys.stderr, flush=True)
                if kept:
                    steps = "\n".join(tree(answer.steps))
                    print(f"## {question.id} {mode}\n{question.text}\n\n", file=kept)
                    print(f"{answer.text}\n\n{steps}\n", file=kept, flush=True)
    print(json.dumps([asdict(row) for row in rows], indent=2) if given.json else table(rows))


if __name__ == "__main__":
    main()
