"""A search's restriction as rows of the catalogue, and the nearest passages among those rows.

Chroma's own filter makes a query ten times slower. Here the passages in scope are compared with the
question one and all, over their vectors as bytes in memory: 100,000 of them are 38 MB and take
about 15 ms, fewer take less. So a narrow scope gives the true best of what it holds, as a broad one
does. The bytes only choose candidates; what is chosen is scored with its vectors as stored.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from corpus.language import fold
from corpus.types import Chunk
from index.lexical.concepts import Rows
from index.storage.database import Database
from index.storage.vectors import quantise
from index.types import Scope, Vectors

_TABLES = (
    """CREATE TABLE IF NOT EXISTS facets(
        row INTEGER PRIMARY KEY REFERENCES chunks(row) ON DELETE CASCADE,
        talk TEXT NOT NULL, published TEXT, language TEXT NOT NULL, speakers TEXT NOT NULL)""",
    # Apart from the narrow table above, which is read whole when the library has changed.
    """CREATE TABLE IF NOT EXISTS chunk_vectors(
        row INTEGER PRIMARY KEY REFERENCES chunks(row) ON DELETE CASCADE,
        scale REAL NOT NULL, codes BLOB NOT NULL)""",
)
_BLOCK = 1024
"""Rows made floats at a time: they stay in the processor's cache."""
_REMEMBERED = 64
"""Scopes whose rows are kept until the library changes."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What a scope asks of a passage."""

    talk: str
    published: str | None
    language: str
    speakers: tuple[str, ...]


def is_within(facets: Facets, scope: Scope) -> bool:
    """Whether a passage with these facets is in scope."""
    if scope.transcripts and facets.talk not in scope.transcripts:
        return False
    if scope.languages and not any(_covers(tag, facets.language) for tag in scope.languages):
        return False
    if scope.speakers and not _voices(scope.speakers) & _voices(frozenset(facets.speakers)):
        return False
    if scope.since is None and scope.until is None:
        return True
    day = (facets.published or "")[:10]
    return bool(day) and (scope.since or day) <= day <= (scope.until or day)


def _covers(tag: str, language: str) -> bool:
    """``zh`` covers ``zh-Hans`` and ``zh-Hant``; ``zh-Hans`` covers itself alone."""
    return f"{language.lower()}-".startswith(f"{tag.lower()}-")


@lru_cache(maxsize=4096)
def _voices(speakers: frozenset[str]) -> frozenset[str]:
    """Names as they are compared: whatever their case, width, script and spaces."""
    return frozenset(" ".join(fold(speaker).split()) for speaker in speakers)


@dataclass(frozen=True, slots=True, eq=False)
class _Passages:
    """Every passage of one generation: its row, and which of the different ``facets`` it has."""

    generation: int
    rows: Rows
    facet: npt.NDArray[np.int64]
    facets: tuple[Facets, ...]
    found: dict[Scope, Rows] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Codes:
    """Chunk vectors as bytes (n, dimension) with their scales (n,), in the order of ``rows``."""

    rows: Rows
    scales: npt.NDArray[np.float32]
    codes: npt.NDArray[np.int8]


class Scopes:
    """Facets and quantised vectors of chunks by row; safe to call from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._passages: _Passages | None = None
        self._codes: _Codes | None = None
        database.create(*_TABLES)

    def put(self, chunks: Mapping[int, Chunk], vectors: Vectors) -> None:
        """Stores chunks by row with their vectors (n, dimension), in place of what they had."""
        scales, codes = quantise(vectors)
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO facets VALUES (?, ?, ?, ?, ?)",
                (
                    (row, one.transcript_id, one.published, one.language, json.dumps(one.speakers))
                    for row, one in chunks.items()
                ),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO chunk_vectors VALUES (?, ?, ?)",
                (
                    (row, float(scale), code.tobytes())
                    for row, scale, code in zip(chunks, scales, codes, strict=True)
                ),
            )

    def rows(self, scope: Scope) -> Rows:
        """The rows of all passages in scope, ascending."""
        passages = self._loaded_passages()
        rows = passages.found.get(scope)
        if rows is None:
            held = np.array([is_within(one, scope) for one in passages.facets], dtype=bool)
            rows = passages.rows[held[passages.facet]]
            if len(passages.found) < _REMEMBERED:
                passages.found[scope] = rows
        return rows

    def nearest(self, vector: Vectors, rows: Rows, limit: int) -> Rows:
        """Of ``rows``, ascending, the ``limit`` whose vectors are nearest, in no order."""
        held = self._loaded_codes(rows)
        if not len(held.rows):
            return held.rows
        places = np.searchsorted(held.rows, rows)
        # A row that has just gone has no vector any more.
        places = places[held.rows[np.minimum(places, len(held.rows) - 1)] == rows]
        if len(places) > limit:
            cosines = _cosines(held, places, vector)
            places = places[np.argpartition(-cosines, limit)[:limit]]
        nearest: Rows = held.rows[places]
        return nearest

    def _loaded_passages(self) -> _Passages:
        """Read again when the library changed; asked inside a snapshot, so it fits what is read."""
        with self._database.reading() as connection:
            query = "SELECT value FROM generation"
            generation = int(connection.execute(query).fetchone()[0])
            passages = self._passages
            if passages is None or passages.generation != generation:
                # One assignment: another thread sees the old or this one.
                self._passages = passages = _load_passages(connection, generation)
        return passages

    def _loaded_codes(self, rows: Rows) -> _Codes:
        """The vectors of these rows at least. A row's vector never changes, so only those of
        higher rows than before are read."""
        held = self._codes
        if held is None or (len(rows) and rows[-1] > held.rows.max(initial=-1)):
            with self._database.reading() as connection:
                self._codes = held = _with_new(connection, held)
        return held


def _load_passages(connection: sqlite3.Connection, generation: int) -> _Passages:
    numbers: dict[tuple[str, str | None, str, str], int] = {}
    rows, facet = [], []
    query = "SELECT row, talk, published, language, speakers FROM facets ORDER BY row"
    for row, *key in connection.execute(query):
        rows.append(row)
        facet.append(numbers.setdefault(tuple(key), len(numbers)))
    facets = tuple(Facets(*key[:3], tuple(json.loads(key[3]))) for key in numbers)
    return _Passages(generation, np.array(rows, np.int64), np.array(facet, np.int64), facets)


def _with_new(connection: sqlite3.Connection, held: _Codes | None) -> _Codes:
    """What was held and is not gone, with the rows that came since."""
    last = int(held.rows.max(initial=-1)) if held else -1
    query = "SELECT row, scale, codes FROM chunk_vectors WHERE row > ? ORDER BY row"
    found = connection.execute(query, (last,)).fetchall()
    rows = np.array([row for row, _, _ in found], dtype=np.int64)
    scales = np.array([scale for _, scale, _ in found], dtype=np.float32)
    packed = b"".join(codes for _, _, codes in found)
    codes = np.frombuffer(packed, dtype=np.int8).reshape(len(found), -1 if found else 0)
    if held is None or not len(held.rows):
        return _Codes(rows, scales, codes)
    query = "SELECT row FROM chunk_vectors WHERE row <= ?"
    alive = np.array([row for (row,) in connection.execute(query, (last,))], dtype=np.int64)
    kept = np.isin(held.rows, alive)
    if not len(rows):
        return _Codes(held.rows[kept], held.scales[kept], held.codes[kept])
    return _Codes(
        np.concatenate([held.rows[kept], rows]),
        np.concatenate([held.scales[kept], scales]),
        np.concatenate([held.codes[kept], codes]),
    )


def _cosines(held: _Codes, places: Rows, vector: Vectors) -> Vectors:
    cosines = np.empty(len(places), dtype=np.float32)
    for start in range(0, len(places), _BLOCK):
        part = places[start : start + _BLOCK]
        cosines[start : start + _BLOCK] = held.codes[part].astype(np.float32) @ vector
    return cosines * held.scales[places]
