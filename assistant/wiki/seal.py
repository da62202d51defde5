"""Whose a page is: the seal in its front matter, a digest of the whole page.

A page with its seal intact is as it was written, so it may be written again or removed. Nothing is
remembered beside the pages: they may be copied, committed and moved without losing it. Pure.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from assistant.wiki.escaping import read_yaml_string

Owner = Literal["ours", "edited", "other"]

_BLANK = "0" * 32
SEAL_LINE = f"verbatim_page: {_BLANK}"
"""Stands in the front matter of a page that is not sealed yet."""

_SEAL = re.compile(r"^verbatim_page: (?P<digest>[0-9a-f]{32})$", re.MULTILINE)
_FILE = re.compile(r"^verbatim_file: (?P<file>\".*\")$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose a page is; ``file`` is the transcript that one of ours was made from, if any."""

    owner: Owner
    file: str | None = None


def sealed(text: str) -> str:
    """The page with its digest in place of ``SEAL_LINE``'s zeros. Only a whole line is taken for
    it: a title may have the same words."""
    return text.replace(f"\n{SEAL_LINE}\n", f"\nverbatim_page: {_digest(text)}\n", 1)


def origin(text: str) -> Origin:
    """Whose the page is. Line ends, which version control may turn, don't count."""
    text = same_ends(text)
    found = _SEAL.search(text) if text.startswith("---\n") else None
    if found is None:
        return Origin("other")
    blank = f"{text[: found.start('digest')]}{_BLANK}{text[found.end('digest') :]}"
    if _digest(blank) != found["digest"]:
        return Origin("edited")
    file = _FILE.search(text, 0, found.start())
    return Origin("ours", read_yaml_string(file["file"]) if file else None)


def same_ends(text: str) -> str:
    """The text with line feeds only, and without a byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[: len(_BLANK)]
