"""Which kind a question is, by the real model, on phrasings that no line of kinds.toml has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from assistant.library import OpenLibrary
from assistant.retrieval.kinds import KindModel, kept_kinds, kinds_file, phrasings
from assistant.retrieval.mentions import kind_of, known_names, mentions_of
from index.types import Vectors

HERE = Path(__file__).parent
TODAY = date(2026, 3, 4)
Asked = tuple[str, str]
"""A kind, with its detail where it has one, and a question."""


class Fixed:
    """An embedder that gives every question the same vector, of one number."""

    name, dimension, window_tokens = "fixed", 1, 512

    def __init__(self, value: float) -> None:
        self._vector = np.array([value], dtype=np.float32)

    def passages(self, texts: Sequence[str], _: object = None) -> Vectors:
        return np.stack([self._vector for _ in texts])

    def query(self, _: str) -> Vectors:
        return self._vector

    def count_tokens(self, text: str) -> int:
        return len(text)


def asked(name: str) -> list[Asked]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [(kind, question) for kind, _, question in (line.partition("\t") for line in lines)]


@pytest.mark.parametrize(
    ("name", "least"),
    [("kinds.tsv", 0.9), ("kinds_fresh.tsv", 0.9), ("kinds_elsewhere.tsv", 0.7)],
)
def test_most_are_told(shipped: OpenLibrary, tmp_path: Path, name: str, least: float) -> None:
    """The last are in languages that no line is in."""
    kinds = kept_kinds(shipped.embedder, tmp_path)
    known = known_names(shipped.retriever.talks(), shipped.retriever.speakers())
    wrong = []
    for wanted, question in (every := asked(name)):
        told = kind_of(mentions_of(question, known, TODAY), kinds, shipped.embedder)
        if told.kind != wanted.partition(".")[0]:
            wrong.append((wanted, told.label, question))
    assert len(wrong) <= (1 - least) * len(every), wrong
    plain = [one for one in wrong if one[0] == "question"]
    assert len(plain) <= 0.02 * len(every), plain


def test_the_test_repeats_no_line() -> None:
    lines = {line.casefold() for held in phrasings().values() for line in held}
    for name in ("kinds.tsv", "kinds_fresh.tsv", "kinds_elsewhere.tsv"):
        assert not [question for _, question in asked(name) if question.casefold() in lines]


def test_the_weights_that_ship_are_of_these_lines(shipped: OpenLibrary) -> None:
    name = kinds_file(shipped.embedder)
    assert (resources.files("assistant.retrieval") / name).is_file(), "python -m bench.kinds --fit"


def test_in_doubt_a_question_is_plain() -> None:
    weights = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32)
    model = KindModel(("talks.latest", "who.all", "question"), weights)
    asked = mentions_of("Why?", known_names((), ()), TODAY)
    assert kind_of(asked, model, Fixed(5.0)).label == "talks.latest"
    assert kind_of(asked, model, Fixed(0.0)).kind == "question"  # two thirds are too little
    assert kind_of(asked, model, Fixed(0.0), sure=0.6).kind == "talks"
    again = KindModel.from_bytes(model.to_bytes())
    assert again.labels == model.labels and np.allclose(again.weights, model.weights)
