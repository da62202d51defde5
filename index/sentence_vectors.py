"""The vectors of each chunk's sentences, quantised to bytes, in the catalogue's database.

A vector component is a byte times the vector's own scale: a quarter of the size of float32, and a
cosine moves by less than 0.005. They are read for the few passages that a search looks at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from index.database import Database
from index.types import Vectors

_TABLE = """CREATE TABLE IF NOT EXISTS sentence_vectors(
    row INTEGER PRIMARY KEY REFERENCES chunks(row) ON DELETE CASCADE,
    scales BLOB NOT NULL, codes BLOB NOT NULL)"""
_SCALES = np.dtype("<f4")
_CODES = np.dtype("i1")
_STEPS = 127


def quantise(vectors: Vectors) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int8]]:
    """Scales (n,) and codes (n, dimension) of float rows; the inverse is ``restore``.

    What was restored gives the same codes again, so that a vector may be stored over and over.
    """
    highest = np.abs(vectors).max(axis=1, initial=0.0)
    scales = np.where(highest > 0, highest / _STEPS, 1.0).astype(_SCALES)
    return scales, np.rint(vectors / scales[:, None]).astype(_CODES)


def restore(scales: npt.NDArray[np.float32], codes: npt.NDArray[np.int8]) -> Vectors:
    """Float32 rows of the length they had, nearly."""
    return codes.astype(np.float32) * scales[:, None]


class SentenceVectors:
    """Sentence vectors by the chunk's row; safe to call from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_TABLE)

    def put(self, row: int, vectors: Vectors) -> None:
        """Stores a chunk's sentence vectors, (sentences, dimension), in place of what it had."""
        scales, codes = quantise(vectors)
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO sentence_vectors VALUES (?, ?, ?)",
                (row, scales.tobytes(), codes.tobytes()),
            )

    def get(self, rows: Iterable[int]) -> dict[int, Vectors]:
        """Float32 (sentences, dimension) by row, in the order of the chunk's sentences.

        Rows that have none are left out.
        """
        query = (
            "SELECT row, scales, codes FROM sentence_vectors"
            " WHERE row IN (SELECT value FROM json_each(?))"
        )
        with self._database.reading() as connection:
            wanted = json.dumps([int(row) for row in rows])
            found = connection.execute(query, (wanted,)).fetchall()
        return {row: _unpacked(scales, codes) for row, scales, codes in found if scales}


def _unpacked(scales: bytes, codes: bytes) -> Vectors:
    by_sentence = np.frombuffer(scales, dtype=_SCALES)
    return restore(by_sentence, np.frombuffer(codes, dtype=_CODES).reshape(len(by_sentence), -1))
