"""The nouns of the pages: what they look like, what they are, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.web.languages import Lang
from corpus.library import Failure

Flavour = Literal["markdown", "obsidian", "hugo"]


@dataclass(frozen=True, slots=True)
class Style:
    """How pages are written.

    ``url`` is where readers reach the server, without a slash at its end; without it pages have
    neither chat nor links to it. ``framed`` tells whether the chat stands on the pages themselves,
    ``lang`` is the language of our own words (each talk's own where ``None``), ``text`` whether
    all words of the talk follow.
    """

    flavour: Flavour = "markdown"
    url: str = ""
    framed: bool = True
    lang: Lang | None = None
    text: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``name`` is that of its file, ``text`` is sealed: see ``seal.py``."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that was left as it is, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class WikiReport:
    """What one run did; counts are of pages, the index among them."""

    written: int
    unchanged: int
    removed: int
    kept: tuple[Kept, ...]
    failed: tuple[Failure, ...]
