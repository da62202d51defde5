"""A model's answer cut into claims, sentences with their markers, while it is being written.

A marker, in all spellings that models use (``[1]``, ``【2】``, ``[1, 3]``), is a square bracket of
either width around one or more numbers of at most two digits, with or without a word such as
"Source" in front. ``[2024]`` is a year and ``(1)`` an item of a list: both stay text. A number of
two digits is a marker even if the prompt has no such excerpt; then it is a wrong one, which is
taken out of the answer like the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.verification.types import Claim, ClaimKind
from corpus.sentences import sentence_spans, width

Spans = tuple[tuple[int, int], ...]
PlacedMarker = tuple[int, tuple[int, ...]]
"""The offset at which a marker stood in the text without markers, and its numbers."""
_BULLET = re.compile(r"(?:(?:[-*+•>]|\d{1,2}[.)、．])\s+|#{1,6}\s+|\|\s*)*")
_LETTER = re.compile(r"[^\W_]")
_SHORT_QUOTE_WIDTH = 180
_CLOSES_BY = dict(zip("「『“（(《【", "」』”）)》】", strict=True))


class ClaimScanner:
    """Takes an answer in pieces, cut anywhere, and gives its sentences when they are whole.

    A sentence is held until the next one has begun, because its markers may follow its full stop,
    even in a line of their own. What has come out is never changed, and never holds a part of a
    marker.
    """

    def __init__(self) -> None:
        self._text = ""
        self._markers: list[PlacedMarker] = []
        self._unread = ""

    def feed(self, piece: str) -> list[Claim]:
        """The sentences that this piece has made whole."""
        self._unread += piece
        readable = finished(self._unread)
        self._read(self._unread[:readable])
        self._unread = self._unread[readable:]
        spans = sentence_spans(self._text)
        return self._emit(spans, _settled(self._text, spans))

    def close(self) -> list[Claim]:
        """What is left when the answer has ended; the scanner is empty then."""
        self._read(self._unread)
        spans = sentence_spans(self._text)
        claims = self._emit(spans, len(spans))
        if self._text:
            claims.append(Claim("", lead=self._text, kind="markup"))
        self._text, self._markers, self._unread = "", [], ""
        return claims

    def _read(self, text: str) -> None:
        marked = take_out(text, opens_line=not self._text or self._text.endswith("\n"))
        self._markers += [(len(self._text) + at, handles) for at, handles in marked.markers]
        self._text += marked.text

    def _emit(self, spans: Spans, count: int) -> list[Claim]:
        """The first sentences, which are then forgotten."""
        if not count:
            return []
        owners = _owners(self._text, self._markers, spans)
        claims: list[Claim] = []
        previous = 0
        for n, (start, end) in enumerate(spans[:count]):
            of_it = [m[1] for m, owner in zip(self._markers, owners, strict=True) if owner == n]
            handles = tuple(dict.fromkeys(number for numbers in of_it for number in numbers))
            claims.append(_claim(self._text, previous, start, end, handles))
            previous = end
        later = [m for m, owner in zip(self._markers, owners, strict=True) if owner >= count]
        self._markers = [(max(0, at - previous), numbers) for at, numbers in later]
        self._text = self._text[previous:]
        return claims


def claims_of(answer: str) -> tuple[Claim, ...]:
    """The sentences of a whole answer."""
    scanner = ClaimScanner()
    return (*scanner.feed(answer), *scanner.close())


def joined(claims: Iterable[Claim]) -> str:
    """The answer without its markers."""
    return "".join(claim.lead + claim.text for claim in claims)


def _settled(text: str, spans: Spans) -> int:
    """How many sentences can't change any more: those before one that has really begun.

    A word and what follows it must have come of the next sentence, since the word tells whether a
    period before it ended one.
    """
    count = len(spans) - 1
    open_at = _open_quote(text)
    while count > 0 and spans[count - 1][1] > open_at:
        count -= 1
    if count < len(spans) - 1:
        return count
    if count < 1:
        return 0
    begun = _BULLET.sub("", text[spans[-1][0] :], count=1)
    same_line = "\n" not in text[spans[-2][1] : spans[-1][0]]
    enough = re.search(r"[^\W_]+[\W_]|[^\W_]{2}[\u2e80-\uffef]|[\u2e80-\uffef]{2}", begun)
    return count if enough or (not same_line and _LETTER.search(begun)) else count - 1


def _open_quote(text: str) -> int:
    """Where a quotation or bracket opens that may still be closed; the text's length if none does.

    Sentences inside a short quotation belong to the one around it.
    """
    pending: list[tuple[str, int]] = []
    for at, char in enumerate(text):
        if char == "\n":
            pending.clear()
        elif char in _CLOSES_BY:
            pending.append((_CLOSES_BY[char], at))
        elif pending and char == pending[-1][0]:
            pending.pop()
    waiting = [at for _, at in pending if width(text[at:]) <= _SHORT_QUOTE_WIDTH]
    return min(waiting, default=len(text))


def _owners(text: str, markers: list[PlacedMarker], spans: Spans) -> list[int]:
    """The sentence of each marker: the one before it; at a line's start the one behind it, if the
    line goes on."""
    owners: list[int] = []
    for at, _ in markers:
        owner = max((n for n, (start, _) in enumerate(spans) if start < at), default=0)
        line_start = text.rfind("\n", 0, at) + 1
        opens_line = not _BULLET.sub("", text[line_start:at], count=1).strip()
        if opens_line and text[at:].partition("\n")[0].strip():
            owner = next((n for n, (_, end) in enumerate(spans) if end > at), owner)
        owners.append(owner)
    return owners


def _claim(text: str, previous: int, start: int, end: int, handles: tuple[int, ...]) -> Claim:
    bullet = _BULLET.match(text, start, end) if _opens_line(text, start) else None
    begin = bullet.end() if bullet and bullet.end() < end else start
    words = text[begin:end]
    kind = kind_of(words, text[start:end])
    return Claim(words, handles, lead=text[previous:begin], kind=kind)


def _opens_line(text: str, start: int) -> bool:
    return not text[text.rfind("\n", 0, start) + 1 : start].strip()


# Markers.

LONGEST_RANGE = 12
"""``[1-3]`` stands for three excerpts; what spans more is no list of sources."""

_WORD = (
    "(?:sources?|excerpts?|passages?|refs?|references?|citations?|quotes?|"
    "来源|來源|出处|出處|片段|摘录|摘錄|引用|资料|資料|原文|文献|文獻|段落)"
)
_NUMBER = r"(?:\^|#)?[0-9０-９]{1,2}"
_GAP = r"[^\S\n]*"
_TAIL = r"(?:†[^\]】］\n]{0,40})?"
_ONE = rf"(?:{_WORD}{_GAP}[:：#.]?{_GAP})?{_NUMBER}{_TAIL}"
_JOIN = rf"{_GAP}(?:[,，、;；&]|and|和|與|与|[-–—~～]|to|至|到){_GAP}"
MARKER = re.compile(
    rf"[\[【［]{_GAP}{_ONE}(?:{_JOIN}{_ONE})*{_GAP}[\]】］](?:\([^()\s]{{0,300}}\))?",
    re.IGNORECASE,
)
"""A whole marker, with the link target that some models put behind it."""
_UNFINISHED = re.compile(
    r"[\[【［][^\[【［\]】］\n]{0,60}$|[\[【［][^\[【［\]】］\n]{0,60}[\]】］](?:\([^()\s]{0,300})?$"
)
_RANGE = re.compile(r"([0-9]{1,2})\s*(?:[-–—~～]|to|至|到)\s*#?([0-9]{1,2})", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,2}")
_ASIDE = re.compile(r"†[^,，;；\]】］]*")
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


SPACES = " \u00a0\u3000"
"""White space that goes with a marker behind it."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text without its markers, which are in the order of the text."""

    text: str
    markers: tuple[PlacedMarker, ...]


def take_out(text: str, *, opens_line: bool = True) -> Marked:
    """The text without markers and without the spaces in front of them.

    ``opens_line`` says whether it begins a line, where white space is the line's indent.
    """
    parts: list[str] = []
    found: list[PlacedMarker] = []
    length = previous = 0
    for match in MARKER.finditer(text):
        part = text[previous : match.start()]
        bare = part.rstrip(SPACES)
        line_begins = bare.endswith("\n") if bare else (opens_line and not found)
        part = part if line_begins else bare
        parts.append(part)
        length += len(part)
        found.append((length, handles_of(match.group())))
        previous = match.end()
    parts.append(text[previous:])
    return Marked("".join(parts), tuple(found))


def handles_of(marker: str) -> tuple[int, ...]:
    """The numbers that a marker names, ranges written out, each once."""
    text = _ASIDE.sub("", marker.partition("(")[0]).translate(_WIDE_DIGITS)
    numbers: list[int] = []
    position = 0
    for match in _RANGE.finditer(text):
        low, high = int(match[1]), int(match[2])
        numbers += map(int, _DIGITS.findall(text[position : match.start()]))
        numbers += range(low, high + 1) if 0 <= high - low < LONGEST_RANGE else (low, high)
        position = match.end()
    numbers += map(int, _DIGITS.findall(text[position:]))
    return tuple(dict.fromkeys(numbers))


def finished(text: str) -> int:
    """How much of a text that is still being written can be read: up to half a marker, if any,
    and up to the spaces at its end, which go if a marker follows."""
    unfinished = _UNFINISHED.search(text)
    return len((text[: unfinished.start()] if unfinished else text).rstrip(SPACES))


# What kind of sentence it is.

_EMPHASIS = re.compile(r"[*_`~]+")
_HEADING = re.compile(r"#{1,6}\s")
_BOLD_LINE = re.compile(r"(\*\*|__)[^*_]+\1[:：]?")
_ENDS = tuple("。！？!?.．…；;")
_LEAD_IN_WIDTH = 150
_ABOUT_SOURCES = re.compile(
    r"\b(?:excerpts?|passages?|transcripts?|contexts?|sources?|talks?|evidence|material|documents?"
    r"|text|information provided|provided information)\b"
    r"|片段|摘录|摘錄|材料|上下文|资料|資料|原文|逐字稿|文本|来源|來源|文中|内容|內容|节目|節目|信息|資訊",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(
    r"\b(?:do(?:es)?|did|is|are|was|were)(?: not|n['’]t) (?:say|mention|contain|cover|provide|"
    r"give|include|discuss|tell|answer|address|specify|state|mentioned|covered|discussed|specified|"
    r"stated|enough|sufficient)|\bno (?:information|mention|evidence|answer)\b|\bnot mentioned\b"
    r"|\bnothing (?:about|on)\b"
    r"|(?:没有|沒有|未|并未|並未|不曾)(?:直接|明确|明確|具体|具體)?"
    r"(?:提到|提及|说明|說明|涉及|包含|给出|給出|讨论|討論|回答|谈到|談到|提供|相关|相關)",
    re.IGNORECASE,
)
_CANNOT = re.compile(
    r"\b(?:I|we) (?:can(?:not|['’]t)|could(?: not|n['’]t)|do(?: not|n['’]t)|am unable)"
    r" (?:to )?(?:find|answer|say|tell|know|determine)\b"
    r"|我?(?:无法|無法|不能)(?:回答|确定|確定|判断|判斷|得知)|我不知道|我不清楚|不得而知",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\b(?:but|however|although|though|yet)\b|但|不过|不過|然而", re.IGNORECASE)
_COURTESY = re.compile(
    r"(?:(?:sure|certainly|of course|absolutely|exactly|right|indeed|great|good question"
    r"|great question|okay|ok|alright|all right|yes|yeah|no|well|thank you|thanks"
    r"|you(?:['’]re| are) welcome|i see|got it|understood|i hope .{0,30}helps?"
    r"|let me know .{0,60}|好的?|好吧|行|可以|嗯+|对的?|對的?|当然(?:可以)?|當然(?:可以)?|是的|没错"
    r"|沒錯|不是|明白了?|了解|谢谢.{0,4}|謝謝.{0,4}|不客气|不客氣|希望.{0,12}(?:帮助|幫助).{0,6})"
    r"[\s,，、.。!！~…]*)+",
    re.IGNORECASE,
)


def kind_of(words: str, line: str = "") -> ClaimKind:
    """What a sentence is; ``line`` is the same with the bullet or heading signs in front."""
    bare = _EMPHASIS.sub("", words).strip()
    if not _LETTER.search(bare):
        return "markup"
    if _HEADING.match(line) or (_BOLD_LINE.fullmatch(words.strip()) and not bare.endswith(_ENDS)):
        return "heading"
    if _is_refusal(bare):
        return "refusal"
    if bare.endswith(("?", "？")):
        return "question"
    if _COURTESY.fullmatch(bare):
        return "courtesy"
    if bare.endswith((":", "：")) and width(bare) <= _LEAD_IN_WIDTH:
        return "lead_in"
    return "statement"


def _is_refusal(bare: str) -> bool:
    """Whether it says that the sources don't tell, and nothing else behind a "but"."""
    if _GOES_ON.search(bare):
        return False
    says_nothing = _SAYS_NOTHING.search(bare) and _ABOUT_SOURCES.search(bare)
    return bool(_CANNOT.search(bare) or says_nothing)
