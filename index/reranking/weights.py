"""The reranker's own weights as they ship: the layers that were trained, in 8 bits, and two heads.

The others, words and positions are the bundled embedding model's, which ships already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.types import ModelError
from index.embedding.e5 import E5File, Rows

SUFFIX = ".safetensors"
HEADS = ("answers", "says")
LEVELS = 127
_SCALES = ".scales"

Tensor = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """A weighted sum of a vector, and what is added to it: a logit."""

    weights: Tensor
    bias: float

    def of(self, vectors: Tensor) -> Tensor:
        """Of vectors as rows (n, dimension), a logit each."""
        return np.asarray(vectors @ self.weights + self.bias, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class RerankerWeights:
    """The trained layers by the names of the embedding model's file, and the heads.

    ``answers`` tells of a window by its first token, ``says`` of a sentence by the mean of its
    tokens and the first token. ``digest`` are eight characters of the file's SHA-256.
    """

    vectors: Mapping[str, Tensor]
    matrices: Mapping[str, Rows]
    answers: Head
    says: Head
    digest: str

    def encoder(self, base: E5File) -> E5File:
        """The whole encoder: what wasn't trained is the embedding model's."""
        return replace(
            base,
            vectors={**base.vectors, **self.vectors},
            matrices={**base.matrices, **self.matrices},
        )


def write_weights(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Writes trained weights under the names that ``read_weights`` takes, matrices in 8 bits.

    Of the encoder, tensors are named as in the embedding model's file (``l0.q.w``); a head's are
    ``answers.w`` and ``answers.b``.
    """
    from safetensors.numpy import save_file

    kept: dict[str, NDArray[np.generic]] = {}
    for name, values in tensors.items():
        if values.ndim == 2:
            scales = np.maximum(np.abs(values).max(axis=1) / LEVELS, np.finfo(np.float32).tiny)
            kept[name] = np.rint(values / scales[:, None]).astype(np.int8)
            kept[name + _SCALES] = scales.astype(np.float32)
        else:
            kept[name] = values.astype(np.float32)
    save_file(kept, path)


def read_weights(path: Path) -> RerankerWeights:
    """The weights in a file.

    Raises:
        ModelError: the file is missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        raw = path.read_bytes()
        found = load(raw)
        answers, says = (Head(found[f"{name}.w"], float(found[f"{name}.b"][0])) for name in HEADS)
    except (OSError, SafetensorError, KeyError) as error:
        raise ModelError(
            f"cannot read the reranker's weights {path}: {error}; install the project again, or set"
            " VERBATIM_RERANKER=off"
        ) from error
    scaled = {name.removesuffix(_SCALES) for name in found if name.endswith(_SCALES)}
    return RerankerWeights(
        {name: found[name] for name in found if name.removesuffix(_SCALES) not in scaled},
        {name: Rows(found[name], found[name + _SCALES]) for name in scaled},
        answers,
        says,
        hashlib.sha256(raw).hexdigest()[:8],
    )
