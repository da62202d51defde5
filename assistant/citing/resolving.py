"""A permanent id and what has become of its words: found, changed or gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.citing.alignment import standing
from assistant.citing.identity import Identity, keys_in, read_id, talk_key, term_key, windows
from assistant.citing.places import Passage, sentences_place, worded_place
from assistant.citing.types import Place
from corpus.types import Chunk
from index.quotes import Meant, QuoteIndex

STILL = 0.5
"""Share of the words' terms that must stand together for a changed wording to be theirs."""
ELSEWHERE = 5
"""Talks that are looked through for words that their own hasn't got."""


@dataclass(frozen=True, slots=True)
class Found:
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


Resolved = Found | Changed | Gone


def resolve(identifier: str, index: QuoteIndex) -> Resolved:
    """What an id stands for in the library as it is now. Raises SettingsError where it is none."""
    identity = read_id(identifier)
    own = [file for file, talk in index.talk_ids().items() if talk_key(talk) == identity.talk]
    talks = {file: index.talk(file) for file in own}
    for chunks in talks.values():
        if place := _standing(identity, chunks):
            return Found(place)
    elsewhere = index.holding(identity.anchors, term_key, ELSEWHERE)
    for file in elsewhere:
        if file not in talks and (place := _standing(identity, index.talk(file))):
            return Found(place, moved=True)
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
