"""What there is to do to bring an index up to date: a pure decision, and what it is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from corpus.library import Failure
from corpus.types import Transcript


class Source(Protocol):
    """Where transcripts come from: what syncing needs of ``corpus.library.Library``."""

    def files(self) -> Sequence[str]:
        """Paths relative to the library, with forward slashes, in a stable order."""
        ...

    def closed_folders(self) -> Sequence[Failure]:
        """The folders that the last call of ``files`` could not look into."""
        ...

    def fingerprint(self, file: str) -> str:
        """A hash of the file's content; raises ReadError."""
        ...

    def read(self, file: str) -> Transcript:
        """The file's transcript; raises ReadError."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do. Files that can't be looked into are in none, and so stay stored."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: frozenset[str]


def plan_sync(found: Mapping[str, str], closed: Set[str], stored: Mapping[str, str]) -> Plan:
    """From the fingerprints of the library's files and of the stored ones. Pure.

    ``closed`` are files and folders that can't be looked into; what is stored of them stays.
    """
    gone = (file for file in stored if file not in found)
    return Plan(
        added=tuple(file for file in found if file not in stored),
        updated=tuple(file for file in found if stored.get(file, found[file]) != found[file]),
        removed=tuple(file for file in gone if not _is_under(file, closed)),
        unchanged=frozenset(file for file in found if stored.get(file) == found[file]),
    )


def _is_under(file: str, closed: Set[str]) -> bool:
    """Whether the file or a folder above it is among ``closed``; the library itself is ``.``."""
    path = PurePosixPath(file)
    return any(str(each) in closed for each in (path, *path.parents))
