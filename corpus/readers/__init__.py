"""Readers: bytes of a transcript file in, a Transcript out. One table says who reads what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from corpus.readers.facts import own_id, path_id, split_front_matter
from corpus.readers.markdown import decode
from corpus.readers.note import has_marks, read_note
from corpus.types import ReadError, Transcript

__all__ = ["MAX_BYTES", "SUFFIXES", "id_of", "is_marked", "read_transcript", "too_large"]

Reader = Callable[[str, str, bytes], Transcript]

_READERS: Mapping[str, Reader] = MappingProxyType(
    {".md": read_note, ".markdown": read_note, ".txt": read_note}
)
SUFFIXES = frozenset(_READERS)
"""Suffixes of the files that can be transcripts, in lower case."""


def read_transcript(file: str, data: bytes) -> Transcript:
    """The transcript in ``data``, the bytes of ``file`` (a relative path with forward slashes).

    Raises ReadError, with the reason, for whatever can't be read; nothing else.
    """
    suffix = PurePosixPath(file).suffix.lower()
    reader = _READERS.get(suffix)
    if reader is None:
        known = ", ".join(sorted(SUFFIXES))
        raise ReadError(f"has the suffix {suffix or 'none'}, which no reader knows; known: {known}")
    return reader(file, decode(data), data)


def id_of(file: str, data: bytes) -> str:
    """The id that the file claims: its own permalink, else its path without the suffix."""
    try:
        front, _ = split_front_matter(decode(data))
    except ReadError:
        front = {}
    return own_id(front) or path_id(file)


def is_marked(data: bytes) -> bool:
    """Whether the bytes of a note are those of a talk with its times or speakers."""
    try:
        return has_marks(decode(data))
    except ReadError:
        return False
