"""How much one caller may ask in a minute, and how many answers are made at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import limits

from assistant.access.types import ApiError, Caller

WINDOW_S = 60
COME_BACK_S = 5.0
"""When to try again while all places are taken: about as long as a model's short answer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a caller has left: of ``limit`` requests in the window, and in how many seconds one
    more is free again."""

    limit: int
    remaining: int
    reset_s: float


class Rates:
    """Counts requests by caller in a moving window; 0 requests stand for no limit."""

    def __init__(self, requests: int, window_s: int = WINDOW_S) -> None:
        self._item = limits.RateLimitItemPerSecond(requests, window_s) if requests else None
        self._limiter = limits.strategies.MovingWindowRateLimiter(limits.storage.MemoryStorage())

    def count(self, caller: Caller) -> Standing | None:
        """Counts one request. Raises ApiError 429 for one too many."""
        if self._item is None:
            return None
        within = self._limiter.hit(self._item, caller.kind, caller.name)
        window = self._limiter.get_window_stats(self._item, caller.kind, caller.name)
        reset_s = max(window.reset_time - time.time(), 0.0)
        if not within:
            raise ApiError(
                429,
                "too_many_requests",
                f"More than {self._item.amount} requests in {self._item.get_expiry()} seconds.",
                "Wait as many seconds as Retry-After says, then ask more slowly.",
                retry_after_s=max(reset_s, 1.0),
            )
        return Standing(self._item.amount, window.remaining, reset_s)


class Places:
    """Places for answers in the making."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._taken = 0
        self._lock = threading.Lock()

    @property
    def taken(self) -> int:
        return self._taken

    def take(self) -> None:
        """Takes a place, to be given back. Raises ApiError 429 while there is none."""
        with self._lock:
            if self._taken >= self._places:
                raise ApiError(
                    429,
                    "busy",
                    f"{self._taken} answers are being made, as many as this server makes at once.",
                    "Wait as many seconds as Retry-After says, then ask again.",
                    retry_after_s=COME_BACK_S,
                )
            self._taken += 1

    def give_back(self) -> None:
        with self._lock:
            self._taken -= 1

    @contextmanager
    def one(self) -> Iterator[None]:
        """A place for as long as the block takes."""
        self.take()
        try:
            yield
        finally:
            self.give_back()
