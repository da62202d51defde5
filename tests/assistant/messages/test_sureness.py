"""How sure it is, in levels and words."""

from __future__ import annotations

import pytest

from assistant.messages.sureness import percent, sureness, sureness_words


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


def test_each_language_has_words_of_its_own_for_each_level() -> None:
    told = [sureness_words(language) for language in ("en", "zh-Hans", "zh-Hant")]
    lines = [line for words in told for line in words.levels.values()]
    assert len(set(lines)) == 3 * 5
    assert [words.probability.format("90%").count("90%") for words in told] == [1, 1, 1]
    assert sureness_words("ja") == sureness_words("en")


@pytest.mark.parametrize(
    ("probability", "shown"), [(0.0, "1%"), (0.004, "1%"), (0.876, "88%"), (0.999, "99%")]
)
def test_an_estimate_is_never_certain(probability: float, shown: str) -> None:
    assert percent(probability) == shown
