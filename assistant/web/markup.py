"""An answer's small Markdown as safe HTML.

All text is escaped, so nothing that a transcript says becomes markup: the only elements are those
made here, for paragraphs, lists, block quotes, bold text and the markers of known citations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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


class _Line(NamedTuple):
    kind: Kind
    text: str
    number: int = 1


def answer_html(text: str, marker_html: MarkerHtml) -> str:
    """``text`` as HTML; ``marker_html`` gives a marker's, ``None`` for one that cites nothing."""
    blocks = groupby(map(_line, text.splitlines()), key=lambda line: line.kind)
    return "".join(_block(kind, list(lines), marker_html) for kind, lines in blocks)


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


def _line(line: str) -> _Line:
    found = _LINE.fullmatch(line)
    if found is None or not line.strip():
        return _Line("blank", "")
    if found["bullet"]:
        return _Line("bullet", found["text"])
    if found["number"]:
        return _Line("number", found["text"], int(found["number"]))
    return _Line("quote" if found["quote"] else "text", found["text"])


def _block(kind: Kind, lines: list[_Line], marker_html: MarkerHtml) -> str:
    inner = [inline_html(line.text, marker_html) for line in lines]
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
