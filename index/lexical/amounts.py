"""Amounts as lexical terms: 90 seconds, "ninety seconds" and 一分半钟 are one term.

A passage has for each amount the number as it is said, in figures, and a term for what it amounts
to in the base of its unit's family, or for having no unit. A question with a unit finds its own
term, and at a translation's weight the same number without one; a question without a unit finds the
number. Ranges and vague amounts have no term: they equal nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from corpus.language import fold
from corpus.quantities import Located, Quantity, located
from index.lexical.concepts import Concept
from index.lexical.terms import terms

MARK = "="
"""Begins the terms that no word of a text can be."""
_FIGURES = frozenset("0123456789.,")


def passage_terms(text: str) -> list[str]:
    """The terms of a passage's words and of its amounts, with repetitions."""
    words = terms(text)
    known = set(words)
    found = (one for each in located(fold(text)) for one in _terms_of(each.amount))
    # Figures are a word of the text already.
    return words + [term for term in found if term not in known]


def cut_amounts(folded: str) -> tuple[str, tuple[Concept, ...]]:
    """A folded question without its amounts, a space in their place, and these as concepts.

    Bare figures and those of versions stay: their words are their terms.
    """
    found = [
        (one, concept)
        for one in located(folded)
        if not _is_word(one) and (concept := _concept_of(one.amount))
    ]
    rest = folded
    # 两三年 and a date's parts are several amounts in one place.
    for start, end in sorted({(one.start, one.end) for one, _ in found}, reverse=True):
        rest = f"{rest[:start]} {rest[end:]}"
    return rest, tuple(concept for _, concept in found)


def held_terms(text: str, concepts: Iterable[Concept]) -> frozenset[str]:
    """The terms of a text that concepts are looked for among: amounts, which take longer to read,
    only where one of these is an amount."""
    counting = any(term[0] == MARK or term[0].isdecimal() for one in concepts for term in one.own)
    return frozenset(passage_terms(text) if counting else terms(text))


def _terms_of(amount: Quantity) -> tuple[str, ...]:
    """What a passage has of an amount."""
    if amount.low != amount.high:
        return ()
    said, worth = _number(amount.low), _number(amount.low * amount.factor)
    if amount.is_date and amount.family != "year":
        return (f"{MARK}{worth}{amount.family}",)
    return said, f"{MARK}{worth}{amount.family}"


def _concept_of(amount: Quantity) -> Concept | None:
    found = _terms_of(amount)
    if not found:
        return None
    if not amount.family:
        return Concept(found[:1])
    return Concept(found[-1:], (_without_unit(amount),))


def _without_unit(amount: Quantity) -> tuple[str]:
    return (f"{MARK}{_number(amount.low)}",)


def _is_word(one: Located) -> bool:
    amount = one.amount
    return not amount.family and (bool(amount.label) or _FIGURES.issuperset(amount.text))


def _number(value: float) -> str:
    """Six digits, which hide what converting a unit left behind; whole numbers whole."""
    rounded = round(value)
    return str(rounded) if abs(value - rounded) < 1e-9 * max(1.0, value) else f"{value:.6g}"
