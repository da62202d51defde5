"""Sentence vectors: small on disk, and near enough to what was put in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.storage.catalog import Catalog
from index.storage.database import Database
from index.storage.vectors import SentenceVectors, quantise, restore
from index.types import Vectors
from tests.index.storage.test_catalog import chunk, talk


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "catalog.sqlite3", "mend it.")
    yield database
    database.close()


def unit_rows(count: int, dimension: int, seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, dimension), dtype=np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("dimension", [48, 384, 1024])
def test_a_cosine_moves_by_less_than_half_a_percent(dimension: int) -> None:
    vectors, questions = unit_rows(500, dimension), unit_rows(100, dimension, seed=1)
    near = vectors[:100] + 0.1 * questions  # cosines near 1 too, not of chance pairs alone
    near = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
    restored = restore(*quantise(vectors))
    assert np.abs(restored @ questions.T - vectors @ questions.T).max() < 0.005
    assert np.abs(restored[:100] @ near.T - vectors[:100] @ near.T).max() < 0.005


def test_one_large_component_spoils_nothing() -> None:
    vectors = np.zeros((2, 384), dtype=np.float32)
    vectors[0, 5] = 1.0
    restored = restore(*quantise(vectors))
    assert np.allclose(restored, vectors)


def test_a_restored_vector_is_stored_as_it_was() -> None:
    scales, codes = quantise(unit_rows(300, 384))
    again_scales, again_codes = quantise(restore(scales, codes))
    assert np.array_equal(again_codes, codes)
    assert np.allclose(again_scales, scales, rtol=1e-6)


def test_rows_come_back_and_go_with_their_chunks(database: Database) -> None:
    catalog, stored = Catalog(database), SentenceVectors(database)
    rows = catalog.put_file(talk(), "1", [chunk("one"), chunk("two"), chunk("three")]).new_rows
    one, two = unit_rows(7, 48), unit_rows(2, 48, seed=1)
    stored.put(rows["one"], unit_rows(3, 48, seed=2))
    stored.put(rows["one"], one)
    stored.put(rows["two"], two)
    stored.put(rows["three"], np.zeros((0, 48), dtype=np.float32))
    found = stored.get([*rows.values(), 999])
    assert set(found) == {rows["one"], rows["two"]}
    assert found[rows["one"]].dtype == np.float32
    assert np.allclose(found[rows["one"]], one, atol=0.005)
    assert np.allclose(found[rows["two"]], two, atol=0.005)
    catalog.put_file(talk(), "2", [chunk("two")])
    assert set(stored.get(rows.values())) == {rows["two"]}
