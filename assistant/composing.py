"""A model's answer as Markdown: its checked sentences with markers, and nothing else that is live.

Pure functions. Whatever a model writes is text: links, HTML, headings and emphasis of its own are
taken off or escaped. Bullets, numbers of a list, markers and the notes on sentences are ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from assistant.types import Statement
from assistant.wording import answer_language

_EMPHASIS = re.compile(r"(\*\*\*|\*\*|__|`+|~~)(?=\S)(.+?)(?<=\S)\1")
# The label of an excerpt, copied with its words: "Ann ≈12:05: ".
_LABEL = re.compile(r"^\s*[^:：\n]{0,40}?\s*≈?\b\d{1,2}:\d{2}(?::\d{2})?\s*[:：]\s*")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_MARKUP = re.compile(r"([\\`*_<>#\[\]~|])")
_ADDRESS = re.compile(r":(?=//)|(?<=www)\.|(?<=mailto):|(?<=[^\W_])@(?=\w)", re.IGNORECASE)
_OPENING_SIGN = re.compile(r"^([-+=])|^(\d{1,9})(?=[.)](?:\s|$))")
_NUMBERED = re.compile(r"\s*\d{1,2}[.)、．]\s")
_BULLETED = re.compile(r"\s*[-*+•]\s")
_NUMBER = re.compile(r"\d{1,2}")

ENDED = re.compile(r"[.!?。！？…．][\"'”’」』）)\]*_]*$")
"""How a whole sentence ends."""
NOT_VERIFIED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "en": (" (not verified)", " (not verified: {})"),
        "zh-Hans": ("（未核实）", "（未核实：{}）"),
        "zh-Hant": ("（未核實）", "（未核實：{}）"),
    }
)
"""Behind a sentence without support, alone and with the word that gave it away."""


def plain(text: str) -> str:
    """A model's sentence without its markup, on one line: emphasis and links leave their words."""
    text = _LINK.sub(r"\1", text)
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    return " ".join(_LABEL.sub("", text, count=1).split())


def lead_of(lead: str, before: str | None, above: str = "") -> str:
    """What stands before a sentence, of ours: ``before`` is the lead of its line, ``None`` at the
    beginning of the answer, ``above`` the sentence before it."""
    line = lead.rpartition("\n")[2]
    opens = "\n" in lead or before is None
    if not opens:
        return " " if lead else ""
    if _goes_on(lead, before, above):
        return " "
    item = ""
    if _NUMBERED.match(line) and (number := _NUMBER.search(line)):
        item = f"{number.group()}. "
    elif _BULLETED.match(line):
        item = "- "
    if before is None:
        return item
    return f"\n{item}" if item and _in_list(before) else f"\n\n{item}"


def _goes_on(lead: str, before: str | None, above: str) -> bool:
    """Whether a new line is no more than the next sentence of a paragraph, as in Markdown."""
    if before is None or lead.strip() or lead.count("\n") != 1:
        return False
    return not _in_list(before) and ENDED.search(above) is not None


def _in_list(before: str) -> bool:
    """Whether the line with this lead is an item of a list."""
    return bool(_BULLETED.match(before.strip("\n")) or _NUMBERED.match(before))


def escaped(text: str) -> str:
    """A model's words for Markdown: nothing in them is markup, a marker or a link."""
    text = unlinked(_MARKUP.sub(r"\\\1", text))
    return _OPENING_SIGN.sub(lambda match: _held(match), text)


def unlinked(text: str) -> str:
    """Markdown in which no bare address is a link, as some renderers make of it."""
    return _ADDRESS.sub(r"\\\g<0>", text)


def _held(match: re.Match[str]) -> str:
    return f"\\{match[1]}" if match[1] else f"{match[2]}\\"


def answer_text(statements: Sequence[Statement], language: str) -> str:
    """The answer's Markdown; a sentence without support carries a note in the language."""
    return "".join(_written(statement, language) for statement in statements)


def _written(statement: Statement, language: str) -> str:
    text = escaped(statement.text)
    if statement.outcome == "unsupported":
        alone, with_detail = NOT_VERIFIED[answer_language(language)]
        detail = escaped(plain(statement.detail))
        return f"{statement.lead}{text}{with_detail.format(detail) if detail else alone}"
    marks = "".join(f"[{marker}]" for marker in statement.markers)
    return f"{statement.lead}{text} {marks}" if marks else f"{statement.lead}{text}"
