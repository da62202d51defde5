"""A folder of notes with its index, for tests of what is found in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.chunks import Budget
from corpus.library import Library
from index.retriever import TranscriptRetriever
from index.storage.store import IndexStore, open_store
from index.sync import sync
from index.types import Query
from tests.index.fakes import FakeEmbedder
from tests.index.store_fixtures import manifest

BUDGET = Budget(120)
KITCHEN = """# Kitchen talk

- 链接：https://www.youtube.com/watch?v=dQw4w9WgXcQ

## 摘要
- A sharp knife is safer than a blunt knife, and sourdough wants flour.

## 正文
### Knives（00:00:10 - 00:01:00）
**Ann Lee**：
- A sharp knife is safer than a blunt knife, because it does not slip off the tomato.
- Also, I sharpen my knife on a whetstone every second Sunday of the month.

### Bread（00:01:00 - 00:02:30）
**Bob Al**：
- A sourdough starter wants flour and water for a whole week before it rises.
"""
WORKSHOP = """# Workshop talk

### Knives（00:00:10 - 00:01:00）
**Cy**：
- A sharp knife is safer than a blunt knife, because it does not slip off the board.
"""
CHINESE = """# 模型访谈

### 榜单（00:00:10 - 00:01:00）
**余北**：
- 公开榜单不能反映真实产品的表现，因为题目已经泄露。

### 算力（00:01:00 - 00:02:00）
**田博士**：
- 电力和芯片决定训练规模能够走到哪里。
"""


class Shelf:
    """A folder of notes with its index."""

    def __init__(self, folder: Path, store: IndexStore) -> None:
        self.folder = folder
        self.store = store
        self.embedder = FakeEmbedder()
        self.retriever = TranscriptRetriever(store, self.embedder)

    def put(self, **notes: str) -> None:
        for name, text in notes.items():
            (self.folder / f"{name}.md").write_text(text, encoding="utf-8")
        self.sync()

    def drop(self, name: str) -> None:
        (self.folder / f"{name}.md").unlink()
        self.sync()

    def sync(self) -> None:
        sync(Library(self.folder), self.store, self.embedder, BUDGET)

    def files(self, question: str | Query, limit: int = 10) -> list[str]:
        query = Query(question) if isinstance(question, str) else question
        return [hit.chunk.file for hit in self.retriever.search(query, limit).hits]


@contextmanager
def opened_shelf(folder: Path) -> Iterator[Shelf]:
    """An empty one in a new folder."""
    notes = folder / "notes"
    notes.mkdir()
    with open_store(folder / "data", notes) as store:
        store.claim(manifest(model=FakeEmbedder.name, dimension=256))
        yield Shelf(notes, store)
