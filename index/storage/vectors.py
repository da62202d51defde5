"""Vectors: of chunks in Chroma, of each chunk's sentences as bytes in the catalogue's database.

The one file that knows chromadb, in this process or on a server. The collection can be used from
elsewhere too: documents are the chunks' texts and metadata is flat, so LlamaIndex's
``ChromaVectorStore(chroma_collection=...)`` reads it as it stands.

A component of a sentence's vector is a byte times the vector's own scale: a quarter of the size of
float32, and a cosine moves by less than 0.005. They are read for the few passages that a search
looks at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from corpus.types import StoreError
from index.storage.database import Database
from index.types import Vectors

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.config import Settings

# Width of the search in the graph: at 200 hardly any of the nearest hundred is missed.
_CONFIGURATION = {"hnsw": {"space": "cosine", "ef_search": 200}}
Metadata = Mapping[str, str | int | float | bool]
_TABLE = """CREATE TABLE IF NOT EXISTS sentence_vectors(
    row INTEGER PRIMARY KEY REFERENCES chunks(row) ON DELETE CASCADE,
    scales BLOB NOT NULL, codes BLOB NOT NULL)"""

_SCALES = np.dtype("<f4")
_CODES = np.dtype("i1")
_STEPS = 127


class VectorStore:
    """One collection of unit vectors by chunk id. Failures of Chroma come out as StoreError.

    Vectors are float32 and of length 1; what is stored comes back unchanged. Safe to call from
    several threads.
    """

    def __init__(self, client: ClientAPI, name: str, place: str, advice: str) -> None:
        self._client = client
        self._place = place
        self._advice = advice
        self.name = name
        with self._as_store_errors():
            self._collection = client.get_or_create_collection(
                name, embedding_function=None, configuration=_CONFIGURATION
            )
            self._batch = client.get_max_batch_size()

    @classmethod
    def in_process(cls, folder: Path, name: str, advice: str) -> VectorStore:
        """Opens the collection in a folder, which this process must have to itself.

        ``advice`` is what an error says to do when the folder is damaged.
        """
        import chromadb

        place = f"The vector store in {folder}"
        with _as_store_errors(place, advice):
            client = chromadb.PersistentClient(str(folder), settings=_settings())
        return _closing_on_error(client, lambda: cls(client, name, place, advice))

    @classmethod
    def served(cls, url: str, name: str) -> VectorStore:
        """Opens the collection on a Chroma server, such as ``http://localhost:8000``."""
        import chromadb

        place = f"The Chroma server at {_without_password(url)}"
        advice = "start it (`chroma run`), or take VERBATIM_CHROMA_URL out to use Chroma in process"
        with _as_store_errors(place, advice):
            client = chromadb.HttpClient(url, settings=_settings())
        return _closing_on_error(client, lambda: cls(client, name, place, advice))

    @property
    def collection(self) -> Any:
        """Chroma's own collection, for libraries that take one."""
        return self._collection

    def upsert(
        self,
        ids: Sequence[str],
        vectors: Vectors,
        documents: Sequence[str],
        metadatas: Sequence[Metadata],
    ) -> None:
        """Stores vectors (n, dimension) with text and metadata, in place of what had their ids."""
        for part in self._parts(len(ids)):
            with self._as_store_errors():
                self._collection.upsert(
                    ids=list(ids[part]),
                    embeddings=vectors[part],
                    documents=list(documents[part]),
                    metadatas=[dict(one) for one in metadatas[part]],
                )

    def query(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """The ids that are nearest to a vector (dimension,) with their cosines, best first."""
        with self._as_store_errors():
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=limit, include=["distances"]
            )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [(chunk_id, 1.0 - float(distance)) for chunk_id, distance in pairs]

    def get(self, ids: Iterable[str]) -> dict[str, Vectors]:
        """Vectors (dimension,) by id; ids that the store doesn't hold are left out."""
        wanted = list(ids)
        vectors: dict[str, Vectors] = {}
        for part in self._parts(len(wanted)):
            with self._as_store_errors():
                found = self._collection.get(ids=wanted[part], include=["embeddings"])
            rows = np.asarray(found["embeddings"], dtype=np.float32)
            vectors.update(zip(found["ids"], rows, strict=True))
        return vectors

    def delete(self, ids: Iterable[str]) -> None:
        """Takes vectors out; ids that the store doesn't hold don't matter."""
        gone = list(ids)
        for part in self._parts(len(gone)):
            with self._as_store_errors():
                self._collection.delete(ids=gone[part])

    def ids(self) -> set[str]:
        """The ids of all vectors."""
        with self._as_store_errors():
            return set(self._collection.get(include=[])["ids"])

    def count(self) -> int:
        """How many vectors there are."""
        with self._as_store_errors():
            return int(self._collection.count())

    def drop(self) -> None:
        """Deletes the collection itself; the store can't be used any more."""
        with self._as_store_errors():
            self._client.delete_collection(self.name)

    def close(self) -> None:
        """Lets go of the folder's files or of the connection."""
        _close(self._client)

    def _parts(self, count: int) -> Iterator[slice]:
        """Chroma takes a limited number of records a call."""
        return (slice(start, start + self._batch) for start in range(0, count, self._batch))

    @contextmanager
    def _as_store_errors(self) -> Iterator[None]:
        with _as_store_errors(self._place, self._advice):
            yield


def _settings() -> Settings:
    from chromadb.config import Settings

    # A .env file in the working folder is the reader's own: Chroma would take settings from it.
    return Settings(_env_file=None, anonymized_telemetry=False, allow_reset=False)


def _closing_on_error(client: ClientAPI, make: Any) -> VectorStore:
    try:
        store: VectorStore = make()
    except BaseException:
        _close(client)
        raise
    return store


def _close(client: ClientAPI) -> None:
    client.close()
    # Chroma leaves the connections of its HTTP clients, of which it opens two, to the collector.
    for owner in (client, getattr(client, "_admin_client", None)):
        if session := getattr(getattr(owner, "_server", None), "_session", None):
            session.close()


@contextmanager
def _as_store_errors(place: str, advice: str) -> Iterator[None]:
    """Chroma's errors have no common root, and those of its HTTP client come through too."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        if type(error).__name__ == "NotFoundError":  # imported, it would load Chroma
            advice = "the index was rebuilt meanwhile; start this program again"
        raise StoreError(f"{place} can't be used ({reason}): {advice}.") from error


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


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


def _unpacked(scales: bytes, codes: bytes) -> Vectors:
    by_sentence = np.frombuffer(scales, dtype=_SCALES)
    return restore(by_sentence, np.frombuffer(codes, dtype=_CODES).reshape(len(by_sentence), -1))
