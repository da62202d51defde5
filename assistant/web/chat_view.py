"""The conversation's side of the page as HTML: the welcome, questions and answers.

What the script acts on stands in ``data-`` attributes: ``data-ask`` asks its value, ``data-cite``
shows the sources of the exchange it numbers (1-based), with ``data-marker`` one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.loading import LoadState
from assistant.sureness import percent, sureness, sureness_words
from assistant.types import Answer, Citation, Update
from assistant.web.answer_words import answer_words
from assistant.web.i18n import Words
from assistant.web.making_view import making_html, progress_html
from assistant.web.markup import answer_html
from assistant.web.passage import time_range
from assistant.web.scope_view import named
from assistant.web.scope_words import scope_words
from assistant.web.session import Conversation, Exchange, Failure, Pending, Stopped, note
from assistant.web.statement_view import statements_html

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
        case Failure(reason):
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
    time = time_range(citation.start_s, None, citation.estimated)
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
