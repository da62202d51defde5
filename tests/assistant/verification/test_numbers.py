"""Amounts and dates: what a claim states and what was said, in either script."""

from __future__ import annotations

import pytest

from assistant.verification.quantities import missing, quantities


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


def test_codes_are_no_amounts() -> None:
    assert quantities("GPT-4o, S4.5, 3D, O(1), MP3") == ()
