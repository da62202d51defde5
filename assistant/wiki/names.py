"""Names of the pages' files: the same for the same talk, and possible on every file system."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TAKEN = re.compile(
    r"con|prn|aux|nul|com\d|lpt\d|index|home|readme"  # devices of Windows; pages of the wiki
    r"|.*-[0-9a-f]{10}"  # might be another talk's name with its digest
)
_MOST_BYTES = 96
"""Of what stands before the digest: with it the name stays under 143, the least limit in use."""


def page_name(talk_id: str) -> str:
    """The file's name for a talk.

    An id of small letters, digits and hyphens is its own name. Any other is made into one in its
    own script, and a digest of the id tells apart what became alike.
    """
    if _PLAIN.fullmatch(talk_id) and not _TAKEN.fullmatch(talk_id) and len(talk_id) <= _MOST_BYTES:
        return f"{talk_id}.md"
    digest = hashlib.sha256(talk_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    slug = _slug(talk_id)
    return f"{slug}-{digest}.md" if slug else f"talk-{digest}.md"


def _slug(text: str) -> str:
    """Letters, their marks and digits of any script in small, all else as single hyphens."""
    composed = unicodedata.normalize("NFC", text.casefold())
    kept = "".join(sign if _is_letter(sign) else " " for sign in composed)
    slug = "-".join(kept.split())
    cut = slug.encode()[:_MOST_BYTES].decode("utf-8", "ignore")
    return cut.rstrip("-")


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LM" or unicodedata.category(sign) == "Nd"
