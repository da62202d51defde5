"""Where to cut a row of sentences into chunks: a pure decision, found by dynamic programming."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Makes one chunk more worth its while only where the cuts or the balance gain by it.
_COST_OF_A_CHUNK = 0.05
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence as the packer sees it.

    ``load`` is its share of a full chunk, ``cut_cost`` what a cut before it costs on the scale of
    a chunk's squared relative deviation from the mean load.
    """

    load: float
    cut_cost: float


def pack(items: Sequence[Item]) -> list[tuple[int, int]]:
    """Half-open index ranges that cover the items in order, each with a load of 1 at most.

    Of all such coverings, one with the least sum of squared deviations from the mean load and of
    cut costs: about equal chunks rather than full ones and a crumb. An item that is over 1 by
    itself stands alone.
    """
    total = math.fsum(item.load for item in items)
    mean = total / max(1, math.ceil(total - _ROUNDING)) or 1.0
    cost = [0.0] + [math.inf] * len(items)
    cut_at = [0] * (len(items) + 1)
    for end in range(1, len(items) + 1):
        for start, load in _starts(items, end):
            deviation = (load - mean) / mean
            cut = items[start].cut_cost if start else 0.0
            new = cost[start] + cut + deviation * deviation + _COST_OF_A_CHUNK
            if new < cost[end]:
                cost[end], cut_at[end] = new, start
    ranges = []
    end = len(items)
    while end > 0:
        ranges.append((cut_at[end], end))
        end = cut_at[end]
    return ranges[::-1]


def _starts(items: Sequence[Item], end: int) -> Iterator[tuple[int, float]]:
    """Where a range that ends before ``end`` may start, each with the range's load."""
    load = 0.0
    for start in range(end - 1, -1, -1):
        load += items[start].load
        if load > 1 + _ROUNDING and start < end - 1:
            return
        yield start, load
