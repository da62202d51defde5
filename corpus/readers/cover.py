"""The cover list of a note: ``标题：…``, ``链接：…``, ``发布日期：…``, ``覆盖时长：…``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.language import fold
from corpus.readers.blocks import Block
from corpus.readers.markup import plain
from corpus.readers.vocabulary import COVER_KEYS

_FIELD_OF = {key: field for field, keys in COVER_KEYS.items() for key in keys}
_TELLING = frozenset({"title", "url", "published", "duration"})
_LINE = re.compile(r"\s*(?P<key>[^:：|]{1,30}?)\s*[:：|]\s*(?P<value>\S.*?)\s*")
_LEAST_LINES = 2
_LONGEST_VALUE = 300


@dataclass(frozen=True, slots=True)
class Cover:
    """``fields`` by meaning (title, url, published, duration), ``listed`` as in the source."""

    fields: Mapping[str, str]
    listed: Mapping[str, str]
    rest: tuple[Block, ...]


def read_cover(blocks: Sequence[Block], *, named: bool) -> Cover | None:
    """The cover list that ``blocks`` begin with; ``rest`` is what else stands there.

    ``named``: the part's heading says that it is the cover. Otherwise a list counts as one if it
    has two known keys, one of them a title, link, date or length; it ends at the first line that
    isn't one of it, so that turns such as ``Host: …`` below are left alone.
    """
    fields: dict[str, str] = {}
    listed: dict[str, str] = {}
    rest: list[Block] = []
    for place, block in enumerate(blocks):
        found = [_key_and_value(line, named=named) for line in block.text.split("\n")]
        entries = [entry for entry in found if entry]
        known = len(entries) == len(found) and not any(key in listed for _, key, _ in entries)
        if block.kind == "rule":
            continue
        if not known and not named:
            rest += blocks[place:]
            break
        if not known:
            rest.append(block)
            continue
        listed |= {key: plain(value) for _, key, value in entries}
        fields = {field: value for field, _, value in entries if field} | fields
    if not _TELLING & fields.keys() or (len(listed) < _LEAST_LINES and not named):
        return None
    return Cover(fields, listed, tuple(rest))


def _key_and_value(line: str, *, named: bool) -> tuple[str, str, str] | None:
    match = _LINE.fullmatch(line.replace("**", ""))
    if match is None or (len(match["value"]) > _LONGEST_VALUE and not named):
        return None
    key = plain(match["key"]).strip("-_* ")
    field = _FIELD_OF.get(re.sub(r"^[\W_]+", "", fold(key)).replace(" ", "-"))
    if field is None:
        return ("", key, match["value"]) if named and key else None
    return field, key, match["value"]
