"""Names, amounts and terms alone on the command line, with the real model and dictionary."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import Run, document

ROBOTS = """## 封面
- 标题：圆桌：机器人什么时候进家门
- 链接：https://www.bilibili.com/video/BV1xx411c7mD
- 发布日期：2025-12-02

## 全文

### 家务机器人的价格（00:00:00 - 00:15:00）
**林可**：
- 我们的第一台样机成本是十二万元，明年目标是三万五。
- 手是最贵的，一双灵巧手就要四万。
- 黄仁勋说过买得越多省得越多，我们算下来并不是这样。

**周楠**：
- 我们先做酒店，延迟要在二十毫秒以内，酒店走廊是平的，没有小孩。
"""
TOOLS = """---
title: "Tools: compilers and other arguments"
date: 2025-11-03
youtube_url: https://www.youtube.com/watch?v=aaaaaaaaaa1
---

Mira Okafor (00:00:05):
Welcome. With me is Sanna Lindqvist. We will go through languages, editors and testing.

Sanna Lindqvist (00:00:41):
Forty minutes from scratch, ninety seconds incremental. We bought 64 GB of memory for everybody.

Mira Okafor (00:02:12):
And do you let an assistant write tests?

Sanna Lindqvist (00:02:20):
Never. Tests are where I say what I want, and I want to say that myself.
"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "robots.md").write_text(ROBOTS, encoding="utf-8")
    (folder / "tools.md").write_text(TOOLS, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("黄仁勋", "黄仁勋说过"),
        ("黄任勋", "黄仁勋说过"),
        ("四万", "一双灵巧手就要四万"),
        ("12万元", "十二万元"),
        ("120,000 yuan", "十二万元"),
        ("20毫秒", "二十毫秒以内"),
        ("20 ms", "二十毫秒以内"),
        ("64GB", "64 GB of memory"),
        ("90 seconds", "ninety seconds"),
        ("九十秒", "ninety seconds"),
        ("Sana Lindkvist", "With me is Sanna Lindqvist"),
    ],
)
def test_what_is_typed_alone_is_quoted_where_it_stands(run: Run, typed: str, words: str) -> None:
    answer = document(run("ask", typed, "--json"))
    assert answer["status"] == "answered"
    assert words in answer["citations"][0]["quote"]


@pytest.mark.parametrize("typed", ["端侧", "五万", "32GB", "Tore Eklund"])
def test_what_stands_nowhere_is_not(run: Run, typed: str) -> None:
    assert document(run("ask", typed, "--json"))["status"] == "no_evidence"


def test_a_slip_in_a_name_asks_that_person(run: Run) -> None:
    answer = document(run("ask", "Does Sana Lindkvist let an assistant write tests?", "--json"))
    assert answer["citations"][-1]["speakers"] == ["Sanna Lindqvist"]


def test_a_list_of_spellings_counts_everywhere_from_the_next_command_on(
    run: Run, library: Path
) -> None:
    assert document(run("ask", "Jensen Huang", "--json"))["status"] == "no_evidence"
    quote = "Jensen Huang说过买得越多省得越多"
    assert document(run("cite", quote, "--json"))["match"] == "close"
    listed = "# 人名\n黄仁勋 = Jensen Huang, 老黄\nSanna Lindqvist: Tiger Lily\nbroken\n"
    (library / "spellings.txt").write_text(listed, encoding="utf-8")
    status, out, err = run("index", "--json")
    assert status == 0 and '"unchanged": 2' in out
    assert "spellings.txt: line 4 is passed over" in err
    answer = document(run("ask", "Jensen Huang", "--json"))
    assert "黄仁勋说过" in answer["citations"][0]["quote"]
    assert document(run("cite", quote, "--json"))["match"] == "exact"
    found = document(run("search", "tests", "--speaker", "tiger lily", "--json"))
    assert found["hits"]
    assert all("Sanna Lindqvist" in hit["speakers"] for hit in found["hits"])
