"""Centring by the real model, on languages without reference sentences and libraries in one.

The sets are those of bench/centring.py. One question of 24 that falls from the first place to the
second moves their mean reciprocal rank by 0.02, so that alone the languages are judged together.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.centring import (
    ABSENT,
    BESIDE,
    Case,
    Figure,
    Remembering,
    alone,
    beside,
    compare,
    read_sets,
)
from index.embedding.centring import (
    LanguageMeans,
    kept_means,
    measure_means,
    reference_sentences,
)
from index.embedding.embedder import SentenceEmbedding
from tests.sharing import measure_once

NOISE = 0.02
SETS = read_sets()
WITHOUT = [alone(tag, SETS[tag], (tag, "ru") if tag == "uk" else (tag,)) for tag in SETS]
"""Each language alone, and none with sentences of its own or of its nearest relative."""
ALONE = [alone(tag, one) for tag, one in SETS.items()]


def in_every_way(tag: str) -> list[Case]:
    """A language alone, and among others, asked in itself and in English."""
    among = [case for asked in (tag, "en") for case in beside(tag, SETS, tag, asked)]
    return [alone(tag, SETS[tag]), *among]


def judged_worse(figure: Figure) -> bool:
    return figure.gain < -NOISE


@pytest.fixture(scope="module")
def remembering(embedder: SentenceEmbedding) -> Remembering:
    return Remembering(embedder)


@pytest.fixture(scope="module")
def means(embedder: SentenceEmbedding) -> LanguageMeans:
    return measure_once(embedder)


def test_the_sets_are_parallel_and_in_languages_without_reference_sentences() -> None:
    assert not set(ABSENT) & set(reference_sentences())
    assert set(SETS) == {*ABSENT, *BESIDE}
    for one in SETS.values():
        assert len(set(one.questions)) == len(set(one.passages)) == len(one.gold) >= 24
        assert all(text.strip() for text in one.questions + one.passages)


def test_the_means_of_the_bundled_model_ship(embedder: SentenceEmbedding, tmp_path: Path) -> None:
    kept_means(embedder, tmp_path)
    assert not list(tmp_path.iterdir()), "they were measured"


@pytest.mark.long
def test_what_ships_is_what_the_model_gives(embedder: SentenceEmbedding, tmp_path: Path) -> None:
    shipped, measured = kept_means(embedder, tmp_path), measure_means(embedder)
    assert shipped.languages == measured.languages
    # In 8 bits, kinds of processors differ a little.
    assert np.allclose(shipped.passages, measured.passages, atol=0.005)
    assert np.allclose(shipped.questions, measured.questions, atol=0.005)


def test_languages_without_reference_sentences_do_no_worse_alone(
    remembering: Remembering, means: LanguageMeans
) -> None:
    figure = compare("without", WITHOUT, remembering, means)
    assert figure.questions >= 24 * len(SETS)
    assert not judged_worse(figure), figure


def test_a_library_in_one_language_does_not_suffer(
    remembering: Remembering, means: LanguageMeans
) -> None:
    figure = compare("alone", ALONE, remembering, means)
    assert not judged_worse(figure), figure


@pytest.mark.parametrize("tag", ABSENT)
def test_none_of_them_does_worse_alone_and_among_others(
    tag: str, remembering: Remembering, means: LanguageMeans
) -> None:
    figure = compare(tag, in_every_way(tag), remembering, means)
    assert not judged_worse(figure), figure


def test_an_english_question_finds_more_where_some_talks_are_in_such_a_language(
    remembering: Remembering, means: LanguageMeans
) -> None:
    cases = [case for tag in ABSENT for case in beside(tag, SETS, tag, "en")]
    figure = compare("en", cases, remembering, means)
    assert figure.gain > NOISE, figure


@pytest.mark.parametrize(
    "cases", [WITHOUT, ALONE, *map(in_every_way, ABSENT)], ids=("without", "alone", *ABSENT)
)
def test_each_of_these_tells_wrong_means(
    cases: list[Case], remembering: Remembering, means: LanguageMeans
) -> None:
    """As if the means of questions had been stored in another order of dimensions."""
    backwards = np.ascontiguousarray(means.questions[:, ::-1])
    wrong = LanguageMeans(means.languages, means.passages, backwards)
    figure = compare("wrong", cases, remembering, wrong)
    assert judged_worse(figure), figure
