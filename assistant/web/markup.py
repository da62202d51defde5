"""An answer's small Markdown as safe HTML.

All text is escaped, so nothing that a transcript says becomes markup: the only elements are those
made here, for paragraphs, lists, block quotes, bold text and the markers of known citations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape
from itertools import groupby
from typing import Literal, NamedTuple

_LINE = re.compile(
    r"\s*(?:(?P<bullet>[-*•]\s+)|(?P<number>\d{1,3})\.\s+|(?P<quote>>)\s?)?(?P<text>.*)"
)
_TOKEN = re.compile(r"\\(?P<literal>[!-/:-@\[-`{-~])|\[(?P<marker>\d{1,3})\]|(?P<bold>\*\*)")
"""A backslash before ASCII punctuation makes it plain text, as in CommonMark (2.4)."""

Kind = Literal["text", "bullet", "number", "quote", "blank"]
MarkerHtml = Callable[[int], str | None]


class Line(NamedTuple):
    """One line of an answer as HTML, and the block that it belongs to."""

    kind: Kind
    html: str
    number: int = 1


BLANK = Line("blank", "")
"""Ends a block."""


def answer_html(text: str, marker_html: MarkerHtml) -> str:
    """``text`` as HTML; ``marker_html`` gives a marker's, ``None`` for one that cites nothing."""
    return blocks_html(_line(line, marker_html) for line in text.splitlines())


def blocks_html(lines: Iterable[Line]) -> str:
    """Lines of one kind that follow each other make a paragraph or a list."""
    return "".join(
        _block(kind, list(same)) for kind, same in groupby(lines, key=lambda line: line.kind)
    )


def line_after(mark: str, html: str) -> Line:
    """The line that begins with ``mark``, such as ``"- "`` or ``"2. "``, and goes on as HTML."""
    kind, number, _ = _opened(mark)
    return Line("text" if kind == "blank" else kind, html, number)


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


def _line(line: str, marker_html: MarkerHtml) -> Line:
    kind, number, text = _opened(line)
    return Line(kind, inline_html(text, marker_html), number)


def _opened(line: str) -> tuple[Kind, int, str]:
    """The line's kind, its number where it is a list's, and its text."""
    found = _LINE.fullmatch(line)
    if found is None or not line.strip():
        return "blank", 1, ""
    if found["bullet"]:
        return "bullet", 1, found["text"]
    if found["number"]:
        return "number", int(found["number"]), found["text"]
    return "quote" if found["quote"] else "text", 1, found["text"]


def _block(kind: Kind, lines: list[Line]) -> str:
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
