"""When segments of the inverted index are merged, a pure decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FAN_IN = 8
"""So many segments of about one size become one: each posting is rewritten a few times in all."""
LARGEST = 2_000_000
"""Most postings of a merged segment: a merge of this size takes a few seconds at most."""


@dataclass(frozen=True, slots=True)
class Segment:
    """``rows`` and ``postings`` as they were written, ``living`` rows that are still there."""

    number: int
    rows: int
    postings: int
    living: int

    @property
    def living_postings(self) -> int:
        """An estimate: postings are spread evenly over rows."""
        return self.postings * self.living // max(self.rows, 1)


def plan_merge(segments: Sequence[Segment]) -> tuple[int, ...]:
    """The segments to rewrite as one now; empty where there is nothing to gain.

    First a segment that is mostly dead, alone; then ``FAN_IN`` segments of one order of size.
    """
    for segment in segments:
        if segment.living * 2 <= segment.rows:
            return (segment.number,)
    tiers: dict[int, list[Segment]] = {}
    for segment in segments:
        tiers.setdefault(_tier(segment.living_postings), []).append(segment)
    for _, tier in sorted(tiers.items()):
        group = sorted(tier, key=lambda segment: segment.living_postings)[:FAN_IN]
        if len(group) == FAN_IN and sum(one.living_postings for one in group) <= LARGEST:
            return tuple(segment.number for segment in group)
    return ()


def _tier(postings: int) -> int:
    """The order of size, in steps of ``FAN_IN``."""
    tier = 0
    while postings >= FAN_IN:
        postings //= FAN_IN
        tier += 1
    return tier
