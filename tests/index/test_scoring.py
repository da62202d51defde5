from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.types import SectionKind
from index import scoring
from index.scoring import Signals, answerable, fuse, is_short, sentence_score, signals

MEANING = st.floats(-1, 1)
GAP = st.floats(0, 2.2)
STEP = st.floats(0.01, 0.5)


def floats(*values: float) -> scoring.Floats:
    return np.array(values, dtype=np.float32)


def test_the_score_is_the_weighted_sum_of_its_parts() -> None:
    parts = floats(0.5, 0.1), floats(0.25, 0.2), floats(0.75, 0.3)
    (first, second) = fuse(*parts, floats(1.0, 0.5), floats(0.0, 0.1))
    weights = np.array([scoring.CHUNK, scoring.SENTENCE, scoring.LEXICAL])
    assert first == pytest.approx(weights @ [0.5, 0.25, 0.75])
    assert second == pytest.approx(0.5 * (weights @ [0.1, 0.2, 0.3]) + 0.1)


def test_every_kind_has_a_worth_and_the_talk_is_worth_most() -> None:
    assert set(scoring.WORTH) == set(get_args(SectionKind))
    assert max(scoring.WORTH, key=scoring.WORTH.__getitem__) == "talk"


def test_a_digest_wins_only_where_the_talk_says_much_less() -> None:
    worth = floats(scoring.WORTH["talk"], scoring.WORTH["summary"])
    none = floats(0, 0)
    equal = fuse(floats(0.5, 0.5), floats(0.5, 0.5), floats(0.4, 0.4), worth, none)
    alone = fuse(floats(0.1, 0.5), floats(0.1, 0.5), floats(0.0, 0.4), worth, none)
    assert equal[0] > equal[1]
    assert alone[1] > alone[0]


def test_a_focus_prefers_but_does_not_require() -> None:
    focus = floats(0, scoring.FOCUS_TRANSCRIPT + scoring.FOCUS_SPEAKER)
    near = fuse(floats(0.5, 0.45), floats(0.5, 0.45), floats(0, 0), floats(1, 1), focus)
    far = fuse(floats(0.7, 0.1), floats(0.7, 0.1), floats(0.2, 0), floats(1, 1), focus)
    assert near[1] > near[0]
    assert far[0] > far[1]


@pytest.mark.parametrize(
    ("says", "asks"),
    [
        (
            "The secret is better training on better data.",
            "Is the secret better training on better data?",
        ),
        ("The secret is better training, we are told.", "“Is the secret better training, then?”"),
        ("The secret is better training, we are told.", "(so is it better training, or what?)"),
        ("The secret is better training, we are told.", "And now the secret of all that training:"),
        ("‘The secret is better training, then.’", "‘Is the secret better training, then?’"),
        ("السر هو التدريب الأفضل والبيانات الأفضل.", "هل السر هو التدريب الأفضل والبيانات الأفضل؟"),
        ("秘诀就是更好的训练和更好的数据。", "秘诀就是更好的训练和更好的数据吗？"),
        ("祕訣就是更好的訓練和更好的資料。", "「祕訣就是更好的訓練和更好的資料嗎？」"),
    ],
)
def test_a_sentence_that_asks_or_announces_loses(says: str, asks: str) -> None:
    asserted, asked = (sentence_score(0.5, 0.2, text, by_whom=False) for text in (says, asks))
    assert asserted - asked == pytest.approx(scoring.ASKING)


@pytest.mark.parametrize("text", ["Yeah, exactly.", "对，没错。", "Sure"])
def test_a_sentence_of_few_words_loses(text: str) -> None:
    full = "It comes from better training data, and from nothing else."
    assert is_short(text) and not is_short(full)
    lost = sentence_score(0.5, 0.0, full, by_whom=False) - sentence_score(
        0.5, 0.0, text, by_whom=False
    )
    assert lost == pytest.approx(scoring.SHORT)


def test_shared_words_and_the_person_asked_about_lift_a_sentence() -> None:
    text = "It comes from better training data, and from nothing else."
    plain = sentence_score(0.5, 0.0, text, by_whom=False)
    assert plain == pytest.approx(0.5)
    shared = sentence_score(0.5, 1.0, text, by_whom=False)
    assert shared - plain == pytest.approx(scoring.SENTENCE_LEXICAL)
    theirs = sentence_score(0.5, 0.0, text, by_whom=True)
    assert theirs - plain == pytest.approx(scoring.BY_WHOM)


def test_the_gap_is_measured_from_the_first_to_the_tenth_in_any_order() -> None:
    scores = floats(0.2, 0.9, 0.4, 0.3, 0.5, 0.15, 0.45, 0.35, 0.25, 0.42, 0.1)
    found = signals(scores, floats(0.6, 0.1), floats(0.2, 0.7))
    assert found.gap == pytest.approx(0.9 - 0.15)
    assert found.meaning == pytest.approx(scoring.CHUNK * 0.6 + scoring.SENTENCE * 0.7)


@pytest.mark.parametrize("count", [1, 9])
def test_with_fewer_than_ten_candidates_the_gap_is_to_the_ordinary(count: int) -> None:
    few = np.linspace(1.0, 0.0, count, dtype=np.float32)
    assert signals(few, few, few).gap == pytest.approx(1.0 - scoring.ORDINARY)


def test_a_tenth_that_lies_far_below_makes_nothing_surer() -> None:
    weak = np.linspace(0.11, -0.4, 12, dtype=np.float32)
    found = signals(weak, weak, weak)
    assert found.gap == pytest.approx(0.11 - scoring.ORDINARY, abs=1e-6)
    assert answerable(found) < 0.2


def test_a_passage_without_the_questions_names_is_less_sure() -> None:
    assert answerable(Signals(0.4, 0.1, unnamed=1.0)) < answerable(Signals(0.4, 0.1, unnamed=0.5))
    assert answerable(Signals(0.4, 0.1, unnamed=0.5)) < answerable(Signals(0.4, 0.1))


def unit(*rows: Sequence[float]) -> scoring.Floats:
    vectors = np.array(rows, dtype=np.float32)
    lengths: scoring.Floats = np.linalg.norm(vectors, axis=1, keepdims=True).astype(np.float32)
    return vectors / lengths


def test_two_neighbours_that_answer_together_lift_their_passage() -> None:
    question = unit((1, 1, 0))[0]
    split = unit((1, 0, 0), (0, 1, 0), (0, 0, 1))
    apart = unit((1, 0, 0), (0, 0, 1), (0, 1, 0))
    vectors, starts = np.concatenate([split, apart]), np.array([0, 3])
    cosines, best = scoring.best_sentences(vectors, starts, question)
    assert cosines == pytest.approx(vectors @ question, abs=1e-6)
    single = 1 / np.sqrt(2)
    assert best[0] == pytest.approx(scoring.PAIR * 1.0 + (1 - scoring.PAIR) * single, abs=1e-6)
    assert best[1] < best[0]


def test_a_pair_never_reaches_across_passages_and_a_single_sentence_counts_for_itself() -> None:
    question = unit((1, 1))[0]
    vectors = unit((1, 0), (0, 1))
    _, best = scoring.best_sentences(vectors, np.array([0, 1]), question)
    assert best == pytest.approx([1 / np.sqrt(2)] * 2, abs=1e-6)
    _, alone = scoring.best_sentences(vectors[:1], np.array([0]), question)
    assert alone == pytest.approx([1 / np.sqrt(2)], abs=1e-6)


@given(MEANING, GAP, STEP)
def test_more_of_either_signal_is_surer(meaning: float, gap: float, more: float) -> None:
    base = answerable(Signals(meaning, gap))
    assert 0 <= base <= 1
    assert answerable(Signals(meaning + more, gap)) >= base
    assert answerable(Signals(meaning, gap + more)) >= base


def test_strong_and_weak_evidence_lie_far_apart() -> None:
    assert answerable(Signals(meaning=0.05, gap=0.02)) < 0.1
    assert answerable(Signals(meaning=0.5, gap=0.3)) > 0.9


def test_the_name_alone_makes_no_short_sentence_the_best() -> None:
    named = sentence_score(0.4, 0.8, "Bourgeaud 說。", by_whom=False)
    telling = "真正讓這一代好這麼多的，是來自一個大團隊的許多改進，加在一起。"
    assert named < sentence_score(0.35, 0.0, telling, by_whom=False)
