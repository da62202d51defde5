"""What a sentence compares the other way round than its evidence, whatever the wording."""

from __future__ import annotations

import pytest

from assistant.retrieval.context import Excerpt
from assistant.verification.check import Checker, turned_round
from assistant.verification.claims import claims_of
from index.embedding.centring import CentredEmbedder
from tests.builders import make_chunk


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("FOMO 比 FOMU 更强大。", "The FOMU actually matters more than the FOMO."),
        ("Rye-7 proves faster than Rye-8.", "I think Rye-8 is a bit quicker than Rye-7."),
        ("Oven 3 is hotter than Oven 2.5.", "Oven 3 比 Oven 2.5 低二十度。"),
    ],
)
def test_a_comparison_turned_round_is_seen(claim: str, evidence: str) -> None:
    assert turned_round(claim, evidence) is not None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("FOMU 比 FOMO 更强大。", "The FOMU actually matters more than the FOMO."),
        ("FOMO matters less than FOMU.", "The FOMU actually matters more than the FOMO."),
        ("Oven 2.5 is hotter than Oven 3.", "Oven 3 比 Oven 2.5 低二十度。"),
        ("The loaf is heavier than a roll.", "A roll is lighter than the loaf."),
        ("Ann's oven is hotter than Bob's.", "In winter it is colder than in May."),
    ],
)
def test_what_agrees_is_not_turned_round(claim: str, evidence: str) -> None:
    assert turned_round(claim, evidence) is None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Profits improved last year.", "Costs dropped and so profits went up last year."),
        ("The queue grew to forty people.", "Waste dropped and the queue went up to forty people."),
        (
            "Income rose by half last year.",
            "The harvest fell, but income went up by half last year.",
        ),
        ("去年收入提高了。", "去年产量下降了，可是收入多了很多。"),
    ],
)
def test_what_rises_may_be_told_beside_what_falls(
    centred: CentredEmbedder, claim: str, evidence: str
) -> None:
    chunk = make_chunk([("Ann", [evidence], 0.0, 9.0)])
    checker = Checker([Excerpt(1, chunk, chunk.sentences)], centred)
    (found,) = claims_of(f"{claim} [1]")
    assert checker.check(found).outcome == "supported"
