"""How much one caller may ask, and how much is done at once."""

from __future__ import annotations

import pytest

from assistant.interfaces.http.access import Caller
from assistant.interfaces.http.errors import ApiError
from assistant.interfaces.http.limits import AnswerSlots, RateLimiter

ANN, BOB = Caller("user", "ann"), Caller("user", "bob")


class Clock:
    """Time passes when it is told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_requests_are_counted_by_caller() -> None:
    rates = RateLimiter(2)
    left = [rates.count(ANN), rates.count(ANN)]
    assert [one and (one.limit, one.remaining) for one in left] == [(2, 1), (2, 0)]
    with pytest.raises(ApiError) as refused:
        rates.count(ANN)
    assert (refused.value.status, refused.value.code) == (429, "too_many_requests")
    assert 1 <= (refused.value.retry_after_s or 0) <= 60
    assert rates.count(BOB)
    assert rates.count(Caller("key", "ann")), "a key of a user's name is somebody else"


def test_the_window_moves_on() -> None:
    clock = Clock()
    rates = RateLimiter(1, window_s=1, clock=clock)
    rates.count(ANN)
    with pytest.raises(ApiError):
        rates.count(ANN)
    clock.now_s += 1.1
    assert rates.count(ANN)


def test_nothing_is_kept_of_callers_who_are_gone() -> None:
    """Addresses are cheap: whoever has many must not fill the memory with them."""
    clock = Clock()
    rates = RateLimiter(5, window_s=60, clock=clock)
    for n in range(300):
        rates.count(Caller("anonymous", f"198.51.100.{n}"))
    clock.now_s += 61
    rates.count(ANN)
    assert len(rates) == 1


def test_a_caller_who_keeps_asking_stays_counted_and_is_let_in_again() -> None:
    clock = Clock()
    rates = RateLimiter(3, window_s=0.65, clock=clock)
    let_in = []
    for _ in range(12):
        try:
            let_in.append(rates.count(ANN) is not None)
        except ApiError:
            let_in.append(False)
        clock.now_s += 0.1
    three_then_none_for_the_window = [True] * 3 + [False] * 4
    assert let_in == [*three_then_none_for_the_window, True, True, True, False, False]


def test_no_limit_counts_nothing() -> None:
    assert all(RateLimiter(0).count(ANN) is None for _ in range(500))


def test_places_are_given_back() -> None:
    places = AnswerSlots(2)
    places.take()
    with pytest.raises(KeyError), places.one():
        assert places.taken == 2
        with pytest.raises(ApiError) as refused:
            places.take()
        assert (refused.value.status, refused.value.code) == (429, "busy")
        assert refused.value.retry_after_s
        raise KeyError
    assert places.taken == 1
