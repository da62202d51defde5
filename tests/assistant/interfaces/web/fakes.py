"""Engines that stand in for the real one where a state is hard to reach, and citations to show."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.citation.permalink import Gone, Resolved
from assistant.citation.types import Lookup, Place, Quotation
from assistant.engine import Assistant
from assistant.library import Loading
from assistant.llm.types import ModelState
from assistant.retrieval.scope import Narrowing, resolve_scope
from assistant.types import Answer, Citation, Mode, Statement, Turn, Update
from corpus.types import Transcript
from index.types import EVERYWHERE, Evidence, Scope, Talk, Topic

WITH_TIMES = Citation(
    marker=1,
    chunk_id="c1",
    transcript_id="talk",
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
    transcript_id="talk",
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
    transcript_id="talk",
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
WRITTEN = Answer(
    text=(
        "公开榜单测的是题，不是产品。 [1] There were 40 such steps. (not verified: 40)\n\n"
        "- No secret, only many small steps. [2]\n- The curve has not bent. [3]"
    ),
    citations=(WITH_TIMES, WITHOUT_TIMES, FAR_IN),
    status="answered",
    mode="model",
    answerable=0.9,
    suggestions=(),
    timings_ms={"total": 12.0},
    statements=(
        Statement("公开榜单测的是题，不是产品。", "supported", (1,)),
        Statement("There were 40 such steps.", "unsupported", (), " ", "number", "40"),
        Statement("No secret, only many small steps.", "mended", (2,), "\n\n- "),
        Statement("The curve has not bent.", "supported", (3,), "\n- "),
    ),
    model="small-model",
    seen="<excerpts>\n# A talk\n[1] Ann 12:05: The curve has not bent yet.\n</excerpts>",
)
"""A model's answer: one sentence of it has no support, another's marker was mended."""
EXAMPLES = ("公开榜单为什么不准？", "What is the secret?")


class FakeEngine(Assistant):
    """Answers each question with what ``reply`` makes of it, and keeps what it was asked, in which
    scope and which mode. ``updates`` come before the answer, each when its iterator gives it;
    ``closed`` is set when a stream has ended or was left."""

    def __init__(
        self,
        reply: Callable[[str], Answer] = lambda _: ANSWERED,
        updates: Callable[[str], Iterator[Update]] = lambda _: iter(()),
        offered: tuple[Mode, ...] = ("quotes",),
    ) -> None:
        self.reply = reply
        self.updates = updates
        self.offered = offered
        self.state: ModelState | None = None
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []
        self.scopes: list[Scope] = []
        self.asked_modes: list[Mode | None] = []
        self.closed = threading.Event()
        self.library: tuple[Talk, ...] = TALKS
        self.evidence = Evidence((), 0.0)
        self.places: tuple[Place, ...] = ()
        self.citations: dict[str, Resolved] = {}
        self.transcripts: dict[str, Transcript] = {}

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
        mode: Mode | None = None,
    ) -> Answer:
        *_, last = self.stream(question, history, scope, mode)
        assert last.answer is not None
        return last.answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
        mode: Mode | None = None,
    ) -> Generator[Update, None, None]:
        self.asked.append((question, tuple(history)))
        self.scopes.append(scope)
        self.asked_modes.append(mode)
        try:
            yield Update("searching")
            yield from self.updates(question)
            yield Update("done", self.reply(question))
        finally:
            self.closed.set()

    def modes(self) -> tuple[Mode, ...]:
        return self.offered

    def model_state(self) -> ModelState | None:
        return self.state

    def search(
        self,
        question: str,
        limit: int,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
    ) -> tuple[Evidence, Mapping[str, float]]:
        self.asked.append((question, tuple(history)))
        self.scopes.append(scope)
        return replace(self.evidence, hits=self.evidence.hits[:limit]), {"total": 1.0}

    def look_up(self, quote: str, limit: int = 10, scope: Scope = EVERYWHERE) -> Lookup:
        self.scopes.append(scope)
        return Lookup(quote, self.places[:limit], {"total": 1.0})

    def checking(
        self, text: str, scope: Scope = EVERYWHERE
    ) -> Generator[Quotation | None, None, None]:
        self.scopes.append(scope)
        try:
            yield from (None for _ in text.splitlines())
        finally:
            self.closed.set()

    def cited(self, identifier: str) -> Resolved:
        return self.citations.get(identifier, Gone(None))

    def scope(self, narrowing: Narrowing) -> Scope:
        return resolve_scope(narrowing, self.library, ())

    def talks(self) -> Sequence[Talk]:
        return self.library

    def transcript(self, file: str) -> Transcript | None:
        return self.transcripts.get(file)

    def examples(self, language: str) -> tuple[str, ...]:
        return EXAMPLES if language else ()


def answer_or_refuse(question: str) -> Answer:
    return REFUSED if "pizza" in question else ANSWERED


def growing(answer: Answer) -> Iterator[Answer]:
    """An answer of a model as it grows, a sentence at a time, with the citations it has by then."""
    for count in range(1, len(answer.statements) + 1):
        statements = answer.statements[:count]
        cited = {marker for statement in statements for marker in statement.markers}
        citations = tuple(c for c in answer.citations if c.marker in cited)
        yield replace(answer, statements=statements, citations=citations, seen="")


def slow(seconds: float) -> Callable[[str], Answer]:
    """An answer that takes its time."""

    def reply(_: str) -> Answer:
        time.sleep(seconds)
        return ANSWERED

    return reply


def loaded(engine: Assistant) -> Loading:
    """Loading that is over at once."""
    loading = Loading(lambda _: engine).start()
    loading.get(5)
    return loading


def held_back(engine: Assistant, message: str = "reading files") -> tuple[Loading, threading.Event]:
    """Loading that ends when the event is set."""
    go = threading.Event()

    def build(report: Callable[[str], None]) -> Assistant:
        report(message)
        go.wait(30)
        return engine

    return Loading(build), go
