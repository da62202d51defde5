"""The cross-encoder: a real one with random weights, and the order of hits that it makes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from corpus.types import ModelError
from index.reranking.cross_encoder import PairScorer, load_cross_encoder
from index.retriever import TranscriptRetriever
from index.scoring import READING
from index.types import Query
from tests.index.reranking.tiny_cross_encoder import tiny_bert, tiny_cross_encoder
from tests.index.shelf import KITCHEN, WORKSHOP, Shelf, opened_shelf

PASSAGES = ["a sharp knife", "flour and water rise", "tea", "a" * 500, ""]
QUESTION = Query("Is a sharp knife safer than a blunt knife?")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_cross_encoder(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def scorer(folder: Path) -> PairScorer:
    return load_cross_encoder(str(folder), "cpu")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with opened_shelf(tmp_path) as shelf:
        shelf.put(kitchen=KITCHEN, workshop=WORKSHOP)
        yield shelf


def test_a_real_model_scores_each_pair_by_itself(scorer: PairScorer) -> None:
    scores = scorer.scores("Which knife is safe?", PASSAGES)
    assert scores.shape == (len(PASSAGES),) and scores.dtype == np.float32
    assert (scores > 0).all() and (scores < 1).all() and np.ptp(scores) > 0.01
    alone = [scorer.scores("Which knife is safe?", [passage])[0] for passage in PASSAGES]
    assert np.allclose(scores, alone, atol=1e-5)
    assert not np.allclose(scores, scorer.scores("Bread?", PASSAGES), atol=1e-3)
    assert scorer.scores("Which knife is safe?", []).shape == (0,)


def test_several_threads_get_their_own_scores(scorer: PairScorer) -> None:
    questions = [f"question {letter}" for letter in "abcdefgh"]
    expected = [scorer.scores(question, PASSAGES) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda question: scorer.scores(question, PASSAGES), questions))
    assert np.allclose(found, expected, atol=1e-5)


def test_it_orders_the_hits_and_leaves_their_sentences_and_how_sure_it_is(
    shelf: Shelf, scorer: PairScorer
) -> None:
    plain = shelf.retriever.search(QUESTION, 10)
    door = TranscriptRetriever(shelf.store, shelf.embedder, reranker=scorer)
    evidence = door.search(QUESTION, 10)
    assert evidence.answerable == plain.answerable
    texts = {hit.chunk.id: hit.chunk.embedded_text for hit in plain.hits}
    answers = dict(zip(texts, scorer.scores(QUESTION.text, list(texts.values())), strict=True))
    best = plain.hits[0].score
    scores = {
        hit.chunk.id: hit.score / best + READING * answers[hit.chunk.id] for hit in plain.hits
    }
    assert {hit.chunk.id: hit.score for hit in evidence.hits} == pytest.approx(scores)
    assert [hit.chunk.id for hit in evidence.hits] == sorted(scores, key=lambda one: -scores[one])
    before = {hit.chunk.id: (hit.parts, hit.sentences) for hit in plain.hits}
    assert {hit.chunk.id: (hit.parts, hit.sentences) for hit in evidence.hits} == before


def test_an_embedding_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="it is an embedding model"):
        load_cross_encoder(str(tiny_bert(tmp_path / "bert")))


def test_a_model_of_several_numbers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="3 numbers for a pair"):
        load_cross_encoder(str(tiny_cross_encoder(tmp_path, labels=3)))


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "nobody/nothing", "nothing"])
def test_a_model_that_is_not_there_is_one_line(name: str) -> None:
    with pytest.raises(ModelError, match="VERBATIM_RERANKER") as caught:
        load_cross_encoder(name)
    assert name in str(caught.value) and "\n" not in str(caught.value)


def test_a_damaged_folder_is_one_line(folder: Path, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    with pytest.raises(ModelError, match="VERBATIM_RERANKER") as caught:
        load_cross_encoder(str(tmp_path))
    assert str(tmp_path) in str(caught.value) and "\n" not in str(caught.value)
