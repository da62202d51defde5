"""How sure the library is of an answer, in a few levels and in words that a reader understands.

The levels go by the calibrated probability alone, so that a word means the same whatever threshold
an operator sets: the threshold decides whether there is an answer, not how sure it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Level = Literal["clear", "probable", "possible", "close", "nothing"]
"""From the surest answer to the surest refusal: three of answers, two of refusals."""

CLEAR = 0.9
"""From here on the calibration expects at most one question in ten to have no answer."""
PROBABLE = 0.7
"""From here on it expects at most three in ten."""
NOTHING = 0.2
"""Below this it expects an answer to at most one in five."""


@dataclass(frozen=True, slots=True)
class SurenessWords:
    """A line for each level; ``probability`` is a format, ``caveat`` says what it doesn't tell."""

    levels: Mapping[Level, str]
    probability: str
    caveat: str


_WORDS: Mapping[str, SurenessWords] = MappingProxyType(
    {
        "zh-Hans": SurenessWords(
            {
                "clear": "文稿里有明确的回答",
                "probable": "文稿里多半有回答",
                "possible": "文稿里也许有回答，请核对引文",
                "close": "不太确定：有些内容相近，但未必回答了这个问题",
                "nothing": "相当确定：搜索范围内没有回答",
            },
            "有回答的概率，估计为 {}",
            "这只说明文稿有没有谈到，不说明讲者说得对不对。",
        ),
        "zh-Hant": SurenessWords(
            {
                "clear": "文稿裡有明確的回答",
                "probable": "文稿裡多半有回答",
                "possible": "文稿裡也許有回答，請核對引文",
                "close": "不太確定：有些內容相近，但未必回答了這個問題",
                "nothing": "相當確定：搜尋範圍內沒有回答",
            },
            "有回答的機率，估計為 {}",
            "這只說明文稿有沒有談到，不說明講者說得對不對。",
        ),
        "en": SurenessWords(
            {
                "clear": "The talks answer this clearly",
                "probable": "The talks probably answer this",
                "possible": "The talks may answer this: check the quotes",
                "close": "Not sure: some passages come near this, but may not answer it",
                "nothing": "Quite sure: nothing that was searched answers this",
            },
            "Estimated probability of an answer: {}",
            "It tells whether the talks speak of this, not whether what they say is right.",
        ),
    }
)


def sureness(answerable: float, *, answered: bool) -> Level:
    """The level of a calibrated probability (0 to 1) that the library answers the question.

    ``answered`` is whether it reached the operator's threshold, so that an answer was given.
    """
    if not answered:
        return "nothing" if answerable < NOTHING else "close"
    if answerable >= CLEAR:
        return "clear"
    return "probable" if answerable >= PROBABLE else "possible"


def sureness_words(language: str) -> SurenessWords:
    """The words for ``zh-Hans``, ``zh-Hant`` or ``en``; English for any other tag."""
    return _WORDS.get(language, _WORDS["en"])


def percent(probability: float) -> str:
    """As ``93%``; an estimate is never shown as 0 or 100, which would claim certainty."""
    return f"{min(99, max(1, round(100 * probability)))}%"
