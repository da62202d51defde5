"""The only walk over the disk: which files are talks, their fingerprints, and their reading."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from corpus.readers import SUFFIXES, id_of, is_marked, read_transcript
from corpus.readers.markdown import MAX_BYTES, decode, too_large
from corpus.spellings import SPELLINGS_FILE, Spellings, read_spellings
from corpus.types import FileFailure, LibraryError, ReadError, Transcript

_NO_TALKS = re.compile(
    r"(?:readme|licen[cs]e|changelog|contributing)(?:[-._](?:[a-z]{2,3}(?:[-_][a-z]{2,4})?|[\d.]+))?"
    r"|(?:README|LICEN[CS]E|CHANGELOG|CONTRIBUTING).*|_?index(?:\.[a-z]{2}(?:-[a-z]{2,4})?)?"
)
_LEAF_PAGE = re.compile(r"index(?:\.[a-z]{2}(?:-[a-z]{2,4})?)?")
_NO_TALKS_IN = frozenset({"node_modules", "__pycache__"})
PAGES_MARK = ".verbatim-wiki"
"""A file of this name marks a folder of pages made from transcripts: nothing below it is one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a whole library gave: one bad file does not keep the others from being read."""

    transcripts: tuple[Transcript, ...]
    failures: tuple[FileFailure, ...]


class Library:
    """A folder of transcripts, or a single file as a library of one.

    Paths in and out are relative to the folder, with forward slashes. Raises LibraryError if
    ``root`` doesn't exist or is a file of an unknown kind.
    """

    def __init__(self, root: Path) -> None:
        if not root.exists():
            raise LibraryError(
                f"{root}: there is no such file or folder; name the folder with your transcripts"
            )
        single = root.is_file()
        if single and root.suffix.lower() not in SUFFIXES:
            known = ", ".join(sorted(SUFFIXES))
            raise LibraryError(f"{root}: is not a transcript file; the known suffixes are {known}")
        self.root = root
        self.folder = root.parent if single else root
        self._single = root.name if single else None
        self._ids: dict[str, str] | None = None
        self._closed: tuple[FileFailure, ...] = ()

    def files(self) -> tuple[str, ...]:
        """The files that may hold a talk, sorted.

        Hidden files and folders, empty files, README-like files, the list of spellings and unknown
        suffixes are none, nor is what lies in a folder with ``PAGES_MARK``. An ``index.md`` is one
        if times or speakers mark it as a talk.
        """
        self._ids = None
        if self._single is not None:
            return (self._single,)
        closed: list[FileFailure] = []
        found = sorted(file for file in _walk(self.folder, closed) if file != SPELLINGS_FILE)
        self._closed = tuple(closed)
        return tuple(found)

    def closed_folders(self) -> tuple[FileFailure, ...]:
        """The folders that the last call of ``files`` could not look into."""
        return self._closed

    def spellings(self) -> Spellings:
        """The names in the folder's ``spellings.txt``; none where there is no such file."""
        path = self.folder / SPELLINGS_FILE
        if self._single is not None or not path.is_file():
            return Spellings()
        try:
            return read_spellings(decode(self._bytes(SPELLINGS_FILE)))
        except ReadError as error:
            return Spellings(failure=str(error))

    def fingerprint(self, file: str) -> str:
        """A hash of the file's bytes, the same as its transcript's. Raises ReadError."""
        return hashlib.sha256(self._bytes(file)).hexdigest()

    def read(self, file: str) -> Transcript:
        """The transcript in ``file``, under an id that no other file of the library has.

        Of files that claim one id the first in order keeps it, the others go by their path.
        Raises ReadError with the reason.
        """
        transcript = self.read_alone(file)
        ids = self._ids
        if ids is None:
            # A local name: another thread may call ``files`` meanwhile.
            self._ids = ids = self._resolved_ids(self.files())
        return replace(transcript, id=ids.get(file, transcript.id))

    def read_alone(self, file: str) -> Transcript:
        """The transcript under the id that it claims: no other file is looked at for it."""
        return read_transcript(file, self._bytes(file))

    def read_all(self) -> Reading:
        """Every transcript, in order, and by name what could not be read."""
        files = self.files()
        transcripts: list[Transcript] = []
        failures = list(self._closed)
        for file in files:
            try:
                transcripts.append(self.read(file))
            except ReadError as error:
                failures.append(FileFailure(file, str(error)))
        return Reading(tuple(transcripts), tuple(failures))

    def _resolved_ids(self, files: tuple[str, ...]) -> dict[str, str]:
        ids: dict[str, str] = {}
        taken: set[str] = set()
        for file in files:
            try:
                claimed = id_of(file, self._bytes(file))
            except ReadError:
                continue
            choices = (claimed, str(PurePosixPath(file).with_suffix("")), file, f"./{file}")
            ids[file] = next(choice for choice in choices if choice not in taken)
            taken.add(ids[file])
        return ids

    def _bytes(self, file: str) -> bytes:
        path = self.folder / file
        try:
            size = path.stat().st_size
            if size > MAX_BYTES:
                raise ReadError(too_large(size))
            return path.read_bytes()
        except OSError as error:
            raise ReadError(f"can't be opened: {error.strerror or error}") from error


def _walk(folder: Path, closed: list[FileFailure]) -> Iterator[str]:
    """The talks below ``folder``; what can't be looked into goes to ``closed``.

    A link to something inside the library is passed over, since its target is met anyway; links
    to folders outside are followed once, so that no loop is endless.
    """
    inside = folder.resolve()
    seen = {inside}

    def note(error: OSError) -> None:
        where = Path(error.filename or folder)
        name = where.relative_to(folder).as_posix() if where.is_relative_to(folder) else str(where)
        closed.append(FileFailure(name, f"folder can't be opened: {error.strerror or error}"))

    for parent, folders, names in os.walk(folder, onerror=note, followlinks=True):
        here = Path(parent)
        if PAGES_MARK in names:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if _is_to_enter(here / name, inside, seen))
        for name in names:
            path = here / name
            if _is_talk(path) and not _is_linked_within(path, inside):
                yield path.relative_to(folder).as_posix()


def _is_to_enter(path: Path, inside: Path, seen: set[Path]) -> bool:
    if path.name.startswith(".") or path.name in _NO_TALKS_IN or _is_linked_within(path, inside):
        return False
    try:
        target = path.resolve()
    except (OSError, RuntimeError):
        return False
    if target in seen:
        return False
    seen.add(target)
    return True


def _is_linked_within(path: Path, inside: Path) -> bool:
    try:
        return path.is_symlink() and path.resolve().is_relative_to(inside)
    except (OSError, RuntimeError):
        return True


def _is_talk(path: Path) -> bool:
    if path.name.startswith(".") or path.suffix.lower() not in SUFFIXES:
        return False
    try:
        if not path.is_file() or path.stat().st_size == 0:
            return False
        return not _NO_TALKS.fullmatch(path.stem) or _is_leaf_page(path)
    except OSError:
        return False


def _is_leaf_page(path: Path) -> bool:
    """Hugo keeps a page with its pictures as ``talk/index.md``; most files so named are lists of
    links, which no marks of a talk are in. Raises OSError."""
    if not _LEAF_PAGE.fullmatch(path.stem) or path.stat().st_size > MAX_BYTES:
        return False
    return is_marked(path.read_bytes())
