"""The inverted index of BM25 on disk: in the catalogue's database, and in its transactions.

Each transaction that adds chunks writes one segment: for every term the rows that hold it and how
often, as packed arrays. Nothing is ever rewritten for a removal: what is gone is masked out by the
chunks' lengths, which are few numbers and kept in memory. Small and mostly dead segments are
merged from time to time, a bounded amount of work each (``tidy``).
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from index.lexical.amounts import passage_terms
from index.lexical.concepts import Concept, ConceptScores, Lengths, Postings, Rows, idf, score
from index.storage.database import Database

_TABLES = (
    # AUTOINCREMENT: a segment's number is never used again, so a stale reader can't mix two.
    """CREATE TABLE IF NOT EXISTS segments(
        segment INTEGER PRIMARY KEY AUTOINCREMENT, rows INTEGER NOT NULL,
        postings INTEGER NOT NULL)""",
    # By segment first: a new segment is appended instead of being scattered over the tree.
    """CREATE TABLE IF NOT EXISTS postings(
        segment INTEGER NOT NULL, term TEXT NOT NULL, rows BLOB NOT NULL, counts BLOB NOT NULL,
        PRIMARY KEY(segment, term)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS lengths(
        row INTEGER PRIMARY KEY REFERENCES chunks(row) ON DELETE CASCADE,
        terms INTEGER NOT NULL, segment INTEGER NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS lengths_by_segment ON lengths(segment)",
)

_ROWS = np.dtype("<u4")
_COUNTS = np.dtype("u1")
Counts = npt.NDArray[np.uint8]
_HIGHEST_COUNT = 255  # BM25 is flat long before
FAN_IN = 8
"""So many segments of about one size become one: each posting is rewritten a few times in all."""
TERMS = 2
"""Raised when an unchanged passage gets other terms: the inverted index is then made anew from the
passages that are stored."""
LARGEST = 2_000_000
"""Most postings of a merged segment: a merge of this size takes a few seconds at most."""


class LexicalReader:
    """One moment of the inverted index: every answer is about the same chunks."""

    def __init__(self, connection: sqlite3.Connection, lengths: Lengths) -> None:
        self._connection = connection
        self.lengths = lengths

    def postings(self, wanted: Iterable[str]) -> dict[str, Postings]:
        """The passages that hold each of the terms; empty arrays for a term that none holds."""
        found: defaultdict[str, list[tuple[bytes, bytes]]] = defaultdict(list)
        different = list(dict.fromkeys(wanted))
        # CROSS JOIN keeps this order: a lookup a segment and term, in order of rows.
        query = (
            "SELECT p.term, p.rows, p.counts FROM segments s CROSS JOIN json_each(?) t"
            " CROSS JOIN postings p ON p.segment = s.segment AND p.term = t.value"
        )
        for term, rows, counts in self._connection.execute(query, (json.dumps(different),)):
            found[term].append((rows, counts))
        return {term: self._living(found[term]) for term in different}

    def held(self, wanted: Iterable[str]) -> frozenset[str]:
        """Those of some terms that the index has; terms of passages that are gone may be too."""
        query = (
            "SELECT DISTINCT p.term FROM segments s CROSS JOIN json_each(?) t"
            " CROSS JOIN postings p ON p.segment = s.segment AND p.term = t.value"
        )
        given = json.dumps(list(dict.fromkeys(wanted)))
        return frozenset(term for (term,) in self._connection.execute(query, (given,)))

    def vocabulary(self) -> Iterator[str]:
        """Every term of the index, each once; terms of passages that are gone may be among them."""
        query = "SELECT DISTINCT term FROM postings"
        return (term for (term,) in self._connection.execute(query))

    def scores(self, concepts: Collection[Concept]) -> ConceptScores:
        """BM25 of every passage for a question's concepts, scaled to 0..1: see concepts.py."""
        wanted = frozenset[str]().union(*(concept.terms for concept in concepts))
        return score(concepts, self.postings(wanted), self.lengths)

    def _living(self, packed: Sequence[tuple[bytes, bytes]]) -> Postings:
        rows, counts = _unpacked(packed)
        # The highest rows may be gone, and then the lengths end before them.
        inside = rows < len(self.lengths.by_row)
        rows, counts = rows[inside], counts[inside]
        alive = self.lengths.by_row[rows] > 0
        rows, counts = rows[alive], counts[alive]
        order = np.argsort(rows, kind="stable")
        return Postings(rows[order], counts[order].astype(np.float32))


class Lexical:
    """The inverted index; safe to call from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lengths: tuple[int, Lengths] | None = None
        database.create(*_TABLES)

    @contextmanager
    def reader(self) -> Iterator[LexicalReader]:
        """A reader of the index as it is now, for several questions about the same chunks."""
        with self._database.reading() as connection:
            yield LexicalReader(connection, self._lengths_at(connection))

    def scores(self, concepts: Collection[Concept]) -> ConceptScores:
        """BM25 of every passage for a question's concepts, scaled to 0..1: see concepts.py."""
        with self.reader() as reader:
            return reader.scores(concepts)

    def document_frequency(self, term: str) -> int:
        """How many passages hold the term."""
        with self.reader() as reader:
            return len(reader.postings([term])[term].rows)

    def rarity(self, wanted: Collection[str]) -> dict[str, float]:
        """The IDF of terms in the library; highest of one that no passage holds."""
        with self.reader() as reader:
            passages, held = reader.lengths.passages, reader.postings(wanted)
        return {term: idf(passages, len(found.rows)) for term, found in held.items()}

    def add(self, texts: Mapping[int, str]) -> None:
        """Indexes the texts of new chunks by row, as one segment."""
        if not texts:
            return
        counted = {row: Counter(passage_terms(text)) for row, text in sorted(texts.items())}
        postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for row, counts in counted.items():
            for term, count in counts.items():
                postings[term].append((row, min(count, _HIGHEST_COUNT)))
        packed = [
            (term, *_packed([row for row, _ in held], [count for _, count in held]))
            for term, held in sorted(postings.items())
        ]
        with self._database.writing() as connection:
            segment = _write_segment(connection, packed, len(counted))
            connection.executemany(
                "INSERT INTO lengths VALUES (?, ?, ?)",
                ((row, counts.total(), segment) for row, counts in counted.items()),
            )

    def clear(self) -> None:
        """Takes the terms of all passages out."""
        with self._database.writing() as connection:
            for table in ("postings", "lengths", "segments"):
                connection.execute(f"DELETE FROM {table}")

    def tidy(self) -> None:
        """Merges segments where there are many of one size or where most of one is dead."""
        while True:
            with self._database.writing() as connection:
                chosen = plan_merge(_segments(connection))
                if not chosen:
                    return
                _merge(connection, chosen)

    def _lengths_at(self, connection: sqlite3.Connection) -> Lengths:
        """Loaded again when something changed; asked inside a snapshot, so it fits what is read."""
        query = "SELECT value FROM generation"
        generation = int(connection.execute(query).fetchone()[0])
        cached = self._lengths
        if cached is None or cached[0] != generation:
            cached = (generation, _load_lengths(connection))
            self._lengths = cached  # one assignment: another thread sees the old pair or this one
        return cached[1]


def _load_lengths(connection: sqlite3.Connection) -> Lengths:
    cursor = connection.execute("SELECT row, terms FROM lengths ORDER BY row")
    flat = np.fromiter((value for pair in cursor for value in pair), dtype=np.int64)
    rows, counts = flat[0::2], flat[1::2]
    by_row = np.zeros(int(rows[-1]) + 1 if len(rows) else 0, dtype=np.float32)
    by_row[rows] = counts
    return Lengths(by_row, len(rows), max(float(counts.mean()) if len(rows) else 1.0, 1.0))


def _segments(connection: sqlite3.Connection) -> list[Segment]:
    query = (
        "SELECT s.segment, s.rows, s.postings,"
        " (SELECT count(*) FROM lengths l WHERE l.segment = s.segment) FROM segments s"
    )
    return [Segment(*found) for found in connection.execute(query)]


def _write_segment(
    connection: sqlite3.Connection, packed: Iterable[tuple[str, bytes, bytes]], rows: int
) -> int:
    """Stores postings, which come in the order of their terms, as a new segment; its number."""
    cursor = connection.execute("INSERT INTO segments(rows, postings) VALUES (?, 0)", (rows,))
    segment = int(cursor.lastrowid or 0)
    written = 0
    for term, term_rows, counts in packed:
        values = (segment, term, term_rows, counts)
        connection.execute("INSERT INTO postings VALUES (?, ?, ?, ?)", values)
        written += len(counts)
    connection.execute("UPDATE segments SET postings = ? WHERE segment = ?", (written, segment))
    return segment


def _merge(connection: sqlite3.Connection, chosen: Sequence[int]) -> None:
    """Rewrites segments as one, without the rows that are gone."""
    given = json.dumps(chosen)
    members = "segment IN (SELECT value FROM json_each(?))"
    query = f"SELECT row FROM lengths WHERE {members} ORDER BY row"
    living = np.array([row for (row,) in connection.execute(query, (given,))], dtype=np.int64)
    if len(living):
        query = f"SELECT term, rows, counts FROM postings WHERE {members} ORDER BY term, segment"
        # Read whole before writing: the new segment goes into the table that is read.
        merged = list(_merged(connection.execute(query, (given,)), living))
        segment = _write_segment(connection, merged, len(living))
        connection.execute(f"UPDATE lengths SET segment = ? WHERE {members}", (segment, given))
    connection.execute(f"DELETE FROM postings WHERE {members}", (given,))
    connection.execute(f"DELETE FROM segments WHERE {members}", (given,))


def _merged(
    packed: Iterable[tuple[str, bytes, bytes]], living: Rows
) -> Iterator[tuple[str, bytes, bytes]]:
    """The lists of each term joined, rows that are not among ``living`` left out."""
    alive = np.zeros(int(living[-1]) + 1, dtype=bool)
    alive[living] = True
    for term, group in groupby(packed, key=itemgetter(0)):
        rows, counts = _unpacked([(rows, counts) for _, rows, counts in group])
        keep = (rows < len(alive)) & alive[np.minimum(rows, len(alive) - 1)]
        if keep.any():
            yield term, *_packed(rows[keep], counts[keep])


def _packed(rows: Sequence[int] | Rows, counts: Sequence[int] | Counts) -> tuple[bytes, bytes]:
    return np.asarray(rows, dtype=_ROWS).tobytes(), np.asarray(counts, dtype=_COUNTS).tobytes()


def _unpacked(packed: Sequence[tuple[bytes, bytes]]) -> tuple[Rows, Counts]:
    rows = np.frombuffer(b"".join(rows for rows, _ in packed), dtype=_ROWS).astype(np.int64)
    return rows, np.frombuffer(b"".join(counts for _, counts in packed), dtype=_COUNTS)


@dataclass(frozen=True, slots=True)
class Segment:
    """``rows`` and ``postings`` as they were written, ``living`` rows that are still there."""

    number: int
    rows: int
    postings: int
    living: int

    @property
    def living_postings(self) -> int:
        """An estimate: postings are spread evenly over rows."""
        return self.postings * self.living // max(self.rows, 1)


def plan_merge(segments: Sequence[Segment]) -> tuple[int, ...]:
    """The segments to rewrite as one now; empty where there is nothing to gain.

    First a segment that is mostly dead, alone; then ``FAN_IN`` segments of one order of size.
    """
    for segment in segments:
        if segment.living * 2 <= segment.rows:
            return (segment.number,)
    tiers: dict[int, list[Segment]] = {}
    for segment in segments:
        tiers.setdefault(_tier(segment.living_postings), []).append(segment)
    for _, tier in sorted(tiers.items()):
        group = sorted(tier, key=lambda segment: segment.living_postings)[:FAN_IN]
        if len(group) == FAN_IN and sum(one.living_postings for one in group) <= LARGEST:
            return tuple(segment.number for segment in group)
    return ()


def _tier(postings: int) -> int:
    """The order of size, in steps of ``FAN_IN``."""
    tier = 0
    while postings >= FAN_IN:
        postings //= FAN_IN
        tier += 1
    return tier
