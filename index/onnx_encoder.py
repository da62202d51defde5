"""Runs the bundled model's ONNX graph: text to unit vectors, on the processor."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.types import Vectors

TokenIds = NDArray[np.int64]

# Tokens run at once, padding included. More would not stay in a core's cache, fewer leave the
# matrix products too small.
_BATCH_TOKENS = 768


class OnnxEncoder:
    """A tokenizer and a session. Safe to call from several threads at once.

    ``window`` is the most tokens that are read of a text; what follows is left out.
    """

    def __init__(self, graph: Path, tokenizer: Path, window: int) -> None:
        self.window = window
        self._tokenizer = _load_tokenizer(tokenizer)
        self._session = _load_session(graph)

    def count(self, text: str) -> int:
        """Tokens of the whole text, those at start and end included."""
        return len(self._tokenizer.encode(text).ids)

    def tokenize(self, texts: Sequence[str]) -> list[TokenIds]:
        """Token ids of each text, at most ``window`` of them."""
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        return [self._shortened(np.array(one.ids, dtype=np.int64)) for one in encodings]

    def _shortened(self, ids: TokenIds) -> TokenIds:
        if len(ids) <= self.window:
            return ids
        return np.append(ids[: self.window - 1], ids[-1])

    def embed(self, token_ids: Sequence[TokenIds]) -> Vectors:
        """Unit vectors, one a row, in the order given."""
        rows: dict[int, Vectors] = {}
        for batch in _batches([len(ids) for ids in token_ids]):
            inputs = _padded([token_ids[position] for position in batch])
            rows.update(zip(batch, self._session.run(None, inputs)[0], strict=True))
        return np.array([rows[position] for position in range(len(token_ids))], dtype=np.float32)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of texts of like lengths, as many as fit a batch; every position once."""
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[position] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def _padded(token_ids: Sequence[TokenIds]) -> dict[str, TokenIds]:
    """A batch with its mask. The mask hides the padding, so its id is any that exists."""
    shape = (len(token_ids), max(map(len, token_ids)))
    ids, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, values in enumerate(token_ids):
        ids[row, : len(values)] = values
        mask[row, : len(values)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def _load_tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))


def _load_session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_cores()
    options.inter_op_num_threads = 1
    # Waiting threads that spin gain a query 0.3 ms and take a core from everyone else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def usable_cores() -> int:
    """Cores that this process may run on, which a container or a scheduler can limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
