"""Where one subject of a talk ends and the next begins, told from its sentences' vectors. Pure.

A stretch on one subject has vectors near their mean. So the bounds are those that make the scatter
of the vectors around the means of their segments least, where each segment costs a penalty: kernel
change-point detection with a linear kernel (Arlot, Celisse and Harchaoui 2019, "A Kernel Multiple
Change-point Algorithm via Model Selection", JMLR 20), solved exactly by dynamic programming, as
Utiyama and Isahara (2001, "A Statistical Model for Domain-Independent Text Segmentation") do for
words. Sentences count by the root of their widths, since a "Yeah." says little of the subject.

The penalty is measured in noise: in what a bound would gain on average in a talk on one subject
only. So how many segments a talk has follows from its length and its coherence. Two things move it:

- *length*: topics last some ten minutes, and twice as long is as likely as half as long; the
  penalty grows with the square of the logarithm, as for a log-normal prior.
- *turns*: a subject seldom changes inside a turn, and most often after a long one, as where the
  host asks the next question; before a turn the penalty falls with the logarithm of the width of
  the turn that ended there. A talk that one voice says nearly all of is cut at any sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from corpus.sentences import width
from corpus.types import Chunk, Sentence
from index.lexical.dictionary import Dictionary
from index.lexical.key_terms import Rarity, key_terms
from index.moments import moment_of
from index.types import TopicSegment, Vectors

Floats = npt.NDArray[np.float64]

PENALTY = 3.25
"""What a segment costs, in noise; docs/decisions.md tells how all of these were chosen."""
LENGTH = 0.75
"""What the penalty grows by where a segment is e times as wide as usual, or as narrow."""
USUAL_WIDTH = 10_000.0
"""Of a topic (corpus.sentences.width): some ten minutes of talk."""
TURN = 0.75
"""What the penalty falls by where the turn that ended is e times as wide."""
_SHORT_TURN = 100.0
"""Width of a turn such as "Right, go on.", whose end is hardly one."""
_LONG_TURN = 640.0
"""Of one whose end costs as much as a sentence's does in a talk without turns."""
_ROUNDING = 1e-6
_BLOCK = 256


def segment(
    vectors: Vectors, widths: Sequence[int], speakers: Sequence[str | None]
) -> tuple[int, ...]:
    """The first sentence of each segment, ascending; the first of them is 0. Empty without any.

    ``vectors`` are those of all sentences in order, (n, dimension), with their ``widths``
    (corpus.sentences.width) and who says them.
    """
    if not len(vectors):
        return ()
    wide = np.maximum(np.asarray(widths, dtype=np.float64), 1.0)
    weights = np.sqrt(wide)
    moved = vectors - np.average(vectors, axis=0, weights=weights)
    noise = _noise(moved, weights)
    if noise <= _ROUNDING:  # all of them say the same
        return (0,)
    gains = _Gains(moved, weights, noise)
    return _cheapest(gains, PENALTY + TURN * _turn_costs(wide, speakers), wide)


def _noise(moved: Floats, weights: Floats) -> float:
    """The scatter that one more segment explains on average where there is nothing to explain:
    the mean's own variance, times the weight that it stands for."""
    total = weights.sum()
    variance = float(weights @ np.square(moved).sum(axis=1) / total)
    return variance * float(np.square(weights).sum() / total)


def _turn_costs(wide: Floats, speakers: Sequence[str | None]) -> Floats:
    """What a bound before each sentence costs more inside a turn, and less after a long one.

    As far as the talk is made of turns: where one voice says nearly all of it, they tell nothing.
    """
    starts = [n for n in range(1, len(speakers)) if speakers[n] != speakers[n - 1]]
    if not starts:
        return np.zeros(len(wide))
    ended = np.add.reduceat(wide, [0, *starts])[:-1]
    inside = np.log1p(_LONG_TURN / _SHORT_TURN) * ended.sum() / wide.sum()
    costs = np.full(len(wide), inside)
    costs[starts] -= np.log1p(ended / _SHORT_TURN)
    return costs


class _Gains:
    """What segments explain of the scatter, in noise.

    The scatter in a segment is the weighted sum of its vectors' squared lengths, which is the same
    however the talk is cut, less what is explained: the squared length of their weighted sum over
    their weight. Sums up to each sentence give those of every segment.
    """

    def __init__(self, moved: Floats, weights: Floats, noise: float) -> None:
        self._sums = np.vstack([np.zeros(moved.shape[1]), np.cumsum(weights[:, None] * moved, 0)])
        self._lengths = np.square(self._sums).sum(axis=1)
        self._totals = np.concatenate([[0.0], np.cumsum(weights)]) * noise

    def by_end(self) -> Iterator[Floats]:
        """For each end from 1 on, the gains of the segments that start at 0 to just before it."""
        count = len(self._sums)
        for block in range(1, count, _BLOCK):
            ends = range(block, min(block + _BLOCK, count))
            products = self._sums[ends.start : ends.stop] @ self._sums[: ends.stop].T
            for end, product in zip(ends, products, strict=True):
                squared = self._lengths[:end] + self._lengths[end] - 2 * product[:end]
                yield squared / (self._totals[end] - self._totals[:end])


def _cheapest(gains: _Gains, penalties: Floats, wide: Floats) -> tuple[int, ...]:
    """The starts of the segments whose penalties less their gains sum to the least."""
    count = len(wide)
    places = np.concatenate([[0.0], np.cumsum(wide)]) / USUAL_WIDTH
    least = np.zeros(count + 1)
    before = np.zeros(count + 1, dtype=np.int64)
    for end, gained in enumerate(gains.by_end(), start=1):
        unusual = np.square(np.log(places[end] - places[:end]))
        costs = least[:end] + penalties[:end] + LENGTH * unusual - gained
        before[end] = start = int(np.argmin(costs))
        least[end] = costs[start]
    starts = [int(before[count])]
    while starts[-1]:
        starts.append(int(before[starts[-1]]))
    return tuple(reversed(starts))


def topics(
    chunks: Sequence[Chunk],
    vectors: Sequence[Vectors],
    dictionary: Dictionary | None = None,
    rarity: Rarity | None = None,
) -> tuple[TopicSegment, ...]:
    """The topics of one talk in order; every sentence of its talk is in exactly one of them.

    ``chunks`` are all of the talk's in the order of its text (Catalog.talk_chunks), ``vectors``
    those of each chunk's sentences. An editor's digest and words about the recording are left out.
    A talk that is divided by headings keeps its sections; another is segmented. Topics are named by
    key terms, weighed by their ``rarity`` in the library where that is given; Chinese words are
    those of the ``dictionary``.
    """
    pairs = zip(chunks, vectors, strict=True)
    spoken = [(chunk, own) for chunk, own in pairs if chunk.kind == "talk" and chunk.sentences]
    if not spoken:
        return ()
    sentences = [sentence for chunk, _ in spoken for sentence in chunk.sentences]
    starts, headings = _sections([chunk for chunk, _ in spoken])
    if not starts:
        starts = segment(
            np.concatenate([own for _, own in spoken]),
            [width(sentence.text) for sentence in sentences],
            [sentence.speaker for sentence in sentences],
        )
        headings = ("",) * len(starts)
    ends = (*starts[1:], len(sentences))
    parts = [sentences[start:end] for start, end in zip(starts, ends, strict=True)]
    named = key_terms([[one.text for one in part] for part in parts], dictionary, rarity)
    return tuple(
        _topic(start, part, heading, terms)
        for start, part, heading, terms in zip(starts, parts, headings, named, strict=True)
    )


def _sections(chunks: Sequence[Chunk]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Where the sections begin, as positions of sentences, and their headings; empty where no two
    have a heading, so that nothing is divided by them."""
    starts: list[int] = []
    headings: list[str] = []
    position, section = 0, -1
    for chunk in chunks:
        if chunk.section != section:
            section = chunk.section
            starts.append(position)
            headings.append(chunk.heading)
        position += len(chunk.sentences)
    if sum(map(bool, headings)) < 2:
        return (), ()
    return tuple(starts), tuple(headings)


def _topic(
    first: int, sentences: Sequence[Sentence], heading: str, terms: tuple[str, ...]
) -> TopicSegment:
    moment = moment_of(sentences)
    speakers = tuple(dict.fromkeys(one.speaker for one in sentences if one.speaker))
    last = first + len(sentences) - 1
    return TopicSegment(first, last, heading, terms, speakers, moment)
