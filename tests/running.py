"""What the fixture ``run`` of conftest.py gives to a test of the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Run = Callable[..., tuple[int, str, str]]
"""Runs a command over the test's library: words in; exit status, stdout and stderr out."""


def document(result: tuple[int, str, str]) -> Any:
    """What a command with ``--json`` printed: one document and nothing else."""
    status, out, err = result
    assert status == 0, err
    return json.loads(out)
