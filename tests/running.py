"""What the fixture ``run`` of conftest.py gives to a test of the command line."""

from __future__ import annotations

from collections.abc import Callable

Run = Callable[..., tuple[int, str, str]]
"""Runs a command over the test's library: words in; exit status, stdout and stderr out."""
