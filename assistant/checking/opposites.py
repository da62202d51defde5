"""Plain contradictions: a sentence that says up where the evidence says down, or puts the second
of two things that are compared before the first."""

from __future__ import annotations

import re

from corpus.language import fold

_PAIRS = (
    (
        re.compile(
            r"\b(?:increas|improv|ris(?:e|en|ing)\b|rose\b|grow|grew\b|higher\b|stronger\b|faster\b|better\b)"
            r"|上升|提高|提升|增加|增长|增强|变强|更强|变快|更快|更好|改善|上涨"
        ),
        re.compile(
            r"\b(?:decreas|declin|drop|fell\b|fall(?:s|en|ing)?\b|lower\b|weaker\b|slower\b|worse|reduc|shr[aiu]nk)"
            r"|下降|降低|减少|减弱|变弱|更弱|变慢|更慢|更差|变差|恶化|下跌|不如"
        ),
    ),
)

_NAME = r"[A-Z][\w+-]*(?:\.\d+)?(?: \d+(?:\.\d+)*\w*)?(?!\w)"
_OPENING = "The|A|An|It|This|That|These|But|And|So|In|On|At|For|If|When|I|We|They|He|She|You"
_THING = rf"(?!(?:{_OPENING})\b){_NAME}"
_LESS = r"less|fewer|worse|slower|weaker|lower|smaller|shorter"
_THAN = re.compile(
    rf"(?P<first>{_THING})[^.!?;,。！？；]{{0,80}}?\b(?:(?P<less>{_LESS})|more|better|[a-z]{{2,}}er)\b"
    rf"[^.!?;,。！？；]{{0,40}}?\bthan (?:the |an? )?(?P<second>{_THING})"
)
_BI = re.compile(
    rf"(?P<first>{_THING})[^.!?;,。！？；，]{{0,12}}?比\s*(?P<second>{_THING})"
    r"(?:[^.!?;,。！？；，]{0,8}?(?P<less>慢|差|弱|低|少|小|不如))?"
)


def contradict(claim: str, evidence: str) -> str | None:
    """The claim's word that the evidence says the opposite of, where each says but one of them."""
    said, told = fold(claim), fold(evidence)
    for up, down in _PAIRS:
        for mine, other in ((up, down), (down, up)):
            word = mine.search(said)
            if word and not other.search(said) and other.search(told) and not mine.search(told):
                return word.group()
    return _turned_round(claim, evidence)


def _turned_round(claim: str, evidence: str) -> str | None:
    """How the sentence compares two names that the evidence compares the other way round, only."""
    told = _orders(evidence)
    for (first, second), words in _orders(claim).items():
        if (second, first) in told and (first, second) not in told:
            return words
    return None


def _orders(text: str) -> dict[tuple[str, str], str]:
    """Pairs of names, what is said to be more before what is less, with the words that say so."""
    found = {}
    for pattern in (_THAN, _BI):
        for match in pattern.finditer(text):
            pair = fold(match["first"]), fold(match["second"])
            found[pair[::-1] if match["less"] else pair] = match.group()
    return found
