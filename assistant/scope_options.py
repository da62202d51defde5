"""The options of the command line that narrow a search."""

from __future__ import annotations

import argparse
from datetime import date

from assistant.scoping import Narrowing


def scope_options() -> argparse.ArgumentParser:
    """A parent for commands that search."""
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


def narrowing_of(arguments: argparse.Namespace) -> Narrowing:
    """What was asked for with the options above."""
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
