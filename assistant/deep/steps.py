"""What a deep answer has done, as steps for the reader. Pure functions."""

from __future__ import annotations

from dataclasses import replace

from assistant.deep.draft import Candidate
from assistant.deep.parts import Part
from assistant.deep.search import Found
from assistant.deep.wording import StepWords, counted
from assistant.types import Step


def part_step(part: Part, found: Found | None, took_s: float, words: StepWords) -> Step:
    """A part of the question, and the searches for it once they are done."""
    return Step("question", part.title, took_s, searches(found, words) if found else ())


def gap_step(name: str, found: Found, took_s: float, words: StepWords) -> Step:
    """What was still open, and the searches for it."""
    return Step("gap", name, took_s, searches(found, words))


def searches(found: Found, words: StepWords) -> tuple[Step, ...]:
    """One step for each path that brought something."""
    return tuple(
        Step("search", words.joint.join((words.paths[path], counted(words.passages, count))))
        for path, count in found.by_path.items()
    ) or (Step("search", words.nothing),)


def begun_step(name: str, words: StepWords) -> Step:
    """A draft that is being written."""
    return Step("draft", words.under_way.format(name))


def failed_step(name: str, words: StepWords) -> Step:
    """A draft of which nothing came."""
    return Step("draft", words.failed.format(name))


def draft_step(name: str, judged: Candidate, parts: int, took_s: float, words: StepWords) -> Step:
    """A draft, and how much of it holds and of the question it covers."""
    held = counted(words.supported, judged.written, len(judged.sentences))
    covered = counted(words.covered, parts, len(judged.covered))
    return Step("draft", f"{name}{words.joint}{held}{words.comma}{covered}", took_s)


def judge_step(whole_first: bool, words: StepWords) -> Step:
    """Which of the two ways to answer was chosen."""
    return Step("judge", words.chosen_pooled if whole_first else words.chosen_parts)


def answer_step(sentences: int, citations: int, words: StepWords) -> Step:
    """What the answer is made of."""
    checked, cited = counted(words.checked, sentences), counted(words.cited, citations)
    return Step("answer", f"{checked}{words.comma}{cited}")


def within(outer: Step, inner: Step) -> Step:
    """A step with one more that it led to, and its time."""
    took_s = outer.elapsed_s + inner.elapsed_s
    return replace(outer, elapsed_s=took_s, steps=(*outer.steps, inner))
