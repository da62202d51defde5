"""The nouns of a transcript, from file to chunk, and the error tree of the whole project.

Times are float seconds from the recording's start; spans are half-open ``[start_s, end_s)``.
``None`` means that the source gives no time: a time is never invented. ``estimated`` marks a time
that was interpolated from the position in the text between two times that the source does give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

SectionKind = Literal["talk", "summary", "about"]
"""What a section holds: the talk itself, an editor's digest of it, or words about the recording."""

# In UTF-8, where a Han character takes three: 53 of them, or 160 letters, of a title.
_TITLE_BYTES = 160
_HEADING_BYTES = 120
_SPEAKERS_BYTES = 80

_NO_META: Mapping[str, str] = MappingProxyType({})


class VerbatimError(Exception):
    """Root of every error that a reader or an operator can mend.

    The message is one line that says what is wrong, where, and what to do next.
    """


class ReadError(VerbatimError):
    """A transcript file can't be read; the message gives the reason without the file's name."""


class LibraryError(VerbatimError):
    """The library as a whole can't be used: no such path, or nothing in it can be read."""


class ModelError(VerbatimError):
    """The embedding model can't be unpacked or loaded, or a language model gives out."""


class StoreError(VerbatimError):
    """The vector store or the catalogue on disk can't be used."""


class IndexMismatchError(StoreError):
    """The index on disk was made with another model or chunking; the message names the command."""


class IndexLockedError(StoreError):
    """Another process holds the index; the message names it."""


class SettingsError(VerbatimError):
    """A setting or an argument has a value that can't be used."""


@dataclass(frozen=True, slots=True)
class FileFailure:
    """A file or folder, relative to the library, that can't be read, and why (one line)."""

    file: str
    error: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words that one speaker says in one go: a turn, a paragraph or a bullet under a name.

    ``text`` is plain: markup is taken out, the words and their script are the source's own.
    """

    text: str
    speaker: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A topic of a talk. Its utterances' times, where there are any, lie inside its own span."""

    position: int
    heading: str
    start_s: float | None
    end_s: float | None
    kind: SectionKind
    utterances: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """One recording as its note tells it.

    ``id`` is a stable slug (the note's own permalink, else its path in the library), ``file`` the
    path relative to the library with forward slashes, ``published`` an ISO date of the recording
    (of the note where only that is known), ``language`` a tag such as ``zh-Hans``, ``zh-Hant`` or
    ``en``, ``fingerprint`` a hash of the file's bytes. ``meta`` holds what else the source says.
    """

    id: str
    file: str
    title: str
    source_url: str | None
    published: str | None
    language: str
    sections: tuple[Section, ...]
    fingerprint: str
    meta: Mapping[str, str] = field(default_factory=lambda: _NO_META)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a chunk; ``text`` stands in the chunk's text from offset ``offset``."""

    text: str
    offset: int
    speaker: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    estimated: bool = False

    @property
    def end(self) -> int:
        """The offset after the last character."""
        return self.offset + len(self.text)

    @property
    def embedded_text(self) -> str:
        """The text that the model sees: the words behind the name of who says them."""
        return f"{self.speaker}: {self.text}" if self.speaker else self.text


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: consecutive sentences of one section, inside the token budget.

    ``text`` is the utterances' words, one utterance a line. What is embedded is
    ``embedded_text``: title, heading and speakers in front. ``token_count`` counts that in
    tiktoken's o200k_base. ``id`` is a hash of the transcript's id, the section's position, the
    ordinal and the embedded text. ``start_s`` and ``end_s`` span the chunk's own sentences; the
    end is ``None`` where nothing tells when the last of them ends. ``estimated`` is about the
    start, the moment that a link opens.
    """

    id: str
    transcript_id: str
    file: str
    title: str
    source_url: str | None
    published: str | None
    language: str
    kind: SectionKind
    section: int
    heading: str
    speakers: tuple[str, ...]
    start_s: float | None
    end_s: float | None
    estimated: bool
    text: str
    sentences: tuple[Sentence, ...]
    token_count: int

    @property
    def embedded_text(self) -> str:
        """The text that the model sees: the chunk's words behind what they belong to."""
        return embedded_text(self.title, self.heading, self.speakers, self.text)


def embedded_text(title: str, heading: str, speakers: tuple[str, ...], text: str) -> str:
    """A passage with its title, heading and speakers in front, the form in which it is embedded.

    Long talk is found better so than by its words alone: see docs/decisions.md. An over-long part
    of the front is shortened, so that the front leaves room for the words in any budget.
    """
    parts = (
        _shortened(title, _TITLE_BYTES),
        _shortened(heading, _HEADING_BYTES),
        _shortened(", ".join(speakers), _SPEAKERS_BYTES),
    )
    front = " · ".join(part for part in parts if part)
    return f"{front}\n{text}" if front else text


def _shortened(text: str, limit: int) -> str:
    """The text cut to so many bytes of UTF-8, of which o200k_base never makes more tokens."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= limit:
        return text
    return encoded[:limit].decode("utf-8", "ignore").rstrip() + "…"
