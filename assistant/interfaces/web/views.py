"""Answers, sources, steps as HTML, by templates that escape.

Where the quote stands in its passage, how much of the rest shows, and how times are written.

The parts that cards and pages about a citation are made of, as HTML.

``data-player`` and ``data-playing`` hold addresses that the player loads once the reader asks for
it: until then nothing is fetched. ``data-copy`` is a link to a citation in another form, which the
script copies; without a script it opens.

How an answer comes about, as HTML: who wrote it, in which steps, from what, and what is left.

``data-stop`` stands where the work can be stopped. ``data-seconds-left`` is counted down by the
script between two updates. ``data-keep`` names what the reader may have unfolded, which stays so
when the server writes it anew.

An answer's small Markdown as safe HTML.

All text is escaped, so nothing that a transcript says becomes markup: the only elements are those
made here, for paragraphs, lists, block quotes, bold text and the markers of known citations.

A model's answer as HTML, sentence by sentence, with a label on those that nothing supports.

Whatever a model wrote is text here: its words are escaped, not read as Markdown.

The conversation's side of the page as HTML: the welcome, questions and answers.

What the script acts on stands in ``data-`` attributes: ``data-ask`` asks its value, ``data-cite``
shows the sources of the exchange it numbers (1-based), with ``data-marker`` one of them.

The sources' side of the page as HTML: a card for each citation, the sources of all answers.

Only the last answer's stand open; the script brings an older answer's back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from itertools import groupby, pairwise
from math import ceil
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from assistant.citation.permalink import citation_path, permanent_id, playing, web_url
from assistant.interfaces.web.narrowing import named
from assistant.interfaces.web.session import (
    Conversation,
    Exchange,
    FailedAnswer,
    Pending,
    Stopped,
    note,
)
from assistant.library import LoadState
from assistant.llm.types import ModelState
from assistant.messages.answer_words import AnswerWords, answer_words, counted
from assistant.messages.i18n import Words
from assistant.messages.page_words import page_words
from assistant.messages.scope_words import scope_words
from assistant.messages.sureness import percent, sureness, sureness_words
from assistant.types import Answer, Citation, Statement, Step, Update
from index.moments import clock, clock_span

NEAR_CHARS = 90
"""How much of the passage stays in view on each side of the quote; Latin script gets twice that."""

_SENTENCE_END = re.compile(r"[。！？；…!?\n]\s*|\.\s+")
_PHRASE_END = re.compile(r"[，、：,;:]\s*|\s+")


class CutPassage(NamedTuple):
    """A passage cut at its quote. ``head`` and ``tail`` are what is folded away, both may be empty.

    The five parts joined are the passage; ``quote`` is empty where it was not found in it. White
    space at a cut goes with what is folded.
    """

    head: str
    before: str
    quote: str
    after: str
    tail: str


def locate(passage: str, quote: str) -> tuple[int, int] | None:
    """The quote's span in the passage, white space aside; ``None`` where it isn't there."""
    parts = quote.split()
    if not parts:
        return None
    found = re.search(r"\s*".join(re.escape(part) for part in parts), passage)
    return found.span() if found else None


def excerpt(passage: str, quote: str) -> CutPassage:
    """The passage around its quote, with what is far from it set apart."""
    span = locate(passage, quote)
    near = NEAR_CHARS if _is_han(passage) else 2 * NEAR_CHARS
    start, end = span or (0, 0)
    left = _cut_before(passage[:start], near)
    right = end + _cut_after(passage[end:], near if span else 2 * near)
    return CutPassage(
        passage[:left], passage[left:start], passage[start:end], passage[end:right], passage[right:]
    )


def _cut_after(text: str, near: int) -> int:
    """Where to end a stretch of about ``near`` characters at the text's start.

    A rest of less than half of that is not worth folding.
    """
    if len(text) <= near * 3 // 2:
        return len(text)
    return len(text[: _break_at(text, near, near // 3)].rstrip())


def _cut_before(text: str, near: int) -> int:
    """Where to begin a stretch of about ``near`` characters at the text's end."""
    if len(text) <= near * 3 // 2:
        return 0
    return len(text) - len(text[_break_at(text, len(text) - near, near // 3) :].lstrip())


def _break_at(text: str, goal: int, slack: int) -> int:
    """The break nearest to ``goal`` and within ``slack`` of it: a sentence's, else a phrase's."""
    for pattern in (_SENTENCE_END, _PHRASE_END):
        ends = [found.end() for found in pattern.finditer(text, goal - slack, goal + slack)]
        if ends:
            return min(ends, key=lambda end: abs(end - goal))
    return goal


def _is_han(text: str) -> bool:
    wide = sum(1 for char in text if "\u2e80" <= char <= "\uffef")
    return wide * 3 > len(text)


Spans = Sequence[tuple[int, int]]


def facts_html(citation: Citation, words: Words) -> str:
    """Who and when."""
    time = clock_span(citation.start_s, citation.end_s, citation.estimated)
    hint = f' title="{escape(words.estimated)}"' if citation.estimated else ""
    when = (
        f'<dd class="vb-time"{hint}>{time}</dd>' if time else f"<dd>{escape(words.no_times)}</dd>"
    )
    who = words.speaker_join.join(citation.speakers)
    speakers = (
        f'<div><dt class="vb-sr">{escape(words.speakers)}</dt>'
        f'<dd class="vb-speakers">{escape(who)}</dd></div>'
        if who
        else ""
    )
    return (
        f'<dl class="vb-facts">{speakers}'
        f'<div><dt class="vb-sr">{escape(words.time)}</dt>{when}</div></dl>'
    )


def passage_html(
    citation: Citation, words: Words, spans: Spans | None = None, *, folded: bool = True
) -> str:
    """The quote inside its passage, marked; with ``spans`` only those offsets of the quote are.

    What is far from the quote is ``folded`` away.
    """
    part = excerpt(citation.passage, citation.quote)
    if not folded:
        part = part._replace(
            head="", before=part.head + part.before, after=part.after + part.tail, tail=""
        )
    # A quote that is not in its passage as it stands is still what the answer rests on.
    lead = "" if part.quote else f'<p class="vb-quote">{marked(citation.quote, spans)}</p>'
    inside = marked(part.quote, spans if part.quote == citation.quote else None)
    text = (
        f"{_folded(part.head)}{escape(part.before)}{inside}{escape(part.after)}{_folded(part.tail)}"
    )
    unfold = (
        f'<button type="button" class="vb-link" data-unfold aria-expanded="false" '
        f'data-more="{escape(words.unfold)}" data-less="{escape(words.fold)}">'
        f"{escape(words.unfold)}</button>"
        if part.head or part.tail
        else ""
    )
    return f'{lead}<p class="vb-passage">{text}</p>{unfold}'


def marked(text: str, spans: Spans | None = None) -> str:
    """The text with these offsets of it marked, all of it where none are given."""
    if not text:
        return ""
    spans = [(0, len(text))] if spans is None else spans
    bounds = [0, *(bound for span in spans for bound in span), len(text)]
    pieces = [escape(text[start:end]) for start, end in pairwise(bounds)]
    return "".join(
        f"<mark>{piece}</mark>" if number % 2 else piece for number, piece in enumerate(pieces)
    )


def actions_html(
    url: str | None, player_url: str | None, start_s: float | None, title: str, words: Words
) -> str:
    """Play it here, and open it at its source; what has no web address is left out."""
    at = None if start_s is None else clock(start_s)
    player, page = web_url(player_url), web_url(url)
    parts = []
    if player:
        text = words.play if at is None else words.play_from.format(at)
        parts.append(
            f'<button type="button" class="vb-play" data-player="{escape(player)}" '
            f'data-playing="{escape(playing(player))}" data-title="{escape(title)}">'
            f"{escape(text)}</button>"
        )
    if page:
        text = words.open if at is None else words.open_at.format(at)
        parts.append(
            f'<a class="vb-open" href="{escape(page)}" target="_blank" rel="noopener">'
            f'{escape(text)} <span aria-hidden="true">↗</span>'
            f'<span class="vb-sr"> ({escape(words.new_tab)})</span></a>'
        )
    return f'<p class="vb-actions">{"".join(parts)}</p>' if parts else ""


def sharing_html(address: str, words: Words, in_talk: str | None = None) -> str:
    """The permanent link, the citation to copy in other forms, and where the talk has it.

    In the chat, which has no address for that, the link opens a tab of its own: the conversation
    would be left behind.
    """
    said = page_words(words.lang)
    new_tab, hint, way = "", "", ""
    if in_talk is None:
        new_tab = ' target="_blank" data-carry'
        hint = f'<span class="vb-sr"> ({escape(words.new_tab)})</span>'
    else:
        way = f'<a href="{escape(in_talk)}">{escape(said.in_talk)}</a>'
    return (
        f'<div class="vb-share">{way}<a class="vb-permanent" href="{escape(address)}"{new_tab}>'
        f"{escape(said.permanent)}{hint}</a>{copying_html(address, words)}</div>"
    )


def copying_html(address: str, words: Words) -> str:
    """A menu of forms to copy a citation in; ``address`` is that of its page."""
    said = page_words(words.lang)
    joint = "&" if urlsplit(address).query else "?"
    items = "".join(
        f'<li><a href="{escape(f"{address}{joint}as={form}")}" target="_blank" data-copy'
        f' data-copied="{escape(said.copied.format(name))}">{escape(name)}</a></li>'
        for form, name in said.formats.items()
    )
    return (
        f'<details class="vb-copy" data-not-copied="{escape(said.not_copied)}">'
        f"<summary>{escape(said.copy_as)}</summary><ul>{items}</ul></details>"
        '<span class="vb-copied" role="status"></span>'
    )


def check_html(citation: Citation, words: Words) -> str:
    """Whether the quote was found in the transcript as it stands on disk."""
    if citation.verified:
        return f'<p class="vb-verified">{escape(words.verified)}</p>'
    return f'<p class="vb-unverified">{escape(words.unverified)}</p>'


def _folded(text: str) -> str:
    if not text:
        return ""
    return f'<span class="vb-more" hidden>{escape(text)}</span><span class="vb-gap">…</span>'


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


_LINE = re.compile(
    r"\s*(?:(?P<bullet>[-*•]\s+)|(?P<number>\d{1,3})\.\s+|(?P<quote>>)\s?)?(?P<text>.*)"
)
_TOKEN = re.compile(r"\\(?P<literal>[!-/:-@\[-`{-~])|\[(?P<marker>\d{1,3})\]|(?P<bold>\*\*)")
"""A backslash before ASCII punctuation makes it plain text, as in CommonMark (2.4)."""

BlockKind = Literal["text", "bullet", "number", "quote", "blank"]
MarkerHtml = Callable[[int], str | None]


class AnswerLine(NamedTuple):
    """One line of an answer as HTML, and the block that it belongs to."""

    kind: BlockKind
    html: str
    number: int = 1


BLANK = AnswerLine("blank", "")
"""Ends a block."""


def answer_html(text: str, marker_html: MarkerHtml) -> str:
    """``text`` as HTML; ``marker_html`` gives a marker's, ``None`` for one that cites nothing."""
    return blocks_html(_line(line, marker_html) for line in text.splitlines())


def blocks_html(lines: Iterable[AnswerLine]) -> str:
    """Lines of one kind that follow each other make a paragraph or a list."""
    return "".join(
        _block(kind, list(same)) for kind, same in groupby(lines, key=lambda line: line.kind)
    )


def line_after(mark: str, html: str) -> AnswerLine:
    """The line that begins with ``mark``, such as ``"- "`` or ``"2. "``, and goes on as HTML."""
    kind, number, _ = _opened(mark)
    return AnswerLine("text" if kind == "blank" else kind, html, number)


def inline_html(text: str, marker_html: MarkerHtml) -> str:
    """One line of an answer: escaped, with bold text and markers."""
    return "".join(_inline(text, marker_html))


def _inline(text: str, marker_html: MarkerHtml) -> Iterator[str]:
    tokens = list(_TOKEN.finditer(text))
    bold_left = sum(1 for token in tokens if token["bold"])
    is_bold = False
    at = 0
    for token in tokens:
        yield escape(text[at : token.start()])
        at = token.end()
        if token["literal"]:
            yield escape(token["literal"])
        elif token["marker"]:
            yield marker_html(int(token["marker"])) or token[0]
        elif is_bold or bold_left > 1:
            is_bold = not is_bold
            bold_left -= 1
            yield "<strong>" if is_bold else "</strong>"
        else:
            yield token[0]
    yield escape(text[at:])


def _line(line: str, marker_html: MarkerHtml) -> AnswerLine:
    kind, number, text = _opened(line)
    return AnswerLine(kind, inline_html(text, marker_html), number)


def _opened(line: str) -> tuple[BlockKind, int, str]:
    """The line's kind, its number where it is a list's, and its text."""
    found = _LINE.fullmatch(line)
    if found is None or not line.strip():
        return "blank", 1, ""
    if found["bullet"]:
        return "bullet", 1, found["text"]
    if found["number"]:
        return "number", int(found["number"]), found["text"]
    return "quote" if found["quote"] else "text", 1, found["text"]


def _block(kind: BlockKind, lines: list[AnswerLine]) -> str:
    inner = [line.html for line in lines]
    items = "".join(f"<li>{item}</li>" for item in inner)
    match kind:
        case "blank":
            return ""
        case "text":
            return f"<p>{'<br>'.join(inner)}</p>"
        case "quote":
            return f"<blockquote><p>{'<br>'.join(inner)}</p></blockquote>"
        case "bullet":
            return f"<ul>{items}</ul>"
        case "number":
            return f'<ol start="{lines[0].number}">{items}</ol>'


DETAIL_CHARS = 60
"""A word that gave a sentence away is shown up to here."""


def statements_html(
    statements: Sequence[Statement], marker_html: MarkerHtml, words: AnswerWords
) -> str:
    """The sentences in their paragraphs and lists; ``marker_html`` as for ``answer_html``."""
    return blocks_html(_lines(statements, marker_html, words))


def why_not(statement: Statement, words: AnswerWords) -> str:
    """What the label says of a sentence without support."""
    plain, detailed = words.reasons.get(statement.reason or "", ("", ""))
    detail = " ".join(statement.detail.split())
    if len(detail) > DETAIL_CHARS:
        detail = f"{detail[:DETAIL_CHARS].rstrip()}…"
    told = detailed.format(detail) if detail else plain
    return words.because.format(told) if told else words.not_verified


def _lines(
    statements: Sequence[Statement], marker_html: MarkerHtml, words: AnswerWords
) -> Iterator[AnswerLine]:
    mark, html = "", ""
    for statement in statements:
        before, break_, opening = statement.lead.rpartition("\n")
        if break_ and html:
            yield line_after(mark, html)
            html = ""
            if "\n" in before:
                yield BLANK
        if not html:
            mark, opening = opening, ""
        html += escape(opening) + _sentence(statement, marker_html, words)
    if html:
        yield line_after(mark, html)


def _sentence(statement: Statement, marker_html: MarkerHtml, words: AnswerWords) -> str:
    text = escape(statement.text)
    if statement.outcome == "unsupported":
        label, legend = escape(why_not(statement, words)), escape(words.legend)
        return (
            f'<span class="vb-sentence vb-unsupported"><span class="vb-doubted">{text}</span> '
            f'<button type="button" class="vb-doubt" data-doubt aria-expanded="false"'
            f' title="{legend}">{label}</button>'
            f'<span class="vb-legend" role="note" hidden>{legend}</span></span>'
        )
    markers = "".join(filter(None, map(marker_html, statement.markers)))
    return f'<span class="vb-sentence">{text}{" " if markers else ""}{markers}</span>'


_BARS = '<span class="vb-bars" aria-hidden="true"><i></i><i></i><i></i></span>'
"""The style sheet fills as many as the level has."""


def chat_html(conversation: Conversation, words: Words, first: int = 1) -> str:
    """The whole conversation, or the welcome before the first question; ``first`` is the number
    of its first exchange."""
    if not conversation:
        return (
            f'<section class="vb-welcome"><h2>{escape(words.welcome)}</h2>'
            f"<p>{escape(words.welcome_more)}</p></section>"
        )
    return "".join(
        _exchange(number, exchange, words)
        for number, exchange in enumerate(conversation, start=first)
    )


def status_html(state: LoadState, words: Words) -> str:
    """The line over the question box while the library loads, or when it could not be loaded."""
    if state.phase == "ready":
        return ""
    failed = state.phase == "failed"
    text = words.failed.format(state.message) if failed else note(words.loading, state.message)
    return f'<p class="vb-status" data-phase="{state.phase}" role="status">{escape(text)}</p>'


def asking_buttons(questions: Sequence[str], label: str) -> str:
    """Buttons that ask their own text; nothing where there are none."""
    if not questions:
        return ""
    buttons = "".join(f"<li>{_asking_button(text, text)}</li>" for text in questions)
    return f'<p class="vb-label">{escape(label)}</p><ul class="vb-asks">{buttons}</ul>'


def _asking_button(question: str, label: str) -> str:
    return (
        f'<button type="button" class="vb-ask" data-ask="{escape(question)}">'
        f"{escape(label)}</button>"
    )


def _exchange(number: int, exchange: Exchange, words: Words) -> str:
    state, body = _outcome(number, exchange, words)
    return (
        f'<article class="vb-exchange" id="exchange-{number}" data-state="{state}">'
        f'<h2 class="vb-question"><span class="vb-sr">{escape(words.you_asked)} </span>'
        f"{escape(exchange.question)}</h2>"
        f'<div class="vb-answer">{body}</div></article>'
    )


def _outcome(number: int, exchange: Exchange, words: Words) -> tuple[str, str]:
    """The state that the script sees, and the answer's HTML."""
    said = answer_words(words.lang)
    match exchange.outcome:
        case Pending(_, Update() as update):
            progress = progress_html(number, update, said)
            return "pending", _so_far(number, exchange.answer, words) + progress
        case Pending(text, _, work):
            stops = " data-stop" if work else ""
            return "pending", f'<p class="vb-pending"{stops}>{escape(text)}</p>'
        case Stopped(answer):
            told = escape(said.stopped if answer else said.nothing_yet)
            line = f'<p class="vb-stopped">{told}</p>'
            foot = _foot(number, answer, words) if answer else ""
            retry = _asking_button(exchange.question, words.retry)
            return "stopped", _so_far(number, answer, words) + line + foot + retry
        case FailedAnswer(reason):
            retry = _asking_button(exchange.question, words.retry)
            return "failed", f'<p class="vb-failure" role="alert">{escape(reason)}</p>{retry}'
        case Answer() as answer:
            return answer.status, _answer(number, answer, _within(exchange, words), words)


def _within(exchange: Exchange, words: Words) -> str:
    """What the search was narrowed to; after a refusal also a way out of it."""
    if not exchange.within:
        return ""
    said = scope_words(words.lang)
    names = words.speaker_join.join(named(choice, said) for choice in exchange.within)
    refused = isinstance(exchange.outcome, Answer) and exchange.outcome.status == "no_evidence"
    told = (said.only_in if refused else said.searched_in).format(names)
    out = (
        f'<button type="button" class="vb-ask" data-ask-everywhere="{escape(exchange.question)}">'
        f"{escape(said.ask_everywhere)}</button>"
        if refused
        else ""
    )
    return f'<p class="vb-within">{escape(told)}</p>{out}'


def _answer(number: int, answer: Answer, within: str, words: Words) -> str:
    sure, said = _sureness(answer, words), _said(number, answer, words)
    if answer.status == "no_evidence":
        told = said + sure
    else:
        making = making_html(number, answer, answer_words(words.lang))
        told = sure + _notice(answer) + said + _foot(number, answer, words) + making
    return told + within + asking_buttons(answer.suggestions, words.suggestions)


def _so_far(number: int, answer: Answer | None, words: Words) -> str:
    """An answer that is not whole. Its parts stand where they stay when it is: the page changes in
    place, and what the reader has in hand must not move."""
    if answer is None:
        return ""
    return _sureness(answer, words) + _notice(answer) + _said(number, answer, words)


def _notice(answer: Answer) -> str:
    line = f'<p class="vb-notice">{escape(answer.notice)}</p>' if answer.notice else ""
    return f'<div class="vb-slot">{line}</div>'


def _said(number: int, answer: Answer, words: Words) -> str:
    by_marker = {citation.marker: citation for citation in answer.citations}

    def marker_html(marker: int) -> str | None:
        citation = by_marker.get(marker)
        return _marker(number, citation, words) if citation else None

    if answer.statements:
        html = statements_html(answer.statements, marker_html, answer_words(words.lang))
    else:
        # A refusal's text names the near topics in its second paragraph; here they are buttons.
        refused = answer.status == "no_evidence"
        text = answer.text.partition("\n\n")[0] if refused else answer.text
        html = answer_html(text, marker_html)
    return f'<div class="vb-said">{html}</div>'


def _sureness(answer: Answer, words: Words) -> str:
    """How sure it is, as a line that unfolds to the probability and what it means."""
    level = sureness(answer.answerable, answered=answer.status == "answered")
    said = sureness_words(words.lang)
    probability = said.probability.format(percent(answer.answerable))
    return (
        f'<details class="vb-sure" data-level="{level}"><summary title="{escape(probability)}">'
        f"{_BARS}{escape(said.levels[level])}</summary>"
        f"<p>{escape(probability)}<br>{escape(said.caveat)}</p></details>"
    )


def _marker(number: int, citation: Citation, words: Words) -> str:
    time = clock_span(citation.start_s, None, citation.estimated)
    what = " · ".join(part for part in (citation.title, citation.heading, time) if part)
    label = escape(words.marker.format(citation.marker, what))
    return (
        f'<button type="button" class="vb-marker" data-cite="{number}" '
        f'data-marker="{citation.marker}" aria-label="{label}" title="{escape(what)}">'
        f"{citation.marker}</button>"
    )


def _foot(number: int, answer: Answer, words: Words) -> str:
    if not answer.citations:
        return ""
    count = len(answer.citations)
    text = words.show_source if count == 1 else words.show_sources.format(count)
    return (
        f'<p class="vb-foot"><button type="button" class="vb-link" data-cite="{number}">'
        f"{escape(text)}</button></p>"
    )


def sources_html(conversation: Conversation, words: Words, first: int = 1) -> str:
    """The cards of every answer, grouped by exchange, all hidden but the last answered one's;
    ``first`` is the number of the first exchange."""
    settled = [
        (number, exchange)
        for number, exchange in enumerate(conversation, start=first)
        if not isinstance(exchange.outcome, Pending) or exchange.answer
    ]
    if not settled:
        return "" if conversation else _empty(words.no_sources_yet)
    last = settled[-1][0]
    return "".join(_group(number, exchange, number == last, words) for number, exchange in settled)


def _empty(text: str) -> str:
    return f'<div class="vb-empty"><p>{escape(text)}</p></div>'


def _group(number: int, exchange: Exchange, shown: bool, words: Words) -> str:
    answer = exchange.answer
    citations = answer.citations if answer else ()
    cards = "".join(_card(number, citation, words) for citation in citations)
    title = escape(words.sources_of.format(exchange.question))
    hidden = "" if shown else " hidden"
    if not cards:
        cards = _empty(words.no_evidence if answer else words.no_sources_yet)
    return (
        f'<section class="vb-sources" data-sources="{number}" aria-label="{title}"{hidden}>'
        f'<p class="vb-sources-of" title="{title}">{title}</p>{cards}</section>'
    )


def _card(number: int, citation: Citation, words: Words) -> str:
    card_id = f"source-{number}-{citation.marker}"
    heading = f'<p class="vb-topic">{escape(citation.heading)}</p>' if citation.heading else ""
    actions = actions_html(
        citation.url, citation.player_url, citation.start_s, citation.title, words
    )
    return (
        f'<article class="vb-card" id="{card_id}" tabindex="-1" aria-labelledby="{card_id}-title">'
        f'<header><span class="vb-number" aria-hidden="true">{citation.marker}</span>'
        f'<div><h3 id="{card_id}-title"><span class="vb-sr">{citation.marker}. </span>'
        f"{escape(citation.title)}</h3>{heading}</div></header>"
        f"{facts_html(citation, words)}{passage_html(citation, words)}{actions}"
        f"{check_html(citation, words)}{_sharing(citation, words)}</article>"
    )


def _sharing(citation: Citation, words: Words) -> str:
    identifier = permanent_id(citation)
    return sharing_html(citation_path(identifier), words) if identifier else ""
