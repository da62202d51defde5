"""The page of a citation's permanent link, and the same as a card for a frame."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from assistant.citing.identity import place_id
from assistant.citing.resolving import Changed, Found, Resolved
from assistant.types import Citation
from assistant.web.addresses import citation_path, talk_path
from assistant.web.card_view import (
    actions_html,
    check_html,
    facts_html,
    passage_html,
    sharing_html,
)
from assistant.web.header_view import MARK
from assistant.web.i18n import Words, words
from assistant.web.page_frame import Document, shortened
from assistant.web.page_words import PageWords, page_words
from assistant.web.passage import time_range
from assistant.web.placing import citation_at, spans_of
from assistant.web.visit import Visit
from corpus.types import Transcript
from index.types import Talk

CARD_CHARS = 360
"""A card has a fixed size in its frame: of a longer quote it shows this much."""


def identifier_of(resolved: Found | Changed, asked: str) -> str:
    """The id to pass on: the one that was asked for, unless its words are elsewhere or others."""
    if isinstance(resolved, Found) and not resolved.moved:
        return asked.strip().lower()
    return place_id(resolved.place)


def citation_page(
    resolved: Found | Changed, transcript: Transcript | None, asked: str, visit: Visit
) -> Document:
    """The words where they stand now, with what has become of them."""
    said, text = page_words(visit.lang), words(visit.lang)
    identifier = identifier_of(resolved, asked)
    place = resolved.place
    citation = citation_at(place, transcript)
    in_talk = f"{visit.to(talk_path(citation.transcript_id), at=identifier)}#at"
    body = (
        f'<article class="vb-citation"><p class="vb-kicker">{escape(said.cited)}</p>'
        f"{_note(resolved, said)}{_quotation(citation, place.chunk.language, text)}"
        f"{_actions(citation, text)}"
        f"{sharing_html(visit.absolute(citation_path(identifier)), text, in_talk)}"
        f'<section class="vb-card"><h2>{escape(said.in_passage)}</h2>'
        f'<div lang="{escape(place.chunk.language)}">'
        f"{passage_html(citation, text, spans_of(place), folded=False)}</div>"
        f"{check_html(citation, text)}</section>"
        "</article>"
    )
    document = _document(citation, identifier, body, text)
    return replace(document, players=(citation.player_url,) if citation.player_url else ())


def citation_card(
    resolved: Found | Changed, transcript: Transcript | None, asked: str, visit: Visit
) -> Document:
    """The quote, who, where and when, small enough for a frame; it leads to the page."""
    said, text = page_words(visit.lang), words(visit.lang)
    identifier = identifier_of(resolved, asked)
    citation = citation_at(resolved.place, transcript)
    page = visit.absolute(citation_path(identifier), **visit.wishes)
    quote = escape(shortened(citation.quote, CARD_CHARS))
    lang = escape(resolved.place.chunk.language)
    note = f'<p class="vb-note">{escape(said.changed)}</p>' if _is_changed(resolved) else ""
    heading = f'<p class="vb-topic">{escape(citation.heading)}</p>' if citation.heading else ""
    body = (
        f'<article class="vb-card">{note}'
        f'<blockquote class="vb-words" lang="{lang}">{quote}</blockquote>'
        f'<h1><a href="{escape(page)}" target="_blank" rel="noopener">{escape(citation.title)}'
        f'<span class="vb-sr"> ({escape(text.new_tab)})</span></a></h1>{heading}'
        f'{facts_html(citation, text)}<p class="vb-from">{MARK}Verbatim</p></article>'
    )
    return replace(_document(citation, identifier, body, text), card=True)


def gone_page(talk: Talk | None, visit: Visit) -> Document:
    """That the words are gone, and their talk if it is still there."""
    said = page_words(visit.lang)
    title = talk.title if talk else ""
    link = (
        f'<p>{escape(said.gone_talk)} <a href="{escape(visit.to(talk_path(talk.id)))}">'
        f"{escape(title)}</a></p>"
        if talk
        else ""
    )
    more = f"<p>{escape(said.gone_more)}</p>{link}"
    return Document(said.gone, message_html(said.gone, more, visit), status=410)


def message_html(title: str, more: str, visit: Visit) -> str:
    """A page that has only something to say; ``more`` is HTML. It leads on to lookup."""
    said = page_words(visit.lang)
    return (
        f'<section class="vb-message"><h1>{escape(title)}</h1>{more}'
        f'<p><a href="{escape(visit.to("lookup"))}">{escape(said.look_up)}</a></p></section>'
    )


def share_title(citation: Citation) -> str:
    """The quote as a title, in quotation marks."""
    return f"“{shortened(citation.quote, 180)}”"


def share_line(citation: Citation, text: Words) -> str:
    """Who, where and when on one line."""
    time = time_range(citation.start_s, None, citation.estimated)
    who = text.speaker_join.join(citation.speakers)
    return " · ".join(filter(None, (who, citation.title, citation.heading, time)))


def _document(citation: Citation, identifier: str, body: str, text: Words) -> Document:
    return Document(
        title=share_title(citation),
        body=body,
        description=share_line(citation, text),
        path=citation_path(identifier),
        unfurls=True,
    )


def _note(resolved: Found | Changed, said: PageWords) -> str:
    if _is_changed(resolved):
        return f'<p class="vb-note vb-changed" role="note">{escape(said.changed)}</p>'
    if isinstance(resolved, Found) and resolved.moved:
        return f'<p class="vb-note" role="note">{escape(said.moved)}</p>'
    return ""


def _is_changed(resolved: Resolved) -> bool:
    return isinstance(resolved, Changed)


def _quotation(citation: Citation, language: str, text: Words) -> str:
    heading = f'<p class="vb-topic">{escape(citation.heading)}</p>' if citation.heading else ""
    return (
        f'<h1 class="vb-words" lang="{escape(language)}">{escape(citation.quote)}</h1>'
        f'<p class="vb-title">{escape(citation.title)}</p>{heading}{facts_html(citation, text)}'
    )


def _actions(citation: Citation, text: Words) -> str:
    return actions_html(citation.url, citation.player_url, citation.start_s, citation.title, text)
