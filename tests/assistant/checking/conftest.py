"""The real embedding model as the check uses it: centred."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.centring import CentredEmbedder, measure_means
from index.embedder import load_embedder


@pytest.fixture(scope="session")
def centred(model_dir: Path) -> CentredEmbedder:
    """The bundled model with its languages' means taken out."""
    base = load_embedder(None, model_dir)
    return CentredEmbedder(base, measure_means(base))
