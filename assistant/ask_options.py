"""What is particular to the command line's ``ask``: the turns before, and the mode."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import get_args

from assistant.types import Mode, Turn
from corpus.types import SettingsError


def ask_options(ask: argparse.ArgumentParser) -> None:
    """Adds the options."""
    ask.add_argument(
        "--history",
        type=Path,
        default=argparse.SUPPRESS,
        help="JSON file with the turns before, oldest first",
    )
    ask.add_argument(
        "--mode",
        choices=get_args(Mode),
        help="who puts the answer together (default: model where VERBATIM_LLM names one,"
        " else quotes)",
    )


def read_history(path: Path) -> tuple[Turn, ...]:
    """Turns, oldest first, from a JSON list of ``{"role", "text"}``.

    Raises SettingsError, which says what is off.
    """
    try:
        items = json.loads(path.read_text("utf-8-sig"))
        turns = tuple(Turn(item["role"], item["text"]) for item in items)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"--history {path} can't be read: {_reason(error)}") from error
    for turn in turns:
        if turn.role not in ("user", "assistant") or not isinstance(turn.text, str):
            raise SettingsError(
                f"--history {path}: each turn needs a role, user or assistant, and a text"
            )
    return turns


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return 'give a JSON list such as [{"role": "user", "text": "..."}]'
