"""Who is said to have said it: the attribution of a sentence, and what is left without it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.checking.people import NAME_IN_LATIN, is_han, role_of
from corpus.readers.names import looks_like_name

_LATIN = NAME_IN_LATIN.pattern
_VERB = (
    r"(?:say|sa(?:id|ys)|state|claim|explain|add|note|argue|recall|repl(?:y|ie)|answer|admit(?:t)?|stress(?:e)?"
    r"|conclude|warn|remark|observe|insist|acknowledge|point|think|thought|believe|mention|suggest|report"
    r"|describe|emphasi[sz]e|predict|expect|recommend|feel|felt|find|found|see|name|consider|call|hope"
    r"|told|tell|propose|estimate|highlight|advise|wonder|doubt|reveal)(?:s|d|ed|ing)?(?: out)?"
)
_ADVERB = r"(?:(?:also|then|later|once|further|even|still|clearly|himself|herself) )*"
_WHO = (
    rf"(?:{_LATIN}|(?:[Tt]he|[Oo]ne|[Aa]|[Aa]nother) (?:host|guest|speaker|interviewer|author)"
    r"|[Hh]e|[Ss]he|[Tt]hey)"
)
_OPENS = re.compile(
    rf"^\W*(?:(?:[Aa]ccording to|[Ii]n the (?:view|opinion|words) of|[Ff]or|[Aa]s) (?P<by>{_WHO})"
    rf"(?:['’]s (?:view|opinion))?(?: {_VERB})?,?\s+"
    rf"|(?P<who>{_WHO}),? {_ADVERB}(?P<verb>{_VERB})(?: that\b)?,?:?\s+)"
)
_CLOSES = re.compile(
    rf"[,;]\s+(?:(?P<who>{_WHO}) {_ADVERB}{_VERB}|{_VERB} (?P<turned>{_LATIN}))\W*$"
)
_HAN_VERB = (
    "(?:表示|解释|解釋|指出|认为|認為|回答|补充|補充|强调|強調|坦言|坦承|承认|承認|回忆|回憶|透露|总结|總結|提到|谈到|談到|回应|回應"
    "|感叹|感嘆|直言|说明|說明|觉得|覺得|建议|建議|主张|主張|介绍|介紹|预测|預測|预计|預計|相信|推测|推測|判断|判斷|希望|发现|發現"
    "|分享|分析|警告|提醒|担心|擔心|反馈|反饋|(?<!小)[说說]|称|稱|讲|講|看来|看來)"
)
_HAN_WHO = r"(?:[㐀-鿿·]{1,7}?)"
_HAN_OPENS = re.compile(
    rf"^\W*(?:在)?(?:据|據|根据|根據|按照|按|对于|對於)?(?P<who>{_LATIN}|{_HAN_WHO})\s*"
    rf"(?:的(?:说法|說法|观点|觀點|看法|介绍|介紹|意见|意見)(?:是|中)?"
    rf"|(?:还|還|也|则|則|又|曾|自己|本人|明确|明確|进一步|進一步|特别|特別)*{_HAN_VERB}(?:道|过|過|到|了)?)\s*[，,：:]?\s*"
)
_PRONOUN = re.compile(
    r"^(?:[Tt]hey|[Hh]e|[Ss]he|他|她|他们|她们|他們|她們|大家|有人|我们|我們|它|作者)$"
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who a sentence says said it (nobody where it is a pronoun), and the words without that."""

    who: tuple[str, ...]
    content: str


def attribution_of(text: str) -> Attribution:
    """The sentence taken apart; where nothing is attributed the content is all of it."""
    who: list[str] = []
    content = text.strip()
    for pattern in (_OPENS, _CLOSES, _HAN_OPENS):
        match = pattern.search(content)
        if match is None:
            continue
        names = [name for name in match.groupdict().items() if name[1] and name[0] != "verb"]
        if pattern is _HAN_OPENS and not _may_speak(match["who"]):
            continue
        left = (content[: match.start()] + content[match.end() :]).strip()
        if len(left) * 4 < len(content):
            continue
        who += [name for _, name in names if _names_someone(name)]
        content = left
    return Attribution(tuple(who), content)


def _may_speak(name: str) -> bool:
    """Whether what stands before a verb of saying can be a speaker, and no part of a sentence."""
    return bool(_PRONOUN.match(name) or role_of(name) or looks_like_name(name))


def _names_someone(name: str) -> bool:
    if _PRONOUN.match(name):
        return False
    return looks_like_name(name) if is_han(name) else name[:1].isupper() and len(name) > 1


_NARRATED = re.compile(
    rf"(?P<name>{_LATIN}|(?<![㐀-鿿])[㐀-鿿·]{{2,4}}?)(?:\s*[㐀-鿿]{{0,6}}?\s*{_HAN_VERB}|\s+{_ADVERB}{_VERB}\b)"
)


def narrated_speakers(texts: Iterable[str]) -> tuple[str, ...]:
    """The names of whom narrated sentences say that they speak, each once."""
    found = [match["name"] for text in texts for match in _NARRATED.finditer(text)]
    return tuple(dict.fromkeys(name for name in found if looks_like_name(name)))


def only_attributes(text: str) -> bool:
    """Whether a sentence tells who says something and nothing of it: 他說。 behind a quotation."""
    bare = re.sub(r"\W+$", "", text.strip())
    probe = "如此这般。" if is_han(bare) else "it is so."
    joint = "，" if is_han(bare) else " that "
    return bool(bare) and attribution_of(f"{bare}{joint}{probe}").content == probe
