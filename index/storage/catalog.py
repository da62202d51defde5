"""The catalogue: which files, talks and chunks the index holds, and the values frozen with it.

A chunk has a row number that is never used again, so that arrays over rows stay right while chunks
come and go. Neighbouring modules hang their own tables on ``chunks`` and are emptied with it.
Chunks and talks are kept as JSON.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from corpus.chunks import place_in_talk
from corpus.spellings import FRONT_MATTER_KEY, Spelling, read_spellings
from corpus.types import Chunk, Sentence, Transcript
from index.storage.database import Database
from index.types import Manifest, Talk, Topic

_TABLES = (
    "CREATE TABLE IF NOT EXISTS frozen(key TEXT PRIMARY KEY, value BLOB NOT NULL)",
    """CREATE TABLE IF NOT EXISTS files(
        file TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, talk_id TEXT NOT NULL,
        talk TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS files_by_talk ON files(talk_id)",
    """CREATE TABLE IF NOT EXISTS chunks(
        row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        file TEXT NOT NULL, text_hash TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS chunks_by_file ON chunks(file)",
    "CREATE INDEX IF NOT EXISTS chunks_by_text ON chunks(text_hash)",
    # Apart from the narrow table above, which is scanned where these are looked up.
    """CREATE TABLE IF NOT EXISTS payloads(
        row INTEGER PRIMARY KEY REFERENCES chunks(row) ON DELETE CASCADE, chunk TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS places(
        row INTEGER PRIMARY KEY REFERENCES chunks(row) ON DELETE CASCADE,
        file TEXT NOT NULL, place INTEGER NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS places_by_file ON places(file, place)",
)

_SPELLINGS = "spellings"
_GIVEN = "(SELECT value FROM json_each(?))"
_CHUNK_FIELDS = (
    "id", "transcript_id", "file", "title", "source_url", "published", "language", "kind",
    "section", "heading", "start_s", "end_s", "estimated", "text", "token_count",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Swap:
    """What storing a file changed: rows of chunks that are new, ids of chunks that are gone."""

    new_rows: Mapping[str, int]
    gone_ids: tuple[str, ...]


class Catalog:
    """Files, talks and chunks in SQLite; safe to call from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(*_TABLES)
        self._fill_places()

    def _fill_places(self) -> None:
        """Of an index that was made before places were kept."""
        query = "SELECT EXISTS(SELECT 1 FROM chunks) AND NOT EXISTS(SELECT 1 FROM places)"
        with self._database.reading() as connection:
            (missing,) = connection.execute(query).fetchone()
        if not missing:
            return
        talks: dict[str, list[tuple[int, Chunk]]] = {}
        for row, chunk in self.all_chunks().items():
            talks.setdefault(chunk.file, []).append((row, chunk))
        with self._database.writing() as connection:
            for file, held in talks.items():
                held.sort(key=lambda one: place_in_talk(one[1]))
                _put_places(connection, file, [row for row, _ in held])

    def generation(self) -> int:
        """Grows with every change: what was read at an equal generation still holds."""
        return self._database.generation()

    def read_value(self, key: str) -> bytes | None:
        """A value frozen with the index, such as its language means, or ``None``."""
        with self._database.reading() as connection:
            found = connection.execute("SELECT value FROM frozen WHERE key = ?", (key,)).fetchone()
        return None if found is None else bytes(found[0])

    def write_value(self, key: str, value: bytes | None) -> None:
        """Freezes a value with the index; ``None`` takes it out."""
        with self._database.writing() as connection:
            if value is None:
                connection.execute("DELETE FROM frozen WHERE key = ?", (key,))
            else:
                connection.execute("INSERT OR REPLACE INTO frozen VALUES (?, ?)", (key, value))

    def spellings(self) -> tuple[Spelling, ...]:
        """The names that the library's own list spells otherwise."""
        stored = self.read_value(_SPELLINGS)
        return tuple(map(tuple, json.loads(stored))) if stored else ()

    def write_spellings(self, spellings: Sequence[Spelling]) -> None:
        """Keeps the library's own list; writes nothing where it is what is stored."""
        if tuple(spellings) != self.spellings():
            self.write_value(_SPELLINGS, _dumps(spellings).encode())

    def fingerprints(self) -> dict[str, str]:
        """The fingerprint of each file as it was when its chunks were stored."""
        with self._database.reading() as connection:
            return dict(connection.execute("SELECT file, fingerprint FROM files"))

    def talks(self) -> tuple[Talk, ...]:
        """The talks in the order of their files."""
        with self._database.reading() as connection:
            found = connection.execute("SELECT talk FROM files ORDER BY file").fetchall()
        return tuple(talk_from_json(text) for (text,) in found)

    def talk_ids(self) -> dict[str, str]:
        """The talks' ids by file, in the order of files."""
        with self._database.reading() as connection:
            return dict(connection.execute("SELECT file, talk_id FROM files ORDER BY file"))

    def files_of_talks(self, talk_id: str) -> list[str]:
        """The files of the talks that have this id."""
        query = "SELECT file FROM files WHERE talk_id = ?"
        with self._database.reading() as connection:
            return [file for (file,) in connection.execute(query, (talk_id,))]

    def topics(self) -> tuple[Topic, ...]:
        """The sections of all talks, in the order of files and of their text."""
        return tuple(topic for talk in self.talks() for topic in talk.topics)

    def count(self) -> int:
        """How many chunks there are."""
        with self._database.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM chunks").fetchone()[0])

    def ids(self) -> set[str]:
        """The ids of all chunks."""
        with self._database.reading() as connection:
            return {key for (key,) in connection.execute("SELECT id FROM chunks")}

    def rows_of(self, ids: Iterable[str]) -> dict[str, int]:
        """Rows by chunk id; ids that the index doesn't hold are left out."""
        query = f"SELECT id, row FROM chunks WHERE id IN {_GIVEN}"
        with self._database.reading() as connection:
            return dict(connection.execute(query, (json.dumps(list(ids)),)))

    def rows_of_files(self, files: Iterable[str]) -> dict[str, int]:
        """Rows by chunk id, of all chunks of these files."""
        query = f"SELECT id, row FROM chunks WHERE file IN {_GIVEN}"
        with self._database.reading() as connection:
            return dict(connection.execute(query, (json.dumps(list(files)),)))

    def talk_chunks(self, file: str) -> dict[int, Chunk]:
        """All chunks of a file by row, in the order of its text; empty where there is none."""
        query = (
            "SELECT row, chunk FROM places JOIN payloads USING (row) WHERE file = ? ORDER BY place"
        )
        with self._database.reading() as connection:
            found = connection.execute(query, (file,)).fetchall()
        return {row: chunk_from_json(text) for row, text in found}

    def rows_with_text(self, hashes: Iterable[str]) -> dict[str, tuple[str, int]]:
        """By ``text_hash``: the id and the row of one chunk that has this text."""
        query = f"SELECT text_hash, id, row FROM chunks WHERE text_hash IN {_GIVEN}"
        with self._database.reading() as connection:
            found = connection.execute(query, (json.dumps(list(hashes)),))
            return {key: (chunk_id, row) for key, chunk_id, row in found}

    def files_of(self, ids: Iterable[str]) -> dict[str, str]:
        """The file that holds each chunk; ids that the index doesn't hold are left out."""
        query = f"SELECT id, file FROM chunks WHERE id IN {_GIVEN}"
        with self._database.reading() as connection:
            return dict(connection.execute(query, (json.dumps(list(ids)),)))

    def chunks(self, rows: Iterable[int]) -> dict[int, Chunk]:
        """Chunks by row, all of one moment; rows whose chunk is gone are left out."""
        query = f"SELECT row, chunk FROM payloads WHERE row IN {_GIVEN}"
        with self._database.reading() as connection:
            found = connection.execute(query, (json.dumps([int(row) for row in rows]),)).fetchall()
        return {row: chunk_from_json(text) for row, text in found}

    def neighbours(self, rows: Iterable[int]) -> dict[int, tuple[int | None, int | None]]:
        """The rows of the chunks just before and just after each of these in its talk."""
        query = (
            "SELECT here.row, before.row, after.row FROM places AS here"
            " LEFT JOIN places AS before"
            " ON before.file = here.file AND before.place = here.place - 1"
            " LEFT JOIN places AS after"
            " ON after.file = here.file AND after.place = here.place + 1"
            f" WHERE here.row IN {_GIVEN}"
        )
        with self._database.reading() as connection:
            found = connection.execute(query, (json.dumps([int(row) for row in rows]),))
            return {row: (before, after) for row, before, after in found}

    def rows_holding(self, words: str, limit: int) -> list[int]:
        """Rows of passages that hold these words as they stand, but for the case of ASCII letters.
        Reads every passage."""
        query = "SELECT row FROM payloads WHERE chunk LIKE ? ESCAPE '!' ORDER BY row LIMIT ?"
        quoted = json.dumps(words, ensure_ascii=False)[1:-1]
        pattern = "".join(f"!{one}" if one in "!%_" else one for one in quoted)
        with self._database.reading() as connection:
            return [row for (row,) in connection.execute(query, (f"%{pattern}%", limit))]

    def all_chunks(self) -> dict[int, Chunk]:
        """Every chunk by row, in the order in which they came in."""
        with self._database.reading() as connection:
            found = connection.execute("SELECT row, chunk FROM payloads ORDER BY row").fetchall()
        return {row: chunk_from_json(text) for row, text in found}

    def put_file(self, talk: Talk, fingerprint: str, chunks: Sequence[Chunk]) -> Swap:
        """Puts a file's chunks in place of those it had. A chunk whose id stays keeps its row, also
        when it comes from another file, whose stored fingerprint is then void.

        Call it inside a transaction, together with what the other tables keep of the new rows.
        """
        with self._database.writing() as connection:
            before = self.rows_of([*self.rows_of_files([talk.file]), *(one.id for one in chunks)])
            connection.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
                (talk.file, fingerprint, talk.id, talk_to_json(talk)),
            )
            # A file that lost chunks to this one has to be read again.
            connection.execute(
                "UPDATE files SET fingerprint = '' WHERE file IN"
                f" (SELECT file FROM chunks WHERE id IN {_GIVEN} AND file <> ?)",
                (_list(chunk.id for chunk in chunks), talk.file),
            )
            for chunk in chunks:
                _put_chunk(connection, talk.file, chunk)
            gone = set(before).difference(chunk.id for chunk in chunks)
            _delete_chunks(connection, gone)
            after = self.rows_of_files([talk.file])
            _put_places(connection, talk.file, [after[chunk.id] for chunk in chunks])
        new = {key: row for key, row in after.items() if key not in before}
        return Swap(new, tuple(sorted(gone)))

    def remove_files(self, files: Sequence[str]) -> tuple[str, ...]:
        """Takes files out with all that is stored of them; the ids of the chunks that went."""
        with self._database.writing() as connection:
            gone = tuple(sorted(self.rows_of_files(files)))
            _delete_chunks(connection, gone)
            connection.execute(f"DELETE FROM files WHERE file IN {_GIVEN}", (_list(files),))
        return gone


def _put_chunk(connection: sqlite3.Connection, file: str, chunk: Chunk) -> None:
    row = connection.execute(
        "INSERT INTO chunks(id, file, text_hash) VALUES (?, ?, ?)"
        " ON CONFLICT(id) DO UPDATE SET file = excluded.file RETURNING row",
        (chunk.id, file, text_hash(chunk)),
    ).fetchone()[0]
    connection.execute("INSERT OR REPLACE INTO payloads VALUES (?, ?)", (row, chunk_to_json(chunk)))


def _put_places(connection: sqlite3.Connection, file: str, rows: Sequence[int]) -> None:
    """What order a file's chunks stand in, which their rows don't tell once some have changed."""
    connection.execute("DELETE FROM places WHERE file = ?", (file,))
    connection.executemany(
        "INSERT OR REPLACE INTO places VALUES (?, ?, ?)",
        ((row, file, place) for place, row in enumerate(dict.fromkeys(rows))),
    )


def _delete_chunks(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    connection.execute(f"DELETE FROM chunks WHERE id IN {_GIVEN}", (_list(ids),))


def _list(values: Iterable[str]) -> str:
    return json.dumps(list(values))


def text_hash(chunk: Chunk) -> str:
    """Names the text that was embedded: chunks with equal hashes have equal vectors."""
    return hashlib.sha256(chunk.embedded_text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def talk_of(transcript: Transcript) -> Talk:
    """What the index remembers of a transcript beside its chunks."""
    topics = tuple(
        Topic(
            file=transcript.file,
            transcript_id=transcript.id,
            title=transcript.title,
            position=section.position,
            heading=section.heading,
            kind=section.kind,
            speakers=tuple(
                dict.fromkeys(turn.speaker for turn in section.utterances if turn.speaker)
            ),
            start_s=section.start_s,
            end_s=section.end_s,
        )
        for section in transcript.sections
    )
    return Talk(
        id=transcript.id,
        file=transcript.file,
        title=transcript.title,
        source_url=transcript.source_url,
        published=transcript.published,
        language=transcript.language,
        topics=topics,
        spellings=read_spellings(transcript.meta.get(FRONT_MATTER_KEY, "")).names,
    )


def chunk_to_json(chunk: Chunk) -> str:
    """All of a chunk. A sentence's words are kept as a span of the chunk's text."""
    record: dict[str, Any] = {name: getattr(chunk, name) for name in _CHUNK_FIELDS}
    record["speakers"] = chunk.speakers
    record["sentences"] = [
        (part.offset, len(part.text), part.speaker, part.start_s, part.end_s, part.estimated)
        for part in chunk.sentences
    ]
    return _dumps(record)


def chunk_from_json(text: str) -> Chunk:
    """The inverse of ``chunk_to_json``: an equal chunk."""
    record = json.loads(text)
    words = record["text"]
    record["speakers"] = tuple(record["speakers"])
    record["sentences"] = tuple(
        Sentence(words[offset : offset + length], offset, *rest)
        for offset, length, *rest in record["sentences"]
    )
    return Chunk(**record)


def talk_to_json(talk: Talk) -> str:
    """All of a talk, its topics included."""
    return _dumps(asdict(talk))


def talk_from_json(text: str) -> Talk:
    """The inverse of ``talk_to_json``."""
    record = json.loads(text)
    topics = (
        Topic(**{**topic, "speakers": tuple(topic["speakers"])}) for topic in record["topics"]
    )
    spellings = tuple(map(tuple, record.get("spellings", ())))
    return Talk(**{**record, "topics": tuple(topics), "spellings": spellings})


def manifest_to_json(manifest: Manifest) -> str:
    """The manifest as it stands in the catalogue."""
    return _dumps(asdict(manifest))


def manifest_from_json(text: str) -> dict[str, Any]:
    """The stored manifest's fields; another version's may have other fields, hence no Manifest."""
    record = json.loads(text)
    if not isinstance(record, dict):
        raise ValueError("no JSON object")
    return record


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
