"""Verbatim: ask your talks; get the words, the speaker and the second.

The command line. Its contract stands in docs/use.md; scripts depend on it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from assistant import output
from assistant.cite_command import cite_options, cite_request, run_cite
from assistant.conversation import Assistant
from assistant.evaluation import evaluate
from assistant.figures_table import figures_text
from assistant.loading import Loading
from assistant.opening import Held, Opened, Say, hold
from assistant.questions import read_questions
from assistant.scope_options import narrowing_of, scope_options
from assistant.settings import Settings, read_settings
from assistant.types import Mode, Turn
from assistant.web.server import create_app, serve
from corpus.types import SettingsError, VerbatimError
from index.types import Progress, SyncReport

DONE, FAILED = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit status: 0 done, 1 failed with one line on stderr, 2 wrong usage."""
    arguments = build_parser().parse_args(argv)
    try:
        settings = _settings(arguments)
        command: Callable[[argparse.Namespace, Settings], int] = arguments.run
        return command(arguments, settings)
    except VerbatimError as error:
        _complain(f"error: {error}")
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
    scope = scope_options()
    network = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    network.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    network.add_argument("--port", type=int, help="port to listen on (default: 7860)")
    network.add_argument("--open", action="store_true", help="open the page in the browser too")
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
    search = add("search", _search, "find the passages that answer", common, scope)
    search.add_argument("question")
    search.add_argument("--limit", type=_positive, default=10, help="hits at most (default: 10)")
    ask = add("ask", _ask, "answer a question, with citations", common, scope)
    ask.add_argument("question")
    _add_ask_options(ask)
    cite = add("cite", _cite, "find who said it, where and when", common, scope)
    cite_options(cite)
    cite.add_argument("--limit", type=_positive, default=10, help="hits at most (default: 10)")
    measure = add("eval", _eval, "measure search and answers on your own question file", common)
    _add_eval_options(measure)
    return parser


def _add_ask_options(ask: argparse.ArgumentParser) -> None:
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


def _add_eval_options(measure: argparse.ArgumentParser) -> None:
    measure.add_argument(
        "file", type=Path, metavar="FILE", help="questions, one JSON object a line"
    )
    measure.add_argument(
        "--peer", action="store_true", help="measure LlamaIndex's stock retrievers beside it"
    )
    measure.add_argument(
        "--answers", action="store_true", help="have the questions answered, and score the answers"
    )
    measure.add_argument(
        "--mode", choices=get_args(Mode), help="with --answers: as for ask (default: the same)"
    )
    measure.set_defaults(wrong_usage=measure.error)


def _settings(arguments: argparse.Namespace) -> Settings:
    given = {
        name: getattr(arguments, name)
        for name in ("library", "data", "host", "port")
        if hasattr(arguments, name)
    }
    settings = replace(read_settings(os.environ), **given)
    return replace(settings, library=settings.library.expanduser(), data=settings.data.expanduser())


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    with hold(settings) as held:

        def build(say: Say) -> Assistant:
            opened = held.open(say, lambda progress: say(output.progress_text(progress)))
            _warn(opened.report)
            print(output.report_text(opened.report), file=sys.stderr)
            return opened.assistant

        announce = _announce(open_page=getattr(arguments, "open", False))
        serve(create_app(Loading(build)), settings.host, settings.port, announce)
    return DONE


def _announce(*, open_page: bool) -> Callable[[str], None]:
    """Tells where the page is; the browser comes from a thread, since some block."""

    def announce(url: str) -> None:
        print(f"Verbatim is at {url}", file=sys.stderr)
        if open_page:
            threading.Thread(target=webbrowser.open, args=[url], daemon=True).start()

    return announce


def _index(arguments: argparse.Namespace, settings: Settings) -> int:
    with hold(settings, rebuild=arguments.rebuild) as held:
        report = held.open(_say, _progress_line()).report
    _say("")
    _warn(report)
    _print(arguments, output.report_json(report), output.report_text(report))
    return DONE


def _search(arguments: argparse.Namespace, settings: Settings) -> int:
    with _ready(settings) as (_, opened):
        scope = opened.assistant.scope(narrowing_of(arguments))
        evidence, timings_ms = opened.assistant.search(
            arguments.question, arguments.limit, scope=scope
        )
    document = output.evidence_json(evidence, timings_ms)
    _print(arguments, document, output.evidence_text(evidence, settings.min_confidence))
    return DONE


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    history = read_history(arguments.history) if "history" in arguments else ()
    with _ready(settings) as (_, opened):
        scope = opened.assistant.scope(narrowing_of(arguments))
        answer = opened.assistant.ask(arguments.question, history, scope, arguments.mode)
    _print(arguments, output.answer_json(answer), output.answer_text(answer))
    return DONE


def _cite(arguments: argparse.Namespace, settings: Settings) -> int:
    request = cite_request(arguments)
    with _ready(settings) as (_, opened):
        document, text = run_cite(request, opened)
    _print(arguments, document, text)
    return DONE


def _eval(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.mode and not arguments.answers:
        arguments.wrong_usage("--mode says how to answer: give --answers as well")
    questions = read_questions(arguments.file.expanduser())
    with _ready(settings) as (held, opened):
        result = evaluate(
            held,
            opened,
            questions,
            _say,
            _complain,
            peer=arguments.peer,
            answers=arguments.answers,
            mode=arguments.mode,
        )
    _say("")
    text = figures_text(result.document, result.missed, result.uncited)
    _print(arguments, result.document, text)
    return DONE


@contextmanager
def _ready(settings: Settings) -> Iterator[tuple[Held, Opened]]:
    """The library for one command, over an index that is up to date."""
    with hold(settings) as held:
        opened = held.open(_say, _progress_line())
        _say("")
        _warn(opened.report)
        yield held, opened


def _warn(report: SyncReport) -> None:
    for failure in report.failed:
        print(f"not read: {failure.file}: {failure.error}", file=sys.stderr)


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


def _print(arguments: argparse.Namespace, document: dict[str, Any], text: str) -> None:
    if getattr(arguments, "json", False):
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print(text)


def _complain(line: str) -> None:
    _say("")
    print(line, file=sys.stderr)


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
