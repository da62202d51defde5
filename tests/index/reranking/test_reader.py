"""The bundled reranker, on random weights small enough to be made anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from corpus.types import ModelError
from index.embedding.bundled import unpack
from index.embedding.e5 import E5File, read_e5_file
from index.reranking import reader as reader_module
from index.reranking.reader import PassageReader, load_reader
from index.reranking.training import model as model_module
from index.reranking.training.examples import Document, Example
from index.reranking.training.model import PairModel, batch_of, encoded, tensors_of
from index.reranking.weights import Tensor, read_weights, write_weights
from index.reranking.windows import Line, windows
from index.types import Proposal
from tests.builders import make_chunk
from tests.index.embedding import tiny_e5

SAID = ["cats purr a b c", "dogs bark", "a cats bark b"]
QUESTION = "cats bark"
PROMISES = (0.1, 0.8, 0.2, 0.9)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training's folder with a checkpoint of random weights, the base model beside it."""
    folder = tmp_path_factory.mktemp("reranker")
    (folder / "base.bin").write_bytes(tiny_e5.e5_file())
    torch.manual_seed(3)
    model = pair_model(folder)
    with torch.no_grad():
        for weights in model.encoder.encoder.parameters():
            if weights.requires_grad:
                weights.add_(0.05 * torch.randn_like(weights))
        model.says.weight.mul_(10)
    torch.save(model.state_dict(), folder / "trained.pt")
    write_weights(tensors(folder), folder / "own.safetensors")
    return folder


def pair_model(folder: Path) -> PairModel:
    """Of its two layers the first stays as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_module, "FROZEN", 1)
        return PairModel(unpack(folder / "data", folder / "base.bin").folder)


def trained(folder: Path) -> PairModel:
    model = pair_model(folder)
    model.load_state_dict(torch.load(folder / "trained.pt", weights_only=True))
    return model.eval()


def tensors(folder: Path) -> dict[str, Tensor]:
    base = base_of(folder)
    return tensors_of(trained(folder), [*base.vectors, *base.matrices])


def base_of(folder: Path) -> E5File:
    return read_e5_file(folder / "base.bin")


@pytest.fixture(scope="module")
def reader(folder: Path) -> PassageReader:
    return load_reader(folder / "data", folder / "own.safetensors", folder / "base.bin")


def as_trained(folder: Path, reader: PassageReader) -> tuple[float, list[float]]:
    """What the model says before its weights are quantised."""
    lines = [Line(text) for text in SAID]
    tokens = reader._tokenizer.lines(lines)
    document = Document("d", "s", "en", lines, [], tokens, windows(tokens))
    (window,) = document.windows
    example = Example(QUESTION, document, window, True, ("unknown", "unknown", "unknown"))
    read = encoded(example, reader._tokenizer)
    batch = batch_of([example], [read])
    with torch.no_grad():
        answers, says = trained(folder)(batch.ids, batch.mask, batch.members)
    return torch.sigmoid(answers).item(), torch.sigmoid(says)[0].tolist()


def test_it_says_what_the_trained_model_says(folder: Path, reader: PassageReader) -> None:
    answers, says = as_trained(folder, reader)
    chunk = make_chunk([(None, SAID, 0.0, 9.0)])
    (judged,) = reader.judge(QUESTION, [Proposal(chunk, (0.5, 0.5, 0.5))])
    assert judged.answers == pytest.approx(answers, abs=0.05)
    assert judged.says == pytest.approx([answers * one for one in says], abs=0.05)
    assert max(judged.says) - min(judged.says) > 0.02, "sentences are told apart"


def test_passages_keep_their_order_whatever_is_read_together(reader: PassageReader) -> None:
    chunks = [make_chunk([(None, SAID[:n], 0.0, 9.0)], id=str(n)) for n in (3, 1, 2)]
    passages = [Proposal(chunk, (0.5,) * len(chunk.sentences)) for chunk in chunks]
    together = reader.judge(QUESTION, passages)
    alone = [reader.judge(QUESTION, [passage])[0] for passage in passages]
    assert [len(one.says) for one in together] == [3, 1, 2]
    for one, other in zip(together, alone, strict=True):
        assert one.says == pytest.approx(other.says, abs=0.03)


def test_what_was_said_before_is_read_and_not_judged(reader: PassageReader) -> None:
    chunk = make_chunk([("Ann", SAID[:1], 0.0, 9.0)])
    before = make_chunk([("Bob", SAID[1:], 0.0, 9.0)]).sentences
    (alone,), (after,) = (
        reader.judge(QUESTION, [Proposal(chunk, (0.5,), shown)]) for shown in ((), before)
    )
    assert len(alone.says) == len(after.says) == 1
    assert alone.answers != pytest.approx(after.answers, abs=1e-4)


def test_of_more_than_can_be_read_what_promises_most_is(
    reader: PassageReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "WINDOWS", 2)
    chunks = [make_chunk([(None, SAID[:1], 0.0, 9.0)], id=str(n)) for n in range(4)]
    passages = [Proposal(chunk, (value,)) for chunk, value in zip(chunks, PROMISES, strict=True)]
    judged = reader.judge(QUESTION, passages)
    assert [one.answers > 0 for one in judged] == [False, True, False, True]
    assert [one.says[0] > 0 for one in judged] == [False, True, False, True]


def test_nothing_to_read_is_nothing_judged(reader: PassageReader) -> None:
    assert reader.judge(QUESTION, []) == []


def test_weights_come_back_within_a_step_of_eight_bits(folder: Path) -> None:
    base = base_of(folder)
    written = tensors(folder)
    read = read_weights(folder / "own.safetensors")
    encoder = read.encoder(base)
    assert set(encoder.matrices) == set(base.matrices)
    assert set(encoder.vectors) >= set(base.vectors)
    for name, matrix in read.matrices.items():
        step = np.abs(written[name]).max(axis=1, keepdims=True) / 127
        assert np.all(np.abs(matrix.dense() - written[name]) <= 0.51 * step + 1e-6), name
    assert np.array_equal(read.answers.weights, written["answers.w"])
    for name in ("emb.word", "l0.q.w"):
        assert encoder.matrices[name] is base.matrices[name], "what wasn't trained doesn't ship"


def test_a_second_start_writes_nothing(folder: Path, reader: PassageReader) -> None:
    graphs = list((folder / "data" / "models").glob("reranker-*.onnx"))
    assert len(graphs) == 1 and reader is not None
    before = graphs[0].stat().st_mtime_ns
    load_reader(folder / "data", folder / "own.safetensors", folder / "base.bin")
    assert graphs[0].stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", ["missing", "cut", "other"])
def test_weights_that_cannot_be_read_are_one_clear_line(
    folder: Path, tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "own.safetensors"
    if damage == "cut":
        path.write_bytes((folder / "own.safetensors").read_bytes()[:500])
    elif damage == "other":
        write_weights({"a": np.ones(3, dtype=np.float32)}, path)
    with pytest.raises(ModelError, match="VERBATIM_RERANKER=off") as error:
        load_reader(folder / "data", path, folder / "base.bin")
    assert "\n" not in str(error.value) and str(path) in str(error.value)
