"""Names with their other spellings, as an editor lists them: what transcribers write otherwise.

They stand in ``spellings.txt`` in a library's folder, a name a line, or in a note's front matter
under ``spellings``, which is read into the same lines:

    # who is who
    Andrej Karpathy = Karpathy, 卡帕西, 卡帕斯
    TPU: tee pee you
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

SPELLINGS_FILE = "spellings.txt"
"""In the library's own folder, not below it; it is no talk."""
FRONT_MATTER_KEY = "spellings"

Spelling = tuple[str, ...]
"""A name and its other spellings, at least two different ones."""

_LONGEST = 80
_MOST = 500
_LINE = re.compile(r"(?P<name>[^=＝:：]+)[=＝:：](?P<others>.+)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_COMMAS = re.compile(r"[,，、;；]")


@dataclass(frozen=True, slots=True)
class Spellings:
    """What a list holds; ``failure`` says in one line what of it could not be read, or is empty."""

    names: tuple[Spelling, ...] = ()
    failure: str = ""


def read_spellings(text: str) -> Spellings:
    """The names of a list in the form above. Lines that are no such line are passed over."""
    names: list[Spelling] = []
    bad: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        told = _COMMENT.sub("", line).strip()
        found = _names_of(told)
        if found:
            names.append(found)
        elif told:
            bad.append(str(number))
    if not bad:
        return Spellings(tuple(names))
    lines = f"line {bad[0]} is" if len(bad) == 1 else f"lines {', '.join(bad)} are"
    return Spellings(
        tuple(names), f"{lines} passed over: write a name a line, as in “Name = other, other”"
    )


def spelling_lines(value: object) -> str:
    """A front matter's value in the form above: a mapping of a name to its other spellings, or a
    list of lists, each beginning with the name."""
    return "\n".join(islice(_lines(value), _MOST))


def _lines(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, others in value.items():
            yield f"{name} = {', '.join(_scalars(others))}"
    elif isinstance(value, list):
        for entry in value:
            if isinstance(entry, list):
                name, *others = [*_scalars(entry), ""]
                yield f"{name} = {', '.join(filter(None, others))}"
            else:
                yield from _lines(entry)
    elif value is not None:
        yield str(value)


def _scalars(value: object) -> list[str]:
    given = islice(value, _MOST) if isinstance(value, list) else (value,)
    return [str(one).strip() for one in given if isinstance(one, str | int | float)]


def _names_of(line: str) -> Spelling:
    match = _LINE.fullmatch(line)
    if match is None:
        return ()
    given = (match["name"], *_COMMAS.split(match["others"]))
    names = tuple(dict.fromkeys(one.strip() for one in given if one.strip()))
    fits = match["name"].strip() and len(names) > 1 and max(map(len, names)) <= _LONGEST
    return names if fits else ()
