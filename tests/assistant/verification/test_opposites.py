"""What a sentence says against its evidence, whatever the wording."""

from __future__ import annotations

import pytest

from assistant.verification.check import contradict


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Sales rose in May.", "五月销量下降了。"),
        ("FOMO 比 FOMU 更强大。", "The FOMU actually matters more than the FOMO."),
        ("Rye-7 proves faster than Rye-8.", "I think Rye-8 is a bit quicker than Rye-7."),
        ("Oven 3 is hotter than Oven 2.5.", "Oven 3 比 Oven 2.5 低二十度。"),
    ],
)
def test_the_opposite_is_seen(claim: str, evidence: str) -> None:
    assert contradict(claim, evidence) is not None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Sales rose in May.", "五月销量上升了，六月下降。"),
        ("FOMU 比 FOMO 更强大。", "The FOMU actually matters more than the FOMO."),
        ("FOMO matters less than FOMU.", "The FOMU actually matters more than the FOMO."),
        ("Oven 2.5 is hotter than Oven 3.", "Oven 3 比 Oven 2.5 低二十度。"),
        ("The loaf is heavier than a roll.", "A roll is lighter than the loaf."),
        ("Ann's oven is hotter than Bob's.", "In winter it is colder than in May."),
    ],
)
def test_what_agrees_is_no_opposite(claim: str, evidence: str) -> None:
    assert contradict(claim, evidence) is None
