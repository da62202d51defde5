"""How much one caller may ask, and how much is done at once."""

from __future__ import annotations

import time

import pytest

from assistant.interfaces.http.access import Caller
from assistant.interfaces.http.errors import ApiError
from assistant.interfaces.http.limits import AnswerSlots, RateLimiter

ANN, BOB = Caller("user", "ann"), Caller("user", "bob")


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
    rates = RateLimiter(1, window_s=1)
    rates.count(ANN)
    with pytest.raises(ApiError):
        rates.count(ANN)
    time.sleep(1.1)
    assert rates.count(ANN)


def test_nothing_is_kept_of_callers_who_are_gone() -> None:
    """Addresses are cheap: whoever has many must not fill the memory with them."""
    rates = RateLimiter(5, window_s=0.05)
    for n in range(300):
        rates.count(Caller("anonymous", f"198.51.100.{n}"))
    time.sleep(0.06)
    rates.count(ANN)
    assert len(rates) == 1


def test_a_caller_who_keeps_asking_stays_counted_and_is_let_in_again() -> None:
    rates = RateLimiter(3, window_s=0.2)
    told = []
    for _ in range(12):
        try:
            told.append(rates.count(ANN) is not None)
        except ApiError:
            told.append(False)
        time.sleep(0.03)
    assert told[:4] == [True, True, True, False]
    assert any(told[4:]) and sum(told) <= 3 * 3


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
