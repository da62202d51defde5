"""The sources' side of the page as HTML: a card for each citation, the sources of all answers.

Only the last answer's stand open; the script brings an older answer's back.
"""

from __future__ import annotations

from html import escape

from assistant.types import Citation
from assistant.web.addresses import citation_path, permanent_id
from assistant.web.card_view import (
    actions_html,
    check_html,
    facts_html,
    passage_html,
    sharing_html,
)
from assistant.web.i18n import Words
from assistant.web.session import Conversation, Exchange, Pending


def sources_html(conversation: Conversation, words: Words, first: int = 1) -> str:
    """The cards of every answer, grouped by exchange, all hidden but the last answered one's;
    ``first`` is the number of the first exchange."""
    settled = [
        (number, exchange)
        for number, exchange in enumerate(conversation, start=first)
        if not isinstance(exchange.outcome, Pending) or exchange.answer
    ]
    if not settled:
        return "" if conversation else _empty(words.no_sources_yet)
    last = settled[-1][0]
    return "".join(_group(number, exchange, number == last, words) for number, exchange in settled)


def _empty(text: str) -> str:
    return f'<div class="vb-empty"><p>{escape(text)}</p></div>'


def _group(number: int, exchange: Exchange, shown: bool, words: Words) -> str:
    answer = exchange.answer
    citations = answer.citations if answer else ()
    cards = "".join(_card(number, citation, words) for citation in citations)
    title = escape(words.sources_of.format(exchange.question))
    hidden = "" if shown else " hidden"
    if not cards:
        cards = _empty(words.no_evidence if answer else words.no_sources_yet)
    return (
        f'<section class="vb-sources" data-sources="{number}" aria-label="{title}"{hidden}>'
        f'<p class="vb-sources-of" title="{title}">{title}</p>{cards}</section>'
    )


def _card(number: int, citation: Citation, words: Words) -> str:
    card_id = f"source-{number}-{citation.marker}"
    heading = f'<p class="vb-topic">{escape(citation.heading)}</p>' if citation.heading else ""
    actions = actions_html(
        citation.url, citation.player_url, citation.start_s, citation.title, words
    )
    return (
        f'<article class="vb-card" id="{card_id}" tabindex="-1" aria-labelledby="{card_id}-title">'
        f'<header><span class="vb-number" aria-hidden="true">{citation.marker}</span>'
        f'<div><h3 id="{card_id}-title"><span class="vb-sr">{citation.marker}. </span>'
        f"{escape(citation.title)}</h3>{heading}</div></header>"
        f"{facts_html(citation, words)}{passage_html(citation, words)}{actions}"
        f"{check_html(citation, words)}{_sharing(citation, words)}</article>"
    )


def _sharing(citation: Citation, words: Words) -> str:
    identifier = permanent_id(citation)
    return sharing_html(citation_path(identifier), words) if identifier else ""
