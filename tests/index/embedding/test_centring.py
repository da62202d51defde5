"""Language means: measured with an embedder that is as biased to language as real ones are."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import detect_language
from index.embedding import centring
from index.embedding.centring import (
    CentredEmbedder,
    LanguageMeans,
    kept_means,
    language_weights,
    measure_means,
    reference_digest,
    reference_sentences,
)
from index.types import Vectors
from tests.index.fakes import FakeEmbedder

KNOWN = ("zh", "en", "ja", "ko", "de", "ru", "ar")
MEANINGS = {
    "The kettle whistles.": ("kettle", "en"),
    "水壶在响。": ("kettle", "zh"),
    "The ferry is late.": ("ferry", "en"),
    "渡船晚了。": ("ferry", "zh"),
    "The bridge is closed.": ("bridge", "en"),
    "桥封了。": ("bridge", "zh"),
}


class BiasedEmbedder:
    """A vector for what a text means, a longer one for its language, one for being a question.

    It knows the meanings of the reference sentences, which are parallel, and of ``MEANINGS``.
    """

    name = "biased"
    dimension = 96
    window_tokens = 512

    def __init__(self) -> None:
        self._meanings = dict(MEANINGS)
        for language, kinds in reference_sentences().items():
            for kind, texts in kinds.items():
                for number, text in enumerate(texts):
                    self._meanings[text] = (f"{kind} {number}", language)

    def passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        if on_batch is not None:
            on_batch(len(texts))
        return np.stack([self._vector(text, "passage") for text in texts])

    def query(self, text: str) -> Vectors:
        return self._vector(text, "question")

    def count_tokens(self, text: str) -> int:
        return len(text)

    def _vector(self, text: str, role: str) -> Vectors:
        meaning, language = self._meanings[text]
        # Questions are biased in a way of their own, as those of real models are.
        vector = _direction(meaning) + 3 * _direction(language) + _direction(role + language)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def _direction(name: str) -> Vectors:
    numbers = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(96)
    return np.asarray(numbers / np.linalg.norm(numbers), dtype=np.float32)


def nearest(embedder: BiasedEmbedder | CentredEmbedder, question: str, among: list[str]) -> str:
    cosines = embedder.passages(among) @ embedder.query(question)
    return among[int(cosines.argmax())]


@pytest.mark.parametrize(
    ("question", "answer", "language"),
    [
        ("水壶在响。", "The kettle whistles.", "zh"),
        ("The ferry is late.", "渡船晚了。", "en"),
    ],
)
def test_the_answer_in_the_other_language_comes_first_only_after_centring(
    question: str, answer: str, language: str
) -> None:
    base = BiasedEmbedder()
    centred = CentredEmbedder(base, measure_means(base))
    meaning = MEANINGS[question][0]
    among = [text for text, (means, tag) in MEANINGS.items() if means != meaning or tag != language]
    assert MEANINGS[nearest(base, question, among)][1] == language
    assert nearest(centred, question, among) == answer


def test_means_are_those_of_the_reference_sentences() -> None:
    base = FakeEmbedder(64)
    means = measure_means(base)
    reference = reference_sentences()
    assert means.languages == tuple(reference)
    assert means.passages.shape == means.questions.shape == (len(reference), 64)
    assert means.passages.dtype == means.questions.dtype == np.float32
    for number, kinds in enumerate(reference.values()):
        statements = np.mean(base.passages(kinds["statement"]), axis=0)
        questions = np.mean([base.query(text) for text in kinds["question"]], axis=0)
        assert np.allclose(means.passages[number], statements, atol=1e-6)
        assert np.allclose(means.questions[number], questions, atol=1e-6)


def test_reference_sentences_say_the_same_things_in_every_language() -> None:
    reference = reference_sentences()
    assert {"zh", "en"} <= set(reference)
    for language, kinds in reference.items():
        assert {kind: len(texts) for kind, texts in kinds.items()} == {
            kind: len(texts) for kind, texts in reference["en"].items()
        }
        texts = [text for texts in kinds.values() for text in texts]
        assert all(text == text.strip() != "" for text in texts)
        assert detect_language(" ".join(texts)).split("-")[0] == language


def test_the_digest_changes_with_the_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    before = reference_digest()
    assert before == reference_digest()
    text = centring._reference_text()
    monkeypatch.setattr(centring, "_reference_text", lambda: text.replace("soup", "stew"))
    assert reference_digest() != before


def test_a_model_is_measured_once_for_all_indexes_of_a_data_folder(tmp_path: Path) -> None:
    first = kept_means(FakeEmbedder(32), tmp_path / "models")
    again = FakeEmbedder(32)
    assert np.array_equal(kept_means(again, tmp_path / "models").passages, first.passages)
    assert again.embedded == []
    other = FakeEmbedder(32)
    other.name = "another"
    kept_means(other, tmp_path / "models")
    assert other.embedded


@pytest.mark.parametrize("damaged", [b"", b"PK", b"no archive"])
def test_damaged_means_are_measured_anew(tmp_path: Path, damaged: bytes) -> None:
    means = kept_means(FakeEmbedder(32), tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for content in (damaged, whole[: len(whole) // 2]):
        file.write_bytes(content)
        again = FakeEmbedder(32)
        assert np.array_equal(kept_means(again, tmp_path).questions, means.questions)
        assert again.embedded and list(tmp_path.iterdir()) == [file]


def test_means_come_back_from_bytes_as_they_were() -> None:
    means = measure_means(FakeEmbedder(32))
    back = LanguageMeans.from_bytes(means.to_bytes())
    assert back.languages == means.languages
    assert np.array_equal(back.passages, means.passages)
    assert np.array_equal(back.questions, means.questions)
    assert back.passages.dtype == np.float32


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("模型的预训练已经结束了", "zh"),
        ("模型的預訓練已經結束了", "zh"),
        ("The model was trained on what the web has to offer.", "en"),
        ("Das Modell wurde mit dem trainiert, was das Netz bietet.", "de"),
        ("新しいモデルの学習が終わりました", "ja"),
        ("새 모델의 학습이 끝났습니다", "ko"),
        ("Обучение новой модели закончилось", "ru"),
        ("انتهى تدريب النموذج الجديد", "ar"),
    ],
)
def test_a_text_in_one_language_is_centred_as_that(text: str, language: str) -> None:
    weights = dict(zip(KNOWN, language_weights(text, KNOWN), strict=True))
    assert weights[language] == pytest.approx(1.0)


def test_chinese_with_english_terms_is_a_mixture() -> None:
    text = "这个 benchmark 跟真实的产品表现差很多。"
    weights = dict(zip(KNOWN, language_weights(text, KNOWN), strict=True))
    assert weights["zh"] + weights["en"] == pytest.approx(1.0)
    assert 0.5 < weights["zh"] < 0.85


@pytest.mark.parametrize(
    "text",
    [
        "这个 benchmark 跟真实的 product performance 差很多，尤其是 long context 的部分。",
        "我们用 Gemini 3 的 multimodal reasoning、long context window 和 tool use 来做 coding。",
    ],
)
def test_chinese_grammar_around_mostly_english_words_is_chinese(text: str) -> None:
    weights = dict(zip(KNOWN, language_weights(text, KNOWN), strict=True))
    assert weights["zh"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "text",
    [
        "Het weer is vandaag erg mooi en de zon schijnt in de tuin.",
        "Η εκπαίδευση του μοντέλου τελείωσε",
        "12:30 – 13:45",
        "",
    ],
)
def test_other_languages_share_the_average(text: str) -> None:
    assert language_weights(text, KNOWN) == pytest.approx([1 / len(KNOWN)] * len(KNOWN))


@given(st.text(max_size=60))
def test_weights_are_shares(text: str) -> None:
    weights = language_weights(text, KNOWN)
    assert weights.sum() == pytest.approx(1.0, abs=1e-5)
    assert weights.min() >= 0


def test_passages_and_questions_have_means_of_their_own() -> None:
    base = FakeEmbedder(64)
    zero, text = np.zeros((1, 64), dtype=np.float32), "The kettle whistles."
    mean = base.passages(["A kettle whistles on the stove."])
    of_questions = CentredEmbedder(base, LanguageMeans(("en",), zero, mean))
    of_passages = CentredEmbedder(base, LanguageMeans(("en",), mean, zero))
    assert np.allclose(of_questions.passages([text]), base.passages([text]))
    assert not np.allclose(of_questions.query(text), base.query(text), atol=0.1)
    assert np.allclose(of_passages.query(text), base.query(text))
    assert not np.allclose(of_passages.passages([text]), base.passages([text]), atol=0.1)


def test_a_centred_embedder_keeps_the_contract() -> None:
    base = FakeEmbedder(64)
    centred = CentredEmbedder(base, measure_means(base))
    told: list[int] = []
    texts = ["The kettle whistles.", "水壶在响。", "12:30"]
    vectors = centred.passages(texts, told.append)
    assert told == [3]
    assert vectors.shape == (3, 64) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0] * 3, abs=1e-5)
    assert np.allclose(vectors[1], centred.passages([texts[1]])[0])
    question = centred.query(texts[0])
    assert question.shape == (64,) and question.dtype == np.float32
    assert np.linalg.norm(question) == pytest.approx(1.0, abs=1e-5)
    assert centred.passages([]).shape == (0, 64)
    assert centred.count_tokens("one two") == base.count_tokens("one two")
    assert (centred.name, centred.dimension, centred.window_tokens) == ("fake", 64, 512)
