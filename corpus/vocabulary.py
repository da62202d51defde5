"""The words that notes use for their own parts, and those that tell names from other words.

The lists are data, in vocabulary.toml: all Chinese there is Simplified and all case is lower, so
compare them with folded text (``corpus.language.fold``). They are read and compiled once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Any

from corpus.language import fold

_LISTS: dict[str, Any] = tomllib.loads(
    resources.files("corpus").joinpath("vocabulary.toml").read_text("utf-8")
)
_HEADINGS, _LINES, _PEOPLE = _LISTS["headings"], _LISTS["lines"], _LISTS["people"]


def words(text: str) -> frozenset[str]:
    """The words of a list written with white space between them."""
    return frozenset(text.split())


def _any_of(alternatives: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(alternatives))


SUMMARY = _any_of(_HEADINGS["summary"])
"""Headings of an editor's digest."""
CLOSING_REMARKS = _any_of(_HEADINGS["closing_remarks"])
"""Digest headings under which an article may also end in its narrator's own voice."""
CONTAINER = _any_of(_HEADINGS["container"])
"""Headings that hold the whole talk and name no topic."""
COVER = _any_of(_HEADINGS["cover"])
"""Headings of the list of title, link and dates."""
ABOUT = _any_of(_HEADINGS["about"])
"""Headings of words about the recording."""
BOILERPLATE = _any_of(_HEADINGS["boilerplate"])
"""Headings of what belongs to the site, not to the talk."""
LEAVES = _any_of(_LINES["leaves"])
"""What a site's own last lines say."""
SAYS_WHAT_IT_IS = _any_of(_LINES["says_what_it_is"])
"""What an opening line says that names the recording."""
COVER_KEYS = {
    "" if kind == "as_they_are" else kind: frozenset(keys)
    for kind, keys in _LISTS["cover_keys"].items()
}
"""The cover list's keys by what they tell; under "" those that are kept as they are."""
LEAD_INS = frozenset(_PEOPLE["lead_ins"])
"""Words in a bold lead-in that names a thought, not a person. (Will, An and So are names.)"""
LEAD_INS_HAN = _any_of(_PEOPLE["lead_ins_han"])
"""The same in Chinese: none of these stands in a name."""
ROLES_HAN = _any_of(_PEOPLE["roles_han"])
ROLES_LATIN = re.compile(rf"(?:{'|'.join(_PEOPLE['roles_latin'])})(?:[\s#-]*[\da-z])?")
HOSTS = _any_of(_PEOPLE["hosts"])
"""Roles of who leads a talk and asks."""
TITLES_HAN: tuple[str, ...] = tuple(_PEOPLE["titles_han"])
SURNAMES = frozenset("".join(_PEOPLE["surnames"]))
COMPOUND_SURNAMES: tuple[str, ...] = tuple(_PEOPLE["compound_surnames"])
NAME_PARTICLES = frozenset(_PEOPLE["name_particles"])

_DECORATION = re.compile(
    r"^(?:[\W_]+|(?:第?[一二三四五六七八九十\d]{1,3}(?:[、.．)）]|部分|章)\s*))+|[\W_]+$"
)
_NOTE = re.compile(r"\s*[（(][^（()）]*[)）]\s*$")


def is_named(pattern: re.Pattern[str], heading: str) -> bool:
    """Whether a heading is one of the pattern's words, its numbering, emoji and note aside."""
    bare = _NOTE.sub("", fold(heading))
    bare = _DECORATION.sub("", bare).strip()
    return pattern.fullmatch(bare) is not None
