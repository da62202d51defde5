"""Amounts and dates: what a claim states and what was said, in either script."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.quantities import Quantity, located, missing, quantities

NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
PARTS = "third quarter fifth sixth seventh eighth ninth tenth"


def english(number: int) -> str:
    """A number in English words."""
    for value, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if number >= value:
            rest = number % value
            tail = "" if not rest else f" {'and ' if rest < 100 else ''}{english(rest)}"
            return f"{english(number // value)} {name}{tail}"
    if number >= 100:
        return f"{english(number // 100)} hundred" + (
            f" and {english(number % 100)}" if number % 100 else ""
        )
    if number < 20:
        return NAMES.split()[number]
    return TENS.split()[number // 10] + (f"-{NAMES.split()[number % 10]}" if number % 10 else "")


def chinese(number: int) -> str:
    """A number in Chinese numerals, every zero inside written."""
    for value, sign in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= value:
            rest = number % value
            zero = "零" if 0 < rest < value // 10 else ""
            return f"{chinese(number // value)}{sign}{zero}{chinese(rest) if rest else ''}"
    return "零一二三四五六七八九"[number]


def only(text: str) -> Quantity:
    (amount,) = quantities(text)
    return amount


def held(claim: str, said: str) -> bool:
    return missing(quantities(claim), quantities(said), said) is None


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("320 people", "三百二十个人"),
        ("三百二十人", "320 people"),
        ("a hundred and fifty people", "一百五十人"),
        ("一百五十到两百人", "約 150 到 200 人"),
        ("80 percent of them", "百分之八十"),
        ("八成的人", "80% of the people"),
        ("two fifths of them", "百分之四十"),
        ("half of them", "50%"),
        ("一半的人", "half of the people"),
        ("two thirds of them", "67%"),
        ("about two thirds of them", "65%"),
        ("twice as long", "两倍长"),
        ("two to three times", "2~3 倍"),
        ("over thirty points", "三十几分"),
        ("more than ten", "十几个"),
        ("hundreds of times", "成百上千倍"),
        ("over a thousand characters", "上千字"),
        ("1,200,000 users", "120 万用户"),
        ("1.2 million users", "一百二十万用户"),
        ("fewer than ten billion tokens", "< 10B"),
        ("不到一百亿", "fewer than 10 billion"),
        ("half an hour", "30 分钟"),
        ("90 minutes", "一个半小时"),
        ("two weeks", "14 days"),
        ("about 40 pounds (18 kg)", "18 公斤"),
        ("a mile and a half", "2.4 kilometres"),
        ("on December 18, 2025", "2025 年 12 月 18 日"),
        ("2025年12月", "2025-12-18"),
        ("in May", "五月"),
        ("in the eighties and the 1980s", "八十年代"),
        ("二〇一九年", "since 2019"),
        ("£15", "15 英镑"),
        ("at 00:31:47", "在 00:31:47"),
        ("in the next two to three years", "兩到三年"),
        ("Gemini 3 is better", "gemini3 ahead of expectations"),
        ("十分重要，千万不要忘记，万一呢", "it matters"),
        ("There are two reasons, and first of all the price.", "it matters"),
        ("两位嘉宾都提到三点", "it matters"),
        ("They may march on.", "it matters"),
        ("One of them is here", "it matters"),
        ("It is about 1,980 long", "2,000 long"),
        ("in 2017", "in around 2016"),
        ("大约 2016 年", "in 2016"),
        ("about 2000 users", "1950 users"),
        ("prices fell by a third", "价格降了三分之一"),
        ("A third were new.", "33% were new"),
        ("half came back", "一半以上的人回来了"),
        ("It cost ten years.", "It cost a decade."),
        ("over the past decade", "过去十年"),
        ("a century", "一百年"),
        ("twelve hives", "a dozen hives"),
        ("half a dozen people", "6 people"),
        ("half a million users", "50 万用户"),
        ("a quarter of an hour", "15 minutes"),
        ("十分之一的人", "one in ten people"),
        ("1.5 million loaves", "a million and a half loaves"),
        ("two and a half litres", "2.5 升"),
        ("eighteen months", "一年半"),
        ("1.2亿", "一亿两千万"),
        ("三万亿美元", "$3 trillion"),
        ("七八百人", "700 to 800 people"),
        ("三到五天", "三五天"),
        ("between five and ten people", "five to ten people"),
        ("5 日元", "5 yen"),
        ("In the second half a third party joined.", "it matters"),
        ("下半年有一半年轻人", "half of the young people"),
    ],
)
def test_the_same_amount(claim: str, said: str) -> None:
    assert held(claim, said)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("320 people", "三百二十一个人"),
        ("32 people", "三百二十个人"),
        ("60 jars", "We sold 600 jars"),
        ("85 percent", "百分之八十"),
        ("three quarters of them", "two thirds of them"),
        ("three times as long", "两倍长"),
        ("above fifty", "三十几分"),
        ("15 of them", "十几个"),
        ("12 million users", "120 万用户"),
        ("fewer than 100 billion", "< 10B"),
        ("more than ten billion", "fewer than ten billion"),
        ("20 hours", "20 分钟"),
        ("in June", "五月"),
        ("2018年", "since 2019"),
        ("2019 年", "in around 2016"),
        ("He read it in 2019", "in around 2016"),
        ("December 17", "12 月 18 日"),
        ("$15", "£15"),
        ("三个人", "两个人"),
        ("He has three hives", "He has two hives"),
        ("十二箱", "十箱"),
        ("Gemini 4 is better", "gemini3 ahead of expectations"),
        ("1/3 of them", "a quarter of them"),
        ("half of them", "三分之一的人"),
        ("in twenty-twenty-four", "in 2025"),
        ("45 people", "in twenty twenty-five"),
        ("a decade ago", "five years ago"),
        ("half a dozen people", "12 people"),
        ("两个半小时", "one and a half hours"),
        ("一亿", "一亿两千万"),
        ("a million and a half loaves", "half a million loaves"),
        ("more than twice as much", "Gemini 3 is better"),
    ],
)
def test_another_amount(claim: str, said: str) -> None:
    assert not held(claim, said)


def test_what_is_missing_is_told() -> None:
    wrong = missing(quantities("in 2018 we had 30 beds"), quantities("30 beds"), "30 beds")
    assert wrong is not None
    assert (wrong.text, wrong.is_date) == ("2018", False)
    dated = missing(quantities("2018 年有 30 张床"), quantities("30 beds"), "30 beds")
    assert dated is not None and dated.is_date


@given(st.integers(2, 10**12 - 1))
def test_numbers_in_words_are_those_in_digits(number: int) -> None:
    for written in (f"{english(number)} people", f"{chinese(number)}个人"):
        amount = only(written)
        assert (amount.low, amount.high) == (number, number)
        assert held(written, f"{number:,} people")
        assert held(f"{number} 人", written)
        assert not held(written, f"{number + 1 + number // 2} people")


@given(st.integers(1800, 2099))
def test_years_are_read_as_they_are_said(year: int) -> None:
    century, rest = divmod(year, 100)
    assume(rest)
    said = f"{english(century)} {'oh ' if rest < 10 else ''}{english(rest)}"
    for spoken in (said, said.replace(" ", "-")):
        assert only(f"in {spoken}").is_date
        assert held(f"in {spoken}", f"{year} 年")
        assert held(f"since {year}", f"back in {spoken}")
        assert not held(f"in {year + 1}", f"in {spoken}")


@given(st.integers(1, 9), st.integers(2, 9))
def test_shares_compare_however_they_are_written(top: int, parts: int) -> None:
    assume(top < parts)
    part = PARTS.split()[parts - 3] if parts > 2 else ""
    words = f"{english(top)} {part}{'s' if top > 1 else ''} of them" if part else "half of them"
    han = f"{chinese(parts)}分之{chinese(top)}的人"
    written = [words, han, f"{top}/{parts} of them", f"{top / parts:.1%} of them"]
    for claim in written:
        assert all(held(claim, said) for said in written)
        other = Fraction(top, parts) / 2
        assert not held(claim, f"{float(other):.1%} of them")


@given(st.integers(2, 99), st.integers(1, 9))
def test_decimals_are_read_in_words(whole: int, tenth: int) -> None:
    for written in (
        f"{english(whole)} point {english(tenth)} percent",
        f"百分之{chinese(whole)}点{chinese(tenth)}",
    ):
        assert held(written, f"{whole}.{tenth}%")
        assert not held(written, f"{whole + 1}.{tenth}%" if whole < 50 else f"{whole - 9}%")


@given(st.integers(2, 20), st.sampled_from(["hour", "year", "mile"]))
def test_a_half_more(count: int, unit: str) -> None:
    han = {"hour": f"{chinese(count)}个半小时", "year": f"{chinese(count)}年半"}
    for written in (f"{english(count)} and a half {unit}s", han.get(unit, f"{count}.5 英里")):
        assert held(written, f"{count}.5 {unit}s")
        assert not held(written, f"{count} {unit}s")


def test_codes_are_no_amounts() -> None:
    assert quantities("GPT-4o, S4.5, 3D, O(1), MP3") == ()


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("20 ms", "二十毫秒"),
        ("0.02 seconds", "20毫秒"),
        ("64GB of memory", "64 gigabytes"),
        ("1.5 TB", "1500 GB"),
        ("5 kW", "五千瓦"),
        ("三百平方米", "300 square metres"),
        ("3.2GHz", "3200 MHz"),
    ],
)
def test_units_of_computing_and_power_convert(claim: str, said: str) -> None:
    assert held(claim, said)


def test_thousandths_of_a_second_are_no_seconds() -> None:
    assert not held("20 seconds", "二十毫秒")
    assert not held("64 MB", "64 GB")


def test_an_amount_tells_where_it_stands() -> None:
    folded = "we bought 64 gb for 三百二十 people"
    places = [folded[one.start : one.end] for one in located(folded)]
    assert places == ["64 gb", "三百二十"]
