"""Amounts, dates and times of day of a text, and whether one text has those of another.

An amount is an interval with the family of its unit, so that 十几, "over thirty", 1/3, "two
fifths", 30 分钟 and "half an hour" compare. Text is folded (corpus.language.fold) and read from
left to right by one grammar, the tables ``_DATES`` and ``_NUMBERS``, in Chinese and English:

    amount = [bound] [currency] number [half] [scale] [bound] [unit] [half]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.language import fold
from corpus.vocabulary import words

ROUNDED = 0.1
"""How far "about 150" may be from what was said."""
ROUNDED_SHARE = 0.0125
"""Two thirds are 67 percent, a third is 33."""
AROUND_YEARS = 1
""""Around 2016" may be told as 2015 or 2017."""
CONVERTED = {"m": 0.06, "kg": 0.06, "s": 0.02}
"""How far an amount in another unit of its family may be: 40 pounds for 18 kilograms."""
OVER = 1.5
""""Over thirty" may stand for what is at most so many times as much."""
MOST_LISTED = 5
"""An answer that counts its own points has at most so many."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount: the interval, and the family of its unit with the factor to the family's base.

    ``low`` and ``high`` are equal where the amount is exact. ``bound`` is ``about``, ``over`` or
    ``under`` where the text says so; ``label`` the Latin word right in front, as of a version;
    ``text`` what was read; ``lists`` whether it only counts what the answer itself lists, as in
    "two reasons". The families of dates are ``year``, ``month``, ``day`` and ``clock``.
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


@dataclass(frozen=True, slots=True)
class Located:
    """An amount with its place in the folded text, ``[start, end)``, its bound in front left out;
    ``scale`` is what multiplied the number."""

    amount: Quantity
    start: int
    end: int
    scale: float = 1.0


def quantities(text: str) -> tuple[Quantity, ...]:
    """The text's amounts in order; each part of a date is an amount of its own."""
    return tuple(one.amount for one in located(fold(text)))


def located(folded: str) -> tuple[Located, ...]:
    """The amounts of a text that is folded already, with where they stand in it."""
    found: list[Located] = []
    at = 0
    while match := _TOKEN.search(folded, at):
        kind = match.lastgroup or ""
        read = _read_date(kind, match) if kind in _DATES else _read_amount(kind, match)
        at = max([match.end(), *(one.end for one in read)])
        found += read
    return _with_shared_units(folded, found)


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
    if not said.label:  # a version is over nothing
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


# English number words. The pattern has the grammar, so that "five and ten" are two numbers.

_UP_TO_NINETEEN = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {word: float(n) for n, word in enumerate(_UP_TO_NINETEEN)} | {"oh": 0.0}
_VALUES |= {word: 10.0 * n for n, word in enumerate(_TENS, 2)}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_DIGIT = "|".join(_UP_TO_NINETEEN[1:10])
_TEEN = "|".join(sorted(_UP_TO_NINETEEN[10:], key=len, reverse=True))
_TWO_DIGITS = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{_DIGIT}))?|{_TEEN})"
_TO_99 = rf"(?:{_TWO_DIGITS}|{_DIGIT}|zero)"
_TO_999 = rf"(?:(?:{_TO_99}|a)[ -]hundred(?:[ -](?:and[ -])?{_TO_99})?|{_TO_99})"
_DECIMAL = rf"{_TO_999}(?: point(?: (?:{_DIGIT}|zero|oh))+)?"
_SCALE = "|".join(_SCALES)
_WORDS = (
    rf"(?<![a-z])(?:(?:{_DECIMAL}|a)[ -](?:{_SCALE})"
    rf"(?:[ -](?:and[ -])?{_TO_999}(?:[ -](?:{_SCALE}))?)*"
    rf"|(?:(?:{_TO_99}|a)[ -])?dozen|{_DECIMAL})(?: and a half)?(?![a-z])"
)
_SPOKEN_YEAR = (
    rf"(?<![a-z])(?:eighteen|nineteen|twenty)[ -](?:oh[ -](?:{_DIGIT})|{_TWO_DIGITS})(?![a-z])"
)


def english_number(written: str) -> float:
    """The value of English number words: ``three hundred and twenty`` is 320."""
    total = group = 0.0
    scale = place = 1.0
    for word in re.split("[ -]", written):
        if word in _SCALES:
            scale = _SCALES[word]
            total += (group or 1.0) * scale
            group, place = 0.0, 1.0
        elif word == "half":
            group += 0.5 if group else 0.5 * scale
        elif word in ("hundred", "dozen"):
            group = (group or 1.0) * (100.0 if word == "hundred" else 12.0)
        elif word == "point":
            place = 0.1
        elif word in _VALUES:
            group += _VALUES[word] * place
            place = place / 10 if place < 1 else 1.0
    return total + group


# Chinese numerals.

_HAN_DIGITS = {char: float(n) for n, char in enumerate("零一二三四五六七八九")}
_HAN_DIGITS |= {"〇": 0.0, "两": 2.0}
_HAN_POWERS = {"十": 10.0, "百": 100.0, "千": 1000.0}
_HAN_MYRIADS = {"万": 1e4, "亿": 1e8}
_DIGIT_HAN = "零〇一二三四五六七八九"
_HAN = f"{_DIGIT_HAN}两十百千万亿几数"
_HAN_PAIR = re.compile("([一二两三四五六七八九])([二两三四五六七八九])(?=[十百千万亿]|$)")
_NO_NUMERALS = ("", "一", "一一", "万一", "百", "千", "万", "亿", "几", "数")
"""Runs of numerals that are words, or scale the digits before them."""
_NO_ZERO = rf"零(?=[㐀-鿿])(?![度点下上个分秒米元岁次{_HAN}])"
"""零 in words such as 零碎 and 零售."""


def han_number(run: str) -> tuple[float, float]:
    """Lowest and highest value of Chinese numerals: 十几 is 11 to 19, 几十 20 to 99, 一百五 150."""
    whole, _, decimals = run.partition("点")
    if all(char in _HAN_DIGITS for char in whole):
        value = float(_as_digits(whole))
    elif any(char in "几数" for char in whole):
        least = _han_value(whole, 1.0 if "十几" in whole or "十数" in whole else 2.0)
        return least, _han_value(whole, 10.0) - 1.0
    else:
        value = _han_value(whole)
    if decimals:
        value += float(f"0.{_as_digits(decimals)}")
    return value, value


def _as_digits(run: str) -> str:
    return "".join(f"{_HAN_DIGITS[char]:.0f}" for char in run)


def _han_value(run: str, vague_digit: float | None = None) -> float:
    """The value, with the digit that stands for 几 or 数."""
    total = section = 0.0
    digit: float | None = None
    power = 1.0
    for char in run:
        if char in _HAN_POWERS:
            power = _HAN_POWERS[char]
            section += (1.0 if digit is None else digit) * power
            digit = None
        elif char in _HAN_MYRIADS:
            power = _HAN_MYRIADS[char]
            section += digit or 0.0
            if char == "亿":  # of all before it: 三万亿; 万 only of what stands behind an 亿
                total, section = 0.0, total + section
            total += (section or 1.0) * power
            section, digit = 0.0, None
        else:
            digit = _HAN_DIGITS.get(char, vague_digit)
    if digit is not None and power > 10 and vague_digit is None and not re.search("[零〇]", run):
        digit *= power / 10
    return total + section + (digit or 0.0)


# Numbers: the first table of the grammar.


@dataclass(frozen=True, slots=True)
class _Number:
    """A number without its unit; ``family`` and ``factor`` are those of what has none: a share, a
    spoken year."""

    low: float
    high: float
    family: str = ""
    factor: float = 1.0
    bound: str = ""


def _exact(value: float, family: str = "") -> tuple[_Number, ...]:
    return (_Number(value, value, family),)


_PHRASES: dict[str, tuple[float, float, str]] = {
    **dict.fromkeys(("twice", "double", "doubles", "doubled", "doubling"), (2, 2, "times")),
    **dict.fromkeys(("翻倍", "翻番", "翻了一番", "一倍"), (2, 2, "times")),
    **dict.fromkeys(("thrice", "triple", "triples", "tripled", "tripling"), (3, 3, "times")),
    "一半": (0.5, 0.5, "share"), "半数": (0.5, 0.5, "share"),
    "single digits": (0, 9, ""), "teens": (11, 19, ""), "double digits": (10, 99, ""),
    "dozens": (24, 99, ""), "hundreds": (100, 999, ""), "thousands": (1000, 9999, ""),
    "hundreds or thousands": (100, 9999, ""), "tens of thousands": (10_000, 99_999, ""),
    "hundreds of thousands": (100_000, 999_999, ""), "tens of millions": (1e7, 1e8 - 1, ""),
    "hundreds of millions": (1e8, 1e9 - 1, ""), "millions": (1e6, 1e9 - 1, ""),
    "billions": (1e9, 1e12 - 1, ""), "成百上千": (100, 9999, ""), "成千上万": (1000, 99_999, ""),
    "上百": (100, 999, ""), "上千": (1000, 9999, ""), "上万": (10_000, 99_999, ""),
    "个位数": (0, 9, ""), "两位数": (10, 99, ""), "三位数": (100, 999, ""),
}  # fmt: skip
_PHRASE = "|".join(
    rf"(?<![a-z]){each}(?![a-z])" for each in sorted(_PHRASES, key=len, reverse=True)
)
_PARTS = {
    "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10,
}  # fmt: skip
_PART = "|".join(_PARTS)
_FRACTION_WORDS = (
    rf"(?<![a-z])(?:an? (?:{_PART})(?= of\b|\s*(?:$|[.,;:!?)。，；])"
    r"| (?:is|are|was|were|ha[sd]|have|as|more|less|fewer|to|in|and|since|from|over)\b)"
    rf"|one[ -](?:{_PART})|(?:{_DIGIT})[ -](?:{_PART})s)(?![a-z-])"
)
_HALF = (
    r"(?<!first )(?<!second )(?<!other )(?<!latter )(?<!and a )(?<![a-z-])half"
    r"(?![a-z]|-(?!hour|day|year|mile|million)| past| time)"
)
_HAN_UNIT = "(?:个?小时|个?钟头|个?世纪|年|天|个月|公里|英里)"
_ONE = (
    r"(?<![a-z])(?:(?:an?|one)(?= (?:decade|century|fortnight)\b"
    rf"| (?!{_SCALE}|hundred|dozen)[a-z]+ and a half\b)"
    rf"|(?:past|last|next)(?= decade\b))|一(?=个半|{_HAN_UNIT}半|个世纪)"
)


def _digits(written: str) -> tuple[_Number, ...]:
    return _exact(float(written.replace(",", "")))


def _words(written: str) -> tuple[_Number, ...]:
    """A bare "one" is a pronoun, too."""
    return _exact(english_number(written)) if written != "one" else ()


def _year(written: str) -> tuple[_Number, ...]:
    """Twenty-twenty-five."""
    century, rest = re.split("[ -]", written, maxsplit=1)
    return _exact(_VALUES[century] * 100 + english_number(rest), "year")


def _numerals(written: str) -> tuple[_Number, ...]:
    """七八百 gives both of what it lies between."""
    run = written.removeprefix("第")
    run = run.strip("零") or run
    if run in _NO_NUMERALS:
        return ()
    pair = _HAN_PAIR.search(run)
    if pair and _HAN_DIGITS[pair[1]] < _HAN_DIGITS[pair[2]] and not _is_spelled_out(run):
        around = run[: pair.start()], run[pair.end() :]
        ends = [han_number(f"{around[0]}{digit}{around[1]}")[0] for digit in pair.groups()]
        return tuple(_Number(end, end, bound="about") for end in ends)
    return (_Number(*han_number(run)),)


def _is_spelled_out(run: str) -> bool:
    """Whether digits stand behind each other as in a year: 二〇二三."""
    return len(run) > 2 and all(char in _HAN_DIGITS for char in run)


def _parts_of(written: str) -> tuple[_Number, ...]:
    """1/3, one in three, and 三分之一, where the parts come first."""
    if "分之" in written:
        parts, top = (_plain(each) for each in written.split("分之"))
    else:
        top, parts = map(_plain, re.split(r"[/⁄]| in | out of ", written))
    if parts == 100:
        return (_Number(top, top, "share", 0.01),)
    return _exact(top / parts, "share") if 0 < top < parts else ()


def _tenths(written: str) -> tuple[_Number, ...]:
    """三成半 is 35 percent."""
    return _exact(_plain(written.split("成")[0]) / 10 + 0.05 * written.endswith("半"), "share")


def _fraction(written: str) -> tuple[_Number, ...]:
    top, part = re.split("[ -]", written)
    return _exact(_VALUES.get(top, 1.0) / _PARTS[part.removesuffix("s")], "share")


def _plain(written: str) -> float:
    if "a" <= written[:1] <= "z":
        return english_number(written)
    return float(written) if written[:1].isdigit() else han_number(written)[0]


_DECIMAL_HAN = rf"[{_HAN}]+(?:点[{_DIGIT_HAN}]+(?![{_DIGIT_HAN}十几点分刻]))?"
_NUMBERS: dict[str, tuple[str, Callable[[str], tuple[_Number, ...]]]] = {
    "phrase": (_PHRASE, lambda written: (_Number(*_PHRASES[written]),)),
    "parts": (
        rf"(?:\d+|[{_HAN}]+)分之(?:\d+(?:\.\d+)?|{_DECIMAL_HAN})"
        r"|(?<![\w.⁄/])[1-9][/⁄](?:[2-9]|10)(?![\d⁄/]|\.\d)"
        rf"|(?<![a-z])(?:one in {_TO_99}|{_TO_99} out of {_TO_99})(?![a-z-])"
        r"|(?<![\w.,])(?:1 in \d+|\d+ out of \d+)(?!\w)",
        _parts_of,
    ),
    "tenths": (
        r"(?:\d+(?:\.\d+)?|[一二三四五六七八九])成半?(?![立功员为长本就果年熟型绩形都了])",
        _tenths,
    ),
    "fraction": (_FRACTION_WORDS, _fraction),
    "half": (
        rf"{_HALF}|(?<![一大多过前后上下夜对])半(?={_HAN_UNIT})",
        lambda _: _exact(0.5, "share"),
    ),
    "one": (_ONE, lambda _: _exact(1.0)),
    "digits": (
        r"(?<![a-z0-9_.])(?<![a-z][-_])(?:\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)",
        _digits,
    ),
    "numerals": (rf"第?(?!{_NO_ZERO}){_DECIMAL_HAN}", _numerals),
    "year": (_SPOKEN_YEAR, _year),
    "words": (_WORDS, _words),
}
"""How a number may be written, what comes first taking precedence, and how it is read."""

# What stands around a number: scales, units, bounds.

_MULTIPLIERS: dict[str, float] = _SCALES | {
    "k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9, "tn": 1e12, "dozen": 12.0, "十万": 1e5,
    "百万": 1e6, "千万": 1e7, "十亿": 1e9, "百亿": 1e10, "千亿": 1e11, "万亿": 1e12, "万": 1e4,
    "亿": 1e8, "千": 1e3, "百": 1e2,
}  # fmt: skip
_MULTIPLIER = re.compile(
    rf"\s*(?P<word>{_SCALE}|dozen|十万|百万|千万|十亿|百亿|千亿|万亿|万|亿|千(?!米|克|瓦|赫)|百"
    r"|(?<=\d)(?:k|mn|m|bn|b|tn)(?![a-z0-9]))"
)
_UNIT_TABLE: dict[str, dict[str, float]] = {
    "usd": {"(?:us )?dollars?|usd|美元|美金|bucks": 1},
    "eur": {"euros?|eur|欧元": 1},
    "gbp": {"英镑|gbp": 1},
    "jpy": {"yen|日元|日圆": 1},
    "cny": {"yuan|rmb|cny|人民币|元人民币|元": 1},
    "s": {
        "milliseconds?|ms|毫秒": 0.001, "microseconds?|μs|微秒": 1e-6, "nanoseconds?|ns|纳秒": 1e-9,
        "seconds?|secs?|秒钟?": 1, "minutes?|mins?|分钟": 60, "hours?|hrs?|个?小时|个?钟头": 3600,
        "days?|天|日": 86_400, "weeks?|周|个?星期|个?礼拜": 604_800, "fortnights?": 1_209_600,
        "months?|个?月": 2_629_800, "years?|yrs?|年|岁": 31_557_600, "decades?": 315_576_000,
        "centur(?:y|ies)|个?世纪": 3_155_760_000,
    },
    "m": {
        "millimet(?:er|re)s?|mm|毫米": 0.001, "centimet(?:er|re)s?|cm|厘米|公分": 0.01,
        "kilomet(?:er|re)s?|kms?|公里|千米": 1000, "met(?:er|re)s?|米": 1, "miles?|英里": 1609.344,
        "feet|foot|ft|英尺": 0.3048, "inch(?:es)?|英寸": 0.0254, "yards?|码": 0.9144,
    },
    "m2": {
        "square met(?:er|re)s?|平方米|平米": 1, "square kilomet(?:er|re)s?|平方公里|平方千米": 1e6,
        "square feet|平方英尺": 0.0929, "hectares?|公顷": 1e4, "acres?|英亩": 4046.86,
    },
    "byte": {
        "bytes?|字节": 1, "kilobytes?|kb": 1e3, "megabytes?|mb|兆字节": 1e6, "gigabytes?|gb": 1e9,
        "terabytes?|tb": 1e12, "petabytes?|pb": 1e15,
    },
    "hz": {
        "hertz|hz|赫兹?": 1, "kilohertz|khz|千赫兹?": 1e3, "megahertz|mhz|兆赫兹?": 1e6,
        "gigahertz|ghz|吉赫兹?": 1e9,
    },
    "wh": {"kilowatt[- ]hours?|kwh|千瓦时|度电": 1e3, "megawatt[- ]hours?|mwh|兆瓦时": 1e6},
    "w": {
        "watts?|瓦特?": 1, "kilowatts?|kw|千瓦": 1e3, "megawatts?|mw|兆瓦": 1e6,
        "gigawatts?|gw|吉瓦": 1e9,
    },
    "degree": {"degrees?(?: celsius| centigrade)?|°c?|摄氏度": 1},
    "l": {"lit(?:er|re)s?|升": 1, "millilit(?:er|re)s?|ml|毫升": 0.001},
    "kg": {
        "kilograms?|kilogrammes?|kilos?|kgs?|公斤|千克": 1, "grams?|grammes?|克": 0.001,
        "tons?|tonnes?|吨": 1000, "pounds?|lbs?|磅": 0.4536, "ounces?|oz|盎司": 0.02835, "斤": 0.5,
    },
    "share": {r"%|percent|per cent|个?百分点|percentage points?": 0.01},
    "times": {"times|倍|x(?![a-z])|[- ]?fold": 1},
}  # fmt: skip
_UNITS = [(family, factor) for family, table in _UNIT_TABLE.items() for factor in table.values()]
_UNIT_PATTERNS = [f"({pattern})" for table in _UNIT_TABLE.values() for pattern in table]
_UNIT = re.compile(rf"(?:\s|-)*(?:{'|'.join(_UNIT_PATTERNS)})(?![a-z])")
_CURRENCY = {"$": "usd", "€": "eur", "£": "gbp", "¥": "", "￥": ""}
_OF_A = re.compile(r"(?:[ -]of)?(?:[ -]an?\b)?[ -]?")
"""Between a fraction and its unit: a quarter of an hour."""
_HALF_MORE = re.compile(r"(?<=\d) and a half\b|\s*个半")
_HALF_BEHIND_UNIT = re.compile(r" and a half\b|半(?![夜路天年])")
_BOUND_BEHIND = re.compile(r"\s*(?:多|余|来(?=[个年天岁])|\+|左右|上下|以上|以下)")
_BOUNDS_BEHIND = {"多": "over", "余": "over", "以上": "over", "+": "over", "以下": "under"}
_BOUNDS_BEFORE = tuple(
    (bound, re.compile(rf"(?:{pattern})\s*[$€£¥]?\s*$"))
    for bound, pattern in {
        "over": "over|more than|at least|above|beyond|exceeding|upwards of|>|≥"
        "|超过|超|逾|至少|不止|高于|大于|多于",
        "under": "under|less than|fewer than|below|at most|up to|within|<|≤"
        "|不到|不足|少于|低于|小于|至多|最多|以内",
        "about": r"about|around|roughly|approximately|some|nearly|almost|circa|(?<![\d\s])~"
        r"|(?:^|(?<=[^\d\s])\s)~|≈|约|大约|大概|近|将近|差不多|接近",
    }.items()
)
_NEAR = 24
"""So many characters in front of a number are searched for its bound and label."""
_LABEL = re.compile(r"([a-z][a-z-]*)[ -]?$")
_NO_LABELS = words(
    """
    in of at by to for from since until till on before after than with within the a an and or is was
    were are be has had have only just not year
    """
)
"""Words in front of a number that are no name with it, as "gemini 3" is."""
_SINGLE_HAN = re.compile("[二两三四五六七八九十]")
_LIST_ITEM = re.compile(r"\d{1,2}[)）、]")
_RANGE_SIGN = re.compile(r"\s*(?:[~～–—-]|到|至|to|or|或)\s*")
_RANGE_TO_NUMERAL = re.compile(rf"{_RANGE_SIGN.pattern}[{_HAN}\d]")
_CLASSIFIER = re.compile(
    r"\s*(?:多|余|来)?(?:[个点倍年月天周岁秒分人名位次成条种代层步组块元美欧英公平张篇本台辆家件句段轮"
    r"页行章届款门座栋箱罐瓶只头匹颗粒根支双对套项类级字票楼刀遍场支束架号磅斤克米厘毫吨升]|小时|星期)"
)
_LISTED = re.compile(
    r"\s*(?:(?:main|key|different|other|important|major|of) )*(?:points?|things?"
    r"|reasons?|ways?|aspects?|sides?|views?|opinions?|guests?|speakers?|experts?|the|them|these"
    r"|those|groups?|kinds?|questions?)(?![a-z])"
    r"|\s*(?:[个种位类大条]|方)?(?:主要|不同|重要|关键)?的?(?:点|方面|原因|理由|观点|问题|嘉宾|专家|者"
    r"|角度|事)|[种类样](?=[。，；,.;]|$)"
)
"""What an answer counts when it lists: two reasons, 三点, 两位嘉宾, A 和 B 两种."""

# Dates: the second table of the grammar.

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_IN = "|".join(
    rf"(?<=\b{word}\s)"
    for word in sorted(words("in of by since until from early late mid every each last this next"))
)
_MONTH = (
    r"(?:january|february|april|june|july|august|september|october|november|december"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
    rf"|(?:may|march)(?=\s+\d)|(?:{_IN}|(?<=\d)|(?<=\d\s))(?:may|march))"
)
_CALENDAR_END = r"(?![前后代级度元圆])"


def _numbered(written: str) -> tuple[tuple[float, str], ...]:
    """2025-12-18 by its parts."""
    return tuple(
        zip(map(float, re.split("[-/.]", written)), ("year", "month", "day"), strict=False)
    )


def _clock(written: str) -> tuple[tuple[float, str], ...]:
    """In seconds; without seconds its parts are minutes and seconds."""
    value = 0.0
    for part in written.split(":"):
        value = value * 60 + float(part)
    return ((value, "clock"),)


def _month(written: str) -> tuple[tuple[float, str], ...]:
    month = (1.0 + _MONTHS.index(written[:3]), "month")
    day = re.search(r"\d+", written)
    return (month, (float(day.group()), "day")) if day else (month,)


def _decade(written: str) -> tuple[tuple[float, str], ...]:
    """Of its century: the 1980s are 八十年代."""
    return ((_plain(re.split(r"['’]?s|\s*年代", written)[0]) % 100, "decade"),)


def _calendar(written: str) -> tuple[tuple[float, str], ...]:
    family = {"年": "year", "月": "month"}.get(written[-1], "day")
    return ((_plain(written[:-1].strip()), family),)


_DATES: dict[str, tuple[str, Callable[[str], tuple[tuple[float, str], ...]]]] = {
    "numbered": (r"\b(?:19|20)\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?\b", _numbered),
    "clock": (r"\b\d{1,2}:\d{2}(?::\d{2})?\b", _clock),
    "month": (rf"(?<![a-z]){_MONTH}(?![a-z])(?:\s+\d{{1,2}}(?:st|nd|rd|th)?\b)?", _month),
    "decade": (
        r"(?<![\d.])(?:19|20)?\d0(?:['’]?s\b|\s*年代)|[一二三四五六七八九]十年代",
        _decade,
    ),
    "calendar": (
        rf"(?:(?<!\d)(?:1[89]\d\d|20\d\d|2100)\s*|(?<![{_HAN}])[一二][{_DIGIT_HAN}]{{3}})年{_CALENDAR_END}"
        rf"|(?:(?<!\d)(?:1[0-2]|0?[1-9])\s*|(?<![{_HAN}])(?:十[一二]?|[一二三四五六七八九]))月{_CALENDAR_END}"
        r"|(?:(?<!\d)(?:3[01]|[12]\d|0?[1-9])\s*"
        rf"|(?<![{_HAN}])(?:三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九]))[日号]{_CALENDAR_END}",
        _calendar,
    ),
}
"""How a date or time may be written, and how it is read: values with their families."""
_HAN_STARTS = "".join({phrase[0] for phrase in _PHRASES if not phrase.isascii()})
_START = rf"(?=[\d{_HAN}第半{_HAN_STARTS}]|(?<![a-z])[a-z])"
"""Where a number or a date may begin: looked at first, since the patterns are many."""
_TOKEN = re.compile(
    f"{_START}(?:"
    + "|".join(f"(?P<{kind}>{pattern})" for kind, (pattern, _) in (_DATES | _NUMBERS).items())
    + ")"
)


# From tokens to amounts.


@dataclass(frozen=True, slots=True)
class _Tail:
    """What stands behind a number: ``half`` of one more, its scale, a bound, its unit.

    ``counted`` is the offset behind the scale, ``end`` that behind the unit.
    """

    counted: int
    end: int
    half: float = 0.0
    scale: float = 1.0
    bound: str = ""
    unit: tuple[str, float] | None = None


def _read_date(kind: str, match: re.Match[str]) -> list[Located]:
    written, read = match.group(), _DATES[kind][1]
    return [
        Located(Quantity(value, value, written, family), match.start(), match.end())
        for value, family in read(written)
    ]


def _read_amount(kind: str, match: re.Match[str]) -> list[Located]:
    text, start = match.string, match.start()
    numbers = _NUMBERS[kind][1](match.group())
    if not numbers or _LIST_ITEM.match(text, start):
        return []
    before = text[max(0, start - _NEAR) : start]
    counts = not numbers[0].family
    parts = kind in ("half", "fraction")
    at = match.end()
    tail = _tail_of(text, at, before, parts) if counts or parts else _bound_behind(text, at)
    if _is_no_amount(kind, match, tail):
        return []
    bound = _bound_before(before) or tail.bound
    label = _LABEL.search(before) if kind == "digits" and not bound else None
    family, factor = tail.unit or (numbers[0].family, numbers[0].factor)
    read = Quantity(
        0.0,
        0.0,
        text[start : tail.counted].strip(),
        family,
        factor,
        bound or numbers[0].bound,
        label[1] if label and label[1] not in _NO_LABELS else "",
        counts and numbers[-1].high <= MOST_LISTED and bool(_LISTED.match(text, tail.counted)),
    )
    ends = [[(end + tail.half) * tail.scale for end in (one.low, one.high)] for one in numbers]
    amounts = [replace(read, low=low, high=high) for low, high in ends]
    return [Located(amount, start, tail.end, tail.scale) for amount in amounts]


def _tail_of(text: str, at: int, before: str, parts: bool) -> _Tail:
    """What stands behind the number that ends at ``at``; ``parts``: it may be a part of a unit."""
    half = _HALF_MORE.match(text, at)
    at = half.end() if half else at
    between = _OF_A.match(text, at) if parts else None
    inner = between.end() if between else at
    scale = _MULTIPLIER.match(text, inner)
    counted = scale.end() if scale else at
    bounded = _bound_behind(text, counted)
    sign = before.rstrip()[-1:]
    unit = _UNIT.match(text, bounded.end if scale or bounded.bound else inner)
    family = _UNITS[unit.lastindex - 1] if unit and unit.lastindex else None
    if sign in _CURRENCY:
        family, unit = (_CURRENCY[sign], 1.0), None
    end = unit.end() if unit else bounded.end
    late = _HALF_BEHIND_UNIT.match(text, end) if unit else None
    return _Tail(
        counted,
        late.end() if late else end,
        0.5 if half or late else 0.0,
        _MULTIPLIERS[scale["word"]] if scale else 1.0,
        bounded.bound,
        family,
    )


def _bound_behind(text: str, at: int) -> _Tail:
    """以上 and the like, where nothing else of a number is looked for."""
    match = _BOUND_BEHIND.match(text, at)
    if match is None:
        return _Tail(at, at)
    return _Tail(at, match.end(), bound=_BOUNDS_BEHIND.get(match.group().strip(), "about"))


def _bound_before(text: str) -> str:
    """``about``, ``over``, ``under`` or nothing: what the end of the text says of what follows."""
    return next((bound for bound, pattern in _BOUNDS_BEFORE if pattern.search(text)), "")


def _is_no_amount(kind: str, match: re.Match[str], tail: _Tail) -> bool:
    """Whether what reads like a number is a code, an article, or a part of a word."""
    if kind == "numerals":
        return _is_part_of_word(match)
    if tail.unit is not None:
        return False
    is_code = kind == "digits" and "a" <= match.string[tail.counted : tail.counted + 1] <= "z"
    return kind == "one" or is_code


def _is_part_of_word(match: re.Match[str]) -> bool:
    """Whether Han numerals are no number here: 四川, 三星, 十分. A single one counts things only
    before a measure word; 第 in front of one to three only orders the answer's own points."""
    text, run, end = match.string, match.group(), match.end()
    if run.startswith("第"):
        return han_number(run[1:])[1] <= 3
    if "点" in run or not (_SINGLE_HAN.fullmatch(run) or set(run) <= set("十百千万亿")):
        return False
    if _RANGE_TO_NUMERAL.match(text, end):
        return False
    return not _CLASSIFIER.match(text, end) or (run == "十" and text.startswith("分", end))


def _with_shared_units(text: str, found: list[Located]) -> tuple[Located, ...]:
    """The amounts; in "2~3 倍" and "150 to 200 people" the unit and the scale of the second are the
    first's."""
    shared = list(found)
    for n, (first, second) in enumerate(pairwise(found)):
        one, other = first.amount, second.amount
        between = text[first.end : second.start]
        if one.family or other.is_date or not _RANGE_SIGN.fullmatch(between):
            continue
        scale = second.scale if first.scale == 1 else 1.0
        scaled = replace(one, low=one.low * scale, high=one.high * scale)
        amount = replace(scaled, family=other.family, factor=other.factor)
        shared[n] = replace(first, amount=amount)
    return tuple(shared)
