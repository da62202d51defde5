"""Engines that stand in for the real one where a state is hard to reach, and citations to show."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.loading import Engine, Loading
from assistant.types import Answer, Citation, Turn
from index.types import EVERYWHERE, Scope, Talk, Topic

WITH_TIMES = Citation(
    marker=1,
    chunk_id="c1",
    file="talk.md",
    title="大模型基准测试圆桌",
    heading="榜单与真实产品表现",
    speakers=("田老师", "David"),
    start_s=810.0,
    end_s=1231.0,
    estimated=False,
    url="https://www.youtube.com/watch?v=abcdefghijk&t=810s",
    player_url="https://www.youtube-nocookie.com/embed/abcdefghijk?start=810",
    quote="公开榜单测的是题，不是产品。",
    passage="我们内部先看真实任务。\n公开榜单测的是题，不是产品。所以两者常常对不上。",
    verified=True,
)
WITHOUT_TIMES = replace(
    WITH_TIMES,
    marker=2,
    chunk_id="c2",
    file="article.md",
    title="An article about a talk",
    heading="What the lead said",
    speakers=(),
    start_s=None,
    end_s=None,
    url="https://example.org/article",
    player_url=None,
    quote="There is no secret, only many small steps.",
    passage="He smiled. There is no secret, only many small steps. Then he went on.",
    verified=False,
)
FAR_IN = replace(
    WITH_TIMES,
    marker=3,
    chunk_id="c3",
    title="Scaling, one hour in",
    heading="",
    speakers=("Ann Example",),
    start_s=3723.4,
    end_s=3790.0,
    estimated=True,
    url="https://www.youtube.com/watch?v=abcdefghijk&t=3723s",
    player_url="https://www.youtube-nocookie.com/embed/abcdefghijk?start=3723",
    quote="The curve has not bent yet.",
    passage="We looked on. " * 60 + "The curve has not bent yet." + " We still look." * 60,
)
ANSWERED = Answer(
    text=(
        "讲者是这样说的：\n\n**大模型基准测试圆桌**\n\n"
        "- 田老师：公开榜单测的是题，不是产品。 [1]\n\n"
        "**An article about a talk**\n\n- There is no secret, only many small steps. [2]\n\n"
        "**Scaling, one hour in**\n\n- Ann Example: The curve has not bent yet. [3]"
    ),
    citations=(WITH_TIMES, WITHOUT_TIMES, FAR_IN),
    status="answered",
    mode="quotes",
    answerable=0.9,
    suggestions=(),
    timings_ms={"total": 12.0},
)
REFUSED = Answer(
    text="The transcripts don’t cover this.",
    citations=(),
    status="no_evidence",
    mode="quotes",
    answerable=0.02,
    suggestions=("榜单与真实产品表现", "What the lead said"),
    timings_ms={"total": 9.0},
)


def make_talk(
    file: str, title: str, speakers: tuple[str, ...], language: str, published: str | None
) -> Talk:
    topic = Topic(file, file, title, 0, "Opening", "talk", speakers, None, None)
    return Talk(f"id-{file}", file, title, None, published, language, (topic,))


TALKS = (
    make_talk("talk.md", "大模型基准测试圆桌", ("田老师", "David"), "zh-Hans", "2025-11-21"),
    make_talk("article.md", "An article about a talk", (), "en", None),
    make_talk("far.md", "Scaling, one hour in", ("Ann Example", "David"), "en", "2024-03-02"),
)
EXAMPLES = ("公开榜单为什么不准？", "What is the secret?")


class FakeEngine:
    """Answers each question with what ``reply`` makes of it, and keeps what it was asked, and in
    which scope."""

    def __init__(self, reply: Callable[[str], Answer] = lambda _: ANSWERED) -> None:
        self.reply = reply
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []
        self.scopes: list[Scope] = []
        self.library: tuple[Talk, ...] = TALKS

    def ask(self, question: str, history: Sequence[Turn] = (), scope: Scope = EVERYWHERE) -> Answer:
        self.asked.append((question, tuple(history)))
        self.scopes.append(scope)
        return self.reply(question)

    def talks(self) -> Sequence[Talk]:
        return self.library

    def examples(self, lang: str) -> tuple[str, ...]:
        return EXAMPLES if lang else ()


def answer_or_refuse(question: str) -> Answer:
    return REFUSED if "pizza" in question else ANSWERED


def slow(seconds: float) -> Callable[[str], Answer]:
    """An answer that takes its time."""

    def reply(_: str) -> Answer:
        time.sleep(seconds)
        return ANSWERED

    return reply


def loaded(engine: Engine) -> Loading:
    """Loading that is over at once."""
    loading = Loading(lambda _: engine).start()
    loading.get(5)
    return loading


def held_back(engine: Engine, message: str = "reading files") -> tuple[Loading, threading.Event]:
    """Loading that ends when the event is set."""
    go = threading.Event()

    def build(report: Callable[[str], None]) -> Engine:
        report(message)
        go.wait(30)
        return engine

    return Loading(build), go
