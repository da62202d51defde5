"""A citation in the forms in which it is copied: a name for addresses, a media type, the text."""

from __future__ import annotations

import json
from typing import NamedTuple

from assistant.citing.formats import bibtex, csl_json, markdown, plain, wikitext
from assistant.types import Citation


class Copy(NamedTuple):
    """A text to be copied, or saved as it is."""

    media_type: str
    text: str


def copied(form: str, citation: Citation, link: str, published: str | None) -> Copy | None:
    """The citation as ``markdown``, ``wiki``, ``plain``, ``csl`` or ``bibtex``; ``None`` for any
    other form."""
    match form:
        case "markdown":
            return Copy("text/markdown", markdown(citation, link))
        case "wiki":
            return Copy("text/plain", wikitext(citation, link))
        case "plain":
            return Copy("text/plain", plain(citation, link))
        case "csl":
            items = [csl_json(citation, link, published)]
            text = json.dumps(items, ensure_ascii=False, indent=2)
            return Copy("application/vnd.citationstyles.csl+json", text)
        case "bibtex":
            return Copy("application/x-bibtex", bibtex(citation, link, published))
    return None
