"""Amounts, dates and units of a text as intervals, and whether one text has those of another.

Numbers written as words, in Chinese and English, as intervals of what they may stand for.

An amount that a text states, and whether a text has the amounts of another.

Dates and times of day, in either script; each part of a date is an amount of its own.

Units, measure words and what makes a number rough. All in folded text.

The numbers, dates and amounts of a text in any script, and whether a text has those of another.

All of it works on folded text (corpus.language.fold). An amount is an interval with the family of
its unit, so that 十几, "over thirty", 8~10, "two fifths", 30 分钟 and "half an hour" compare.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.language import fold
from corpus.vocabulary import words

Interval = tuple[float, float]
"""Lowest and highest value; equal where the word is exact: 十几 is (11, 19)."""

_HAN_DIGITS = {char: n for n, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_POWERS = {"十": 10, "百": 100, "千": 1000}
_HAN_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_HAN_FUZZY = "几数"
HAN = "零〇一二两三四五六七八九十百千万亿几数"

_TO_NINETEEN = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_EXACT = {word: n for n, word in enumerate(_TO_NINETEEN)}
_EXACT |= {word: 10 * n for n, word in enumerate(_TENS, 2)} | {"dozen": 12}
_COUNTED = "|".join(sorted([*_EXACT, *_SCALES], key=len, reverse=True))
ENGLISH = re.compile(rf"\b(?:a )?(?:{_COUNTED})(?:(?:[ -]| and )(?:{_COUNTED}))*\b")
"""A number in English words, in lower case."""

_VAGUE_ENGLISH: dict[str, Interval] = {
    "half a dozen": (6, 6), "single digits": (0, 9), "teens": (11, 19), "double digits": (10, 99),
    "dozens": (24, 99),
    "tens of thousands": (10_000, 99_999), "hundreds of thousands": (100_000, 999_999),
    "tens of millions": (1e7, 1e8 - 1), "hundreds of millions": (1e8, 1e9 - 1),
    "hundreds or thousands": (100, 9999), "hundreds": (100, 999), "thousands": (1000, 9999),
    "millions": (1e6, 1e9 - 1), "billions": (1e9, 1e12 - 1),
}  # fmt: skip
_VAGUE_HAN: dict[str, Interval] = {
    "成百上千": (100, 9999), "成千上万": (1000, 99_999), "上百": (100, 999), "上千": (1000, 9999),
    "上万": (10_000, 99_999), "个位数": (0, 9), "两位数": (10, 99), "三位数": (100, 999),
}  # fmt: skip
VAGUE = _VAGUE_ENGLISH | _VAGUE_HAN
VAGUE_WORD = re.compile("|".join(sorted(VAGUE, key=len, reverse=True)))


def english_number(words: str) -> float | None:
    """``three hundred and twenty`` as 320.

    ``None`` for a bare ``one``, which is a pronoun too, and for a bare ``million``, which only
    scales the digits before it.
    """
    parts = [part for part in re.split(r"[ -]", words) if part not in ("and", "a")]
    if parts == ["one"] or (words in _SCALES and parts == [words]):
        return None
    total = current = 0.0
    for part in parts:
        if part == "hundred":
            current = (current or 1.0) * 100
        elif part == "dozen":
            current = (current or 1.0) * 12
        elif part in _SCALES:
            total += (current or 1.0) * _SCALES[part]
            current = 0.0
        else:
            current += _EXACT[part]
    return total + current


def han_number(run: str) -> Interval | None:
    """A run of Chinese numerals; ``None`` where it is none, as 万 alone or 一 alone."""
    run = run.strip("零") if run != "零" else run
    if not run or run in ("一", "一一", "万一", "十", "百", "千", "万", "亿", *_HAN_FUZZY):
        return None
    if all(char in _HAN_DIGITS for char in run):
        return _digits_only([_HAN_DIGITS[char] for char in run])
    pair = re.search(r"([一二两三四五六七八九])([一二三四五六七八九])(?=[十百千万亿]|$)", run)
    if pair:
        low = han_number(run[: pair.end(1)] + run[pair.end(2) :])
        high = han_number(run[: pair.start(1)] + run[pair.start(2) :])
        return (low[0], high[1]) if low and high else None
    if any(char in run for char in _HAN_FUZZY):
        return _fuzzy(run)
    value = _han_value(run)
    return None if value is None else (value, value)


def _digits_only(digits: list[int]) -> Interval:
    if len(digits) == 2 and 0 < digits[0] < digits[1]:
        return float(digits[0]), float(digits[1])  # 两三, 三五
    value = float("".join(map(str, digits)))
    return value, value


def _fuzzy(run: str) -> Interval | None:
    at = next(i for i, char in enumerate(run) if char in _HAN_FUZZY)
    ends = "19" if at and run[at - 1] == "十" else "29"
    # 十几 counts from eleven, 几十 from twenty.
    low, high = (run[:at] + "零一二三四五六七八九"[int(end)] + run[at + 1 :] for end in ends)
    least, most = _han_value(low), _han_value(high)
    if least is None or most is None:
        return None
    tail = run[at + 1 :]
    step = _last_power(tail)
    return least, most + step - 1


def _last_power(tail: str) -> float:
    powers = {**_HAN_POWERS, **_HAN_MYRIADS}
    step = 1.0
    for char in tail:
        step *= powers.get(char, 1)
    return step


def _han_value(run: str) -> float | None:
    total = section = 0.0
    digit: int | None = None
    last_power = 1
    for char in run:
        if char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
        elif char in _HAN_POWERS:
            last_power = _HAN_POWERS[char]
            section += (1 if digit is None else digit) * last_power
            digit = None
        elif char in _HAN_MYRIADS:
            last_power = _HAN_MYRIADS[char]
            total = (total + section + (digit or 0) or 1) * last_power
            section, digit = 0.0, None
        else:
            return None
    if digit is not None and last_power > 10 and "零" not in run and "〇" not in run:
        digit *= last_power // 10  # 一百五 is 150
    return total + section + (digit or 0)


ROUNDED = 0.1
"""How far "about 150" may be from what was said."""
ROUNDED_SHARE = 0.01
"""Two thirds are 67 percent."""
AROUND_YEARS = 1
""""Around 2016" may be told as 2015 or 2017."""
CONVERTED = {"m": 0.06, "kg": 0.06, "s": 0.02}
"""How far an amount in another unit of its family may be: 40 pounds for 18 kilograms."""
OVER = 1.5
""""Over thirty" may stand for what is at most so many times as much."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount: the interval, and the family of its unit with the factor to the family's base.

    ``bound`` is ``about``, ``over`` or ``under`` where the text says so; ``label`` the Latin word
    right in front, as of a version; ``text`` what was read; ``lists`` whether it only counts what
    the answer itself lists, as in "two reasons". The families of dates are ``year``,
    ``month``, ``day`` and ``clock``.
    """

    low: float
    high: float
    text: str
    family: str = ""
    factor: float = 1.0
    bound: str = ""
    label: str = ""
    lists: bool = False

    @property
    def is_date(self) -> bool:
        """Whether it is a part of a date, or a time of day."""
        return self.family in ("year", "month", "day", "clock")


def missing(claim: Iterable[Quantity], evidence: Iterable[Quantity], text: str) -> Quantity | None:
    """The first amount of the claim that the evidence doesn't have; ``text`` is the evidence's,
    in which a version number may stand glued to its name."""
    said = tuple(evidence)
    folded = fold(text)
    for one in claim:
        version = rf"{re.escape(one.label)}[\W_]*{re.escape(one.text)}(?!\d|[.,]\d)"
        named = one.label and re.search(version, folded)
        if not named and not one.lists and not any(agrees(one, other) for other in said):
            return one
    return None


def agrees(claim: Quantity, said: Quantity) -> bool:
    """Whether the claim's amount is the one that was said, roundings and conversions included."""
    if {claim.bound, said.bound} == {"over", "under"}:
        return False
    low, high, told_low, told_high = claim.low, claim.high, said.low, said.high
    loose = "about" in (claim.bound, said.bound)
    if _is_year(claim) and _is_year(said):
        return abs(low - told_low) <= (AROUND_YEARS if loose else 0)
    slack = ROUNDED if loose else 1e-6
    if claim.family and said.family:
        if claim.family != said.family:
            return False
        if claim.factor != said.factor:
            slack = max(slack, CONVERTED.get(claim.family, 1e-6))
            low, high = low * claim.factor, high * claim.factor
            told_low, told_high = told_low * said.factor, told_high * said.factor
        if claim.family == "share":
            slack = max(slack, ROUNDED_SHARE)
    if told_low < told_high:
        return _agrees_with_vague(low, high, told_low, told_high, claim.bound)
    if low < high:
        return bool(low <= told_low <= high and said.bound)
    if claim.bound == "over" and low <= told_low <= OVER * low:
        return True
    if claim.bound == "under" and low / OVER <= told_low <= low:
        return True
    return abs(low - told_low) <= slack * max(abs(low), abs(told_low))


def _is_year(amount: Quantity) -> bool:
    """Whether it is a year, or four digits that read like one: "around 2016". A round number of
    things is none."""
    if amount.family == "year":
        return True
    four_digits = re.fullmatch(r"(?:1[89]|20)\d\d", amount.text) is not None
    bare = not amount.family and not amount.label
    return bare and four_digits and not amount.text.endswith("00")


def _agrees_with_vague(low: float, high: float, least: float, most: float, bound: str) -> bool:
    if low < high:
        return least <= low <= most and (high <= most * OVER or least <= high)
    if bound == "over":
        return low <= least and most <= max(10 * low, OVER * low) and least <= OVER * low
    if bound == "about":
        return least <= low <= most
    return False


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november"
    r"|december|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
)
DATES = re.compile(
    rf"(?P<iso>\b(?:19|20)\d\d[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?\b)"
    rf"|(?P<clock>\b\d{{1,2}}:\d{{2}}(?::\d{{2}})?\b)"
    rf"|(?<![a-z]){_MONTH}(?![a-z])(?:\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b)?"
    rf"|(?<![\d.])(?P<decade>(?:19|20)?\d0)(?:['’]?s\b|\s*年代)"
    rf"|(?P<handecade>[一二三四五六七八九]十)年代"
    rf"|(?P<calendar>(?:\d+|[{HAN}]+))\s*(?P<part>[年月日号])(?![前后代级度])"
)
_MAY = re.compile(
    r"(?:\b(?:in|of|by|since|until|from|early|late|mid|every|each|last|this|next)|\d)\s*$"
)


def dates_of(match: re.Match[str]) -> Iterator[Quantity]:
    """The parts of a date that ``DATES`` has found in folded text."""

    def part(value: float, family: str) -> Quantity:
        return Quantity(value, value, match.group(), family)

    if match["iso"]:
        numbers = map(float, re.split(r"[-/.]", match["iso"]))
        yield from (
            part(n, family) for n, family in zip(numbers, ("year", "month", "day"), strict=False)
        )
    elif match["clock"]:
        hours, minutes, *seconds = map(float, match["clock"].split(":"))
        yield part(
            (hours * 60 + minutes) * 60 + seconds[0] if seconds else hours * 60 + minutes, "clock"
        )
    elif match["month"]:
        word = match["month"]
        if (
            word not in ("may", "march")
            or match["day"]
            or _MAY.search(match.string[: match.start()])
        ):
            yield part(1.0 + _MONTHS.index(word[:3]), "month")
            if match["day"]:
                yield part(float(match["day"]), "day")
    elif match["decade"] or match["handecade"]:
        tens = match["decade"] or str(int((han_number(match["handecade"]) or (0, 0))[0]))
        yield part(float(tens) % 100, "decade")
    else:
        yield from _calendar(match)


def _calendar(match: re.Match[str]) -> Iterator[Quantity]:
    """年, 月 and 日 as parts of a date; a number of years (二十年) is left for an amount."""
    written, kind = match["calendar"], match["part"]
    value = float(written) if written.isdigit() else (han_number(written) or (0.0, 0.0))[0]
    value = 1.0 if written == "一" else 10.0 if written == "十" else value
    highest = {"年": 2100, "月": 12, "日": 31, "号": 31}[kind]
    least = 1900 if kind == "年" else 1
    if least <= value <= highest:
        family = {"年": "year", "月": "month"}.get(kind, "day")
        yield Quantity(value, value, match.group(), family)


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


MOST_LISTED = 5
"""An answer that counts its own points has at most so many."""

_DIGITS = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_FRACTION = re.compile(
    r"(?P<parts>[百千万]|\d+|[二两三四五六七八九十]+)分之(?P<han>[\d.]+|[零一二两三四五六七八九十百点半]+)"
    r"|(?<![a-z])(?P<top>an?|one|two|three|four|five|six|seven|eight|nine)[ -]"
    r"(?P<bottom>half|halves|thirds?|quarters?|fifths?|sixths?|eighths?|tenths?)"
    r"(?![a-z])(?P<of> of)?"
    r"|(?<![a-z])(?P<half>half)(?= (?:of|the|its|his|her|their|a|an|all|my|our|empty|full)\b)"
    r"|(?P<banhan>一半|半数)"
    r"|(?P<cheng>\d+(?:\.\d+)?|[一二三四五六七八九])成(?P<chengban>半)?(?![立功员为长本就果年熟型绩形都了])"
    r"|(?<![a-z])(?P<times>twice|thrice|doubl(?:e|es|ed|ing)|tripl(?:e|es|ed|ing)|翻倍|翻番|翻了一番|一倍)"
)
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8}
_AND_A_HALF = re.compile(
    r"(?<![a-z])(?:an?|one) (?P<unit>[a-z]+) and a half"
    r"|一个?半?(?P<hanunit>小时|英里|公里|年|月|天)半|一个半(?P<hanunit2>小时|月|世纪)"
    r"|(?P<halfof>half an?) (?P<unit3>hour|year|day|mile|century|minute|second|month)"
    r"|(?P<banof>半)个?(?P<hanunit4>小时|年|月|天|世纪)"
)
_NO_ZERO = rf"零(?=[㐀-鿿])(?![度点下上个分秒米元岁次{HAN}])"
"""零 in words such as 零碎 and 零售."""
_NUMERAL = re.compile(
    rf"(?P<vague>{VAGUE_WORD.pattern})|(?<![a-z0-9_.])(?<![a-z][-_])(?P<digits>{_DIGITS})"
    rf"|(?P<ordinal>第)?(?!{_NO_ZERO})(?P<han>[{HAN}]+)|(?P<english>{ENGLISH.pattern})"
)
_RANGE_SIGN = re.compile(r"\s*(?:[~～–—-]|到|至|to|or|或)\s*")
_RANGE_TO_NUMERAL = re.compile(rf"{_RANGE_SIGN.pattern}[{HAN}\d]")
_LABEL = re.compile(r"([a-z][a-z-]*)[ -]?$")
_NO_LABELS = words(
    """
    in of at by to for from since until till on before after than with within the a an and or is was
    were are be has had have only just not year
    """
)
"""Words in front of a number that are no name with it, as "gemini 3" is."""
_HAN_ALONE = re.compile(r"[二两三四五六七八九十]")
_LIST_ITEM = re.compile(r"\d{1,2}[)）、]")


def quantities(text: str) -> tuple[Quantity, ...]:
    """The text's amounts in order, those of dates first."""
    folded = fold(text)
    found: list[Quantity] = []
    for pattern, read in ((DATES, dates_of), (_AND_A_HALF, _halves), (_FRACTION, _fractions)):
        for match in pattern.finditer(folded):
            if read_now := tuple(read(match)):
                found += read_now
                folded = _blanked(folded, match)
    return (*found, *_amounts(folded))


def _blanked(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + "\x00" * len(match.group()) + text[match.end() :]


def _halves(match: re.Match[str]) -> Iterator[Quantity]:
    name = next(v for k, v in match.groupdict().items() if v and "unit" in k)
    value = 0.5 if match["halfof"] or match["banof"] else 1.5
    unit = unit_of(name)
    if unit is not None:
        yield Quantity(value, value, match.group(), unit.family, unit.factor)


def _fractions(match: re.Match[str]) -> Iterator[Quantity]:
    value = _fraction_value(match)
    if value is not None:
        family = "times" if match["times"] else "share"
        bound = bound_before(match.string[: match.start()])
        yield Quantity(value, value, match.group().strip(), family, bound=bound)


def _fraction_value(match: re.Match[str]) -> float | None:
    if match["times"]:
        return 3.0 if match["times"].startswith(("thrice", "tripl")) else 2.0
    if match["half"] or match["banhan"]:
        return 0.5
    if match["cheng"]:
        return _plain(match["cheng"]) / 10 + (0.05 if match["chengban"] else 0)
    if match["parts"]:
        whole = {"百": 100.0, "千": 1000.0, "万": 10_000.0}.get(match["parts"])
        top = match["han"].partition("点")
        value = _plain(top[0]) + (_plain(top[2]) / 10 ** len(top[2]) if top[2] else 0)
        return value / (whole or _plain(match["parts"]) or 1)
    if match["top"] in ("a", "an") and not match["of"]:
        return None  # "a third route" is no share
    bottom = match["bottom"]
    parts = _PARTS.get(bottom) or _PARTS.get(bottom.rstrip("s"), 10)
    tops = {"a": 1.0, "an": 1.0, "one": 1.0}
    return (tops.get(match["top"]) or english_number(match["top"]) or 1.0) / parts


def _plain(written: str) -> float:
    if re.fullmatch(r"[\d.]+", written):
        return float(written)
    return {"一": 1.0, "十": 10.0}.get(written) or (han_number(written) or (0.0, 0.0))[0]


def _amounts(text: str) -> tuple[Quantity, ...]:
    found = [(match, one) for match in _NUMERAL.finditer(text) if (one := _amount(text, match))]
    amounts = [one for _, one in found]
    for n, ((first, one), (second, other)) in enumerate(pairwise(found)):
        # In "2~3 倍" and "150 to 200 people" the unit and the scale of the second are the first's.
        if not one.family and _RANGE_SIGN.fullmatch(text[first.end() : second.start()]):
            scale = other.low / _low(second) if _low(second) else 1.0
            scaled = replace(one, low=one.low * scale, high=one.high * scale)
            amounts[n] = replace(scaled, family=other.family, factor=other.factor)
    return tuple(amounts)


def _low(match: re.Match[str]) -> float:
    read = _interval(match)
    return read[0] if read else 0.0


def _interval(match: re.Match[str]) -> Interval | None:
    if match["vague"]:
        return VAGUE[match["vague"]]
    if match["digits"]:
        value = float(match["digits"].replace(",", ""))
        return value, value
    if match["han"]:
        return (10.0, 10.0) if match["han"] == "十" else han_number(match["han"])
    value = english_number(match["english"]) or 0.0
    return (value, value) if value else None


def _amount(text: str, match: re.Match[str]) -> Quantity | None:
    interval = _interval(match)
    if interval is None or _LIST_ITEM.match(text, match.start()):
        return None
    before, end = text[: match.start()], match.end()
    multiplier = MULTIPLIER.match(text, end)
    scale = MULTIPLIERS[multiplier["word"]] if multiplier else 1.0
    end = multiplier.end() if multiplier else end
    loose = AFTER.match(text, end)
    unit = unit_of(text[loose.end() if loose else end :], in_front=before)
    if match["han"] and _is_part_of_word(text, match, end):
        return None
    if unit is None and match["digits"] and re.match(r"[a-z]", text[end:]):
        return None  # 3d, 4o: a code, which is a name
    bound = bound_before(before) or (
        AFTER_BOUNDS.get(loose.group().strip(), "about") if loose else ""
    )
    label = _LABEL.search(before) if match["digits"] and not bound else None
    name = label[1] if label and label[1] not in _NO_LABELS else ""
    return Quantity(
        interval[0] * scale,
        interval[1] * scale,
        text[match.start() : end].strip(),
        unit.family if unit else "",
        unit.factor if unit else 1.0,
        bound,
        name,
        interval[1] <= MOST_LISTED and bool(LISTED.match(text, end)),
    )


AFTER_BOUNDS = {"多": "over", "余": "over", "以上": "over", "+": "over", "以下": "under"}


def _is_part_of_word(text: str, match: re.Match[str], end: int) -> bool:
    """Whether Han numerals are no number here: 四川, 三星, 十分. A single one counts things only
    before a measure word; 第 in front of one to three only orders the answer's own points."""
    run = match["han"]
    if match["ordinal"]:
        interval = han_number(run)
        return interval is None or interval[1] <= 3
    if run in ("十", "千万", "百万") or _HAN_ALONE.fullmatch(run) or set(run) <= set("十百千万亿"):
        if _RANGE_TO_NUMERAL.match(text, end):
            return False
        return not CLASSIFIER.match(text, end) or (text[end : end + 1] == "分" and run == "十")
    return False
