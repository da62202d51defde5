"""The command ``cite``: its options, and what it does with an opened library."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from assistant.citing.article import check_text
from assistant.citing.report import Json, checked_json, checked_text, lookup_json, lookup_text
from assistant.opening import Opened
from assistant.scope_options import narrowing_of
from assistant.scoping import Narrowing
from corpus.types import SettingsError

MOST_BYTES = 2_000_000
"""Of an article: as much as a long book."""


@dataclass(frozen=True, slots=True)
class CiteRequest:
    """What is asked for: one quote, or a whole text."""

    text: str
    article: bool
    limit: int
    narrowing: Narrowing


def cite_options(command: argparse.ArgumentParser) -> None:
    """Adds what is particular to ``cite``."""
    given = command.add_mutually_exclusive_group(required=True)
    given.add_argument("quote", nargs="?", help="the words, as remembered, in any language")
    given.add_argument(
        "--file",
        type=Path,
        metavar="ARTICLE",
        help="check every sentence of this text that quotes the library",
    )


def cite_request(arguments: argparse.Namespace) -> CiteRequest:
    """The request that was typed. Raises SettingsError for a quote without words and for a file
    that can't be read, before anything is opened."""
    text = arguments.quote if arguments.file is None else _read(arguments.file.expanduser())
    if not any(character.isalnum() for character in text):
        where = "The quote has" if arguments.file is None else f"{arguments.file} has"
        raise SettingsError(f"{where} no words: give the words to look up.")
    narrowing = narrowing_of(arguments)
    return CiteRequest(text, arguments.file is not None, arguments.limit, narrowing)


def run_cite(request: CiteRequest, opened: Opened) -> tuple[Json, str]:
    """The document for programs and the text for people."""
    scope = opened.assistant.scope(request.narrowing)
    if request.article:
        checked = check_text(request.text, opened.assistant.quotes, scope)
        return checked_json(checked), checked_text(checked)
    lookup = opened.assistant.quotes.find(request.text, request.limit, scope)
    return lookup_json(lookup), lookup_text(lookup)


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"--file {path} can't be read: {error.strerror or error}") from error
    if len(data) > MOST_BYTES:
        raise SettingsError(f"--file {path} has more than {MOST_BYTES} bytes: give a part of it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"--file {path} is not text in UTF-8: save it as such") from error
