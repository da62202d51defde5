"""A citation in the forms in which it is copied, each escaping what its format reads. Pure.

``link`` is the address to give instead of the recording's own, such as a permanent one; without
either there is none. ``published`` is the talk's ISO date where it is known.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import NamedTuple

from assistant.types import Citation, Json
from index.moments import timecode_span

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!$&])")
_OPENING = re.compile(r"^(\d*)([-+=.)])")
_WIKI = re.compile(
    r"[\[\]{}|<>&]|''+|~~~+|__+|\b(?:https?|ftps?|mailto|news|ircs?|RFC|PMID|ISBN)\b"
)
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


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


def markdown(citation: Citation, link: str | None = None) -> str:
    """A block quote, and under it who says it, where and when, as a link."""
    quote = "\n".join(f"> {_markdown_line(line)}" for line in citation.quote.splitlines())
    place = _markdown_line(_source_line(citation))
    if address := link or citation.url:
        place = f"[{place}](<{_address(address)}>)"
    return f"{quote}\n>\n> — {place}"


def wikitext(citation: Citation, link: str | None = None) -> str:
    """MediaWiki: a block quote that holds nothing the wiki would read, and the source."""
    quote = _wiki(" ".join(citation.quote.split()))
    place = _wiki(_source_line(citation))
    if address := link or citation.url:
        place = f"[{_address(address).replace('[', '%5B').replace(']', '%5D')} {place}]"
    return f"<blockquote>{quote}</blockquote>\n— {place}"


def plain(citation: Citation, link: str | None = None) -> str:
    """One line with the quote and its source, and one with the address."""
    first = f"“{' '.join(citation.quote.split())}” — {_source_line(citation)}"
    address = link or citation.url
    return f"{first}\n{address}" if address else first


def csl_json(citation: Citation, link: str | None = None, published: str | None = None) -> Json:
    """One item of CSL-JSON (schema 1.0.2), for Zotero, pandoc and their like."""
    item: Json = {
        "id": _key(citation),
        "type": "speech" if citation.speakers else "webpage",
        "title": citation.title,
        "note": f"“{' '.join(citation.quote.split())}”",
    }
    if citation.speakers:
        item["author"] = [{"literal": name} for name in citation.speakers]
    if citation.heading:
        item["section"] = citation.heading
    if when := _start(citation):
        item["locator"] = when
    if address := link or citation.url:
        item["URL"] = address
    if parts := _date_parts(published):
        item["issued"] = {"date-parts": [parts]}
    return item


def bibtex(citation: Citation, link: str | None = None, published: str | None = None) -> str:
    """A ``@misc`` entry; each name is kept whole, in the order in which it is said."""
    parts = _date_parts(published)
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in citation.speakers),
        "title": f"{{{_tex(' '.join(citation.title.split()))}}}",
        "year": str(parts[0]) if parts else "",
        "month": str(parts[1]) if len(parts) > 1 else "",
        "howpublished": _tex(", ".join(filter(None, (citation.heading, _start(citation))))),
        "url": _address(link or citation.url or "").replace("{", "%7B").replace("}", "%7D"),
        "note": _tex(f"“{' '.join(citation.quote.split())}”"),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_key(citation)},", *lines, "}"])


def _source_line(citation: Citation) -> str:
    """Who, which talk, which part, when."""
    who = ", ".join(citation.speakers)
    parts = (who, citation.title, citation.heading, _start(citation))
    return " · ".join(" ".join(part.split()) for part in parts if part)


def _start(citation: Citation) -> str:
    return timecode_span(citation.start_s, None, citation.estimated)


def _date_parts(published: str | None) -> list[int]:
    try:
        day = date.fromisoformat(published or "")
    except ValueError:
        return []
    return [day.year, day.month, day.day]


def _key(citation: Citation) -> str:
    """A key of plain letters that is the same for the same moment of the same talk."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", citation.file.rpartition(".")[0]).strip("-").lower()
    when = "" if citation.start_s is None else f"-{int(citation.start_s)}"
    return f"{name or 'talk'}{when}"


def _markdown_line(text: str) -> str:
    """The line with a backslash before all that means something; a list's mark only opens one."""
    return _OPENING.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", text.strip()))


def _wiki(text: str) -> str:
    """Everything that wiki text would read as markup as character references."""
    return _WIKI.sub(lambda match: "".join(f"&#{ord(one)};" for one in match.group()), text)


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in text)


def _address(url: str) -> str:
    """The address without what would end it early in the formats above."""
    signs = {"<": "%3C", ">": "%3E", '"': "%22", " ": "%20", "\n": "", "\r": "", "\\": "%5C"}
    return "".join(signs.get(character, character) for character in url)
