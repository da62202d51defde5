"""Front matter: YAML or JSON between ``---`` fences, TOML between ``+++``."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any

from frontmatter.default_handlers import YAMLHandler

from corpus.types import ReadError

_FENCED = re.compile(
    r"\A\s*(?P<fence>-{3,}|\+{3})[ \t]*\n(?P<block>(?:.*\n)*?)(?P=fence)[ \t]*(?:\n|\Z)"
)
_OPENED = re.compile(r"\A\s*---[ \t]*\n(?:[A-Za-z_][\w -]*:(?:\s|$)|\{)")
_KEY_LINE = re.compile(r"^(?P<key>[A-Za-z_][\w -]{0,40}):[ \t]+(?P<value>\S.*)$", re.MULTILINE)
_BROKEN = "front_matter_error"
_MOST_NODES = 500


def split_front_matter(text: str) -> tuple[Mapping[str, str], str]:
    """``text``'s front matter as strings, and the body after it.

    Lists are joined with ``, ``; dates are ISO. Broken YAML does not cost the reader the talk: its
    ``key: value`` lines are salvaged one by one and the reason stands under
    ``front_matter_error``. Raises ReadError if the fence is never closed.
    """
    match = _FENCED.match(text)
    if match is None:
        if _OPENED.match(text):
            raise ReadError("has front matter that is never closed: end it with a line of ---")
        return {}, text
    block = match["block"]
    values = _load(block, toml=match["fence"] == "+++")
    if values is None:
        return {}, text
    return values, text[match.end() :]


def _load(block: str, *, toml: bool) -> Mapping[str, str] | None:
    """The block's values; None where the fences are mere rules around prose."""
    if not block.strip():
        return {}
    if block.startswith("\n"):
        return None
    try:
        loaded = tomllib.loads(block) if toml else _load_json_or_yaml(block)
    # The YAML parser below python-frontmatter has an error tree of its own and lets ValueError
    # (an impossible date) and RecursionError through: each only means that this isn't YAML.
    except Exception as error:
        return _salvage(block, error)
    if not isinstance(loaded, dict):
        return None
    return _as_strings(loaded)


def _load_json_or_yaml(block: str) -> Any:
    try:
        return json.loads(block)
    except ValueError:
        return YAMLHandler().load(block)


def _salvage(block: str, error: Exception) -> Mapping[str, str] | None:
    values = {
        match["key"]: match["value"].strip().strip("'\"") for match in _KEY_LINE.finditer(block)
    }
    if not values:
        return None
    reason = " ".join(str(error).split()) or type(error).__name__
    return values | {_BROKEN: reason[:200]}


def _as_strings(loaded: Mapping[Any, Any]) -> dict[str, str]:
    pairs = ((str(key), _joined(value)) for key, value in loaded.items())
    return {key: value for key, value in pairs if value}


def _joined(value: object) -> str:
    return ", ".join(scalar for scalar in _scalars(value) if scalar)


def _scalars(value: object) -> Iterator[str]:
    """The leaves of a value, flat: ``[[Note]]`` is a nested list to YAML and a link to the author.

    Only so many nodes are visited, since YAML aliases can make a small block expand without end.
    """
    waiting = [value]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, dict):
            node = list(node.values())
        if isinstance(node, list | tuple | set):
            waiting.extend(reversed(list(islice(node, _MOST_NODES))))
        elif isinstance(node, datetime | date):
            yield node.isoformat()
        elif isinstance(node, bool):
            yield "true" if node else "false"
        elif node is not None:
            yield str(node).strip()
