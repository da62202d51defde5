"""What a deep answer may cost: calls of the model and seconds, counted down."""

from __future__ import annotations

import time
from dataclasses import dataclass

LASTING = frozenset({"unreachable", "key", "unknown", "refused"})
"""Reasons why another call would fail too."""
FAILURES = 2
"""After so many in a row the model is asked nothing more."""
LEAST_S = 1.0
"""With less time than this no call is begun."""
BEAT_S = 0.5
"""So often at least whoever reads is told how it stands, and may leave."""


@dataclass(frozen=True, slots=True)
class DeepBudget:
    """The most that one deep answer may take; with 0 calls it is one in quotes."""

    calls: int = 8
    seconds: float = 180.0


class Meter:
    """Counts one answer's calls and time, from when it is made."""

    def __init__(self, budget: DeepBudget) -> None:
        self.seconds = budget.seconds
        self.calls_left = budget.calls
        self._started = time.monotonic()
        self._failures = 0

    @property
    def deadline(self) -> float:
        """The moment of ``time.monotonic()`` at which the time is up."""
        return self._started + self.seconds

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._started

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    @property
    def may_call(self) -> bool:
        """Whether there is a call left, and time for it, and the model still works."""
        return self.calls_left > 0 and self.seconds_left > LEAST_S and self._failures < FAILURES

    @property
    def has_failed(self) -> bool:
        """Whether the last call gave out."""
        return self._failures > 0

    def spend(self) -> bool:
        """Takes a call, if there is one."""
        allowed = self.may_call
        self.calls_left -= allowed
        return allowed

    def worked(self) -> None:
        """A call came through."""
        self._failures = 0

    def failed(self, reason: str) -> None:
        """A call gave out; for some reasons the next one would, too."""
        self._failures = FAILURES if reason in LASTING else self._failures + 1
