"""Pages to disk: what changed is written, what is gone is removed, what is not ours is left.

Killed at any point, it leaves whole pages only, and the next run takes up the rest.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from assistant.interfaces.wiki.pages import Kept, Page, WikiReport, one_line, origin, same_ends
from corpus.library import PAGES_MARK, Library
from corpus.types import FileFailure, SettingsError

_NOTICE = "Verbatim writes pages into this folder, and takes none of its files for a transcript.\n"
_EDITED = "edited by hand; delete it to have it written anew"
_GONE = "edited by hand; its talk is gone, or has another page"
_OTHER = "not written by this command; move it away to have the talk's page here"
_UNREAD = "its transcript can't be read"


def write_pages(folder: Path, pages: Sequence[Page], unread: Sequence[FileFailure]) -> WikiReport:
    """Makes the folder hold these pages, and none of ours beside them; makes the folder as well.

    A page stays where its transcript is among ``unread``: it may be back tomorrow. Raises
    SettingsError for a folder that can't be read or written.
    """
    run = _WikiRun(folder)
    with _naming(folder):
        run.mark()
    for page in pages:
        with _naming(folder / page.name):
            run.write(page)
    wanted = {page.name for page in pages}
    with _naming(folder):
        others = sorted(path for path in folder.glob("*.md") if _composed(path) not in wanted)
    for path in others:
        with _naming(path):
            run.remove(path, unread)
    return WikiReport(run.written, run.unchanged, run.removed, tuple(run.kept), tuple(unread))


class _WikiRun:
    """One run over a folder, counting. Its functions raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.kept: list[Kept] = []
        self.written = self.unchanged = self.removed = 0

    def mark(self) -> None:
        """Before any page is there, so that the library never takes one for a transcript."""
        self._folder.mkdir(parents=True, exist_ok=True)
        mark = self._folder / PAGES_MARK
        if not mark.exists():
            self._replace(mark, _NOTICE)

    def write(self, page: Page) -> None:
        path = self._folder / page.name
        # A link counts as there even where it leads nowhere: it is somebody's own.
        if not os.path.lexists(path):
            self._replace(path, page.text)
            self.written += 1
            return
        text = _read(path)
        owner = origin(text).owner if text is not None else "other"
        if text is not None and same_ends(text) == page.text:
            self.unchanged += 1
        elif owner == "ours":
            self._replace(path, page.text)
            self.written += 1
        else:
            self.kept.append(Kept(page.name, _EDITED if owner == "edited" else _OTHER))

    def remove(self, path: Path, unread: Sequence[FileFailure]) -> None:
        text = _read(path)
        whose = origin(text) if text is not None else None
        if whose is None or whose.owner == "other":
            return
        if whose.owner == "edited":
            self.kept.append(Kept(path.name, _GONE))
        elif whose.file is not None and _is_among(whose.file, unread):
            self.kept.append(Kept(path.name, _UNREAD))
        else:
            path.unlink()
            self.removed += 1

    def _replace(self, path: Path, text: str) -> None:
        """The new text under a name of its own first, so that nobody ever reads half a page."""
        unfinished = self._folder / f".verbatim-{os.getpid()}.tmp"
        try:
            with unfinished.open("wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise


def refuse_among_transcripts(folder: Path, library: Library) -> None:
    """Raises SettingsError if the folder holds transcripts of the library, which would be taken for
    pages from then on."""
    target = folder.resolve()
    for file in library.files():
        if (library.folder / file).resolve().is_relative_to(target):
            raise SettingsError(
                f"{folder} holds transcripts, such as {file}: name a folder for the pages alone"
            )


def _read(path: Path) -> str | None:
    """The page that stands there; ``None`` for what is no file of text."""
    if not path.is_file():
        return None
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None


def _composed(path: Path) -> str:
    """The file's name as we write it: some file systems give it back with its accents apart."""
    return unicodedata.normalize("NFC", path.name)


def _is_among(file: str, unread: Iterable[FileFailure]) -> bool:
    """Whether the file, or a folder that it lies in, is named; on one line, as pages have it."""
    names = [one_line(failure.file) for failure in unread]
    return any(file == name or file.startswith(f"{name}/") for name in names)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Turns an OSError into a SettingsError that names the path and says what to do."""
    try:
        yield
    except OSError as error:
        raise SettingsError(
            f"{path} can't be written: {error.strerror or error}; name a folder of your own"
        ) from error
