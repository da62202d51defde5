"""Verbatim: ask your talks; get the words, the speaker and the second.

The command line. Its contract stands in docs/use.md; scripts depend on it.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from assistant import output
from assistant.ask_options import ask_options, read_history
from assistant.cite_command import cite_options, cite_request, run_cite
from assistant.conversation import Assistant
from assistant.embed.token_command import run_token, token_options
from assistant.evaluation import evaluate
from assistant.figures_table import figures_text
from assistant.loading import Build, Loading
from assistant.mcp_face.command import require_mcp, run_mcp
from assistant.opening import Held, Opened, Say, hold
from assistant.questions import read_questions
from assistant.scope_options import narrowing_of, scope_options
from assistant.settings import Settings, read_settings
from assistant.terminal import complain, progress_line, say, show, warn
from assistant.types import Mode
from assistant.web.server import create_app, serve
from assistant.wiki_command import run_wiki, wiki_options
from corpus.types import VerbatimError

DONE, FAILED = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit status: 0 done, 1 failed with one line on stderr, 2 wrong usage."""
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
    ask_options(ask)
    cite = add("cite", _cite, "find who said it, where and when", common, scope)
    cite_options(cite)
    cite.add_argument("--limit", type=_positive, default=10, help="hits at most (default: 10)")
    token_options(add("token", _token, "sign a token for an embedded chat", common))
    measure = add("eval", _eval, "measure search and answers on your own question file", common)
    _add_eval_options(measure)
    add("mcp", _mcp, "be tools of an assistant that starts this program (MCP)", common)
    wiki_options(add("wiki", _wiki, "write the library as pages for a wiki", common))
    return parser


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
        announce = _announce(open_page=getattr(arguments, "open", False))
        app = create_app(Loading(_building(held)), settings.serving, settings.host)
        serve(app, settings.host, settings.port, announce)
    return DONE


def _mcp(_: argparse.Namespace, settings: Settings) -> int:
    require_mcp()
    with hold(settings) as held:
        run_mcp(_building(held), settings.serving.public_url)
    return DONE


def _building(held: Held) -> Build:
    """Makes the engine while it is waited for; what its notes came to goes to stderr."""

    def build(say: Say) -> Assistant:
        opened = held.open(say, lambda progress: say(output.progress_text(progress)))
        warn(opened.report)
        print(output.report_text(opened.report), file=sys.stderr)
        return opened.assistant

    return build


def _announce(*, open_page: bool) -> Callable[[str], None]:
    """Tells where the page is; the browser comes from a thread, since some block."""

    def announce(url: str) -> None:
        print(f"Verbatim is at {url}", file=sys.stderr)
        if open_page:
            threading.Thread(target=webbrowser.open, args=[url], daemon=True).start()

    return announce


def _index(arguments: argparse.Namespace, settings: Settings) -> int:
    with hold(settings, rebuild=arguments.rebuild) as held:
        report = held.open(say, progress_line()).report
    say("")
    warn(report)
    show(arguments, output.report_json(report), output.report_text(report))
    return DONE


def _search(arguments: argparse.Namespace, settings: Settings) -> int:
    with _ready(settings) as (_, opened):
        scope = opened.assistant.scope(narrowing_of(arguments))
        evidence, timings_ms = opened.assistant.search(
            arguments.question, arguments.limit, scope=scope
        )
    document = output.evidence_json(evidence, timings_ms)
    show(arguments, document, output.evidence_text(evidence, settings.min_confidence))
    return DONE


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    history = read_history(arguments.history) if "history" in arguments else ()
    with _ready(settings) as (_, opened):
        scope = opened.assistant.scope(narrowing_of(arguments))
        answer = opened.assistant.ask(arguments.question, history, scope, arguments.mode)
    show(arguments, output.answer_json(answer), output.answer_text(answer))
    return DONE


def _cite(arguments: argparse.Namespace, settings: Settings) -> int:
    request = cite_request(arguments)
    with _ready(settings) as (_, opened):
        document, text = run_cite(request, opened)
    show(arguments, document, text)
    return DONE


def _token(arguments: argparse.Namespace, settings: Settings) -> int:
    show(arguments, *run_token(arguments, settings))
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


def _wiki(arguments: argparse.Namespace, settings: Settings) -> int:
    show(arguments, *run_wiki(arguments, settings, complain))
    return DONE


@contextmanager
def _ready(settings: Settings) -> Iterator[tuple[Held, Opened]]:
    """The library for one command, over an index that is up to date."""
    with hold(settings) as held:
        opened = held.open(say, progress_line())
        say("")
        warn(opened.report)
        yield held, opened


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


if __name__ == "__main__":
    sys.exit(main())
