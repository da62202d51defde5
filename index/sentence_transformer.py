"""The one file that knows sentence-transformers and torch, which are imported when first needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Literal

import numpy as np

from corpus.types import ModelError
from index.onnx_encoder import OnnxEncoder
from index.types import Vectors

Task = Literal["query", "passage"]

# A model that states no limit reads texts of any length; chunks have to end somewhere.
_UNLIMITED_TOKENS = 32_768
_PASSAGE_PROMPTS = ("document", "passage", "corpus")


class Encoder:
    """A loaded model with its own prompts for questions and passages. Safe for several threads."""

    def __init__(self, model: Any, onnx: OnnxEncoder | None = None) -> None:
        self._model = model
        self._onnx = onnx
        self._prompts = {task: prompt_of(model, task) for task in ("query", "passage")}
        self._turn = _Turn()
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


class _Turn:
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


def load_torch(model: str, device: str | None, *, local: bool) -> Encoder:
    """Any sentence-transformers model, by folder or by name, run by torch.

    With ``local`` nothing is asked of the network; otherwise a model is downloaded only where the
    local cache lacks it.

    Raises:
        ModelError: there is no such model, or it can't be loaded.
    """
    from sentence_transformers import SentenceTransformer

    def load(local_files_only: bool) -> Any:
        return SentenceTransformer(
            model, device=device, trust_remote_code=False, local_files_only=local_files_only
        )

    try:
        return Encoder(load(True))
    except Exception as error:  # whatever the files of a stranger's model set off
        reason = error
    if not local:
        try:
            return Encoder(load(False))
        except Exception as error:
            reason = error
    raise ModelError(
        f"cannot load the embedding model {model}: {_first_line(reason)}; name a"
        " sentence-transformers model or its folder"
    ) from reason


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else type(error).__name__


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
            f"cannot load the embedding model from {graph.parent}: {_first_line(error)};"
            " delete that folder and start again"
        ) from error
    model = SentenceTransformer(modules=[OnnxModule()], device="cpu", prompts=dict(prompts))
    return Encoder(model, onnx)
