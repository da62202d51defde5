"""Units, measure words and what makes a number rough. All in folded text."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A family of units that convert into each other, and the factor to the family's base."""

    family: str
    factor: float = 1.0


_TABLE: dict[str, dict[str, float]] = {
    "s": {
        "seconds?|secs?|秒钟?": 1, "minutes?|mins?|分钟": 60, "hours?|hrs?|个?小时|个?钟头": 3600,
        "days?|天|日": 86_400, "weeks?|周|个?星期|个?礼拜": 604_800, "months?|个月": 2_629_800,
        "years?|yrs?|年|岁": 31_557_600, "decades?": 315_576_000,
        "centur(?:y|ies)|个?世纪": 3_155_760_000,
    },
    "m": {
        "millimet(?:er|re)s?|mm|毫米": 0.001, "centimet(?:er|re)s?|cm|厘米|公分": 0.01,
        "kilomet(?:er|re)s?|kms?|公里|千米": 1000, "met(?:er|re)s?|米": 1, "miles?|英里": 1609.344,
        "feet|foot|ft|英尺": 0.3048, "inch(?:es)?|英寸": 0.0254, "yards?|码": 0.9144,
    },
    "kg": {
        "kilograms?|kilogrammes?|kilos?|kgs?|公斤|千克": 1, "grams?|grammes?|克": 0.001,
        "tons?|tonnes?|吨": 1000, "pounds?|lbs?|磅": 0.4536, "ounces?|oz|盎司": 0.02835, "斤": 0.5,
    },
    "share": {r"%|percent|per cent|个?百分点|percentage points?": 0.01},
    "times": {"times|倍|x(?![a-z])|[- ]?fold": 1},
    "usd": {"(?:us )?dollars?|usd|美元|美金|bucks": 1},
    "eur": {"euros?|eur|欧元": 1},
    "gbp": {"英镑|gbp": 1},
    "jpy": {"yen|日元|日圆": 1},
    "cny": {"yuan|rmb|cny|人民币|元人民币|元": 1},
}  # fmt: skip
_UNITS = [
    (re.compile(rf"(?:\s|-)*(?:{pattern})(?![a-z])"), Unit(family, factor))
    for family, by_pattern in _TABLE.items()
    for pattern, factor in by_pattern.items()
]
_CURRENCY = {"$": "usd", "€": "eur", "£": "gbp", "¥": "", "￥": ""}

MULTIPLIERS: dict[str, float] = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "billion": 1e9, "b": 1e9,
    "bn": 1e9, "trillion": 1e12, "tn": 1e12, "十万": 1e5, "百万": 1e6, "千万": 1e7, "十亿": 1e9,
    "百亿": 1e10, "千亿": 1e11, "万亿": 1e12, "万": 1e4, "亿": 1e8, "千": 1e3, "百": 1e2,
}  # fmt: skip
_LETTER = r"(?:k|mn|m|bn|b|tn)(?![a-z0-9])"
MULTIPLIER = re.compile(
    rf"\s*(?P<word>thousand|million|billion|trillion|十万|百万|千万|十亿|百亿|千亿|万亿|万|亿"
    rf"|千(?!米|克)|百|(?<=\d){_LETTER})"
)
AFTER = re.compile(r"\s*(?:多|余|来(?=[个年天岁])|\+|左右|上下|以上|以下)")
CLASSIFIER = re.compile(
    r"\s*(?:多|余|来)?(?:[个点倍年月天周岁秒分人名位次成条种代层步组块元美欧英公平张篇本台辆家件句段轮"
    r"页行章届款门座栋箱罐瓶只头匹颗粒根支双对套项类级字票楼刀遍场支束架号磅斤克米厘毫吨]|小时|星期)"
)
LISTED = re.compile(
    r"\s*(?:(?:main|key|different|other|important|major|of) )*(?:points?|things?"
    r"|reasons?|ways?|aspects?|sides?|views?|opinions?|guests?|speakers?|experts?|the|them|these|those|groups?|kinds?|questions?)(?![a-z])"
    r"|\s*(?:[个种位类大条]|方)?(?:主要|不同|重要|关键)?的?(?:点|方面|原因|理由|观点|问题|嘉宾|专家|者|角度|事)"
    r"|[种类样](?=[。，；,.;]|$)"
)
"""What an answer counts when it lists: two reasons, 三点, 两位嘉宾, A 和 B 两种."""
_ROUGH = re.compile(
    r"(?:about|around|roughly|approximately|some|nearly|almost|circa|(?<![\d\s])~|(?:^|(?<=[^\d\s])\s)~|≈|约|大约|大概|近|将近|差不多|接近)\s*[$€£¥]?\s*$"
)
_MORE = re.compile(
    r"(?:over|more than|at least|above|beyond|exceeding|upwards of|>|≥|超过|超|逾|至少|不止"
    r"|高于|大于|多于)\s*[$€£¥]?\s*$"
)
_LESS = re.compile(
    r"(?:under|less than|fewer than|below|at most|up to|within|<|≤|不到|不足|少于|低于"
    r"|小于|至多|最多|以内)\s*[$€£¥]?\s*$"
)


def bound_before(text: str) -> str:
    """``about``, ``over``, ``under`` or nothing: what the end of the text says of what follows."""
    tail = text[-24:]
    for pattern, bound in ((_MORE, "over"), (_LESS, "under"), (_ROUGH, "about")):
        if pattern.search(tail):
            return bound
    return ""


def unit_of(text: str, in_front: str = "") -> Unit | None:
    """The unit that the text begins with, or whose sign stands at the end of ``in_front``."""
    sign = in_front.rstrip()[-1:]
    if sign in _CURRENCY:
        return Unit(_CURRENCY[sign])
    return next((unit for pattern, unit in _UNITS if pattern.match(text)), None)
