"""A reranker of our own: it reads a question and a passage together, and says of the passage
whether it answers, and of each of its sentences too."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.types import ModelError, Sentence
from index.embedding.bundled import TOKENIZER, find_source, unpack
from index.embedding.e5 import E5File, read_e5_file
from index.embedding.onnx import batches, load_session, load_tokenizer, padded, write_graph
from index.reranking.weights import Head, read_weights
from index.reranking.windows import Encoded, Line, PairTokenizer, Tokens, Window, windows
from index.types import Judgement, Proposal, Vectors

_LARGEST = 30.0  # of a logit: beyond it a probability is 0 or 1 anyway


WINDOWS = 12
"""Windows that are read for a question: more took longer and made no answer better."""


@dataclass(frozen=True, slots=True)
class _Promising:
    """A window of the passage of this number, and how much it promises."""

    passage: int
    lines: Sequence[Tokens]
    window: Window
    promise: float


class PassageReader:
    """The reranker. Safe to call from several threads at once."""

    def __init__(self, graph: Path, tokenizer: Path, answers: Head, says: Head) -> None:
        self._tokenizer = PairTokenizer(load_tokenizer(tokenizer))
        self._session = load_session(graph)
        self._answers = answers
        self._says = says

    def judge(self, question: str, passages: Sequence[Proposal]) -> list[Judgement]:
        """What each passage says to the question: see ``index.types.Reranker``.

        Of all their windows the ``WINDOWS`` that promise most are read; what isn't read answers
        nothing. A passage answers as well as its best window does.
        """
        asked = self._tokenizer.question(question)
        chosen = sorted(self._windows(passages), key=lambda one: -one.promise)[:WINDOWS]
        encoded = [self._tokenizer.encode(asked, one.lines, one.window) for one in chosen]
        answers = [0.0] * len(passages)
        says = [[0.0] * len(passage.chunk.sentences) for passage in passages]
        for one, (answer, said) in zip(chosen, self._logits(encoded), strict=True):
            probability = _probability(answer)
            answers[one.passage] = max(answers[one.passage], probability)
            # A sentence answers if its window does, and it in the window.
            own = [probability * _probability(logit) for logit in said]
            start = one.window.first - len(passages[one.passage].before)
            says[one.passage][start : start + len(own)] = own
        return [Judgement(answer, tuple(own)) for answer, own in zip(answers, says, strict=True)]

    def sure(self, judged: Sequence[Judgement]) -> float:
        """As sure as it is of the passage that answers best."""
        return max((judgement.answers for judgement in judged), default=0.0)

    def _windows(self, passages: Sequence[Proposal]) -> Iterator[_Promising]:
        """All windows of the passages. A window promises what its best sentence does, or one that
        is shown before it, to which it may reply."""
        for number, passage in enumerate(passages):
            sentences = (*passage.before, *passage.chunk.sentences)
            lines = self._tokenizer.lines([_line(sentence) for sentence in sentences])
            promise = (*[-math.inf] * len(passage.before), *passage.promise)
            for window in windows(lines, len(passage.before)):
                best = max(promise[window.shown : window.last])
                yield _Promising(number, lines, window, best)

    def _logits(self, encoded: Sequence[Encoded]) -> list[tuple[float, list[float]]]:
        """Of each window whether it answers, and whether each of its own sentences does."""
        found: dict[int, tuple[float, list[float]]] = {}
        for batch in batches([len(one.ids) for one in encoded]):
            inputs = padded([encoded[position].ids for position in batch])
            states = self._session.run(None, inputs)[0]
            for position, tokens in zip(batch, states, strict=True):
                found[position] = self._heads(tokens, encoded[position])
        return [found[position] for position in range(len(encoded))]

    def _heads(self, tokens: Vectors, one: Encoded) -> tuple[float, list[float]]:
        first = tokens[0]
        means = [
            tokens[start:end].mean(axis=0) if end > start else np.zeros_like(first)
            for start, end in one.spans[one.context :]
        ]
        both = np.concatenate([np.stack(means), np.tile(first, (len(means), 1))], axis=1)
        return float(self._answers.of(first)), self._says.of(both).tolist()


def _line(sentence: Sentence) -> Line:
    return Line(sentence.text, sentence.speaker or "")


def _probability(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-_LARGEST, min(_LARGEST, logit))))


def load_reader(data: Path, weights: Path, source: Path | None = None) -> PassageReader:
    """The reranker, its graph written into the data folder where it isn't there yet. ``source`` is
    the embedding model's file, by default the one that is installed.

    Raises:
        ModelError: the weights or the embedding model can't be read, or the graph not written.
    """
    source = source or find_source()
    base = unpack(data, source)
    own = read_weights(weights)
    graph = base.folder.parent / f"reranker-{base.digest}-{own.digest}.onnx"
    if not graph.exists():
        _write(own.encoder(read_e5_file(source)), graph)
    return PassageReader(graph, base.folder / TOKENIZER, own.answers, own.says)


def _write(encoder: E5File, graph: Path) -> None:
    """Complete or not at all: it is written beside its place and then renamed."""
    beside = graph.with_suffix(f".{os.getpid()}.new")
    try:
        write_graph(encoder, beside, pooled=False)
        beside.replace(graph)
    except OSError as error:
        raise ModelError(
            f"cannot write the reranker into {graph.parent}: {error.strerror or error};"
            " about 100 MB must be free there"
        ) from error
    finally:
        beside.unlink(missing_ok=True)
