"""The command ``wiki``: its options, and the library brought to pages."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from assistant.access.settings import ServingSettings
from assistant.casting import address
from assistant.settings import Settings
from assistant.web.languages import Lang
from assistant.wiki.pages import make_pages
from assistant.wiki.types import Flavour, Style, WikiReport
from assistant.wiki.writing import refuse_among_transcripts, write_pages
from corpus.library import Library
from corpus.types import LibraryError

Complain = Callable[[str], None]

_NO_SERVER = "no chat on the pages: --url or VERBATIM_PUBLIC_URL says where readers reach Verbatim"
_TOKENS_WANTED = (
    "no chat on the pages, only links to it: with VERBATIM_EMBED_SECRET each visit needs a token"
)


def wiki_options(command: argparse.ArgumentParser) -> None:
    """Adds what is particular to ``wiki``."""
    command.add_argument(
        "folder", type=Path, metavar="DIR", help="folder for the pages; made if it is missing"
    )
    command.add_argument("--url", help="where readers reach Verbatim, for the chat on the pages")
    command.add_argument(
        "--for",
        dest="flavour",
        choices=get_args(Flavour),
        default="markdown",
        help="what the pages are for (default: markdown)",
    )
    command.add_argument(
        "--page-lang",
        choices=get_args(Lang),
        help="language of headings and chat (default: the talk's own)",
    )
    command.add_argument("--text", action="store_true", help="all words of the talks as well")


def run_wiki(
    arguments: argparse.Namespace, settings: Settings, complain: Complain
) -> tuple[dict[str, Any], str]:
    """The document for programs and the text for people; no model and no index is needed.

    Raises SettingsError and LibraryError; with no transcript that can be read, before any page is
    touched.
    """
    style = _style(arguments, settings.serving)
    folder: Path = arguments.folder.expanduser()
    library = Library(settings.library)
    refuse_among_transcripts(folder, library)
    reading = library.read_all()
    for failure in reading.failures:
        complain(f"not read: {failure.file}: {failure.reason}")
    if not reading.transcripts:
        raise LibraryError(
            f"There are no transcripts to be read in {settings.library}: no page is written;"
            " name another folder or file with --library."
        )
    report = write_pages(folder, make_pages(reading.transcripts, style), reading.failures)
    for kept in report.kept:
        complain(f"kept: {kept.file}: {kept.reason}")
    if not (style.url and style.framed):
        complain(_TOKENS_WANTED if style.url else _NO_SERVER)
    return report_json(report), report_text(report)


def report_json(report: WikiReport) -> dict[str, Any]:
    """The document that ``wiki --json`` prints."""
    return {
        "written": report.written,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "kept": [{"file": each.file, "reason": each.reason} for each in report.kept],
        "failed": [{"file": each.file, "error": each.reason} for each in report.failed],
    }


def report_text(report: WikiReport) -> str:
    """One line on what became of the pages."""
    return (
        f"{report.written} written, {report.unchanged} unchanged, {report.removed} removed, "
        f"{len(report.kept)} kept; {len(report.failed)} transcripts failed"
    )


def _style(arguments: argparse.Namespace, serving: ServingSettings) -> Style:
    url = serving.public_url
    if arguments.url:
        url = address({"--url": arguments.url}, "--url", "").partition("#")[0].rstrip("/")
    return Style(
        flavour=arguments.flavour,
        url=url,
        framed=not serving.embed_secret,
        lang=arguments.page_lang,
        text=arguments.text,
    )
