"""The permanent id of a citation: which talk, which words. Pure.

An id carries all that finding the words again takes, so nothing has to be stored, and a link holds
wherever the same talk is. Twenty-five bytes in base 32: the version, a key of the talk, how many
words there are, about when they are said, a digest of the folded words, and keys of five of their
terms, by which the words are found in another talk, or what has become of them. Neither passages
nor files nor offsets are in it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from assistant.citing.types import Place
from assistant.citing.words import words_of
from corpus.types import SettingsError
from index.terms import terms

Hashes = npt.NDArray[np.uint64]

_VERSION = 1
"""Raised when the folding or the cutting of words changes."""
_ANCHORS = 5
_LAYOUT = struct.Struct(f">BIHHQ{_ANCHORS}H")
_STEP_S = 2.0
_UNTIMED = 0xFFFF
_BASE = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_DIGEST_BITS = 48


@dataclass(frozen=True, slots=True)
class Identity:
    """What an id says. ``count`` is of words, ``near_s`` the second at which they are said or
    ``None``; ``anchors`` are keys of terms, without the zeros that fill them up."""

    talk: int
    count: int
    near_s: float | None
    digest: int
    anchors: frozenset[int]


def citation_id(talk_id: str, quote: str, near_s: float | None = None) -> str:
    """The id of words of a talk: 40 lower-case letters and digits.

    Equal for words that differ in case, width, Chinese script or punctuation. ``near_s`` tells the
    place where a talk has the same words several times. Raises SettingsError for no words.
    """
    keys = words_of(quote).keys
    if not keys:
        raise SettingsError("A citation needs words: this quote has none.")
    keys = keys[:0xFFFF]
    near = _UNTIMED if near_s is None else min(int(near_s / _STEP_S), _UNTIMED - 1)
    chosen = sorted(dict.fromkeys(terms(quote) or keys), key=_telling)[:_ANCHORS]
    anchors = [term_key(term) for term in chosen] + [0] * (_ANCHORS - len(chosen))
    digest = int(windows(keys, len(keys))[0])
    packed = _LAYOUT.pack(_VERSION, talk_key(talk_id), len(keys), near, digest, *anchors)
    return base64.b32encode(packed[:9] + packed[11:]).decode().lower()


def place_id(place: Place) -> str:
    """The permanent id of the words of a place."""
    return citation_id(place.chunk.transcript_id, place.matched, place.moment.start_s)


def read_id(identifier: str) -> Identity:
    """What an id says. Raises SettingsError where it is none."""
    try:
        packed = base64.b32decode(identifier.strip().upper())
        version, talk, count, near, digest, *anchors = _LAYOUT.unpack(
            packed[:9] + b"\0\0" + packed[9:]
        )
    except (binascii.Error, ValueError, struct.error):
        version = 0
    if version != _VERSION or not count:
        raise SettingsError(
            f"{identifier[:60]!r} is no citation: copy the whole link, to its last character."
        )
    near_s = None if near == _UNTIMED else near * _STEP_S
    return Identity(talk, count, near_s, digest, frozenset(anchors) - {0})


def windows(keys: Sequence[str], count: int) -> Hashes:
    """Digests of all runs of ``count`` words, (words - count + 1,); empty where there are fewer.

    A polynomial over the words' hashes modulo 2**64, of which the upper bits are kept.
    """
    if len(keys) < count:
        return np.zeros(0, dtype=np.uint64)
    hashes = np.array([_hash(key) for key in keys], dtype=np.uint64)
    powers = np.full(len(keys), _BASE, dtype=np.uint64)
    inverse = np.full(len(keys), pow(_BASE, -1, 1 << 64), dtype=np.uint64)
    powers[0] = inverse[0] = 1
    sums = np.concatenate(
        [np.zeros(1, dtype=np.uint64), np.cumsum(hashes * np.cumprod(powers), dtype=np.uint64)]
    )
    run = (sums[count:] - sums[:-count]) * np.cumprod(inverse)[: len(keys) - count + 1]
    found: Hashes = run >> np.uint64(64 - _DIGEST_BITS)
    return found


def talk_key(talk_id: str) -> int:
    """32 bits of a talk's id."""
    return _hash(f"talk {talk_id}") >> 32


@lru_cache(maxsize=65_536)
def term_key(term: str) -> int:
    """16 bits of a term, never 0."""
    return (_hash(term) >> 48) or 1


def keys_in(text: str) -> frozenset[int]:
    """The keys of all terms of a text, and of its words, which stand in where it has no terms."""
    return frozenset(map(term_key, _all_terms(text)))


def _all_terms(text: str) -> Iterable[str]:
    return [*terms(text), *words_of(text).keys]


def _telling(term: str) -> tuple[int, int]:
    """Long words tell more than short ones; for equals the hash decides, the same everywhere."""
    return -len(term.encode()), term_key(term)


@lru_cache(maxsize=65_536)
def _hash(text: str) -> int:
    found = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found, "big") & _MASK
