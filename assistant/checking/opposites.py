"""Plain contradictions: a sentence that says up where the evidence says down, or yes for no."""

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


def contradict(claim: str, evidence: str) -> str | None:
    """The claim's word that the evidence says the opposite of, where each says but one of them."""
    said, told = fold(claim), fold(evidence)
    for up, down in _PAIRS:
        for mine, other in ((up, down), (down, up)):
            word = mine.search(said)
            if word and not other.search(said) and other.search(told) and not mine.search(told):
                return word.group()
    return None
