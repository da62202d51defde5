"""Searching in a part of the library: the retriever over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import retriever as module
from index.storage.scopes import Facets, is_within
from index.types import Query, Scope
from tests.index.shelf import CHINESE, KITCHEN, WORKSHOP, Shelf, opened_shelf

KNIFE = "Is a sharp knife safer than a blunt knife?"
TRADITIONAL = """---
published: 2024-03-02
---
# 模型圓桌

### 開源（00:00:10 - 00:01:00）
**陳樂**：
- 開源模型讓更多人能夠參與訓練，這對整個領域都是好事。
"""
DATED = f"---\npublished: 2025-05-01\n---\n{KITCHEN}"


def some(*values: str) -> frozenset[str]:
    return frozenset(values)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with opened_shelf(tmp_path) as shelf:
        shelf.put(kitchen=DATED, workshop=WORKSHOP, chinese=CHINESE, table=TRADITIONAL)
        yield shelf


@pytest.mark.parametrize(
    ("scope", "files"),
    [
        (Scope(transcripts=some("workshop")), {"workshop.md"}),
        (Scope(transcripts=some("workshop", "kitchen")), {"workshop.md", "kitchen.md"}),
        (Scope(languages=some("zh")), {"chinese.md", "table.md"}),
        (Scope(languages=some("ZH-hant")), {"table.md"}),
        (Scope(languages=some("z")), set()),
        (Scope(speakers=some("陈乐", "ａnn  LEE")), {"table.md", "kitchen.md"}),
        (Scope(speakers=some("Ann")), set()),
        (Scope(since="2025-05-01"), {"kitchen.md"}),
        (Scope(until="2025-05-01"), {"kitchen.md", "table.md"}),
        (Scope(since="2024-03-03", until="2025-04-30"), set()),
        (Scope(languages=some("zh"), since="2024-01-01"), {"table.md"}),
        (Scope(transcripts=some("workshop"), speakers=some("Ann Lee")), set()),
        (Scope(transcripts=some("gone")), set()),
    ],
)
def test_only_what_is_in_scope_is_found(shelf: Shelf, scope: Scope, files: set[str]) -> None:
    assert set(shelf.files(Query(KNIFE, scope=scope))) == files


def test_a_speaker_is_in_the_passages_in_which_they_speak(shelf: Shelf) -> None:
    query = Query(KNIFE, scope=Scope(speakers=some("bob al")))
    hits = shelf.retriever.search(query, 10).hits
    assert [(hit.chunk.heading, hit.chunk.speakers) for hit in hits] == [("Bread", ("Bob Al",))]


def test_what_is_in_scope_is_scored_as_without_it(shelf: Shelf) -> None:
    everywhere = {hit.chunk.id: hit for hit in shelf.retriever.search(Query(KNIFE), 50).hits}
    within = shelf.retriever.search(Query(KNIFE, scope=Scope(transcripts=some("kitchen"))), 50).hits
    assert [everywhere[hit.chunk.id] for hit in within] == list(within)
    assert len(within) == 3


def test_how_sure_it_is_is_judged_in_scope(shelf: Shelf) -> None:
    whole = shelf.retriever.search(Query(KNIFE), 5).answerable
    outside = shelf.retriever.search(Query(KNIFE, scope=Scope(languages=some("zh"))), 5).answerable
    nothing = shelf.retriever.search(Query(KNIFE, scope=Scope(transcripts=some("gone"))), 5)
    assert outside < whole / 2
    assert (nothing.hits, nothing.answerable) == ((), 0.0)


def test_the_best_in_scope_is_found_below_the_first_of_all(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few candidates are taken: the others' better passages don't crowd it out."""
    copies = {f"copy{n}": WORKSHOP.replace("Workshop", f"Workshop {n}") for n in range(8)}
    shelf.put(**copies)
    monkeypatch.setattr(module, "CANDIDATES", 1)
    query = Query(KNIFE, scope=Scope(speakers=some("余北", "田博士", "Bob Al")))
    (best, *_) = shelf.retriever.search(query, 1).hits
    monkeypatch.setattr(module, "CANDIDATES", 100)
    assert shelf.retriever.search(query, 1).hits[0] == best


def test_a_changed_library_changes_what_is_in_scope(shelf: Shelf) -> None:
    kitchen = Query(KNIFE, scope=Scope(since="2025-01-01"))
    assert set(shelf.files(kitchen)) == {"kitchen.md"}
    shelf.put(workshop=f"---\npublished: 2025-06-01\n---\n{WORKSHOP}")
    assert set(shelf.files(kitchen)) == {"kitchen.md", "workshop.md"}
    shelf.drop("kitchen")
    assert set(shelf.files(kitchen)) == {"workshop.md"}
    shelf.put(again=DATED.replace("sharp knife", "keen knife"))
    assert set(shelf.files(kitchen)) == {"workshop.md", "again.md"}


def test_the_nearest_are_those_of_an_exact_comparison(shelf: Shelf) -> None:
    shelf.put(**{f"n{n}": WORKSHOP.replace("board", f"board of oak {n}") for n in range(40)})
    scopes, vector = shelf.store.scopes, shelf.embedder.query(KNIFE)
    rows = scopes.rows(Scope(languages=some("en")))
    ids = {row: chunk.id for row, chunk in shelf.store.catalog.chunks(rows.tolist()).items()}
    stored = shelf.store.vectors.get(ids.values())
    exact = {row: float(stored[key] @ vector) for row, key in ids.items()}
    near = scopes.nearest(vector, rows, 10).tolist()
    least = sorted(exact.values())[-10]
    assert len(near) == len(set(near)) == 10
    assert all(exact[row] > least - 0.01 for row in near)
    assert sorted(scopes.nearest(vector, rows, 1000).tolist()) == rows.tolist()
    assert scopes.nearest(vector, np.array([10**6]), 5).tolist() == []


def test_dates_that_say_more_than_the_day_count_as_the_day() -> None:
    facets = Facets("talk", "2025-05-01T23:00:00Z", "en", ())
    assert is_within(facets, Scope(since="2025-05-01", until="2025-05-01"))
    assert not is_within(replace(facets, published=None), Scope(since="2000-01-01"))
    assert is_within(replace(facets, published=None), Scope())
