"""Verbatim: ask your talks; get the words, the speaker and the second.

The composition root and the command line. Everything is wired here and nowhere else; the contract of
the commands stands in docs/use.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant import output
from assistant.conversation import Assistant
from assistant.loading import Loading
from assistant.settings import Settings, read_settings
from assistant.types import Turn
from assistant.web.server import create_app, serve
from corpus.chunks import Budget
from corpus.library import Library
from corpus.types import ReadError, SettingsError, Transcript, VerbatimError
from index.centring import CentredEmbedder, LanguageMeans, measure_means, reference_digest
from index.embedder import load_embedder
from index.retriever import TranscriptRetriever
from index.store import SCHEMA, IndexStore, open_store
from index.sync import sync
from index.types import Embedder, Manifest, Progress, SyncReport

DONE, FAILED, USAGE = 0, 1, 2

Say = Callable[[str], None]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 done, 1 failed with one line on stderr, 2 wrong usage."""
    arguments = build_parser().parse_args(argv)
    try:
        settings = _settings(arguments)
        command: Callable[[argparse.Namespace, Settings], int] = arguments.run
        return command(arguments, settings)
    except VerbatimError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return FAILED


def build_parser() -> argparse.ArgumentParser:
    """The command line; options that go with every command may stand before or after it."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--library", type=Path, help="folder or file with the transcripts")
    common.add_argument("--data", type=Path, help="folder for the model and the indexes")
    common.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    network = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    network.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    network.add_argument("--port", type=int, help="port to listen on (default: 7860)")
    parser = argparse.ArgumentParser(
        prog="app.py", description=__doc__.splitlines()[0], parents=[common, network]
    )
    parser.set_defaults(run=_serve)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, run: Any, text: str, *parents: argparse.ArgumentParser) -> Any:
        command = commands.add_parser(name, help=text, description=text, parents=parents)
        command.set_defaults(run=run)
        return command

    add("serve", _serve, "open the chat in the browser (the default)", common, network)
    index = add("index", _index, "bring the index up to date", common)
    index.add_argument("--rebuild", action="store_true", help="make this index anew")
    search = add("search", _search, "find the passages that answer", common)
    search.add_argument("question")
    search.add_argument("--limit", type=_positive, default=10, help="hits at most (default: 10)")
    ask = add("ask", _ask, "answer with cited quotes", common)
    ask.add_argument("question")
    ask.add_argument("--history", type=Path, help="JSON file with the turns before, oldest first")
    return parser


def _settings(arguments: argparse.Namespace) -> Settings:
    given = {
        name: getattr(arguments, name)
        for name in ("library", "data", "host", "port")
        if hasattr(arguments, name)
    }
    settings = replace(read_settings(os.environ), **given)
    return replace(settings, library=settings.library.expanduser(), data=settings.data.expanduser())


def _serve(_: argparse.Namespace, settings: Settings) -> int:
    Library(settings.library)

    def build(say: Say) -> Assistant:
        opened = open_library(settings, say, on_progress=lambda done: say(output.progress_text(done)))
        for failure in opened.report.failed:
            print(f"not read: {failure.file}: {failure.error}", file=sys.stderr)
        print(output.report_text(opened.report), file=sys.stderr)
        return opened.assistant

    serve(create_app(Loading(build)), settings.host, settings.port)
    return DONE


def _index(arguments: argparse.Namespace, settings: Settings) -> int:
    rebuild: bool = arguments.rebuild
    with open_library(settings, _say, _progress_line(), rebuild=rebuild) as opened:
        report = opened.report
    for failure in report.failed:
        print(f"not read: {failure.file}: {failure.error}", file=sys.stderr)
    _print(arguments, output.report_json(report), output.report_text(report))
    return DONE


def _search(arguments: argparse.Namespace, settings: Settings) -> int:
    with open_library(settings, _say, _progress_line()) as opened:
        evidence, timings_ms = opened.assistant.search(arguments.question, arguments.limit)
    document = output.evidence_json(evidence, timings_ms)
    _print(arguments, document, output.evidence_text(evidence))
    return DONE


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    history = read_history(arguments.history) if arguments.history else ()
    with open_library(settings, _say, _progress_line()) as opened:
        answer = opened.assistant.ask(arguments.question, history)
    _print(arguments, output.answer_json(answer), output.answer_text(answer))
    return DONE


@dataclass(frozen=True)
class Opened:
    """A library that is ready to be asked, and what bringing its index up to date did."""

    assistant: Assistant
    report: SyncReport
    store: IndexStore

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()


def open_library(
    settings: Settings,
    say: Say,
    on_progress: Callable[[Progress], None] | None = None,
    *,
    rebuild: bool = False,
) -> Opened:
    """Wire the parts together and bring the index up to date; ``say`` is told what is going on."""
    library = Library(settings.library)
    store = open_store(
        settings.data, settings.library, chroma_url=settings.chroma_url, rebuild=rebuild
    )
    try:
        say("loading the embedding model")
        base = load_embedder(settings.model, settings.data, settings.device)
        budget = Budget(settings.chunk_tokens, base.window_tokens, base.count_tokens)
        store.claim(_manifest(base, budget))
        embedder = CentredEmbedder(base, _means(base, store, say))
        say("bringing the index up to date")
        report = sync(library, store, embedder, budget, on_progress)
    except BaseException:
        store.close()
        raise
    retriever = TranscriptRetriever(store, embedder)
    assistant = Assistant(retriever, current_source(library), settings.min_confidence)
    return Opened(assistant, report, store)


def current_source(library: Library) -> Callable[[str], Transcript | None]:
    """A file's transcript as it stands on disk now; ``None`` where it is gone or unreadable."""
    read = lru_cache(maxsize=64)(lambda file, _fingerprint: library.read(file))

    def source(file: str) -> Transcript | None:
        try:
            transcript: Transcript = read(file, library.fingerprint(file))
        except ReadError:
            return None
        return transcript

    return source


def read_history(path: Path) -> tuple[Turn, ...]:
    """Turns from a JSON list of ``{"role", "text"}``, oldest first; SettingsError says what is off."""
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


def _manifest(base: Embedder, budget: Budget) -> Manifest:
    return Manifest(
        schema=SCHEMA,
        model=base.name,
        dimension=base.dimension,
        window_tokens=base.window_tokens,
        chunk_tokens=budget.tokens,
        centring=reference_digest(),
    )


def _means(base: Embedder, store: IndexStore, say: Say) -> LanguageMeans:
    """The language means that are frozen with the index; measured when it is new."""
    stored = store.catalog.read_value("means")
    if stored is not None:
        return LanguageMeans.from_bytes(stored)
    say("measuring the languages' means")
    means = measure_means(base)
    store.catalog.write_value("means", means.to_bytes())
    return means


def _print(arguments: argparse.Namespace, document: dict[str, Any], text: str) -> None:
    if getattr(arguments, "json", False):
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print(text)


def _say(message: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{message}", end="", file=sys.stderr, flush=True)


def _progress_line() -> Callable[[Progress], None]:
    """Shows progress on one line of a terminal, a few times a second; nothing elsewhere."""
    shown = 0.0

    def show(progress: Progress) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown > 0.2:
            shown = now
            _say(output.progress_text(progress))

    return show


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


if __name__ == "__main__":
    sys.exit(main())
