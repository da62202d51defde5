"""Language centring: the part of a vector that only says which language it is in, taken out.

A multilingual encoder puts texts of one language nearer to each other than to their translations,
so that in a mixed library a question finds its own language first. Subtracting the mean vector of
the text's language and normalising again mends most of it (Roy et al. 2020, LAReQA,
arXiv:2004.05484, section 5). The means come from reference sentences that say the same things in
every language, so that they hold what differs by language and not by subject; passages and
questions have means of their own. The library's own means are left out on purpose: with a few
talks on one subject they would take the subject out together with the language.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path

import numpy as np

from corpus.language import detect_language, script_shares
from index.embedding.kept import kept, kept_name
from index.types import Embedder, Vectors

_REFERENCE = resources.files("index") / "reference"
_SCRIPT_LANGUAGE: Mapping[str, str] = {
    "han": "zh",
    "kana": "ja",
    "hangul": "ko",
    "cyrillic": "ru",
    "arabic": "ar",
}


@dataclass(frozen=True, slots=True)
class LanguageMeans:
    """Mean vectors by language, in the order of ``languages``: arrays (languages, dimension)."""

    languages: tuple[str, ...]
    passages: Vectors
    questions: Vectors

    def to_bytes(self) -> bytes:
        """For the index to keep: the means are made once and frozen with it."""
        buffer = io.BytesIO()
        np.savez(
            buffer,
            languages=np.array(self.languages),
            passages=self.passages,
            questions=self.questions,
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> LanguageMeans:
        """The inverse of ``to_bytes``."""
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            return cls(
                tuple(str(tag) for tag in stored["languages"]),
                stored["passages"].astype(np.float32),
                stored["questions"].astype(np.float32),
            )


def reference_digest() -> str:
    """A short hash of the reference sentences: the means of a model change only with them."""
    return hashlib.sha256(_reference_text().encode()).hexdigest()[:12]


def reference_sentences() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The sentences that ship: language -> ``statement`` or ``question`` -> texts."""
    text = io.StringIO(_reference_text())
    rows = list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))
    languages = [name for name in rows[0] if name != "kind"]
    return {
        language: {
            kind: tuple(row[language] for row in rows if row["kind"] == kind)
            for kind in ("statement", "question")
        }
        for language in languages
    }


def _reference_text() -> str:
    return (_REFERENCE / "sentences.tsv").read_text("utf-8")


def measure_means(embedder: Embedder) -> LanguageMeans:
    """The means of this embedding model over the reference sentences; a few seconds, once."""
    reference = reference_sentences()
    languages = tuple(reference)
    passages = [embedder.passages(reference[tag]["statement"]).mean(axis=0) for tag in languages]
    questions = [
        np.mean([embedder.query(text) for text in reference[tag]["question"]], axis=0)
        for tag in languages
    ]
    return LanguageMeans(
        languages,
        np.asarray(passages, dtype=np.float32),
        np.asarray(questions, dtype=np.float32),
    )


def kept_means(embedder: Embedder, folder: Path) -> LanguageMeans:
    """``measure_means``, unless they ship, as those of the bundled model do; kept in this folder
    for the next index that the same model makes there."""
    name = kept_name("means", f"{embedder.name} {reference_digest()}")
    read, make = LanguageMeans.from_bytes, partial(measure_means, embedder)
    return kept(name, _REFERENCE, folder, read, make)


def language_weights(text: str, known: Sequence[str]) -> Vectors:
    """How much of each known language a text holds; sums to 1.

    By script first, so that a Chinese note full of English terms is centred as the mixture it is.
    Languages without reference sentences share the average of all means, which still takes out what
    every text has in common.
    """
    shares: dict[str, float] = {}
    scripts = script_shares(text)
    # Chinese grammar around mostly borrowed words is Chinese still; a few of them are English.
    latin = detect_language(text).split("-")[0] if scripts.get("latin", 0.0) > 0.5 else "en"
    if scripts.get("kana", 0.0) > 0.05:
        scripts = {**scripts, "kana": scripts["kana"] + scripts.get("han", 0.0), "han": 0.0}
    for script, share in scripts.items():
        tag = latin if script == "latin" else _SCRIPT_LANGUAGE.get(script, "")
        shares[tag] = shares.get(tag, 0.0) + share
    weights: Vectors = np.array([shares.get(tag, 0.0) for tag in known], dtype=np.float32)
    rest = np.float32(max(0.0, 1.0 - float(weights.sum())) / len(known))
    return weights + rest


def centre(vectors: Vectors, weights: Vectors, means: Vectors) -> Vectors:
    """Unit vectors with their language's mean taken out: (n, d), (n, languages), (languages, d)."""
    moved = vectors - weights @ means
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    centred: Vectors = (moved / np.maximum(lengths, 1e-9)).astype(np.float32)
    return centred


class CentredEmbedder:
    """An embedder whose vectors are centred; keeps the contract of ``Embedder``."""

    def __init__(self, base: Embedder, means: LanguageMeans) -> None:
        self._base = base
        self._means = means
        self.name = base.name
        self.dimension = base.dimension
        self.window_tokens = base.window_tokens

    def passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        """Centred passage vectors, (n, dimension) float32 unit rows, in the order given."""
        return self._centred(texts, self._base.passages(texts, on_batch), self._means.passages)

    def query(self, text: str) -> Vectors:
        """The centred vector of a question, (dimension,) float32 of length 1."""
        vector: Vectors = self._base.query(text)[None, :]
        centred: Vectors = self._centred([text], vector, self._means.questions)[0]
        return centred

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage in the model's own units, prefix included."""
        return self._base.count_tokens(text)

    def _centred(self, texts: Sequence[str], vectors: Vectors, means: Vectors) -> Vectors:
        if not len(texts):
            return vectors
        weights = np.stack([language_weights(text, self._means.languages) for text in texts])
        return centre(vectors, weights, means)
