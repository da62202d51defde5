"""What ``import assistant`` offers, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import assistant
from assistant import library, types
from tests.project import ROOT


def test_every_public_name_is_there() -> None:
    for name in assistant.__all__:
        assert getattr(assistant, name).__module__.startswith("assistant.")
    assert set(assistant.__all__) <= set(dir(assistant))
    assert assistant.Answer is types.Answer
    assert assistant.open_retriever is library.open_retriever
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = assistant.nonsense


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = "import sys, assistant; print([m for m in sys.modules if m.startswith('assistant.')])"
    child = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert child.stdout.strip() == "[]"
