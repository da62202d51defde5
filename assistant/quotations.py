"""Quotation marks in a model's sentence stay only around words that were said. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.checking.support import script_distance
from corpus.language import fold
from corpus.sentences import width

LONG = 18
"""From this width on (a Han character is 2 wide) what is quoted is a saying, not a name or term."""
ELSEWHERE = 0.5
"""Scripts further apart than this: the quotation is a translation, and nobody takes it for more."""

_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|「([^「」]+)」|『([^『』]+)』|«([^«»]+)»")
_LEFT_OUT = re.compile(r"…+|\.{3,}")


def honest_quotations(text: str, passages: Sequence[str]) -> str:
    """The sentence, its quotation marks taken off where the passages don't have the words.

    White space, case and punctuation are let go, and so is what an ellipsis stands for.
    """

    def kept(match: re.Match[str]) -> str:
        words = next(group for group in match.groups() if group)
        if width(words) < LONG or all(script_distance(words, one) > ELSEWHERE for one in passages):
            return match.group()
        return match.group() if _stands(words, passages) else words

    return _QUOTED.sub(kept, text)


def _stands(words: str, passages: Sequence[str]) -> bool:
    parts = [_bare(part) for part in _LEFT_OUT.split(words)]
    return any(all(part in _bare(passage) for part in parts) for passage in passages)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))
