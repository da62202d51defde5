"""Which days a question names."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.retrieval.dates import Days, days_of

TODAY = date(2026, 3, 4)  # a Wednesday


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What was said on 2025-12-02?", "2025-12-02", "2025-12-02"),
        ("talks of 2025-12", "2025-12-01", "2025-12-31"),
        ("2025年11月讲了什么？", "2025-11-01", "2025-11-30"),
        ("2025年11月3日的谈话", "2025-11-03", "2025-11-03"),
        ("What was new in February 2024?", "2024-02-01", "2024-02-29"),
        ("the talk of 3 November 2025", "2025-11-03", "2025-11-03"),
        ("the talk of November 3, 2025", "2025-11-03", "2025-11-03"),
        ("talks from 2023", "2023-01-01", "2023-12-31"),
        ("What came out last week?", "2026-02-23", "2026-03-01"),
        ("本周有什么", "2026-03-02", "2026-03-08"),
        ("上个月讲了什么", "2026-02-01", "2026-02-28"),
        ("what did they say last year", "2025-01-01", "2025-12-31"),
        ("去年11月讲了什么", "2025-11-01", "2025-11-30"),
        ("yesterday's talk", "2026-03-03", "2026-03-03"),
        ("talks since May 2025", "2025-05-01", None),
        ("2025年5月以来的节目", "2025-05-01", None),
        ("talks before 2024", None, "2023-12-31"),
        ("talks until 2024", None, "2024-12-31"),
        ("2024年之后的谈话", "2025-01-01", None),
        ("between March 2024 and May 2024", "2024-03-01", "2024-05-31"),
    ],
)
def test_days_are_read(question: str, since: str | None, until: str | None) -> None:
    days = days_of(question, TODAY)
    assert days is not None
    assert (days.since, days.until, days.month) == (since, until, None)


@pytest.mark.parametrize(
    ("question", "month"),
    [
        ("What was said in November?", 11),
        ("11月讲了什么？", 11),
        ("十二月的谈话", 12),
        ("in May", 5),
    ],
)
def test_a_month_alone_is_that_of_any_year(question: str, month: int) -> None:
    days = days_of(question, TODAY)
    assert days is not None and days.month == month
    assert days.hold(f"2019-{month:02}-07") and not days.hold("2019-01-07")


@pytest.mark.parametrize(
    "question",
    [
        "May I ask something?", "march on", "等了三个月", "第11月台", "version 2.2023", "20毫秒",
        "Why?", "", "It may be so in the end",
    ],
)  # fmt: skip
def test_other_words_name_no_days(question: str) -> None:
    assert days_of(question, TODAY) is None


def test_a_talk_without_a_date_is_of_no_days() -> None:
    assert not Days("2025-01-01", None).hold(None)
    assert Days("2025-01-01", None).hold("2025-02-03T10:00:00+08:00")
