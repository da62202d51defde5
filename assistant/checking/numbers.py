"""The numbers, dates and amounts of a text in any script, and whether a text has those of another.

All of it works on folded text (corpus.language.fold). An amount is an interval with the family of
its unit, so that 十几, "over thirty", 8~10, "two fifths", 30 分钟 and "half an hour" compare.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from assistant.checking.dates import DATES, dates_of
from assistant.checking.numerals import (
    ENGLISH,
    HAN,
    VAGUE,
    VAGUE_WORD,
    Interval,
    english_number,
    han_number,
)
from assistant.checking.quantity import Quantity
from assistant.checking.units import (
    AFTER,
    CLASSIFIER,
    LISTED,
    MULTIPLIER,
    MULTIPLIERS,
    bound_before,
    unit_of,
)
from corpus.language import fold
from corpus.readers.vocabulary import words

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
