"""Everything stored for one library, opened and closed as one.

    <data>/<hash of the library's path>/   the index of one library; no other's is ever touched
        lock, holder.json                  who uses it (lock.py)
        <generation>/catalog.sqlite3       catalogue, inverted index, vectors as bytes
        <generation>/chroma/               chunk vectors, unless a Chroma server holds them
        <generation>/complete              written when it has first been brought up to date

A rebuild makes a new generation beside the old one, which goes when the new one is complete, so
that a rebuild that fails loses nothing.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from corpus.types import IndexMismatchError, StoreError
from index.storage.catalog import Catalog, manifest_from_json, manifest_to_json
from index.storage.database import Database, IndexLock
from index.storage.inverted import Lexical
from index.storage.scopes import Scopes
from index.storage.vectors import SentenceVectors, VectorStore
from index.types import Manifest

SCHEMA = 2
"""Raised when the layout on disk changes, or the chunks or readings of an unchanged file do: what
is stored of unchanged files is never made again otherwise, but for terms (``inverted.TERMS``)."""

_REBUILD = "run `python app.py index --rebuild` with the same --library and --data"
_ADVICE = f"{_REBUILD} to make it anew"
_MANIFEST = "manifest"
_COMPLETE = "complete"
_WAIT_FOR_SYNC_S = 600.0


def index_folder(data: Path, library: Path) -> Path:
    """Where the index of a library lies: named by the library's absolute path."""
    name = hashlib.sha256(str(library.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    return data / name[:16]


class IndexStore:
    """The stores of one index. Opened by ``open_store``; a context manager that closes them.

    In process mode it holds the index's lock until it is closed. With a Chroma server several
    processes share an index, and the lock is taken only by the one that changes it.
    """

    def __init__(self, generation: Path, lock: IndexLock, chroma_url: str | None) -> None:
        self.folder = generation
        self._lock = lock
        self._chroma_url = chroma_url
        self._changing = threading.Lock()
        self._database = Database(generation / "catalog.sqlite3", f"{_ADVICE}.")
        try:
            self.catalog = Catalog(self._database)
            self._check_schema()
            self.lexical = Lexical(self._database)
            self.sentence_vectors = SentenceVectors(self._database)
            self.scopes = Scopes(self._database)
            self.vectors = _open_vectors(generation, chroma_url)
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> IndexStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the stores and lets other processes in."""
        try:
            self.vectors.close()
        finally:
            self._database.close()
            self._lock.release()

    def claim(self, manifest: Manifest) -> None:
        """Makes sure that the index is one of this manifest; a new index becomes one.

        Raises IndexMismatchError, which says what differs and how to rebuild.
        """
        stored = self._stored_manifest()
        if stored is None:
            value = manifest_to_json(manifest).encode()
            self.catalog.write_value(_MANIFEST, value)
        elif differences := _differences(stored, asdict(manifest)):
            raise IndexMismatchError(
                f"The index in {self.folder.parent} was made with {differences}: {_REBUILD}."
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written to the catalogue and its neighbours inside is stored as one, or not."""
        with self._database.writing():
            yield

    @contextmanager
    def changing(self) -> Iterator[None]:
        """For the one who brings the index up to date: threads wait for each other here, and
        processes that share a Chroma server too. Raises IndexLockedError after ten minutes."""
        with self._changing:
            if self._chroma_url is None:
                yield
                return
            with _locked(self._lock):
                yield

    def mark_complete(self) -> None:
        """Notes that the index holds all of its library; the generations before it go now."""
        marker = self.folder / _COMPLETE
        if not marker.exists():
            marker.touch()
        for other in _generations(self.folder.parent):
            if other != self.folder:
                _discard(other, self._chroma_url)

    def _stored_manifest(self) -> dict[str, object] | None:
        value = self.catalog.read_value(_MANIFEST)
        if value is None:
            return None
        try:
            return manifest_from_json(value.decode())
        except ValueError as error:
            raise StoreError(
                f"The manifest of the index in {self.folder} can't be read ({error}): {_ADVICE}."
            ) from error

    def _check_schema(self) -> None:
        stored = self._stored_manifest()
        if stored is not None and stored.get("schema") != SCHEMA:
            raise IndexMismatchError(
                f"The index in {self.folder.parent} was made by another version of the program"
                f" (layout {stored.get('schema')} instead of {SCHEMA}): {_REBUILD}."
            )


def open_store(
    data: Path, library: Path, *, chroma_url: str | None = None, rebuild: bool = False
) -> IndexStore:
    """Opens the index of a library, empty at first; call ``claim`` before it is used.

    ``rebuild`` starts from nothing; what was there stays until the new index is complete. Raises
    IndexLockedError where another process has it, StoreError where it can't be used.
    """
    folder = index_folder(data, library)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} can't be made ({error.strerror}): give another with --data."
        ) from error
    lock = IndexLock(folder)
    if chroma_url is not None and not rebuild and _generations(folder):
        # Shared: it can be opened while another process brings it up to date.
        return IndexStore(_choose(folder, rebuild, chroma_url), lock, chroma_url)
    lock.acquire(_WAIT_FOR_SYNC_S if chroma_url else 0.0)
    try:
        store = IndexStore(_choose(folder, rebuild, chroma_url), lock, chroma_url)
    except BaseException:
        lock.release()
        raise
    if chroma_url is not None:
        lock.release()
    return store


@contextmanager
def _locked(lock: IndexLock) -> Iterator[None]:
    lock.acquire(_WAIT_FOR_SYNC_S)
    try:
        yield
    finally:
        lock.release()


def _generations(folder: Path) -> list[Path]:
    """The generations of an index, oldest first."""
    return sorted(path for path in folder.glob("[0-9]*-*") if path.is_dir())


def _choose(folder: Path, rebuild: bool, chroma_url: str | None) -> Path:
    """The generation to use: the newest complete one, else one that was begun, else a new one."""
    generations = _generations(folder)
    complete = [path for path in generations if (path / _COMPLETE).exists()]
    if not rebuild and generations:
        return (complete or generations)[-1]
    for path in generations:
        if path not in complete:
            _discard(path, chroma_url)
    number = int(generations[-1].name.partition("-")[0]) + 1 if generations else 1
    # The random part keeps the collections of several data folders on one server apart.
    new = folder / f"{number:04}-{secrets.token_hex(4)}"
    new.mkdir()
    return new


def _discard(generation: Path, chroma_url: str | None) -> None:
    if chroma_url is not None:
        vectors = _open_vectors(generation, chroma_url)
        vectors.drop()
        vectors.close()
    shutil.rmtree(generation, ignore_errors=True)


def _open_vectors(generation: Path, chroma_url: str | None) -> VectorStore:
    name = f"verbatim-{generation.name}"
    if chroma_url is not None:
        return VectorStore.served(chroma_url, name)
    return VectorStore.in_process(generation / "chroma", name, _ADVICE)


def _differences(stored: dict[str, object], wanted: dict[str, object]) -> str:
    """Such as ``chunk_tokens 300 instead of 400``; empty where nothing differs."""
    return ", ".join(
        f"{name} {stored.get(name)!r} instead of {value!r}"
        for name, value in wanted.items()
        if stored.get(name) != value
    )
