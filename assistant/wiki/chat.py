"""The chat on a page: a frame of the server's own page, and a link for where frames are cut out."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from assistant.web.languages import Lang
from assistant.wiki.escaping import address, link
from assistant.wiki.types import Flavour, Style
from assistant.wiki.words import wiki_words

_HEIGHT_PX = 560
_ALLOWED = "autoplay; clipboard-write; encrypted-media; fullscreen; picture-in-picture"
"""What the player inside and the copying of citations need of the page around."""


def chat(style: Style, lang: Lang, heading: str, talk_id: str | None = None) -> list[str]:
    """The part of a page that asks: about one talk, or about all of them. Empty without a server.

    Hugo leaves out HTML in Markdown by default, so there it is a shortcode, ``verbatim``, which
    the site has to define: docs/wiki.md.
    """
    if not style.url:
        return []
    query = f"lang={lang}"
    if talk_id is not None:
        query = f"talk={quote(talk_id, safe='', errors='replace')}&{query}"
    blocks = [f"## {heading}"]
    if style.framed:
        blocks.append(_frame(style.flavour, address(f"{style.url}/embed?{query}"), heading))
    return [*blocks, link(wiki_words(lang).open_chat, f"{style.url}/?{query}")]


def talk_address(url: str, talk_id: str) -> str:
    """The talk's own page at the server."""
    return f"{url}/talk/{quote(talk_id, safe='/', errors='replace')}"


def _frame(flavour: Flavour, src: str, title: str) -> str:
    if flavour == "hugo":
        return f'{{{{< verbatim src="{src}" title="{title}" >}}}}'
    return (
        f'<iframe src="{escape(src)}" title="{escape(title)}" width="100%" height="{_HEIGHT_PX}"'
        f' loading="lazy" style="border:0" allow="{_ALLOWED}"'
        ' referrerpolicy="strict-origin-when-cross-origin"></iframe>'
    )
