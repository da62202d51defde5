"""The command line: one parser, one function a command, in the order of ``--help``.

Its contract stands in docs/use.md; scripts depend on it. A command is a pair of functions: its
options, and what it does with the arguments and the settings. It prints one document with
``--json``, else a text for people; everything else goes to stderr.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final, get_args

from assistant.citation.article import check_text
from assistant.engine import Assistant
from assistant.evaluation.questions import read_questions
from assistant.evaluation.run import evaluate, figures_text
from assistant.interfaces.cli.terminal import complain, progress_line, say, show, warn
from assistant.interfaces.documents.answers import (
    answer_json,
    checked_json,
    evidence_json,
    lookup_json,
    report_json,
)
from assistant.interfaces.documents.text import (
    answer_text,
    checked_text,
    evidence_text,
    lookup_text,
    progress_text,
    report_text,
)
from assistant.interfaces.http.access import TOKEN_MINUTES, read_token, sign_token, talk_ids
from assistant.interfaces.mcp.server import require_mcp, run_mcp
from assistant.interfaces.wiki.pages import Flavour, Style, WikiReport, make_pages
from assistant.interfaces.wiki.writing import refuse_among_transcripts, write_pages
from assistant.library import Build, Loading, LockedLibrary, OpenLibrary, Say, lock_library
from assistant.messages.catalogue import page_languages
from assistant.retrieval.scope import Narrowing
from assistant.settings import ServingSettings, Settings, address, read_settings, site_origin
from assistant.types import Json, Mode, Turn
from corpus.library import Library
from corpus.types import LibraryError, SettingsError, VerbatimError

DONE: Final = 0
FAILED: Final = 1
MOST_BYTES: Final = 2_000_000
"""Of an article: as much as a long book."""

_ABOUT: Final = "Verbatim: ask your talks; get the words, the speaker and the second."
_NO_SERVER: Final = (
    "no chat on the pages: --url or VERBATIM_PUBLIC_URL says where readers reach Verbatim"
)
_TOKENS_WANTED: Final = (
    "no chat on the pages, only links to it: with VERBATIM_EMBED_SECRET each visit needs a token"
)
_COLLECTED_AFTER: Final = 100_000
"""New objects between two rounds of garbage collection, where Python has 700: nearly all that a
start makes stays, and looking through it again and again took a fifth of the start."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Exit status: 0 done, 1 failed with one line on stderr, 2 wrong usage."""
    gc.set_threshold(_COLLECTED_AFTER, *gc.get_threshold()[1:])
    arguments = build_parser().parse_args(argv)
    try:
        settings = _settings(arguments)
        command: Callable[[argparse.Namespace, Settings], int] = arguments.run
        return command(arguments, settings)
    except VerbatimError as error:
        complain(f"error: {error}")
        return FAILED
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # Whoever read the output has seen enough, as `head` has. Python would complain once more
        # when it flushes what is left at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def build_parser() -> argparse.ArgumentParser:
    """The command line; options that go with every command may stand before or after it."""
    common, network, scope = _common_options(), _network_options(), _scope_options()
    parser = argparse.ArgumentParser(prog="app.py", description=_ABOUT, parents=[common, network])
    parser.set_defaults(run=_serve)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, run: Any, text: str, *parents: argparse.ArgumentParser) -> Any:
        command = commands.add_parser(name, help=text, description=text, parents=[common, *parents])
        command.set_defaults(run=run)
        return command

    add("serve", _serve, "open the chat in the browser (the default)", network)
    _index_options(add("index", _index, "bring the index up to date"))
    _search_options(add("search", _search, "find the passages that answer", scope))
    _ask_options(add("ask", _ask, "answer a question, with citations", scope))
    _cite_options(add("cite", _cite, "find who said it, where and when", scope))
    _token_options(add("token", _token, "sign a token for an embedded chat"))
    _eval_options(add("eval", _eval, "measure search and answers on your own question file"))
    add("mcp", _mcp, "be tools of an assistant that starts this program (MCP)")
    _wiki_options(add("wiki", _wiki, "write the library as pages for a wiki"))
    return parser


# Options and settings that several commands share.


def _common_options() -> argparse.ArgumentParser:
    parent = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    parent.add_argument("--library", type=Path, help="folder or file with the transcripts")
    parent.add_argument("--data", type=Path, help="folder for the model and the indexes")
    parent.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    return parent


def _network_options() -> argparse.ArgumentParser:
    parent = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    parent.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    parent.add_argument("--port", type=int, help="port to listen on (default: 7860)")
    parent.add_argument("--open", action="store_true", help="open the page in the browser too")
    return parent


def _scope_options() -> argparse.ArgumentParser:
    parent = argparse.ArgumentParser(add_help=False)
    options = parent.add_argument_group(
        "only in", "of an option that is given several times, any one will do"
    )
    for flag, metavar, text in (
        ("--talk", "TALK", "this talk: its id, its file, or a part of its title"),
        ("--speaker", "NAME", "passages in which this person speaks, by name or a word of it"),
        ("--lang", "TAG", "passages in this language, such as en, zh or zh-Hant"),
    ):
        options.add_argument(flag, metavar=metavar, action="append", default=[], help=text)
    for flag, text in (("--since", "of this day or later"), ("--until", "of this day or earlier")):
        options.add_argument(flag, metavar="DATE", type=_day, help=f"talks {text}: 2025-11-21")
    return parent


def _narrowing(arguments: argparse.Namespace) -> Narrowing:
    """What was asked for with the options of the scope."""
    return Narrowing(
        talks=arguments.talk,
        speakers=arguments.speaker,
        languages=arguments.lang,
        since=arguments.since,
        until=arguments.until,
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2025-11-21") from None


def _limit_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--limit", type=_positive, default=10, help="hits at most (default: 10)")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _settings(arguments: argparse.Namespace) -> Settings:
    """Those of the environment, and over them what was typed."""
    given = {
        name: getattr(arguments, name)
        for name in ("library", "data", "host", "port")
        if hasattr(arguments, name)
    }
    settings = replace(read_settings(os.environ), **given)
    return replace(settings, library=settings.library.expanduser(), data=settings.data.expanduser())


@contextmanager
def _ready(settings: Settings) -> Iterator[tuple[LockedLibrary, OpenLibrary]]:
    """The library for one command, over an index that is up to date."""
    with lock_library(settings) as held:
        opened = held.open(say, progress_line())
        say("")
        warn(opened.report)
        yield held, opened


def _building(held: LockedLibrary) -> Build:
    """Makes the engine while it is waited for; what its notes came to goes to stderr."""

    def build(say: Say) -> Assistant:
        opened = held.open(say, lambda progress: say(progress_text(progress)))
        warn(opened.report)
        print(report_text(opened.report), file=sys.stderr)
        return opened.assistant

    return build


# serve


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    from assistant.interfaces.server import create_app, serve

    with lock_library(settings) as held:
        announce = _announce(open_page=getattr(arguments, "open", False))
        app = create_app(Loading(_building(held)), settings.serving, settings.host)
        serve(app, settings.host, settings.port, announce)
    return DONE


def _announce(*, open_page: bool) -> Callable[[str], None]:
    """Tells where the page is; the browser comes from a thread, since some block."""

    def announce(url: str) -> None:
        print(f"Verbatim is at {url}", file=sys.stderr)
        if open_page:
            threading.Thread(target=webbrowser.open, args=[url], daemon=True).start()

    return announce


# index


def _index_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--rebuild", action="store_true", help="make this index anew")


def _index(arguments: argparse.Namespace, settings: Settings) -> int:
    with lock_library(settings, rebuild=arguments.rebuild) as held:
        report = held.open(say, progress_line()).report
    say("")
    warn(report)
    show(arguments, report_json(report), report_text(report))
    return DONE


# search


def _search_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("question")
    _limit_option(command)


def _search(arguments: argparse.Namespace, settings: Settings) -> int:
    with _ready(settings) as (_, opened):
        scope = opened.assistant.scope(_narrowing(arguments))
        evidence, timings_ms = opened.assistant.search(
            arguments.question, arguments.limit, scope=scope
        )
    text = evidence_text(evidence, settings.min_confidence)
    show(arguments, evidence_json(evidence, timings_ms), text)
    return DONE


# ask


def _ask_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("question")
    command.add_argument(
        "--history",
        type=Path,
        default=argparse.SUPPRESS,
        help="JSON file with the turns before, oldest first",
    )
    command.add_argument(
        "--mode",
        choices=get_args(Mode),
        help="who puts the answer together (default: model where VERBATIM_LLM names one,"
        " else quotes)",
    )


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    history = _read_history(arguments.history) if "history" in arguments else ()
    with _ready(settings) as (_, opened):
        scope = opened.assistant.scope(_narrowing(arguments))
        answer = opened.assistant.ask(arguments.question, history, scope, arguments.mode)
    show(arguments, answer_json(answer), answer_text(answer))
    return DONE


def _read_history(path: Path) -> tuple[Turn, ...]:
    """Turns, oldest first, from a JSON list of ``{"role", "text"}``.

    Raises SettingsError, which says what is off.
    """
    try:
        items = json.loads(path.read_text("utf-8-sig"))
        turns = tuple(Turn(item["role"], item["text"]) for item in items)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(f"--history {path} can't be read: {reason}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"--history {path} can't be read:"
            ' give a JSON list such as [{"role": "user", "text": "..."}]'
        ) from error
    for turn in turns:
        if turn.role not in ("user", "assistant") or not isinstance(turn.text, str):
            raise SettingsError(
                f"--history {path}: each turn needs a role, user or assistant, and a text"
            )
    return turns


# cite


def _cite_options(command: argparse.ArgumentParser) -> None:
    given = command.add_mutually_exclusive_group(required=True)
    given.add_argument("quote", nargs="?", help="the words, as remembered, in any language")
    given.add_argument(
        "--file",
        type=Path,
        metavar="ARTICLE",
        help="check every sentence of this text that quotes the library",
    )
    _limit_option(command)


def _cite(arguments: argparse.Namespace, settings: Settings) -> int:
    """One quote looked up, or a whole text checked."""
    text = _cited_text(arguments)
    with _ready(settings) as (_, opened):
        scope = opened.assistant.scope(_narrowing(arguments))
        if arguments.file is not None:
            checked = check_text(text, opened.assistant.quotes, scope)
            document, shown = checked_json(checked), checked_text(checked)
        else:
            lookup = opened.assistant.quotes.find(text, arguments.limit, scope)
            document, shown = lookup_json(lookup), lookup_text(lookup)
    show(arguments, document, shown)
    return DONE


def _cited_text(arguments: argparse.Namespace) -> str:
    """The quote or the article. Raises SettingsError for one without words and for a file that
    can't be read, before anything is opened."""
    text: str = arguments.quote
    if arguments.file is not None:
        text = _read_article(arguments.file.expanduser())
    if not any(character.isalnum() for character in text):
        where = "The quote has" if arguments.file is None else f"{arguments.file} has"
        raise SettingsError(f"{where} no words: give the words to look up.")
    return text


def _read_article(path: Path) -> str:
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


# token


def _token_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--origin", required=True, metavar="SITE", help="the site that shows the chat"
    )
    command.add_argument(
        "--talk",
        action="append",
        metavar="TALK",
        help="a talk it may ask about, by id or file; may be repeated (default: all talks)",
    )
    command.add_argument(
        "--minutes", type=int, default=TOKEN_MINUTES, help="how long it holds (default: 60)"
    )


def _token(arguments: argparse.Namespace, settings: Settings) -> int:
    """Signs a token, which is the text for people; the index is left alone.

    Raises SettingsError without a secret, and for a site or a talk that can't be.
    """
    secret, now_s = settings.serving.embed_secret, time.time()
    origin = site_origin(arguments.origin, "--origin")
    talks = None
    if arguments.talk:
        reading = Library(settings.library).read_all()
        known = {transcript.file: transcript.id for transcript in reading.transcripts}
        talks = talk_ids(arguments.talk, known)
    token = sign_token(secret, origin, talks, arguments.minutes * 60, now_s)
    read = read_token(secret, token, now_s)
    document = {
        "token": token,
        "origin": read.origin,
        "talks": sorted(read.talks) if read.talks is not None else None,
        "expires_s": read.expires_s,
    }
    show(arguments, document, token)
    return DONE


# eval


def _eval_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file", type=Path, metavar="FILE", help="questions, one JSON object a line"
    )
    command.add_argument(
        "--peer", action="store_true", help="measure LlamaIndex's stock retrievers beside it"
    )
    command.add_argument(
        "--answers", action="store_true", help="have the questions answered, and score the answers"
    )
    command.add_argument(
        "--mode", choices=get_args(Mode), help="with --answers: as for ask (default: the same)"
    )
    command.set_defaults(wrong_usage=command.error)


def _eval(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.mode and not arguments.answers:
        arguments.wrong_usage("--mode says how to answer: give --answers as well")
    questions = read_questions(arguments.file.expanduser())
    with _ready(settings) as (held, opened):
        result = evaluate(
            held,
            opened,
            questions,
            say,
            complain,
            peer=arguments.peer,
            answers=arguments.answers,
            mode=arguments.mode,
        )
    say("")
    text = figures_text(result.document, result.missed, result.uncited)
    show(arguments, result.document, text)
    return DONE


# mcp


def _mcp(_: argparse.Namespace, settings: Settings) -> int:
    require_mcp()
    with lock_library(settings) as held:
        run_mcp(_building(held), settings.serving.public_url)
    return DONE


# wiki


def _wiki_options(command: argparse.ArgumentParser) -> None:
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
        choices=tuple(page_languages()),
        help="language of headings and chat (default: the talk's own)",
    )
    command.add_argument("--text", action="store_true", help="all words of the talks as well")


def _wiki(arguments: argparse.Namespace, settings: Settings) -> int:
    """Writes the pages; no model and no index is needed.

    Raises SettingsError and LibraryError; with no transcript that can be read, before any page is
    touched.
    """
    style = _style(arguments, settings.serving)
    folder: Path = arguments.folder.expanduser()
    library = Library(settings.library)
    refuse_among_transcripts(folder, library)
    reading = library.read_all()
    for failure in reading.failures:
        complain(f"not read: {failure.file}: {failure.error}")
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
    show(arguments, _wiki_json(report), _wiki_text(report))
    return DONE


def _style(arguments: argparse.Namespace, serving: ServingSettings) -> Style:
    url = serving.public_url
    if arguments.url:
        url = address("--url", arguments.url).partition("#")[0].rstrip("/")
    return Style(
        flavour=arguments.flavour,
        url=url,
        framed=not serving.embed_secret,
        lang=arguments.page_lang,
        text=arguments.text,
    )


def _wiki_json(report: WikiReport) -> Json:
    return {
        "written": report.written,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "kept": [{"file": each.file, "reason": each.reason} for each in report.kept],
        "failed": [{"file": each.file, "error": each.error} for each in report.failed],
    }


def _wiki_text(report: WikiReport) -> str:
    return (
        f"{report.written} written, {report.unchanged} unchanged, {report.removed} removed, "
        f"{len(report.kept)} kept; {len(report.failed)} transcripts failed"
    )
