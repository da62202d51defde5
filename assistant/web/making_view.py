"""How an answer comes about, as HTML: who wrote it, in which steps, from what, and what is left.

``data-stop`` stands where the work can be stopped. ``data-seconds-left`` is counted down by the
script between two updates. ``data-keep`` names what the reader may have unfolded, which stays so
when the server writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil

from assistant.llm.types import ModelState
from assistant.types import Answer, Step, Update
from assistant.web.answer_words import AnswerWords, counted

SHOWN_S = 0.05
"""A step that took less tells no time."""


def making_html(number: int, answer: Answer, words: AnswerWords) -> str:
    """Below a whole answer: who wrote it, the steps, and what the model read."""
    by = f'<p class="vb-by">{escape(by_line(answer, words))}</p>'
    return by + _steps(number, answer.steps, words.steps_of, words) + _seen(number, answer, words)


def by_line(answer: Answer, words: AnswerWords) -> str:
    """Which mode answers, and how many of its sentences nothing supports."""
    if answer.mode == "quotes":
        return words.by_quotes
    line = words.by_model.format(answer.model)
    if answer.mode == "deep":
        kinds = [step.kind for step in _all(answer.steps)]
        searches = counted(words.searches, kinds.count("search"))
        line = words.by_deep.format(searches, counted(words.drafts, kinds.count("draft")))
    doubts = sum(statement.outcome == "unsupported" for statement in answer.statements)
    return words.joint.join([line, counted(words.doubts, doubts)]) if doubts else line


def progress_html(number: int, update: Update, words: AnswerWords) -> str:
    """What is being done, what is left of the budget, and the steps so far."""
    stage = escape(words.stages.get(update.stage, ""))
    steps = update.answer.steps if update.answer else ()
    tree = _steps(number, steps, words.steps_so_far, words, is_open=True)
    return f'<p class="vb-pending" data-stop>{stage}{_budget(update, words)}</p>{tree}'


def model_html(state: ModelState | None, words: AnswerWords) -> str:
    """Whether the model can be used, as a line; nothing without one."""
    if state is None:
        return ""
    known = {True: "yes", False: "no", None: "unknown"}[state.reachable]
    if state.reachable is False:
        told = words.model_away.format(state.name, state.message)
        return f'<p class="vb-model" data-reachable="{known}">{escape(told.strip())}</p>'
    line = words.model_looking if state.reachable is None else words.model_ready
    told = escape(" ".join((line.format(state.name), state.message)).strip())
    return (
        f'<p class="vb-model" data-reachable="{known}" title="{told}">'
        f'<span class="vb-sr">{told}</span><span aria-hidden="true">{escape(state.name)}</span></p>'
    )


def _budget(update: Update, words: AnswerWords) -> str:
    if update.seconds_left is None or update.calls_left is None:
        return ""
    left = max(0.0, update.seconds_left)
    seconds = f'<span data-seconds-left="{left:.1f}">{ceil(left)}</span>'
    calls = counted(words.calls, max(0, update.calls_left))
    told = escape(words.budget).format(seconds, escape(calls))
    return f' <span class="vb-budget">{told}</span>'


def _steps(
    number: int, steps: Sequence[Step], label: str, words: AnswerWords, *, is_open: bool = False
) -> str:
    if not steps:
        return ""
    count = sum(1 for _ in _all(steps))
    key = f"steps-{number}"
    opened = " open" if is_open else ""
    return (
        f'<details class="vb-steps" data-keep="{key}"{opened}><summary>{escape(label)} '
        f'<span class="vb-count">{count}</span></summary>{_tree(steps, key, words)}</details>'
    )


def _tree(steps: Sequence[Step], key: str, words: AnswerWords) -> str:
    items = "".join(
        f'<li data-kind="{step.kind}">{_step(step, f"{key}-{n}", words)}</li>'
        for n, step in enumerate(steps)
    )
    return f'<ul class="vb-tree">{items}</ul>'


def _step(step: Step, key: str, words: AnswerWords) -> str:
    kind = escape(words.steps.get(step.kind, step.kind))
    took = words.seconds.format(f"{step.elapsed_s:.1f}") if step.elapsed_s >= SHOWN_S else ""
    time = f' <span class="vb-took">{escape(took)}</span>' if took else ""
    line = f'<span class="vb-kind">{kind}</span> {escape(step.text)}{time}'
    if not step.steps:
        return f'<p class="vb-leaf">{line}</p>'
    inner = _tree(step.steps, key, words)
    return f'<details open data-keep="{key}"><summary>{line}</summary>{inner}</details>'


def _seen(number: int, answer: Answer, words: AnswerWords) -> str:
    if not answer.seen:
        return ""
    return (
        f'<details class="vb-seen" data-keep="seen-{number}">'
        f"<summary>{escape(words.seen)}</summary>"
        f'<pre tabindex="0">{escape(answer.seen)}</pre></details>'
    )


def _all(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _all(step.steps)
