"""A quote freed from the question around it: "“…” 是谁说的？", "Who said that …?". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.sentences import width

_PAIRS = (("“", "”"), ("「", "」"), ("『", "』"), ("«", "»"), ("„", "“"), ('"', '"'), ("‘", "’"))
_QUOTED = re.compile("|".join(rf"{left}(.+?){right}" for left, right in _PAIRS), re.DOTALL)
_STRAIGHT = re.compile(r'(?<![0-9A-Za-z])"(?=\S)[^"\n]{1,4000}"')
_ASKS = re.compile(
    r"[?？؟]|谁|誰|哪|出处|出處|出自|\b(?:who|whose|where|which|when|said|says?|source)\b",
    re.IGNORECASE,
)
_LEAST_WIDTH = 12
_ENGLISH = (
    r"(?:do you (?:know|remember) )?(?:who|which (?:guest|speaker|episode|talk)|where(?: did \w+)?"
    r"|when(?: did \w+)?|somebody|someone|anyone)\b[^,:.?!]{0,24}?"
    r"\b(?:said|says?|told|claim(?:s|ed)?|mention(?:s|ed)?|complain(?:s|ed)?|argue[sd]?)"
    r"(?: something like)?(?: (?:that|how))?[:,]?\s+|(?:the (?:bit|part|line|quote) (?:about|where)"
    r"|something like)[:,]?\s+"
)
_HAN = (
    r"(?:我?(?:记得|記得|好像|是|请问|請問)*)?(?:有人|谁|誰|哪位|哪个嘉宾|哪個嘉賓)(?:曾|曾经|曾經)?"
    r"(?:说|說|讲|講|提到|抱怨)(?:过|過)?(?:的是)?[，,：:]?"
)
_FRONT = re.compile(rf"^\s*(?:{_ENGLISH}|{_HAN})", re.IGNORECASE)
_END = re.compile(
    r"(?:[，,。.]|(?<!\s))\s*+(?:(?:这|這)?(?:句|段)?(?:话|話)?(?:是|出自|來自|来自)?(?:谁|誰|哪|什么|什麼)[^，,。]{0,8}[?？]?"
    r"|(?:这|這)(?:句|段)?(?:话|話)[^，,。]{0,8}[?？]|(?:who|where|which)\b[^,.?]{0,40}\?)\s*$",
    re.IGNORECASE,
)


def unwrapped(text: str) -> str:
    """The words to look up: what stands in quotation marks where the rest only asks about it, else
    the text without a question before and after it."""
    quoted = max((match for match in _QUOTED.finditer(text)), key=_inside, default=None)
    if quoted is not None and width(_inner(quoted)) >= _LEAST_WIDTH:
        rest = text[: quoted.start()] + " " + text[quoted.end() :]
        if not re.search(r"\w", rest) or _ASKS.search(rest):
            return _inner(quoted)
    bare = _END.sub("", _FRONT.sub("", text, count=1), count=1).strip()
    return bare if width(bare) >= _LEAST_WIDTH else text.strip()


def quotations(text: str) -> tuple[str, ...]:
    """What stands in quotation marks, in order; of a quotation in another, the outer one."""
    return tuple(_inner(match) for match in _QUOTED.finditer(text))


def whole_quotations(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans of a text's sentences, of which those inside one straight quotation become one.

    Inside other marks, of which one sees which opens, no sentence ends anyway.
    """
    quotes = [match.span() for match in _STRAIGHT.finditer(text)]
    joined: list[tuple[int, int]] = []
    at = 0
    for start, end in spans:
        while at < len(quotes) and quotes[at][1] <= start:
            at += 1
        if joined and at < len(quotes) and quotes[at][0] < joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _inner(match: re.Match[str]) -> str:
    return next(part for part in match.groups() if part is not None)


def _inside(match: re.Match[str]) -> int:
    return width(_inner(match))
