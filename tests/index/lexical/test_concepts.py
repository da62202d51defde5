from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pytest

from index.lexical.concepts import (
    CHARACTER,
    TRANSLATED,
    Concept,
    ConceptScores,
    Lengths,
    Postings,
    concepts_of,
    idf,
    score,
)
from index.lexical.dictionary import Translation
from index.lexical.terms import terms


class Small:
    """A dictionary of a few words, to the contract of ``Dictionary``."""

    forms: Mapping[str, tuple[Translation, ...]] = {
        "芯片": (("chip",), ("computer", "chip")),
        "公司": (("company",),),
        "chip": (("芯片",),),
        "context engineering": (("上下", "下文", "文工", "工程"),),
    }

    def lookup(self, words: Iterable[str]) -> Mapping[str, tuple[Translation, ...]]:
        return {word: self.forms[word] for word in words if word in self.forms}


def scored(question: str, passages: Sequence[str]) -> ConceptScores:
    """The scores of passages, each a row, for a question with the small dictionary."""
    held = [terms(passage) for passage in passages]
    lengths = np.array([len(found) for found in held], dtype=np.float32)
    concepts = concepts_of(question, Small())
    postings = {}
    for term in frozenset[str]().union(*(concept.terms for concept in concepts)):
        rows = [row for row, found in enumerate(held) if term in found]
        counts = np.array([held[row].count(term) for row in rows], dtype=np.float32)
        postings[term] = Postings(np.array(rows, dtype=np.int64), counts)
    return score(concepts, postings, Lengths(lengths, len(held), float(lengths.mean())))


PASSAGES = [
    "a chip for a computer",
    "自家芯片",
    "the weather is fine today",
    "今天的天气很好",
]


def test_chinese_is_cut_into_the_longest_words_known() -> None:
    concepts = concepts_of("买芯片的公司", Small())
    assert [concept.own for concept in concepts] == [("买",), ("芯片",), ("公司",)]
    assert concepts[1].translations == (("chip",), ("computer", "chip"))


def test_english_words_and_pairs_are_looked_up() -> None:
    concepts = concepts_of("What is context engineering?", Small())
    assert [concept.own for concept in concepts] == [
        ("context",),
        ("engineering",),
        ("context", "engineering"),
    ]
    assert concepts[2].translations


def test_mixed_scripts_are_one_question() -> None:
    own = [concept.own for concept in concepts_of("chip 公司 MoE", Small())]
    assert sorted(own) == [("chip",), ("moe",), ("公司",)]


def test_without_a_dictionary_each_term_is_a_concept() -> None:
    assert concepts_of("chip chip 公司", None) == (Concept(("chip",)), Concept(("公司",)))


@pytest.mark.parametrize("question", ["", "？", "what is it", "什么"])
def test_a_question_without_content_has_no_concepts(question: str) -> None:
    assert concepts_of(question, None) == ()
    assert (scored(question, PASSAGES).values == 0).all()


@pytest.mark.parametrize(("question", "own", "other"), [("chip", 0, 1), ("芯片", 1, 0)])
def test_a_translation_is_found_but_counts_less_than_the_word(
    question: str, own: int, other: int
) -> None:
    values = scored(question, PASSAGES).values
    assert values[own] > values[other] > 0
    assert values[2] == values[3] == 0


def test_all_words_of_a_translation_are_needed() -> None:
    values = scored(
        "context engineering", ["上下文工程的做法", "工程的做法", "context and more"]
    ).values
    assert values[0] > 0
    assert values[1] == 0
    assert values[2] > 0


def test_scores_lie_between_0_and_1_and_unknown_words_weigh_most() -> None:
    found = scored("chip zyzzyva", PASSAGES)
    assert (found.values >= 0).all() and (found.values <= 1).all()
    unknown, known = (
        found.idf[Concept(("zyzzyva",))],
        max(weight for concept, weight in found.idf.items() if concept.own == ("chip",)),
    )
    assert unknown > known


def test_the_overlap_of_a_sentence_knows_translations() -> None:
    found = scored("芯片 公司", PASSAGES)
    asked = found.only(found.idf)
    assert sum(asked.shares.values()) == pytest.approx(1.0)
    assert asked.overlap(frozenset({"芯片", "公司"})) == pytest.approx(1.0)
    assert asked.overlap(frozenset({"chip", "company"})) == pytest.approx(TRANSLATED)
    assert asked.overlap(frozenset({"weather"})) == 0.0


def test_some_of_the_concepts_are_weighed_among_themselves() -> None:
    found = scored("芯片 公司", PASSAGES)
    (chip,) = (concept for concept in found.idf if concept.own == ("芯片",))
    assert found.only([chip]).shares == {chip: 1.0}


def test_a_single_character_weighs_less_than_a_word() -> None:
    weights = {concept.own: idf for concept, idf in scored("买芯片", PASSAGES).idf.items()}
    assert weights[("买",)] == pytest.approx(CHARACTER * idf(len(PASSAGES), 0))
    assert weights[("芯片",)] == pytest.approx(idf(len(PASSAGES), 2))  # 芯片 and chip


def test_what_a_text_lacks_of_the_names_is_weighed() -> None:
    asked = scored("chip 公司 MoE", PASSAGES)
    weighed = asked.only(asked.idf)
    named = frozenset({"chip", "moe"})
    assert weighed.lacking(named, frozenset({"chip", "moe"})) == 0.0
    assert weighed.lacking(named, frozenset({"公司"})) == pytest.approx(1.0)
    assert 0.5 < weighed.lacking(named, frozenset({"chip"})) < 1.0  # the rarer of the two
    assert weighed.lacking(frozenset(), frozenset()) == 0.0
