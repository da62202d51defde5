"""Permanent ids of citations, what has become of their words, and the addresses of pages.

An id tells which talk and which words. It carries all that finding the words again takes, so
nothing has to be stored, and a link holds wherever the same talk is. Twenty-five bytes in base 32:
the version, a key of the talk, how many words there are, about when they are said, a digest of the
folded words, and keys of five of their terms, by which the words are found in another talk, or what
has become of them. Neither passages nor files nor offsets are in it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import numpy as np
import numpy.typing as npt

from assistant.citation.align import standing, words_of
from assistant.citation.lookup import Passage, sentences_place, worded_place
from assistant.citation.types import Place
from assistant.types import Citation
from corpus.types import Chunk, SettingsError
from index.lexical.terms import terms
from index.quotes import Meant, QuoteIndex

Hashes = npt.NDArray[np.uint64]

STILL = 0.5
"""Share of the words' terms that must stand together for a changed wording to be theirs."""
TALKS_ELSEWHERE = 5
"""Talks that are looked through for words that their own hasn't got."""

_VERSION = 1
"""Raised when the folding or the cutting of words changes."""
_ANCHORS = 5
_LAYOUT = struct.Struct(f">BIHHQ{_ANCHORS}H")
_STEP_S = 2.0
_UNTIMED = 0xFFFF
_BASE = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_DIGEST_BITS = 48

_PLAYERS_WITH_AUTOPLAY = frozenset(
    {
        "www.youtube.com",
        "www.youtube-nocookie.com",
        "player.vimeo.com",
        "player.bilibili.com",
    }
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What an id says. ``count`` is of words, ``near_s`` the second at which they are said or
    ``None``; ``anchors`` are keys of terms, without the zeros that fill them up."""

    talk: int
    count: int
    near_s: float | None
    digest: int
    anchors: frozenset[int]


@dataclass(frozen=True, slots=True)
class FoundAgain:
    """The words stand as they were cited; ``moved``: in another talk, or under another id."""

    place: Place
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """The words have changed; ``place`` has what stands there now."""

    place: Place


@dataclass(frozen=True, slots=True)
class Gone:
    """The words are gone; ``file`` is that of their talk if it is still there."""

    file: str | None


Resolved = FoundAgain | Changed | Gone


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


def permanent_id(citation: Citation) -> str | None:
    """The id that its permanent link ends in; ``None`` where it has no words."""
    try:
        return citation_id(citation.transcript_id, citation.quote, citation.start_s)
    except SettingsError:
        return None


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


def resolve(identifier: str, index: QuoteIndex) -> Resolved:
    """What an id stands for in the library as it is now. Raises SettingsError where it is none."""
    identity = read_id(identifier)
    own = [file for file, talk in index.talk_ids().items() if talk_key(talk) == identity.talk]
    talks = {file: index.talk(file) for file in own}
    for chunks in talks.values():
        if place := _standing(identity, chunks):
            return FoundAgain(place)
    elsewhere = index.holding(identity.anchors, term_key, TALKS_ELSEWHERE)
    for file in elsewhere:
        if file not in talks and (place := _standing(identity, index.talk(file))):
            return FoundAgain(place, moved=True)
    for chunks in talks.values():
        if place := _changed(identity, chunks):
            return Changed(place)
    return Gone(own[0] if own else None)


def _standing(identity: Identity, chunks: Sequence[Chunk]) -> Place | None:
    """Where the words stand in a talk; where it has them several times, nearest to their time."""
    if not chunks:
        return None
    passage = Passage(tuple(chunks))
    digests = windows(passage.words.keys, identity.count)
    places = [
        _at(passage, int(first), identity.count)
        for first in np.flatnonzero(digests == np.uint64(identity.digest))
    ]
    return min(places, key=lambda place: _apart(place, identity), default=None)


def _at(passage: Passage, first: int, count: int) -> Place:
    return worded_place(passage, standing(first, count), "exact").place


def _apart(place: Place, identity: Identity) -> float:
    if place.moment.start_s is None or identity.near_s is None:
        return 0.0
    return abs(place.moment.start_s - identity.near_s)


def _changed(identity: Identity, chunks: Sequence[Chunk]) -> Place | None:
    """The fewest sentences of a talk that hold the most of the words' terms."""
    best: tuple[float, int, float, Meant] | None = None
    for chunk in chunks:
        if len(identity.anchors & keys_in(chunk.text)) < STILL * len(identity.anchors):
            continue
        for meant in _runs(identity, chunk):
            apart = _apart(sentences_place(meant, "none"), identity)
            key = (-meant.score, meant.end - meant.start, apart)
            if best is None or key < best[:3]:
                best = (*key, meant)
    if best is None or best[3].score < STILL:
        return None
    return sentences_place(best[3], "close")


def _runs(identity: Identity, chunk: Chunk) -> list[Meant]:
    """From each sentence on as many as the words may fill, with the share of terms they hold."""
    held = [keys_in(sentence.text) for sentence in chunk.sentences]
    found = []
    for start in range(len(held)):
        terms: frozenset[int] = frozenset()
        length = 0
        for end in range(start, len(held)):
            terms |= held[end] & identity.anchors
            found.append(Meant(chunk, start, end + 1, len(terms) / len(identity.anchors)))
            length += len(chunk.sentences[end].text)
            if length > 6 * identity.count:
                break
    return found


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


def citation_path(identifier: str) -> str:
    """A citation's page, below the root."""
    return f"c/{quote(identifier, safe='')}"


def talk_path(talk_id: str) -> str:
    """A talk's page, below the root."""
    return f"talk/{quote(talk_id, safe='/')}"


def web_url(url: str | None) -> str | None:
    """The address if it is one of the web's: a transcript may name any scheme, scripts included."""
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def playing(url: str) -> str:
    """The player's address, told to start at once where the player is known to take that."""
    parts = urlsplit(url)
    if parts.hostname not in _PLAYERS_WITH_AUTOPLAY:
        return url
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | {"autoplay": "1"}
    return urlunsplit(parts._replace(query=urlencode(query)))


def origin(url: str) -> str:
    """The site of a web address, as a Content-Security-Policy names it; empty where that would not
    be a plain host."""
    parts = urlsplit(url)
    plain = all(char.isascii() and (char.isalnum() or char in ".-:[]") for char in parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if plain else ""
