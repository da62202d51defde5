"""A cross-encoder of the operator's own, which judges the first hits.

It reads question and passage together, which is slower by far than comparing vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.types import ModelError
from index.embedding.embedder import Turn, first_sentence
from index.types import Judgement, Proposal, Vectors


class PairScorer:
    """A cross-encoder: it reads a question and a passage together. Safe for several threads."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._turn = Turn()

    def judge(self, question: str, passages: Sequence[Proposal]) -> list[Judgement]:
        """What each passage says to the question: see ``index.types.Reranker``.

        The model sees what is embedded of a passage, with its title, heading and speakers: talk
        alone often leaves out what it is about. It knows nothing of sentences, whose promise stays.
        """
        scores = self.scores(question, [passage.chunk.embedded_text for passage in passages])
        return [
            Judgement(float(score), passage.promise)
            for passage, score in zip(passages, scores, strict=True)
        ]

    def sure(self, _: Sequence[Judgement]) -> None:
        """Nobody knows what its scores are worth as probabilities."""

    def scores(self, question: str, passages: Sequence[str]) -> Vectors:
        """How well each passage answers, (n,), from 0 to 1; over-long passages are cut."""
        if not passages:
            return np.zeros(0, dtype=np.float32)
        pairs = [(question, passage) for passage in passages]
        with self._turn.taken():
            scores = self._model.predict(pairs, batch_size=8, show_progress_bar=False)
        return np.asarray(scores, dtype=np.float32)


def load_cross_encoder(model: str, device: str | None = None) -> PairScorer:
    """A sentence-transformers CrossEncoder by its folder or, if it was downloaded before, its name.

    The network is never asked.

    Raises:
        ModelError: it isn't there, can't be loaded, or doesn't score a pair with one number.
    """
    from huggingface_hub import snapshot_download
    from sentence_transformers import CrossEncoder
    from torch.nn import Sigmoid

    folder = Path(model).expanduser()
    full_name = model if "/" in model else f"cross-encoder/{model}"
    try:
        if not folder.is_dir() and (model.startswith((".", "~")) or folder.is_absolute()):
            raise FileNotFoundError("there is no such folder")
        found = CrossEncoder(
            str(folder) if folder.is_dir() else snapshot_download(full_name, local_files_only=True),
            device=device,
            activation_fn=Sigmoid(),
            trust_remote_code=False,
            local_files_only=True,
        )
        _check_scores_pairs(found.config)
    except Exception as error:  # whatever the files of a stranger's model set off
        raise ModelError(
            f"cannot load the cross-encoder {model}: {first_sentence(error)}; give"
            " VERBATIM_RERANKER the folder of a sentence-transformers CrossEncoder, or the name of"
            " one that was downloaded before"
        ) from error
    return PairScorer(found)


def _check_scores_pairs(config: Any) -> None:
    """An embedding model loads all the same, with a head of random numbers on top."""
    if any(name.endswith("Model") for name in config.architectures or ()):
        raise ValueError("it is an embedding model, which scores no pairs")
    if config.num_labels != 1:
        raise ValueError(f"it gives {config.num_labels} numbers for a pair instead of one")
