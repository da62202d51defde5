"""One SQLite database, shared by many reading threads and one that writes; the lock of one process.

Write-ahead logging lets readers go on with what was committed while a transaction is made. The only
file that opens SQLite for an index; ``Catalog`` and its neighbours keep their tables through it.

The lock is the operating system's, which ends with the process. Beside the locked file stands who
holds it, for the message to the one who comes second.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from io import BufferedRandom
from pathlib import Path

from corpus.types import IndexLockedError, StoreError

_WAIT_FOR_WRITER_S = 60.0
_CHANGED = "UPDATE generation SET value = value + 1"
_RETRY_S = 0.1
_LONGEST_COMMAND = 80


class Database:
    """Transactions on one file. Errors of SQLite come out as StoreError with the file's path.

    ``advice`` is what an error says to do when the file is damaged.
    """

    def __init__(self, path: Path, advice: str) -> None:
        self.path = path
        self._advice = advice
        self._write_lock = threading.RLock()
        self._writer: sqlite3.Connection | None = None
        self._writing_thread: int | None = None
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        self._closed = False
        self.create(
            "CREATE TABLE IF NOT EXISTS generation(value INTEGER NOT NULL)",
            "INSERT INTO generation SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM generation)",
        )

    def create(self, *statements: str) -> None:
        """Runs statements that make tables where they are missing."""
        with self.writing() as connection:
            for statement in statements:
                connection.execute(statement)

    def generation(self) -> int:
        """Grows with every transaction that changed something, in this process or another."""
        with self.reading() as connection:
            return int(connection.execute("SELECT value FROM generation").fetchone()[0])

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A snapshot: every query inside sees the same committed state, whoever writes meanwhile.

        Inside the same thread's ``writing`` it is that transaction itself.
        """
        if self._writing_thread == threading.get_ident() and self._writer is not None:
            with self._as_store_errors():
                yield self._writer
            return
        with self._as_store_errors():
            connection = self._take()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                self._give_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is stored, or nothing where the block raises.

        One thread at a time; inside another ``writing`` of the same thread it joins that one.
        """
        with self._write_lock:
            if self._writing_thread is not None:
                with self._as_store_errors():
                    yield self._transaction()
                return
            with self._as_store_errors():
                if self._writer is None:
                    self._writer = self._connect()
                yield from self._commit(self._writer)

    def close(self) -> None:
        """Closes all connections; readers that are still at work close theirs when they end."""
        with self._write_lock, self._idle_lock:
            self._closed = True
            for connection in [*self._idle, *([self._writer] if self._writer else [])]:
                connection.close()
            self._idle.clear()
            self._writer = None

    def _transaction(self) -> sqlite3.Connection:
        assert self._writer is not None
        return self._writer

    def _commit(self, connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        connection.execute("BEGIN IMMEDIATE")
        changes = connection.total_changes
        self._writing_thread = threading.get_ident()
        try:
            yield connection
            if connection.total_changes != changes:
                connection.execute(_CHANGED)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        finally:
            self._writing_thread = None

    def _take(self) -> sqlite3.Connection:
        with self._idle_lock:
            if self._closed:
                raise StoreError(f"The catalogue {self.path} is closed; open the index again.")
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        with self._idle_lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreError(f"The catalogue {self.path} is closed; open the index again.")
        connection = sqlite3.connect(
            self.path,
            timeout=_WAIT_FOR_WRITER_S,
            isolation_level=None,
            check_same_thread=False,  # connections are lent to one thread at a time
        )
        try:
            with closing(connection.cursor()) as cursor:
                cursor.execute("PRAGMA journal_mode = WAL")
                # The index and Chroma are two stores: a transaction must be on disk before
                # vectors that it replaced are deleted.
                cursor.execute("PRAGMA synchronous = FULL")
                cursor.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _as_store_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(
                f"The catalogue {self.path} can't be used ({error}): {self._advice}"
            ) from error


class IndexLock:
    """A lock on the folder of one index. It isn't re-entrant, and one object is for one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BufferedRandom | None = None

    def acquire(self, wait_s: float = 0.0) -> None:
        """Takes the lock, waiting ``wait_s`` seconds for another process to let go of it.

        Raises IndexLockedError, which names the holder, and StoreError where the folder can't be
        written to.
        """
        try:
            file = (self._folder / "lock").open("a+b")
        except OSError as error:
            raise StoreError(
                f"The folder {self._folder} can't be written to ({error.strerror}):"
                " give another one with --data."
            ) from error
        deadline = time.monotonic() + wait_s
        while not _try_lock(file):
            if time.monotonic() >= deadline:
                file.close()
                raise IndexLockedError(self._held_message())
            time.sleep(_RETRY_S)
        self._file = file
        with suppress(OSError):  # a message that can't name the holder still does
            self._holder.write_text(json.dumps(_myself()), encoding="utf-8")

    def release(self) -> None:
        """Lets go of the lock, if it is held."""
        if self._file is not None:
            self._holder.unlink(missing_ok=True)
            self._file.close()  # which unlocks it
            self._file = None

    @property
    def _holder(self) -> Path:
        # Not the locked file itself: on Windows that can't be read while it is locked.
        return self._folder / "holder.json"

    def _held_message(self) -> str:
        try:
            told = json.loads(self._holder.read_text(encoding="utf-8"))
            who = f"process {told['pid']} ({told['command']}) since {told['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            who = "another process"
        return (
            f"The index in {self._folder} is in use by {who}: end that one first, give another"
            " folder with --data, or share a Chroma server (VERBATIM_CHROMA_URL)."
        )


def _myself() -> dict[str, str | int]:
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])
    return {
        "pid": os.getpid(),
        "command": command[:_LONGEST_COMMAND],
        "since": datetime.now().astimezone().isoformat(" ", "seconds"),
    }


def _try_lock(file: BufferedRandom) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
