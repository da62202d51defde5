"""An answer as text for a chat of another program: markers are links, sources stand at the end.

Pure functions. The answer's Markdown is safe as it comes; what is added here is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from assistant.composing import escaped
from assistant.output import clock
from assistant.types import Answer, Citation

Json = dict[str, Any]
Links = Mapping[int, str]
"""Where a marker leads; one without a link has no entry."""

HEADINGS: Mapping[str, str] = MappingProxyType(
    {"en": "Sources", "zh-Hans": "来源", "zh-Hant": "來源"}
)
_MARKER = re.compile(r"\\.|\[(\d{1,3})\](?!\()", re.DOTALL)
"""A marker; a backslash before it makes it text, and what is a link already stays one."""
_LINKED = re.compile(r"\[(\[\d{1,3}\])\]\([^()\s]*\)")
_SOURCES = re.compile(
    rf"\n\n\*\*(?:{'|'.join(HEADINGS.values())})\*\*\n\n- \[\d{{1,3}}\] .*\Z", re.DOTALL
)
_SIGNS = {
    "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", '"': "%22", "\\": "%5C",
    " ": "%20", "\n": "", "\r": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChatText:
    """The text, and the places in it that lead to a source: ``(start, end, marker)``."""

    text: str
    places: tuple[tuple[int, int, int], ...] = ()


def with_links(text: str, links: Links) -> ChatText:
    """An answer's text with every marker that leads somewhere as a link, ``[[1]](address)``."""
    parts: list[str] = []
    places = []
    at = length = 0
    for match in _MARKER.finditer(text):
        marker = int(match[1]) if match[1] else 0
        if marker not in links:
            continue
        before, link = text[at : match.start()], f"[[{marker}]]({_address(links[marker])})"
        start = length + len(before)
        length = start + len(link)
        places.append((start, length, marker))
        parts += [before, link]
        at = match.end()
    return ChatText("".join([*parts, text[at:]]), tuple(places))


def chat_text(answer: Answer, links: Links, language: str) -> ChatText:
    """The whole answer: its text, what is to be said about it, and where its quotes stand."""
    told = with_links(answer.text, links)
    notice = f"\n\n*{escaped(answer.notice)}*" if answer.notice else ""
    sources = _sources(answer.citations, links, HEADINGS[language])
    return ChatText(f"{told.text}{notice}{sources}", told.places)


def unsent(sent: str, text: str) -> str:
    """What is still to be sent of a text of which a part is out; that part is never taken back."""
    return text[len(sent) :] if text.startswith(sent) else f"\n\n{text}"


def turn_text(text: str) -> str:
    """An answer as it comes back with the next question: without links and sources."""
    return _LINKED.sub(r"\1", _SOURCES.sub("", text)).strip()


def url_annotations(told: ChatText, citations: Sequence[Citation], links: Links) -> list[Json]:
    """The places as OpenAI's clients know them, ``url_citation`` with offsets in the text."""
    labels = {citation.marker: source_label(citation) for citation in citations}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": start,
                "end_index": end,
                "title": labels[marker],
                "url": links[marker],
            },
        }
        for start, end, marker in told.places
    ]


def source_label(citation: Citation) -> str:
    """Who, when, in which talk, on one line."""
    when = clock(citation.start_s, None, citation.estimated)
    parts = (", ".join(citation.speakers), when, citation.title)
    return " · ".join(" ".join(part.split()) for part in parts if part)


def _sources(citations: Sequence[Citation], links: Links, heading: str) -> str:
    if not citations:
        return ""
    lines = [f"\n\n**{heading}**\n"]
    for citation in citations:
        label = escaped(source_label(citation))
        link = links.get(citation.marker)
        lines.append(
            f"- [{citation.marker}] " + (f"[{label}]({_address(link)})" if link else label)
        )
    return "\n".join(lines)


def _address(url: str) -> str:
    """The address without what would end it early."""
    return "".join(_SIGNS.get(character, character) for character in url)
