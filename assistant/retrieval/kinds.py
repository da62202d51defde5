"""Which kind of answer a question asks for: one from the search, or one from a library's structure.

The kind is read off the question's vector by a multinomial logistic regression, fitted to the lines
of kinds.toml: how readers ask for each kind, and plain questions as counter-examples. The vectors
are multilingual, so it holds in languages that no line is in. For the bundled model the weights
ship, in kinds-*.npz; for another they are fitted once and kept in its data folder.

    python -m bench.kinds --fit    # fits them anew, after a change of kinds.toml
"""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from itertools import count
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from corpus.names import is_han
from index.embedding.kept import kept, kept_name
from index.types import Embedder, Vectors

Kind = Literal[
    "overview", "who", "talks", "moments", "everything", "compare", "courtesy", "tool", "question"
]
"""``question`` is a plain one, for the search; the others are told in docs/questions.md."""

PERSON, OTHER, TALK = "Alex", "Robin", "«Talk»"
DATES = ("November", "11月")
"""What stands for the first and for any other person, for a talk, and for days in letters and in
Chinese, in a question whose kind is asked for."""
SURE = 0.8
"""What all kinds but ``question`` must reach together: in doubt a question is a plain one."""
SURE_AFTER = 0.85
"""The same of a question that comes after others, where a few words may take those up."""

Floats = npt.NDArray[np.floating[Any]]

_HERE = resources.files("assistant.retrieval")
_PLAIN = "question"
_FILLED = 8
"""A line with a subject is filled so many times, with different ones."""
_PENALTY = 3e-5
"""Of the squared weights."""
_STEPS = 1500
_SLOT = re.compile(r"\{(\w+)\}")


class Told(NamedTuple):
    """The kind of a question, and which question of that kind: ``talks``, ``latest``."""

    kind: Kind
    detail: str = ""

    @property
    def label(self) -> str:
        """As kinds.toml has it: ``talks.latest``."""
        return f"{self.kind}.{self.detail}" if self.detail else self.kind


@dataclass(frozen=True, slots=True, eq=False)
class KindModel:
    """Weights (dimension + 1, labels) by label, such as ``talks.latest``; the last row is bias, the
    last label that of plain questions."""

    labels: tuple[str, ...]
    weights: Vectors

    def tell(self, vector: Vectors) -> tuple[Told, float]:
        """The likeliest kind but for a plain question, of a question's vector (dimension,) as
        ``Embedder.query`` gives it; and how likely, 0 to 1, the question isn't plain."""
        odds = _softmax(vector @ self.weights[:-1] + self.weights[-1])
        kind, _, detail = self.labels[int(np.argmax(odds[:-1]))].partition(".")
        return Told(cast(Kind, kind), detail), float(1 - odds[-1])

    def to_bytes(self) -> bytes:
        """For a file."""
        buffer = io.BytesIO()
        np.savez(buffer, labels=np.array(self.labels), weights=self.weights.astype(np.float16))
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> KindModel:
        """The inverse of ``to_bytes``."""
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            labels = tuple(str(label) for label in stored["labels"])
            return cls(labels, stored["weights"].astype(np.float32))


def kept_kinds(embedder: Embedder, folder: Path) -> KindModel:
    """The classifier for an embedder's vectors: the one that ships, else one kept in a folder,
    fitted where there is none yet, which takes as long as embedding 4,000 short texts."""
    read, make = KindModel.from_bytes, partial(fit, embedder)
    return kept(kinds_file(embedder), _HERE, folder, read, make)


def fit(embedder: Embedder) -> KindModel:
    """The classifier that kinds.toml makes with this embedder; the same one each time."""
    examples = list(_examples())
    labels = (*(label for label in phrasings() if label != _PLAIN), _PLAIN)
    vectors = np.stack([embedder.query(one.text) for one in examples])
    wanted = np.array([labels.index(one.label) for one in examples])
    each = np.array([one.weight for one in examples])
    plain = wanted == labels.index(_PLAIN)
    # Plain questions weigh as much as all other kinds together, and each of those the same.
    share = np.where(plain, 0.5, 0.5 / (len(labels) - 1))
    weights = _regression(vectors, wanted, share * each / np.bincount(wanted, each)[wanted])
    return KindModel(labels, weights.astype(np.float32))


@cache
def phrasings() -> Mapping[str, tuple[str, ...]]:
    """How readers ask, by label: lines in which ``{topic}`` stands for the subject."""
    return {label: tuple(lines) for label, lines in _data()["kinds"].items()}


class _Example(NamedTuple):
    text: str
    label: str
    weight: float


def _examples() -> Iterator[_Example]:
    """All lines, filled in turn with what may stand in their slots, of their own language first."""
    held = {"person": [PERSON], "other": [OTHER], "talk": [TALK], "date": list(DATES)}
    fill = {**_data()["fill"], **held}
    turn = count()
    for label, lines in phrasings().items():
        for line in lines:
            slots = _SLOT.findall(line)
            copies = _FILLED if "topic" in slots else 1
            for n in range(copies):
                chinese = is_han(_SLOT.sub("", line)) == (n % 4 < 3)
                values = {slot: _next(fill[slot], chinese, next(turn)) for slot in slots}
                yield _Example(line.format(**values), label, 1 / copies)


def _next(values: Sequence[str], chinese: bool, turn: int) -> str:
    own = [value for value in values if is_han(value) == chinese] or values
    return own[turn % len(own)]


def _regression(vectors: Vectors, wanted: npt.NDArray[Any], weights: Floats) -> Floats:
    """Multinomial logistic regression with a squared penalty, by accelerated gradient descent.

    Rows are of length 1, so the loss bends by at most a half each way, bias included by one: the
    step is safe without a search (Nesterov 1983).
    """
    rows = np.hstack([vectors, np.ones((len(vectors), 1), dtype=vectors.dtype)]).astype(np.float64)
    target = np.eye(int(wanted.max()) + 1)[wanted]
    penalty = np.full((rows.shape[1], 1), _PENALTY)
    penalty[-1] = 0.0
    found: Floats = np.zeros((rows.shape[1], target.shape[1]))
    ahead = found
    for step in range(_STEPS):
        slope = rows.T @ ((_softmax(rows @ ahead) - target) * weights[:, None]) + penalty * ahead
        further = ahead - slope / (1 + _PENALTY)
        ahead = further + step / (step + 3) * (further - found)
        found = further
    return found


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares


@cache
def _data() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((_HERE / "kinds.toml").read_text("utf-8"))


def kinds_file(embedder: Embedder) -> str:
    """The name of the file for an embedder's weights: another one where kinds.toml changes."""
    return kept_name("kinds", f"{embedder.name} {(_HERE / 'kinds.toml').read_text('utf-8')}")
