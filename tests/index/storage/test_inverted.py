"""Terms, BM25 and the inverted index on disk."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical.amounts import passage_terms
from index.lexical.concepts import K1, B, Concept, concepts_of, idf
from index.lexical.terms import terms
from index.storage import inverted as segments
from index.storage.catalog import Catalog
from index.storage.database import Database
from index.storage.inverted import Lexical, Segment, plan_merge
from tests.index.storage.test_catalog import chunk, talk


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("公榜與真實產品表現", "公榜与真实产品表现"),
        ("ＧＰＴ－５", "gpt-5"),
        ("GPT-5", "GPT5"),
        ("pre-training", "pretraining"),
        ("Node.js", "NodeJS"),
        ("models", "model"),
        ("companies", "company"),
        ("company's", "company"),
        ("company’s", "company"),
        ("1,000", "1000"),
        ("CAFÉ", "café"),
        ("L’homme", "homme"),
    ],
)
def test_spellings_that_find_each_other(one: str, other: str) -> None:
    assert set(terms(one)) & set(terms(other))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("context engineering 和 MoE架構", ["context", "engineering", "moe", "架构"]),
        ("Gemini 3.0 and v1.5", ["gemini", "3.0", "v1.5"]),
        ("C++, C# or Rust", ["c++", "c#", "rust"]),
        ("为什么公榜？", ["么公", "公榜"]),
        ("bus, glass, analysis", ["bus", "glass", "analysi"]),
        ("コンピュータ", ["コン", "ンピ", "ピュ", "ュー", "ータ"]),
        ("안녕 세계", ["안녕", "세계"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("ภาษา", ["ภา", "าษ", "ษา"]),
        ("книга, βιβλίο", ["книга", "βιβλίο"]),
        ("猫 and 了", ["猫"]),
        ("What is it that they don't say?", []),
        ("", []),
        ("—…！？ ___ 👍", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(st.text(), st.text())
def test_any_text_has_terms_and_a_line_break_parts_them(one: str, other: str) -> None:
    assert terms(f"{one}\n{other}") == terms(one) + terms(other)


def test_the_question_words_of_chinese_weigh_nothing() -> None:
    for question in ("这是什么？", "为什么", "如何", "他们是怎么说的", "有没有"):
        assert len(terms(question)) <= 2, question
    assert terms("什么") == terms("為什麼") == terms("怎麼") == []


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "catalog.sqlite3", "mend it.")
    yield database
    database.close()


class Passages:
    """Passages put into the catalogue and the index together, as syncing does."""

    def __init__(self, database: Database) -> None:
        self.catalog = Catalog(database)
        self.lexical = Lexical(database)
        self.rows: dict[str, int] = {}

    def add(self, texts: Mapping[str, str]) -> None:
        for name, text in texts.items():
            swap = self.catalog.put_file(talk(name), "1", [chunk(name, name)])
            self.rows.update(swap.new_rows)
            self.lexical.add({swap.new_rows[name]: text})

    def remove(self, *names: str) -> None:
        self.catalog.remove_files(names)

    def scores(self, question: str) -> dict[str, float]:
        values = self.lexical.scores(concepts_of(question, None)).values
        return {name: float(values[row]) for name, row in self.rows.items() if row < len(values)}


TEXTS = {
    "a": "Scaling laws hold for pre-training and scaling continues.",
    "b": "公榜不能反映真實產品表現，scaling matters.",
    "c": "The guests speak about taste. Taste decides, taste is all; scaling is not.",
    "d": "Nothing of the kind was said about cooking dinner with friends at home.",
}


@pytest.fixture
def passages(database: Database) -> Passages:
    passages = Passages(database)
    passages.add(TEXTS)
    return passages


def expected_scores(texts: Mapping[str, str], question: str) -> dict[str, float]:
    """The formula of bm25.py's docstring, worked out word by word."""
    counted = {name: Counter(passage_terms(text)) for name, text in texts.items()}
    mean = sum(counts.total() for counts in counted.values()) / len(counted)
    wanted = set(terms(question))
    weights = {
        term: math.log(1 + (len(texts) - n + 0.5) / (n + 0.5))
        for term in wanted
        for n in [sum(term in counts for counts in counted.values())]
    }
    return {
        name: sum(
            weights[term] * counts[term] / (counts[term] + K1 * (1 - B + B * counts.total() / mean))
            for term in wanted
        )
        / sum(weights.values())
        for name, counts in counted.items()
    }


QUESTION = "does scaling of pre-training and taste show in 公榜 or in quarks?"


def test_scores_follow_the_formula(passages: Passages) -> None:
    assert passages.scores(QUESTION) == pytest.approx(expected_scores(TEXTS, QUESTION), rel=1e-5)


def test_scores_lie_between_0_and_1_and_below_the_share_of_what_is_held(passages: Passages) -> None:
    found = passages.lexical.scores(concepts_of("taste quarks", None))
    taste, quark = found.idf
    share = found.only(found.idf).shares[taste]
    assert 0 < found.values[passages.rows["c"]] < share < 1
    assert found.idf[quark] == max(found.idf.values()) == idf(4, 0)
    assert found.values[passages.rows["d"]] == 0


def test_a_question_of_unknown_words_scores_nothing(passages: Passages) -> None:
    assert not passages.lexical.scores(concepts_of("quarks and gluons", None)).values.any()
    assert not passages.lexical.scores([]).values.any()


def test_an_empty_index(database: Database) -> None:
    Catalog(database)
    lexical = Lexical(database)
    assert len(lexical.scores([Concept(("taste",))]).values) == 0
    assert lexical.document_frequency("taste") == 0


def test_rarity_is_the_idf_of_each_term(passages: Passages) -> None:
    found = passages.lexical.rarity({"scaling", "taste", "quark"})
    assert found == {"scaling": idf(4, 3), "taste": idf(4, 1), "quark": idf(4, 0)}


def test_postings_hold_rows_and_counts(passages: Passages) -> None:
    with passages.lexical.reader() as reader:
        found = reader.postings(["scaling", "taste", "quark"])
    rows = passages.rows
    assert found["scaling"].rows.tolist() == sorted([rows["a"], rows["b"], rows["c"]])
    assert found["taste"].counts.tolist() == [3.0]
    assert len(found["quark"].rows) == 0


def test_removed_passages_weigh_nothing(passages: Passages) -> None:
    passages.remove("c", "d")
    rest = {name: TEXTS[name] for name in "ab"}
    scores = passages.scores(QUESTION)
    assert {name: scores[name] for name in rest} == pytest.approx(expected_scores(rest, QUESTION))
    assert passages.lexical.document_frequency("taste") == 0


def test_counts_above_a_byte_are_held_down(database: Database) -> None:
    passages = Passages(database)
    passages.add({"a": "echo " * 400, "b": "other"})
    with passages.lexical.reader() as reader:
        assert reader.postings(["echo"])["echo"].counts.tolist() == [255.0]


def test_merging_segments_changes_no_score(database: Database) -> None:
    passages = Passages(database)
    texts = {f"f{n}": f"scaling {'taste ' * (n % 4)} word{n} 公榜{n}" for n in range(40)}
    passages.add(texts)
    passages.remove(*[f"f{n}" for n in range(0, 40, 3)])
    rest = {name: text for n, (name, text) in enumerate(texts.items()) if n % 3}
    count = "SELECT count(*) FROM segments"
    with database.reading() as connection:
        before = connection.execute(count).fetchone()[0]
    passages.lexical.tidy()
    with database.reading() as connection:
        after = connection.execute(count).fetchone()[0]
        numbers = {n for (n,) in connection.execute("SELECT DISTINCT segment FROM postings")}
        assert numbers == {n for (n,) in connection.execute("SELECT segment FROM segments")}
    assert after < before / 3
    scores = passages.scores("scaling taste word7 quark")
    expected = expected_scores(rest, "scaling taste word7 quark")
    assert {name: scores[name] for name in rest} == pytest.approx(expected)
    assert all(scores.get(name, 0.0) == 0 for name in set(texts) - set(rest))


def test_an_index_of_the_dead_empties(passages: Passages, database: Database) -> None:
    passages.remove(*TEXTS)
    passages.lexical.tidy()
    with database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM postings").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM segments").fetchone() == (0,)


def test_a_plan_merges_the_dead_alone_and_the_equal_together() -> None:
    sound = [Segment(n, rows=10, postings=1000, living=10) for n in range(segments.FAN_IN - 1)]
    assert plan_merge(sound) == ()
    assert plan_merge([*sound, Segment(50, 100, 50_000, 50)]) == (50,)
    assert plan_merge([*sound, Segment(60, 10, 900, 9)]) == (60, *range(segments.FAN_IN - 1))
    large = [Segment(n, 10, segments.LARGEST // 2, 10) for n in range(20)]
    assert plan_merge(large) == ()


@given(st.lists(st.integers(0, 100), max_size=60))
def test_merging_ends(sizes: list[int]) -> None:
    held = [Segment(n, 10, size * 50, min(10, size)) for n, size in enumerate(sizes)]
    for number in range(200):
        chosen = plan_merge(held)
        if not chosen:
            break
        merged = [one for one in held if one.number in chosen]
        living = sum(one.living for one in merged)
        postings = sum(one.living_postings for one in merged)
        held = [one for one in held if one.number not in chosen]
        if living:
            held.append(Segment(1000 + number, living, postings, living))
    assert not plan_merge(held)


def test_scores_of_two_readers_at_once_fit_together(passages: Passages) -> None:
    """A reader that was opened before a removal goes on with what it saw."""
    with passages.lexical.reader() as reader:
        before = reader.scores(concepts_of(QUESTION, None)).values
        passages.remove("c")
        assert np.array_equal(reader.scores(concepts_of(QUESTION, None)).values, before)
    assert passages.lexical.document_frequency("taste") == 0
