"""Numbers written as words, in Chinese and English, as intervals of what they may stand for."""

from __future__ import annotations

import re

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
