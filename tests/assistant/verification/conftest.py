"""The real embedding model as the check uses it: centred."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.embedding.centring import CentredEmbedder
from tests.sharing import load_once, measure_once


@pytest.fixture(scope="session")
def centred(model_dir: Path) -> CentredEmbedder:
    """The bundled model with its languages' means taken out."""
    base = load_once(None, model_dir)
    return CentredEmbedder(base, measure_once(base))
