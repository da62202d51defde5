"""What is made once for each embedding model: it ships for the bundled one, and for another is made
where it isn't there yet and kept beside the models of a data folder."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Protocol, TypeVar
from zipfile import BadZipFile


class Kept(Protocol):
    """A value that can be written to a file."""

    def to_bytes(self) -> bytes:
        """For a file."""
        ...


KeptT = TypeVar("KeptT", bound=Kept)


def kept_name(kind: str, of_what: str) -> str:
    """The name of the file for all that the value depends on."""
    return f"{kind}-{hashlib.sha256(of_what.encode()).hexdigest()[:12]}.npz"


def kept(
    name: str,
    shipped: Traversable,
    folder: Path,
    read: Callable[[bytes], KeptT],
    make: Callable[[], KeptT],
) -> KeptT:
    """The value in the file of this name that ships, else in ``folder``, else made and kept there.
    A damaged file is made anew."""
    path = folder / name
    for place in (shipped / name, path):
        with suppress(OSError, EOFError, ValueError, KeyError, BadZipFile):  # none, or damaged
            return read(place.read_bytes())
    made = make()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(made.to_bytes())
    Path(file.name).replace(path)
    return made
