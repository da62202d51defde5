"""Quotations in narrated prose whose speaker is named beside them.

Only where the naming leaves no doubt: a name, a verb of saying and the quotation stand together,
as in 「…」Bourgeaud 說。 or ``"…," Smith said.``. A pronoun names nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.names import looks_like_name
from corpus.readers.speakers import SpeakerTurn
from corpus.vocabulary import words

_QUOTE = re.compile(r"「[^「」]{2,2000}」|『[^『』]{2,2000}』|“[^“”]{2,2000}”|\"[^\"\n]{2,2000}\"")
_LATIN = r"[A-Z][\w'’.-]*(?:[ \u00a0](?:(?:de|van|von|der|la|bin|al) )?[A-Z][\w'’.-]*){0,3}"
_HAN = r"[\u4e00-\u9fff·]{2,6}?"
_ROLE = r"(?:(?:主持人|記者|记者|研究員|研究员|執行長|创始人|創辦人|CEO)\s*)?"
_ADVERB = (
    "(?:明确|明確|接着|接著|进一步|進一步|随后|隨後|最后|最後|坦率地?|直接|笑着|笑著|曾|也|则|則|还|還|又|再次"
    "|这样|這樣)?"
)
_SAYS = (
    "(?:表示|解释|解釋|指出|认为|認為|回答|补充|補充|强调|強調|坦言|坦承|承认|承認|回忆|回憶|透露|总结|總結|提到|反问|反問"
    "|回应|回應|感叹|感嘆|直言|笑说|笑說|说明|說明|说|說|问|問)(?:道|过|過|他|她|说|說)?"
)
_VERBS = (
    "say|explain|add|note|argue|recall|replie|reply|answer|ask|admit|stresse|stress|conclude|warn|continue"
    "|remark|observe|insist|acknowledge|point"
)
_SAID = rf"(?:said|put it|(?:{_VERBS}|admitt)(?:s|d|ed)?(?: out)?)"
_THEN = r"(?:(?:also|then|later|once) )?"
_AFTER_HAN = re.compile(
    rf"[，,]?\s*{_ROLE}(?P<name>{_LATIN}|{_HAN})\s*{_ADVERB}\s*{_SAYS}\s*(?P<end>[。，,；;！？]|$)"
)
_BEFORE_HAN = re.compile(
    rf"(?:(?<![A-Za-z])(?P<latin>{_LATIN})|(?:^|(?<=[。！？；，,、\s」』”])){_ROLE}(?P<han>{_HAN}))"
    rf"\s*{_ADVERB}\s*{_SAYS}\s*[：:，,]\s*$"
)
_AFTER_LATIN = re.compile(
    rf"\s*(?:(?P<name>{_LATIN}) {_THEN}{_SAID}\b|{_SAID} (?P<turned>{_LATIN}))\s*(?P<end>[.,;]|$)?"
)
_BEFORE_LATIN = re.compile(
    rf"(?:^|(?<=[\s(]))(?P<name>{_LATIN}) {_THEN}{_SAID}(?: that)?\s*[,:]\s*$"
)
_IN_DOUBT = re.compile(
    r"(?:和|与|與|跟|及|、|&|\band|\bor|没有|沒有|不是|如果|假如|假设|假設|\bif|\bhad)\s*$"
)
_ENDS_INSIDE = tuple("。！？!?.,，…—")
_SHORTEST = 8
_NOBODY = words(
    """
    He She They It We I You This That These Those One Someone Everyone Nobody Critics
    Researchers Experts But And When As The If In For So While Then Now Yet Later Still Here
    There Who What His Her Their Our My Host Dr Mr Mrs Ms Professor Prof Dear Even Only Like
    Researcher Google Microsoft Apple Amazon Meta Nvidia Anthropic Reuters Bloomberg Gemini
    Claude Cursor Netflix Tesla Facebook Twitter Intel Spotify Forbes
    """
)
_NAME_WORD = re.compile(
    r"(?:Mc|Mac|O['’]|De|Le|La|Di)?[A-Z][^\W\d_A-Z]+(?:['’-][A-Z]?[^\W\d_A-Z]+)*|[A-Z]\."
)
_LOWER_PARTICLES = words("de van von der la bin al")
_MOST_WORDS = 3
_GIVEN = r"[A-Z][^\W\d_A-Z]+(?:-[A-Z][^\W\d_A-Z]+)?"


@dataclass(frozen=True, slots=True)
class _Quote:
    start: int
    end: int
    speaker: str


def quoted_turns(turns: Sequence[SpeakerTurn], whole: str) -> list[SpeakerTurn]:
    """``turns`` of prose with each quotation that has a named speaker as a turn of its own.

    No word is lost or moved. A surname becomes the full name where ``whole``, the document, has
    exactly one.
    """
    split: list[SpeakerTurn] = []
    for turn in turns:
        if turn.speaker or turn.span:
            split.append(turn)
            continue
        for text in turn.texts:
            split += _split(text, whole)
    return split


def _split(text: str, whole: str) -> Iterator[SpeakerTurn]:
    reached = 0
    for quote in _named_quotes(text, whole):
        yield from _turn(text[reached : quote.start], None)
        yield from _turn(text[quote.start : quote.end], quote.speaker)
        reached = quote.end
    yield from _turn(text[reached:], None)


def _turn(text: str, speaker: str | None) -> Iterator[SpeakerTurn]:
    text = text.strip()
    if any(char.isalnum() for char in text):
        yield SpeakerTurn(speaker, None, (text,))


def _named_quotes(text: str, whole: str) -> Iterator[_Quote]:
    if text.count('"') % 2:
        return
    matches = list(_QUOTE.finditer(text))
    speaker: str | None = None
    for place, match in enumerate(matches):
        before = text[matches[place - 1].end() if place else 0 : match.start()]
        next_start = matches[place + 1].start() if place + 1 < len(matches) else len(text)
        after = text[match.end() : next_start]
        goes_on = speaker if place and _name_after(before, whole=True) else None
        speaker = None
        if _is_sentence(match[0]):
            named = _name_after(after) or _name_before(before) or goes_on
            speaker = _known_as(named, whole) if named else None
        if speaker:
            yield _Quote(match.start(), match.end(), speaker)


def _is_sentence(quote: str) -> bool:
    """Whether a quotation is speech rather than a word in quotation marks."""
    inner = quote[1:-1].strip()
    return len(inner) >= _SHORTEST or inner.endswith(_ENDS_INSIDE)


def _name_after(text: str, *, whole: bool = False) -> str | None:
    """Who is named in ``… Bourgeaud 說。`` after a quotation; ``whole``: and no more is said."""
    for pattern in (_AFTER_HAN, _AFTER_LATIN):
        match = pattern.match(text)
        if match and not (whole and text[match.end() :].strip()):
            return match["name"] or match.groupdict().get("turned")
    return None


def _name_before(text: str) -> str | None:
    """Who is named in ``Bourgeaud 明確表示：`` before a quotation."""
    for pattern, groups in ((_BEFORE_HAN, ("latin", "han")), (_BEFORE_LATIN, ("name",))):
        match = pattern.search(text)
        if match and not _IN_DOUBT.search(text[: match.start()]):
            return next(match[group] for group in groups if match[group])
    return None


@lru_cache(maxsize=8)
def _known_as(name: str, whole: str) -> str | None:
    """The person's name as the text knows it, None if ``name`` may be no person at all."""
    if not name[0].isascii():
        returns = whole.count(name) > 1
        return name if looks_like_name(name) and returns else None
    parts = name.rstrip(".,").split()
    people = all(_NAME_WORD.fullmatch(word) or word in _LOWER_PARTICLES for word in parts)
    if not people or len(parts) > _MOST_WORDS or parts[0] in _NOBODY:
        return None
    if len(parts) > 1:
        return " ".join(parts)
    firsts = set(re.findall(rf"\b({_GIVEN}(?: [A-Z]\.)?) {re.escape(parts[0])}\b", whole))
    firsts = {first for first in firsts if first.split()[0] not in _NOBODY}
    return f"{firsts.pop()} {parts[0]}" if len(firsts) == 1 else parts[0]
