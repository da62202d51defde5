"""Every measuring command runs, on tiny inputs, and ends in one JSON document: what docs/measure.md
says to run, runs. What the figures are worth is another matter."""

from __future__ import annotations

import importlib
import json
import re
import shutil
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import bench.__main__ as all_benches
from assistant.settings import SHIPPED_LIBRARY
from index.embedding.embedder import SentenceEmbedding
from index.lexical.dictionary import open_dictionary
from tests.builders import KITCHEN_NOTE
from tests.project import ROOT
from tests.scripted_llm import Scene, serving
from tests.sharing import load_once, measure_once

PASSAGES = {
    "en": ("A sharp knife is safer than a blunt one.", "Sourdough lives on flour and water."),
    "zh": ("锋利的刀比钝的刀安全。", "酸面团靠面粉和水活着。"),
}
QUESTIONS = {
    "en": ("Which knife is safer?", "What does sourdough live on?"),
    "zh": ("哪种刀更安全？", "酸面团靠什么活着？"),
}
GOLD = {"file": "kitchen.md", "start": 0, "end": 9999, "heading": None}
ASKED = {"id": "k", "kind": "qa", "lang": "en", "question": "Why is a sharp knife safer?"}
COMMANDS = {
    "startup": ["Why is a knife safer?", "--library", "LIBRARY", "--data", "DATA"],
    "search": ["--library", "LIBRARY", "--data", "DATA", "--searches", "2"],
    "embedding": ["--data", "DATA", "--texts", "3", "--rounds", "1", "--xquad", "XQUAD"],
    "indexing": ["--library", "LIBRARY", "--data", "DATA", "--chunks", "1", "--rounds", "1"],
    "citing": ["--library", "TALK", "--data", "DATA", "--quotes", "2", "--foreign", "FOREIGN"],
    "checking": ["amounts", "--data", "DATA"],
    "centring": ["--xquad", "XQUAD"],
    "kinds": ["--xquad", "XQUAD", "--questions", "QUESTIONS", "--data", "DATA"],
    "retrieval": ["--xquad", "XQUAD", "--questions", "2"],
    "answerable": [
        *("--xquad", "XQUAD", "--questions", "QUESTIONS", "--library", "LIBRARY", "--data", "DATA")
    ],
    "context": ["QUESTIONS", "--library", "LIBRARY", "--data", "DATA"],
    "scale": ["--library", "LIBRARY", "--chunks", "30", "--searches", "2", "--restricted", "1"],
    "answers": ["QUESTIONS", "--library", "LIBRARY", "--data", "DATA", *("--llm", "any")],
    "segmentation": ["--talks", "LIBRARY", "TOPICS", "--reading", "READING", "--data", "DATA"],
    "deep": ["POINTS", "--library", "LIBRARY", "--data", "DATA"],
}
SLOW = ("startup", "embedding")
"""The first starts the program three times, the second loads the model in two more ways."""
ASK_A_MODEL = ("answers", "deep")


def benches() -> list[str]:
    """Every module of bench/ that is a command."""
    return sorted(
        path.stem
        for path in (ROOT / "bench").glob("[a-z]*.py")
        if re.search(r"^def main\(", path.read_text(encoding="utf-8"), re.M)
    )


@pytest.fixture
def inputs(tmp_path: Path, model_dir: Path) -> dict[str, str]:
    """What stands for the words in capitals."""
    library, xquad = tmp_path / "notes", tmp_path / "xquad"
    library.mkdir()
    xquad.mkdir()
    (library / "kitchen.md").write_text(KITCHEN_NOTE, encoding="utf-8")
    for language, passages in PASSAGES.items():
        articles = [
            {"paragraphs": [{"context": passage, "qas": [{"question": question}]}]}
            for passage, question in zip(passages, QUESTIONS[language], strict=True)
        ]
        (xquad / f"xquad.{language}.json").write_text(json.dumps({"data": articles}), "utf-8")
    asked, points = tmp_path / "asked.jsonl", tmp_path / "points.jsonl"
    lines = [ASKED | {"gold": [GOLD]}, ASKED | {"id": "n", "kind": "unanswerable", "gold": []}]
    asked.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    talk = tmp_path / "talk"
    talk.mkdir()
    shutil.copy(SHIPPED_LIBRARY / "gemini3-ahead-of-expectations.md", talk)
    topics = tmp_path / "topics.jsonl"
    topics.write_text(
        "".join(
            json.dumps(ASKED | {"gold": [GOLD | {"start": start, "end": start + 60}]}) + "\n"
            for start in (0, 60)
        ),
        encoding="utf-8",
    )
    points.write_text(json.dumps(ASKED | {"points": [[GOLD]]}) + "\n", encoding="utf-8")
    return {
        "LIBRARY": str(library),
        "TALK": str(talk),
        "DATA": str(model_dir),
        "XQUAD": str(xquad),
        "FOREIGN": str(xquad / "xquad.en.json"),
        "QUESTIONS": str(asked),
        "POINTS": str(points),
        "TOPICS": str(topics),
        "READING": str(reading_set(tmp_path / "reading")),
    }


def reading_set(folder: Path) -> Path:
    """A meeting of two topics."""
    folder.mkdir()
    turns = [["Ann", "A sharp knife is safer."]] * 4 + [["Bob", "Sourdough wants flour."]] * 4
    meeting = {"id": "m", "set": "made-up", "title": "Kitchen", "turns": turns}
    lines = [{"set": "made-up-topic", "doc": "m", "turns": [span]} for span in ([0, 3], [4, 7])]
    (folder / "documents.jsonl").write_text(json.dumps(meeting), "utf-8")
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return folder


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, model_dir: Path) -> None:
    """Benches load and unpack the model where they like: here all take the tests' own."""

    def load(model: str | None, _: Path, *rest: Any, **more: Any) -> SentenceEmbedding:
        return load_once(model, model_dir, *rest, **more)

    for name in benches():
        module = importlib.import_module(f"bench.{name}")
        for own, instead in (
            ("load_embedder", load),
            ("measure_means", measure_once),
            ("kept_means", lambda embedder, _: measure_once(embedder)),
            ("open_dictionary", lambda _: open_dictionary(model_dir)),
            ("ProcessPoolExecutor", SameProcess),
        ):
            if hasattr(module, own):
                monkeypatch.setattr(module, own, instead)


class SameProcess:
    """Runs at once what a process of its own would."""

    def __init__(self, *_: Any) -> None:
        pass

    def __enter__(self) -> SameProcess:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, run: Any, *given: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(run(*given))
        return done


def test_every_command_is_tried() -> None:
    assert benches() == sorted(COMMANDS)


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.long] if name in SLOW else [])
        for name in sorted(COMMANDS)
    ],
)
def test_it_runs_and_prints_one_document(
    name: str,
    inputs: dict[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    bench: ModuleType = importlib.import_module(f"bench.{name}")
    arguments = [inputs.get(word, word) for word in COMMANDS[name]]
    if name in ASK_A_MODEL:
        with serving(Scene("A sharp knife slips less [1].")) as model:
            bench.main([*arguments, "--llm-url", model.url, "--json"])
    else:
        bench.main([*arguments, "--json"])
    assert json.loads(capsys.readouterr().out)


def test_all_of_them_make_one_table() -> None:
    told = list(all_benches.rows({"a": {"b": 1.5, "c": None}, "d": [{"case": "x", "n": 2}]}))
    assert told == [("a b", 1.5), ("d x n", 2)]
    assert {one.name for one in all_benches.BENCHES} <= {*COMMANDS}


def test_a_bench_that_fails_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken: Sequence[all_benches.Bench] = (all_benches.Bench("nonesuch"),)
    monkeypatch.setattr(all_benches, "BENCHES", broken)
    assert all_benches.main([]) == 1
    assert "failed: nonesuch" in capsys.readouterr().err
