"""Searches while the library changes: never an error, never a file as it was and as it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index.types import Query
from tests.index.shelf import KITCHEN, WORKSHOP, Shelf, opened_shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with opened_shelf(tmp_path) as shelf:
        yield shelf


def before(owner: Any, name: str, act: Callable[[], None], patch: pytest.MonkeyPatch) -> None:
    """Lets something happen just before a method is called for the first time."""
    original = getattr(owner, name)
    acted: list[bool] = []

    def wrapped(*arguments: Any) -> Any:
        if not acted:
            acted.append(True)
            act()
        return original(*arguments)

    patch.setattr(owner, name, wrapped)


STEPS = [
    ("vectors", "query"),
    ("catalog", "rows_of"),
    ("catalog", "chunks"),
    ("vectors", "get"),
    ("sentence_vectors", "get"),
]


@pytest.mark.parametrize(("part", "name"), STEPS)
def test_a_file_that_goes_in_the_middle_of_a_search_breaks_nothing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, part: str, name: str
) -> None:
    shelf.put(kitchen=KITCHEN, workshop=WORKSHOP)
    before(getattr(shelf.store, part), name, lambda: shelf.drop("workshop"), monkeypatch)
    hits = shelf.retriever.search(Query("Why is a sharp knife safer?"), 10).hits
    assert hits[0].chunk.file == "kitchen.md"
    assert shelf.files("Why is a sharp knife safer?") == ["kitchen.md"] * 3


@pytest.mark.parametrize(("part", "name"), STEPS)
def test_a_file_that_comes_in_the_middle_of_a_search_breaks_nothing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, part: str, name: str
) -> None:
    shelf.put(kitchen=KITCHEN)
    before(getattr(shelf.store, part), name, lambda: shelf.put(workshop=WORKSHOP), monkeypatch)
    found = shelf.files("Why is a sharp knife safer?")
    assert found.count("kitchen.md") == 3
    assert "workshop.md" in shelf.files("Why is a sharp knife safer?")


def test_threads_see_a_changing_file_as_it_was_or_as_it_is(shelf: Shelf) -> None:
    def note(word: str) -> str:
        parts = [f"### Part {n}\n\nThe {word} knife cuts {n} slices.\n" for n in range(1, 7)]
        return "# Knives\n\n" + "\n".join(parts)

    shelf.put(kitchen=WORKSHOP, changing=note("amber"))
    done = threading.Event()
    seen: list[set[str]] = []
    errors: list[BaseException] = []

    def search() -> None:
        try:
            while not done.is_set():
                hits = shelf.retriever.search(Query("Which knife cuts how many slices?"), 20).hits
                texts = [hit.chunk.text for hit in hits if hit.chunk.file == "changing.md"]
                seen.append({word for word in ("amber", "beryl") for text in texts if word in text})
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for word in ("beryl", "amber") * 3:
            shelf.put(changing=note(word))
            count = len(seen)
            while len(seen) < count + 3 and not errors:
                done.wait(0.001)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert errors == []
    assert all(len(words) <= 1 for words in seen)
    assert {"amber"} in seen and {"beryl"} in seen
