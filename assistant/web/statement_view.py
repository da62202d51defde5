"""A model's answer as HTML, sentence by sentence, with a label on those that nothing supports.

Whatever a model wrote is text here: its words are escaped, not read as Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from assistant.types import Statement
from assistant.web.answer_words import AnswerWords
from assistant.web.markup import BLANK, Line, MarkerHtml, blocks_html, line_after

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
) -> Iterator[Line]:
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
