"""How much one caller may ask, and how much is done at once."""

from __future__ import annotations

import time

import pytest

from assistant.access.limits import Places, Rates
from assistant.access.types import ApiError, Caller

ANN, BOB = Caller("user", "ann"), Caller("user", "bob")


def test_requests_are_counted_by_caller() -> None:
    rates = Rates(2)
    left = [rates.count(ANN), rates.count(ANN)]
    assert [one and (one.limit, one.remaining) for one in left] == [(2, 1), (2, 0)]
    with pytest.raises(ApiError) as refused:
        rates.count(ANN)
    assert (refused.value.status, refused.value.code) == (429, "too_many_requests")
    assert 1 <= (refused.value.retry_after_s or 0) <= 60
    assert rates.count(BOB)
    assert rates.count(Caller("key", "ann")), "a key of a user's name is somebody else"


def test_the_window_moves_on() -> None:
    rates = Rates(1, window_s=1)
    rates.count(ANN)
    with pytest.raises(ApiError):
        rates.count(ANN)
    time.sleep(1.1)
    assert rates.count(ANN)


def test_no_limit_counts_nothing() -> None:
    assert all(Rates(0).count(ANN) is None for _ in range(500))


def test_places_are_given_back() -> None:
    places = Places(2)
    places.take()
    with pytest.raises(KeyError), places.one():
        assert places.taken == 2
        with pytest.raises(ApiError) as refused:
            places.take()
        assert (refused.value.status, refused.value.code) == (429, "busy")
        assert refused.value.retry_after_s
        raise KeyError
    assert places.taken == 1
