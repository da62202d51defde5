"""One catalogue of every line that a reader sees: a JSON file a language, no line of it in code.

A key is a path through the file, ``answer.stages.writing``. A line may be a format, with ``{}`` for
what is put in; a pair of lines is for one and for more, and a language without plurals has a single
one. A language that lacks a line has English's.

A file's group ``language`` is about the language itself: ``name`` as a reader chooses it by,
``full_name``, and ``order``, its place among those to choose from.

Traditional Chinese is derived from Simplified by OpenCC, in Taiwan's words and with its quotation
marks; its own file has what should read otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from corpus.language import to_script

Line = str | tuple[str, str]
"""One line, or one for a count of one and one for more."""

FALLBACK = "en"
"""Has every line."""
DERIVED = {"zh-Hant": "zh-Hans"}
"""Languages whose lines are those of another, in another script."""

_MARKS = str.maketrans("“”‘’", "「」『』")
_CHINESE = {"zh": "hans", "cmn": "hans", "yue": "hant"}
"""Languages written in Chinese, with the script that their tag means where it names none."""
_TRADITIONAL_REGIONS = frozenset({"tw", "hk", "mo"})
_SCRIPTS = frozenset({"hans", "hant"})


class Messages:
    """Every line in one language; safe to call from several threads."""

    __slots__ = ("_lines", "lang")

    def __init__(self, lang: str, lines: Mapping[str, Line]) -> None:
        self.lang = lang
        self._lines = lines

    def __call__(self, key: str, *values: object, n: int | None = None) -> str:
        """The line of a key, ``values`` put in; ``n`` chooses among the forms of a pair, and is
        the last value that is put in. Raises KeyError for a key that there isn't."""
        line = self._lines[key]
        if isinstance(line, tuple):
            line = line[0 if n == 1 else 1]
        if n is not None:
            values = (*values, n)
        return line.format(*values) if values else line

    def __contains__(self, key: str) -> bool:
        return key in self._lines

    def group(self, prefix: str) -> dict[str, str]:
        """The lines below a prefix, by the rest of their keys, as they stand in the file."""
        below = f"{prefix}."
        return {
            key.removeprefix(below): line
            for key, line in self._lines.items()
            if key.startswith(below) and isinstance(line, str)
        }


@cache
def messages(language: str) -> Messages:
    """The lines for a reader of that BCP 47 tag: of the language that is ``closest``, else English
    ones."""
    own = closest(language, languages()) or FALLBACK
    return Messages(own, {**lines_of(FALLBACK), **lines_of(own)})


@cache
def languages() -> tuple[str, ...]:
    """The tags of the languages that there are lines in."""
    files = (each.name for each in resources.files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in files if name.endswith(".json")))


@cache
def page_languages() -> Mapping[str, str]:
    """The languages that a page can be read in, by tag with their own names, in the order in which
    they are offered: those whose file names itself. The others have lines for answers alone."""
    headed = [(tag, lines_of(tag)) for tag in languages() if "language.name" in lines_of(tag)]
    headed.sort(key=lambda each: float(str(each[1].get("language.order", "inf"))))
    return {tag: str(lines["language.name"]) for tag, lines in headed}


def language_name(tag: str) -> str:
    """A language in its own words, or its tag."""
    return str(lines_of(tag).get("language.full_name", tag)) if tag in languages() else tag


def closest(tag: str, known: Iterable[str]) -> str | None:
    """The known language that a BCP 47 tag means: the same base language, and of several in it the
    one that shares most of its subtags. Case and underscores are forgiven.

    Chinese without a script is Simplified, but Traditional where the region writes that.
    """
    base, *rest = tag.strip().lower().replace("_", "-").split("-")
    if base in _CHINESE:
        if _SCRIPTS.isdisjoint(rest):
            traditional = not _TRADITIONAL_REGIONS.isdisjoint(rest)
            rest.append("hant" if traditional else _CHINESE[base])
        base = "zh"
    subtags = {one: one.lower().split("-") for one in known}
    of_it = [one for one, (first, *_) in subtags.items() if first == base]
    return max(of_it, key=lambda one: len({*rest}.intersection(subtags[one])), default=None)


@cache
def lines_of(tag: str) -> Mapping[str, Line]:
    """The lines that a language has of its own, derived ones among them, by key."""
    text = resources.files(__package__).joinpath(f"{tag}.json").read_text("utf-8")
    own = dict(_flat(json.loads(text), ""))
    if tag not in DERIVED:
        return own
    return {**{key: _derived(line) for key, line in lines_of(DERIVED[tag]).items()}, **own}


def _flat(node: Mapping[str, Any], above: str) -> Iterator[tuple[str, Line]]:
    for name, value in node.items():
        key = f"{above}.{name}" if above else name
        if isinstance(value, Mapping):
            yield from _flat(value, key)
        else:
            yield key, (value[0], value[1]) if isinstance(value, list) else str(value)


def _derived(line: Line) -> Line:
    if isinstance(line, tuple):
        return (_derived_text(line[0]), _derived_text(line[1]))
    return _derived_text(line)


def _derived_text(text: str) -> str:
    return to_script(text, "zh-Hant").translate(_MARKS)
