"""The real embedding model, loaded once for all tests of a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.embedding.embedder import SentenceEmbedding
from index.types import Vectors
from tests.project import ROOT
from tests.sharing import load_once


@pytest.fixture(scope="session")
def embedder(model_dir: Path) -> SentenceEmbedding:
    """The bundled model as it runs by default."""
    return load_once(None, model_dir)


@pytest.fixture(scope="session")
def exact_embedder(model_dir: Path) -> SentenceEmbedding:
    """The bundled model as float32."""
    return load_once(None, model_dir, precision="fp32")


@pytest.fixture(scope="session")
def mixed_texts() -> list[str]:
    """Sixty texts in Chinese (both scripts), English, and both in one sentence."""
    paragraphs = [
        paragraph.strip()[:400]
        for path in sorted((ROOT / "corpus" / "transcripts").glob("*.md"))
        for paragraph in path.read_text(encoding="utf-8").split("\n\n")
        if len(paragraph) > 40
    ]
    written = [
        "Pre-training is about what you see, post-training about what you do with it.",
        "The second half of the talk was recorded in Zürich, at 9:30 – without slides…",
        "這個 benchmark 跟真實的 product 表現差很多，尤其是 long context 的部分。",
        "我们先说 scaling law，然后再看 inference cost。",
        "「公榜」的分數～其實沒有那麼重要！",
        "ＡＢＣ　１２３ ① ㎏ — full-width and compatibility forms",
        "He said: “It's fine.” She said nothing at all.",
        "模型。",
    ]
    return (written + paragraphs)[:60]


@pytest.fixture(scope="session")
def exact_vectors(exact_embedder: SentenceEmbedding, mixed_texts: list[str]) -> Vectors:
    """``mixed_texts`` as float32, which takes seconds; (texts, dimension)."""
    return exact_embedder.passages(mixed_texts)
