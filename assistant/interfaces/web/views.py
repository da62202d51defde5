"""The chat as HTML: questions and answers, their sources, and what stands round them.

An answer's text is Markdown of a small kind: paragraphs, lists, block quotes, bold text and markers
of citations. It is read into pieces here, and the templates escape each of them, so nothing that a
transcript says becomes markup. What a model wrote comes sentence by sentence and is no Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

from assistant.generation.quotes import escaped_words
from assistant.interfaces.web.narrowing import named_choices
from assistant.interfaces.web.rendering import render
from assistant.interfaces.web.session import (
    Conversation,
    Exchange,
    FailedAnswer,
    Pending,
    Stopped,
    with_detail,
)
from assistant.library import LoadState
from assistant.llm.types import ModelState
from assistant.messages.catalogue import Messages
from assistant.types import Answer, Citation, Statement, Step, percent

DETAIL_CHARS = 60
"""A word that gave a sentence away is shown up to here."""

BlockKind = Literal["text", "bullet", "number", "quote", "blank"]
InlineKind = Literal["text", "strong", "marker", "sentence", "unsupported"]
Citations = Mapping[int, Citation]
"""An answer's citations by their markers."""


@dataclass(frozen=True, slots=True)
class Inline:
    """A piece of a line: text, text in bold, a citation's marker, or a model's sentence.

    ``pieces`` are what stands in bold, or a sentence's markers; ``label`` says why a sentence is
    unsupported.
    """

    kind: InlineKind
    text: str = ""
    citation: Citation | None = None
    pieces: tuple[Inline, ...] = ()
    label: str = ""


class Line(NamedTuple):
    """One line of an answer, and the kind of block that it belongs to; a list's has a number."""

    kind: BlockKind
    pieces: tuple[Inline, ...] = ()
    number: int = 1


BLANK = Line("blank")
"""Ends a block."""


class Block(NamedTuple):
    """A paragraph, a block quote or a list, whose first ``number`` counts where it is ordered."""

    kind: BlockKind
    lines: tuple[tuple[Inline, ...], ...]
    number: int


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer, whole or growing, and what is said about it; ``level`` is how sure it is."""

    answer: Answer
    blocks: tuple[Block, ...]
    level: str
    probability: str
    made_by: str


@dataclass(frozen=True, slots=True)
class ShownExchange:
    """An exchange as the conversation shows it.

    ``state`` is what the script sees: ``pending``, ``stopped``, ``failed``, or the status of a
    whole answer. ``within`` names what the search was narrowed to, if to anything.
    """

    number: int
    question: str
    state: str
    outcome: Answer | Pending | Stopped | FailedAnswer
    shown: ShownAnswer | None
    within: str


def chat_html(conversation: Conversation, say: Messages, first: int = 1) -> str:
    """The whole conversation, or the welcome before the first question; ``first`` is the number
    of its first exchange."""
    exchanges = [
        _shown_exchange(number, exchange, say)
        for number, exchange in enumerate(conversation, start=first)
    ]
    return render("chat.html", say=say, exchanges=exchanges)


def sources_html(conversation: Conversation, say: Messages, first: int = 1) -> str:
    """The cards of every answer, grouped by exchange, all hidden but the last answered one's;
    ``first`` is the number of the first exchange."""
    groups = [
        (number, exchange.question, exchange.answer)
        for number, exchange in enumerate(conversation, start=first)
        if not isinstance(exchange.outcome, Pending) or exchange.answer
    ]
    return render("sources.html", say=say, groups=groups, is_new=not conversation)


def status_html(state: LoadState, say: Messages) -> str:
    """The line over the question box while the library loads, or when it could not be loaded."""
    failed = state.phase == "failed"
    text = (
        say("chat.failed", state.message)
        if failed
        else with_detail(say("chat.loading"), state.message)
    )
    return render("status.html", phase=state.phase, text=text)


def asking_buttons(questions: Sequence[str], label: str) -> str:
    """Buttons that ask their own text; nothing where there are none."""
    return render("ask_buttons.html", questions=questions, label=label)


def model_html(state: ModelState | None, say: Messages) -> str:
    """Whether the model can be used, as a line; nothing without one."""
    return render("model.html", say=say, state=state) if state else ""


def _shown_exchange(number: int, exchange: Exchange, say: Messages) -> ShownExchange:
    answer = exchange.answer
    return ShownExchange(
        number=number,
        question=exchange.question,
        state=_state(exchange),
        outcome=exchange.outcome,
        shown=_shown_answer(answer, say) if answer else None,
        within=named_choices(exchange.within, say),
    )


def _state(exchange: Exchange) -> str:
    match exchange.outcome:
        case Pending():
            return "pending"
        case Stopped():
            return "stopped"
        case FailedAnswer():
            return "failed"
        case Answer() as answer:
            return answer.status


def _shown_answer(answer: Answer, say: Messages) -> ShownAnswer:
    return ShownAnswer(
        answer=answer,
        blocks=answer_blocks(answer, say),
        level=answer.sureness,
        probability=percent(answer.answerable),
        made_by=made_by(answer, say),
    )


def made_by(answer: Answer, say: Messages) -> str:
    """Which mode answers, and how many of its sentences nothing supports."""
    if answer.mode == "quotes":
        return say("answer.by_quotes")
    line = say("answer.by_model", answer.model)
    if answer.mode == "deep":
        kinds = [step.kind for step in _every_step(answer.steps)]
        searches = say("answer.searches", n=kinds.count("search"))
        line = say("answer.by_deep", searches, say("answer.drafts", n=kinds.count("draft")))
    doubts = sum(statement.outcome == "unsupported" for statement in answer.statements)
    return say("answer.joint").join([line, say("answer.doubts", n=doubts)]) if doubts else line


def _every_step(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _every_step(step.steps)


def answer_blocks(answer: Answer, say: Messages) -> tuple[Block, ...]:
    """What the answer says, as blocks of lines."""
    citations = {citation.marker: citation for citation in answer.citations}
    if answer.statements:
        return _blocks(_statement_lines(answer.statements, citations, say))
    text = _without_suggestions(answer)
    return _blocks(_markdown_line(line, citations) for line in text.splitlines())


def _without_suggestions(answer: Answer) -> str:
    """The text without the paragraph that lists what is suggested: here it is buttons."""
    suggested = [escaped_words(one) for one in answer.suggestions]
    first, *others = answer.text.split("\n\n")
    kept = [one for one in others if not suggested or any(word not in one for word in suggested)]
    return "\n\n".join([first, *kept])


def _blocks(lines: Iterable[Line]) -> tuple[Block, ...]:
    """Lines of one kind that follow each other make a block."""
    grouped = ((kind, list(same)) for kind, same in groupby(lines, key=lambda line: line.kind))
    return tuple(
        Block(kind, tuple(line.pieces for line in same), same[0].number)
        for kind, same in grouped
        if kind != "blank"
    )


_LINE = re.compile(
    r"\s*(?:(?P<bullet>[-*•]\s+)|(?P<number>\d{1,3})\.\s+|(?P<quote>>)\s?)?(?P<text>.*)"
)
_TOKEN = re.compile(r"\\(?P<literal>[!-/:-@\[-`{-~])|\[(?P<marker>\d{1,3})\]|(?P<bold>\*\*)")
"""A backslash before ASCII punctuation makes it plain text, as in CommonMark (2.4)."""


def _markdown_line(line: str, citations: Citations) -> Line:
    kind, number, text = _opening(line)
    return Line(kind, tuple(_inline(text, citations)), number)


def _opening(line: str) -> tuple[BlockKind, int, str]:
    """The line's kind, its number where it is a list's, and its text."""
    found = _LINE.fullmatch(line)
    if found is None or not line.strip():
        return "blank", 1, ""
    if found["bullet"]:
        return "bullet", 1, found["text"]
    if found["number"]:
        return "number", int(found["number"]), found["text"]
    return "quote" if found["quote"] else "text", 1, found["text"]


def _inline(text: str, citations: Citations) -> Iterator[Inline]:
    """A line's pieces; marks of bold that have no partner stay text."""
    bold_left = sum(1 for token in _TOKEN.finditer(text) if token["bold"])
    strong: list[Inline] | None = None
    for piece in _tokens(text, citations):
        if piece is not None:
            if strong is None:
                yield piece
            else:
                strong.append(piece)
        elif strong is not None:
            yield Inline("strong", pieces=tuple(strong))
            strong, bold_left = None, bold_left - 1
        elif bold_left > 1:
            strong, bold_left = [], bold_left - 1
        else:
            yield Inline("text", "**")


def _tokens(text: str, citations: Citations) -> Iterator[Inline | None]:
    """Text and markers in their order, and ``None`` for each mark of bold. A marker that cites
    nothing is text."""
    at = 0
    for token in _TOKEN.finditer(text):
        yield Inline("text", text[at : token.start()])
        at = token.end()
        if token["bold"]:
            yield None
        elif token["literal"]:
            yield Inline("text", token["literal"])
        elif citation := citations.get(int(token["marker"])):
            yield Inline("marker", citation=citation)
        else:
            yield Inline("text", token[0])
    yield Inline("text", text[at:])


def _statement_lines(
    statements: Sequence[Statement], citations: Citations, say: Messages
) -> Iterator[Line]:
    """A model's sentences in the paragraphs and lists that it wrote them in."""
    mark = ""
    pieces: list[Inline] = []
    for statement in statements:
        before, line_break, opening = statement.lead.rpartition("\n")
        if line_break and pieces:
            yield _line_after(mark, pieces)
            pieces = []
            if "\n" in before:
                yield BLANK
        if not pieces:
            mark, opening = opening, ""
        pieces += [Inline("text", opening), _sentence(statement, citations, say)]
    if pieces:
        yield _line_after(mark, pieces)


def _line_after(mark: str, pieces: Sequence[Inline]) -> Line:
    """The line that begins with ``mark``, such as ``"- "`` or ``"2. "``."""
    kind, number, _ = _opening(mark)
    return Line("text" if kind == "blank" else kind, tuple(pieces), number)


def _sentence(statement: Statement, citations: Citations, say: Messages) -> Inline:
    if statement.outcome == "unsupported":
        return Inline("unsupported", statement.text, label=why_unsupported(statement, say))
    known = (citations[marker] for marker in statement.markers if marker in citations)
    markers = tuple(Inline("marker", citation=citation) for citation in known)
    return Inline("sentence", statement.text, pieces=markers)


def why_unsupported(statement: Statement, say: Messages) -> str:
    """What the label says of a sentence without support."""
    reason = f"answer.reasons.{statement.reason}"
    if f"{reason}.plain" not in say:
        return say("answer.not_verified")
    detail = " ".join(statement.detail.split())
    if len(detail) > DETAIL_CHARS:
        detail = f"{detail[:DETAIL_CHARS].rstrip()}…"
    line = say(f"{reason}.detailed", detail) if detail else say(f"{reason}.plain")
    return say("answer.because", line)
