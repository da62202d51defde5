"""XQuAD (Artetxe, Ruder and Yogatama 2020, arXiv:1910.11856) read from files given by their path.

Every passage and question has its translation at the same position in the other files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Xquad:
    """One language: passages, questions, for each question its passage's position, and for each
    passage its article's."""

    passages: tuple[str, ...]
    questions: tuple[str, ...]
    gold: tuple[int, ...]
    articles: tuple[int, ...]


def read_xquad(file: Path) -> Xquad:
    """Reads a file in SQuAD's JSON layout."""
    articles = json.loads(file.read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    asked = [
        (one["question"], position)
        for position, paragraph in enumerate(paragraphs)
        for one in paragraph["qas"]
    ]
    questions, gold = zip(*asked, strict=True)
    of_article = [n for n, article in enumerate(articles) for _ in article["paragraphs"]]
    passages = tuple(paragraph["context"] for paragraph in paragraphs)
    return Xquad(passages, questions, gold, tuple(of_article))


def evenly(total: int, count: int | None) -> list[int]:
    """So many positions of ``total``, evenly from all; all of them where no count is given."""
    wanted = min(count or total, total)
    return [int(step) for step in np.linspace(0, total, wanted, endpoint=False)]


def read_xquad_folder(folder: Path) -> dict[str, Xquad]:
    """The files ``xquad.zh.json`` and ``xquad.en.json`` of a folder, by language."""
    return {language: read_xquad(folder / f"xquad.{language}.json") for language in LANGUAGES}
