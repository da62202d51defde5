"""The figures of an evaluation for a person: aligned text, one block a kind of question."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

_BLOCKS = {
    "qa": "Questions, by their language",
    "pairs": "Questions, by their language > the passage's",
    "followup": "Follow-ups",
    "quote": "Quotes",
    "unanswerable": "Without an answer",
}
_COLUMNS = ("n", "hit@1", "hit@5", "mrr", "answered", "refused")
_NAME_WIDTH = 44
_COLUMN_WIDTH = 10
_WIDTH = 90


def figures_text(document: Mapping[str, Any], missed: Sequence[str]) -> str:
    """A table of at most 90 columns; below it the times and the questions to look into.

    A peer's figures stand indented under ours for the same questions.
    """
    blocks = [_block(kind, document) for kind in _BLOCKS if document[kind]]
    blocks.append(_times(document))
    if missed:
        told = f"Not among the first 5, or answered in error: {', '.join(missed)}"
        blocks.append(textwrap.fill(told, _WIDTH, subsequent_indent="  ", break_on_hyphens=False))
    return "\n\n".join(blocks)


def _block(kind: str, document: Mapping[str, Any]) -> str:
    rows = document[kind]
    columns = [name for name in _COLUMNS if any(name in row for row in rows.values())]
    lines = [_line(_BLOCKS[kind], columns)]
    for name, row in rows.items():
        lines.append(_line(f"  {name}", [_cell(row, column) for column in columns]))
        for peer, its in document.get("peers", {}).items():
            if name in its.get(kind, {}):
                cells = [_cell(its[kind][name], column) for column in columns]
                lines.append(_line(f"    {peer}", cells))
    return "\n".join(lines)


def _times(document: Mapping[str, Any]) -> str:
    """The times of a question: ours and the peers'."""
    systems = {"": document, **document.get("peers", {})}
    lines = [_line("Milliseconds a question", ["median", "p95"])]
    for name, its in systems.items():
        cells = [f"{its['timings_ms'][key]:.1f}" for key in ("median", "p95")]
        lines.append(_line(f"    {name}" if name else "  search", cells))
    return "\n".join(lines)


def _line(name: str, cells: Sequence[str]) -> str:
    return f"{name:<{_NAME_WIDTH}}" + "".join(f"{cell:>{_COLUMN_WIDTH}}" for cell in cells)


def _cell(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    if value is None:
        return "-"
    return str(value) if column == "n" else f"{value:.2f}"
