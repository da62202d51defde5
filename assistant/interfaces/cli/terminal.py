"""What a command shows: results on stdout, everything else on stderr."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from assistant.interfaces.documents.text import progress_text
from index.types import IndexProgress, SyncReport


def show(arguments: argparse.Namespace, document: dict[str, Any], text: str) -> None:
    """The result: one JSON document with ``--json``, else the text for people."""
    if getattr(arguments, "json", False):
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print(text)


def complain(line: str) -> None:
    """One line on stderr, after what stood there of progress is gone."""
    say("")
    print(line, file=sys.stderr)


def warn(report: SyncReport) -> None:
    """A line for each file that could not be read."""
    for failure in report.failed:
        print(f"not read: {failure.file}: {failure.error}", file=sys.stderr)


def say(message: str) -> None:
    """What is being done, on one line of a terminal; nothing elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\033[K{message}", end="", file=sys.stderr, flush=True)


def progress_line() -> Callable[[IndexProgress], None]:
    """Shows progress on one line of a terminal, a few times a second; nothing elsewhere."""
    shown = 0.0

    def tell(progress: IndexProgress) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown > 0.2:
            shown = now
            say(progress_text(progress))

    return tell
