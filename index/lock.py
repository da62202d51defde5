"""One process at a time: a lock of the operating system's, which ends with the process.

Beside the locked file stands who holds it, for the message to the one who comes second.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from datetime import datetime
from io import BufferedRandom
from pathlib import Path

from corpus.types import IndexLockedError, StoreError

_RETRY_S = 0.1
_LONGEST_COMMAND = 80


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
