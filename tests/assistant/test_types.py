"""How sure an answer is."""

from __future__ import annotations

import pytest

from assistant.types import percent, sureness


@pytest.mark.parametrize(
    ("answerable", "answered", "level"),
    [
        (1.0, True, "clear"),
        (0.9, True, "clear"),
        (0.89, True, "probable"),
        (0.7, True, "probable"),
        (0.69, True, "possible"),
        # An operator who wants an answer to everything gets no surer one.
        (0.01, True, "possible"),
        (0.0, False, "nothing"),
        (0.19, False, "nothing"),
        (0.2, False, "close"),
        # Nor does one who wants few answers get a surer refusal.
        (0.95, False, "close"),
    ],
)
def test_a_level_goes_by_the_probability(answerable: float, answered: bool, level: str) -> None:
    assert sureness(answerable, answered=answered) == level


@pytest.mark.parametrize(
    ("probability", "shown"), [(0.0, "1%"), (0.004, "1%"), (0.876, "88%"), (0.999, "99%")]
)
def test_an_estimate_is_never_certain(probability: float, shown: str) -> None:
    assert percent(probability) == shown
