"""An amount that a text states, and whether a text has the amounts of another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.language import fold

ROUNDED = 0.1
"""How far "about 150" may be from what was said."""
ROUNDED_SHARE = 0.01
"""Two thirds are 67 percent."""
AROUND_YEARS = 1
""""Around 2016" may be told as 2015 or 2017."""
CONVERTED = {"m": 0.06, "kg": 0.06, "s": 0.02}
"""How far an amount in another unit of its family may be: 40 pounds for 18 kilograms."""
OVER = 1.5
""""Over thirty" may stand for what is at most so many times as much."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount: the interval, and the family of its unit with the factor to the family's base.

    ``bound`` is ``about``, ``over`` or ``under`` where the text says so; ``label`` the Latin word
    right in front, as of a version; ``text`` what was read; ``lists`` whether it only counts what
    the answer itself lists, as in "two reasons". The families of dates are ``year``,
    ``month``, ``day`` and ``clock``.
    """

    low: float
    high: float
    text: str
    family: str = ""
    factor: float = 1.0
    bound: str = ""
    label: str = ""
    lists: bool = False

    @property
    def is_date(self) -> bool:
        """Whether it is a part of a date, or a time of day."""
        return self.family in ("year", "month", "day", "clock")


def missing(claim: Iterable[Quantity], evidence: Iterable[Quantity], text: str) -> Quantity | None:
    """The first amount of the claim that the evidence doesn't have; ``text`` is the evidence's,
    in which a version number may stand glued to its name."""
    said = tuple(evidence)
    folded = fold(text)
    for one in claim:
        version = rf"{re.escape(one.label)}[\W_]*{re.escape(one.text)}(?!\d|[.,]\d)"
        named = one.label and re.search(version, folded)
        if not named and not one.lists and not any(agrees(one, other) for other in said):
            return one
    return None


def agrees(claim: Quantity, said: Quantity) -> bool:
    """Whether the claim's amount is the one that was said, roundings and conversions included."""
    if {claim.bound, said.bound} == {"over", "under"}:
        return False
    low, high, told_low, told_high = claim.low, claim.high, said.low, said.high
    loose = "about" in (claim.bound, said.bound)
    if _is_year(claim) and _is_year(said):
        return abs(low - told_low) <= (AROUND_YEARS if loose else 0)
    slack = ROUNDED if loose else 1e-6
    if claim.family and said.family:
        if claim.family != said.family:
            return False
        if claim.factor != said.factor:
            slack = max(slack, CONVERTED.get(claim.family, 1e-6))
            low, high = low * claim.factor, high * claim.factor
            told_low, told_high = told_low * said.factor, told_high * said.factor
        if claim.family == "share":
            slack = max(slack, ROUNDED_SHARE)
    if told_low < told_high:
        return _agrees_with_vague(low, high, told_low, told_high, claim.bound)
    if low < high:
        return bool(low <= told_low <= high and said.bound)
    if claim.bound == "over" and low <= told_low <= OVER * low:
        return True
    if claim.bound == "under" and low / OVER <= told_low <= low:
        return True
    return abs(low - told_low) <= slack * max(abs(low), abs(told_low))


def _is_year(amount: Quantity) -> bool:
    """Whether it is a year, or four digits that read like one: "around 2016". A round number of
    things is none."""
    if amount.family == "year":
        return True
    four_digits = re.fullmatch(r"(?:1[89]|20)\d\d", amount.text) is not None
    bare = not amount.family and not amount.label
    return bare and four_digits and not amount.text.endswith("00")


def _agrees_with_vague(low: float, high: float, least: float, most: float, bound: str) -> bool:
    if low < high:
        return least <= low <= most and (high <= most * OVER or least <= high)
    if bound == "over":
        return low <= least and most <= max(10 * low, OVER * low) and least <= OVER * low
    if bound == "about":
        return least <= low <= most
    return False
