"""How much one caller may ask in a minute, and how many answers are made at the same time."""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from assistant.interfaces.http.access import Caller
from assistant.interfaces.http.errors import ApiError

WINDOW_S = 60
COME_BACK_S = 5.0
"""When to try again while all places are taken: about as long as a model's short answer."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left: of ``limit`` requests in the window, and in how many seconds one
    more is free again."""

    limit: int
    remaining: int
    reset_s: float


class RateLimiter:
    """Counts requests by caller in a moving window; 0 requests stand for no limit.

    ``clock`` tells the seconds that have passed, from whatever moment it likes. Nothing is kept of
    a caller who has sent none for a window: addresses cost an attacker nothing.
    """

    def __init__(
        self,
        requests: int,
        window_s: float = WINDOW_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = requests
        self._window_s = window_s
        self._clock = clock
        self._times: OrderedDict[tuple[str, str], list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Of how many callers something is kept."""
        return len(self._times)

    def count(self, caller: Caller) -> Allowance | None:
        """Counts one request. Raises ApiError 429 for one too many."""
        if not self._limit:
            return None
        now_s = self._clock()
        with self._lock:
            self._forget(now_s - self._window_s)
            times = self._times.setdefault((caller.kind, caller.name), [])
            del times[: bisect_right(times, now_s - self._window_s)]
            within = len(times) < self._limit
            if within:
                times.append(now_s)
                self._times.move_to_end((caller.kind, caller.name))
            reset_s = times[0] + self._window_s - now_s
        if not within:
            raise ApiError(
                429,
                "too_many_requests",
                f"More than {self._limit} requests in {self._window_s:g} seconds.",
                "Wait as many seconds as Retry-After says, then ask more slowly.",
                retry_after_s=max(reset_s, 1.0),
            )
        return Allowance(self._limit, self._limit - len(times), reset_s)

    def _forget(self, since_s: float) -> None:
        """Lets go of those whose last request, by which they are in order, was before that."""
        while self._times and next(iter(self._times.values()))[-1] <= since_s:
            self._times.popitem(last=False)


class AnswerSlots:
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
