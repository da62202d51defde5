"""Sentence bounds for Chinese, Japanese, spaced scripts, and all of them in one line.

What stands before a period that may not end a sentence (abbreviations, titles, initials) was drawn
up by hand for this project.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ABBREVIATIONS: Final = _words(
    "mr mrs ms mx dr prof rev hon gen col capt lt sgt sen rep gov pres st mt ft vs viz cf ca "
    "approx e.g i.e eg ie al resp bzw z.b d.h u.a evtl ggf usw vgl sog hr fr sr sra srta mme "
    "mlle dott p.ex т.е т.д т.п г ул"
)
"""Never the end of a sentence; in lower case and without the last period."""

BEFORE_NUMBERS: Final = _words(
    "no nos nr núm fig figs vol p pp pg pag pág s ch chap sec eq art ver v "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
"""No end of a sentence where a number follows: ``No. 5``, but ``No. I don't``."""

NAME_PARTS: Final = _words("inc ltd co corp bros jr dept univ est")
"""An end only before a word that often starts a sentence, as for initials and ``U.S.``"""

SENTENCE_STARTERS: Final = _words(
    "a an and as at but for he her his how however i if in it my no now of on or our she so some "
    "that the their then there these they this those to we well what when where which who why "
    "yeah yes you your"
)
"""In lower case."""


MAX_WIDTH: Final = 600
"""No sentence is wider than this; see ``width``."""

_SHORT_QUOTE_WIDTH = 180
_WIDE_CHARACTER = 3
# Deeper than any talk goes; bounds the search for a partner in a text of stray brackets.
_MAX_NESTING = 16
_OPENING = "「『“‘（(《〈【[«"
_CLOSING = "」』”’）)》〉】]»"
_CLOSES: Final = dict(zip(_CLOSING, _OPENING, strict=True))

# What str.splitlines takes for a line end.
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_END = re.compile(
    rf"(?P<mark>[。！？｡．；…!?.؟।॥።։។]+|(?<=[\u0370-\u03ff\u1f00-\u1fff]);)"
    rf"(?P<closers>[{re.escape(_CLOSING)}\"']*)"
)
_STRONG = re.compile(r"[。！？｡；؟।॥።։។]")
_QUOTES = re.compile(r"[「」『』“”（）()《》【】]")
_NEXT_WORD = re.compile(rf"[\s{re.escape(_OPENING)}\"'¿¡*_-]*(?P<word>[^\W_]*)")
_STOP = re.compile(r"[!?;]")
_CLAUSE_MARKS = "，、；：,;:،؛"
_LAST_TOKEN = re.compile(r"[^\W_]+(?:[.][^\W_]+)*$")
_CLAUSE = re.compile(r"[，、；：،؛]+|—+|[,;:](?=\s)")
_SPACE = re.compile(r"\s+")
_WORD_CHARACTER = re.compile(r"[^\W_]")
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+")
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}$")
_LONGEST_TOKEN = 24


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """The text's sentences as half-open offset pairs, in order and trimmed of white space.

    Every character that is not white space is in exactly one of them. A line end always ends a
    sentence. A sentence wider than ``MAX_WIDTH`` is cut at a clause mark or a space near its
    middle, so that a transcript without punctuation has bounded sentences too.
    """
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        for start, end in _line_spans(line.group()):
            spans.extend(_bounded(text, line.start() + start, line.start() + end))
    return tuple(spans)


def width(text: str) -> int:
    """The text's length where a Han character, kana or Hangul syllable counts as three letters."""
    if text.isascii():
        return len(text)
    wide = len(text) - len(_WIDE.sub("", text))
    return len(text) + (_WIDE_CHARACTER - 1) * wide


def middle_cut(text: str, start: int, end: int) -> int:
    """An offset inside ``(start, end)`` at which to cut the span in two: after the clause mark
    nearest the middle, else at the space, else between two characters.

    Wants a span of two characters or more; never separates a letter from its combining marks.
    """
    middle = (start + end) // 2
    quarter = (end - start) // 4
    for pattern in (_CLAUSE, _SPACE):
        cuts = [match.end() for match in pattern.finditer(text, start + quarter, end - quarter)]
        if cuts := [cut for cut in cuts if start < cut < end]:
            return min(cuts, key=lambda cut: abs(cut - middle))
    cut = middle
    while cut > start + 1 and unicodedata.combining(text[cut]):
        cut -= 1
    return max(cut, start + 1)


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span, or its parts where it is too wide; trimmed, and in order."""
    pending = [(start, end)]
    while pending:
        start, end = trimmed(text, *pending.pop())
        if start == end:
            continue
        if end - start <= MAX_WIDTH // _WIDE_CHARACTER or width(text[start:end]) <= MAX_WIDTH:
            yield start, end
        else:
            cut = middle_cut(text, start, end)
            pending += [(cut, end), (start, cut)]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space at its ends; empty where there is nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _line_spans(line: str) -> list[tuple[int, int]]:
    """The spans between the line's breaks; one without a letter or digit joins its neighbour."""
    spans: list[tuple[int, int]] = []
    start = previous = 0
    for end in [*_breaks(line), len(line)]:
        if _WORD_CHARACTER.search(line, previous, end) or (end == len(line) and not spans):
            spans.append((start, end))
            start = end
        elif spans:
            spans[-1] = (spans[-1][0], end)
            start = end
        previous = end
    return spans


def _breaks(line: str) -> Iterator[int]:
    quotes = _short_quotes(line)
    uncased = line == line.lower()
    sentence_start = straight_quotes = counted_to = 0
    for match in _END.finditer(line):
        straight_quotes += line.count('"', counted_to, match.end("mark"))
        counted_to = match.end("mark")
        closed_at = _closers_end(match, quote_is_open=straight_quotes % 2 == 1)
        if _is_quoted(quotes, match.start(), closed_at):
            continue
        if _ends_sentence(line, match, closed_at, sentence_start, uncased=uncased):
            yield closed_at
            sentence_start = closed_at


def _short_quotes(line: str) -> list[tuple[int, int]]:
    """Offsets of the opening and the closing mark of each short quotation or bracket, outermost
    only, in order. Sentences inside a short one belong to the sentence around it."""
    found: list[tuple[int, int]] = []
    open_marks: deque[tuple[str, int]] = deque(maxlen=_MAX_NESTING)
    for match in _QUOTES.finditer(line):
        mark, offset = match.group(), match.start()
        if mark not in _CLOSES:
            open_marks.append((mark, offset))
        elif any(opener == _CLOSES[mark] for opener, _ in open_marks):
            while (opening := open_marks.pop())[0] != _CLOSES[mark]:
                pass
            close = min(offset, opening[1] + _SHORT_QUOTE_WIDTH + 1)
            if width(line[opening[1] : close]) <= _SHORT_QUOTE_WIDTH:
                while found and found[-1][0] > opening[1]:
                    found.pop()
                found.append((opening[1], offset))
    return found


def _is_quoted(quotes: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a quotation that holds offset ``start`` is still open at offset ``end``."""
    at = bisect_right(quotes, (start, start)) - 1
    return at >= 0 and quotes[at][0] < start and end <= quotes[at][1]


def _closers_end(match: re.Match[str], *, quote_is_open: bool) -> int:
    """Where the closing marks behind an end mark end; a straight quote may be an opening one."""
    offset = match.end("mark")
    for closer in match["closers"]:
        if closer == '"':
            if not quote_is_open:
                break
            quote_is_open = False
        offset += 1
    return offset


def _ends_sentence(
    line: str, match: re.Match[str], closed_at: int, sentence_start: int, *, uncased: bool
) -> bool:
    mark, has_closers = match["mark"], closed_at > match.end("mark")
    following = line[closed_at : closed_at + 1]
    next_word = _NEXT_WORD.match(line, closed_at)
    word = next_word["word"] if next_word else ""
    if following and following in _CLAUSE_MARKS:
        return False
    if _STRONG.search(mark):
        # Words right behind a closed quotation say whose it is, and stay with it.
        return not has_closers or not following or following.isspace() or following in _OPENING
    if word[:1].islower() and not uncased and (has_closers or not _STOP.search(mark)):
        return False
    if following and not following.isspace() and not _WIDE.match(following):
        return False
    if mark not in (".", "．"):
        return True
    token = _token_before(line, match.start())
    in_list = token.isdigit() and line[sentence_start : match.start()].strip() == token
    return not in_list and _period_ends(token, word, glued=bool(following.strip()))


def _token_before(line: str, offset: int) -> str:
    found = _LAST_TOKEN.search(line[max(0, offset - _LONGEST_TOKEN) : offset])
    return found.group() if found else ""


def _period_ends(token: str, word: str, *, glued: bool) -> bool:
    """Whether a period between ``token`` and the next word ends a sentence.

    ``glued``: no space between them, as where Chinese follows.
    """
    key = token.lower()
    if glued:
        return token.isalpha() and key not in ABBREVIATIONS
    if not word or token == "I":
        return True
    if key in ABBREVIATIONS or (key in BEFORE_NUMBERS and word[0].isdigit()):
        return False
    if key in NAME_PARTS or _ACRONYM.match(token) or (len(token) == 1 and token.isalpha()):
        return word.lower() in SENTENCE_STARTERS
    return True
