"""The parts that cards and pages about a citation are made of, as HTML.

``data-player`` and ``data-playing`` hold addresses that the player loads once the reader asks for
it: until then nothing is fetched. ``data-copy`` is a link to a citation in another form, which the
script copies; without a script it opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from urllib.parse import urlsplit

from assistant.types import Citation
from assistant.web.addresses import playing, web_url
from assistant.web.i18n import Words
from assistant.web.page_words import page_words
from assistant.web.passage import clock, excerpt, time_range

Spans = Sequence[tuple[int, int]]


def facts_html(citation: Citation, words: Words) -> str:
    """Who and when."""
    time = time_range(citation.start_s, citation.end_s, citation.estimated)
    hint = f' title="{escape(words.estimated)}"' if citation.estimated else ""
    when = (
        f'<dd class="vb-time"{hint}>{time}</dd>' if time else f"<dd>{escape(words.no_times)}</dd>"
    )
    who = words.speaker_join.join(citation.speakers)
    speakers = (
        f'<div><dt class="vb-sr">{escape(words.speakers)}</dt>'
        f'<dd class="vb-speakers">{escape(who)}</dd></div>'
        if who
        else ""
    )
    return (
        f'<dl class="vb-facts">{speakers}'
        f'<div><dt class="vb-sr">{escape(words.time)}</dt>{when}</div></dl>'
    )


def passage_html(
    citation: Citation, words: Words, spans: Spans | None = None, *, folded: bool = True
) -> str:
    """The quote inside its passage, marked; with ``spans`` only those offsets of the quote are.

    What is far from the quote is ``folded`` away.
    """
    part = excerpt(citation.passage, citation.quote)
    if not folded:
        part = part._replace(
            head="", before=part.head + part.before, after=part.after + part.tail, tail=""
        )
    # A quote that is not in its passage as it stands is still what the answer rests on.
    lead = "" if part.quote else f'<p class="vb-quote">{marked(citation.quote, spans)}</p>'
    inside = marked(part.quote, spans if part.quote == citation.quote else None)
    text = (
        f"{_folded(part.head)}{escape(part.before)}{inside}{escape(part.after)}{_folded(part.tail)}"
    )
    unfold = (
        f'<button type="button" class="vb-link" data-unfold aria-expanded="false" '
        f'data-more="{escape(words.unfold)}" data-less="{escape(words.fold)}">'
        f"{escape(words.unfold)}</button>"
        if part.head or part.tail
        else ""
    )
    return f'{lead}<p class="vb-passage">{text}</p>{unfold}'


def marked(text: str, spans: Spans | None = None) -> str:
    """The text with these offsets of it marked, all of it where none are given."""
    if not text:
        return ""
    spans = [(0, len(text))] if spans is None else spans
    bounds = [0, *(bound for span in spans for bound in span), len(text)]
    pieces = [escape(text[start:end]) for start, end in pairwise(bounds)]
    return "".join(
        f"<mark>{piece}</mark>" if number % 2 else piece for number, piece in enumerate(pieces)
    )


def actions_html(
    url: str | None, player_url: str | None, start_s: float | None, title: str, words: Words
) -> str:
    """Play it here, and open it at its source; what has no web address is left out."""
    at = None if start_s is None else clock(start_s)
    player, page = web_url(player_url), web_url(url)
    parts = []
    if player:
        text = words.play if at is None else words.play_from.format(at)
        parts.append(
            f'<button type="button" class="vb-play" data-player="{escape(player)}" '
            f'data-playing="{escape(playing(player))}" data-title="{escape(title)}">'
            f"{escape(text)}</button>"
        )
    if page:
        text = words.open if at is None else words.open_at.format(at)
        parts.append(
            f'<a class="vb-open" href="{escape(page)}" target="_blank" rel="noopener">'
            f'{escape(text)} <span aria-hidden="true">↗</span>'
            f'<span class="vb-sr"> ({escape(words.new_tab)})</span></a>'
        )
    return f'<p class="vb-actions">{"".join(parts)}</p>' if parts else ""


def sharing_html(address: str, words: Words, in_talk: str | None = None) -> str:
    """The permanent link, the citation to copy in other forms, and where the talk has it.

    In the chat, which has no address for that, the link opens a tab of its own: the conversation
    would be left behind.
    """
    said = page_words(words.lang)
    new_tab, hint, way = "", "", ""
    if in_talk is None:
        new_tab = ' target="_blank" data-carry'
        hint = f'<span class="vb-sr"> ({escape(words.new_tab)})</span>'
    else:
        way = f'<a href="{escape(in_talk)}">{escape(said.in_talk)}</a>'
    return (
        f'<div class="vb-share">{way}<a class="vb-permanent" href="{escape(address)}"{new_tab}>'
        f"{escape(said.permanent)}{hint}</a>{copying_html(address, words)}</div>"
    )


def copying_html(address: str, words: Words) -> str:
    """A menu of forms to copy a citation in; ``address`` is that of its page."""
    said = page_words(words.lang)
    joint = "&" if urlsplit(address).query else "?"
    items = "".join(
        f'<li><a href="{escape(f"{address}{joint}as={form}")}" target="_blank" data-copy'
        f' data-copied="{escape(said.copied.format(name))}">{escape(name)}</a></li>'
        for form, name in said.formats.items()
    )
    return (
        f'<details class="vb-copy" data-not-copied="{escape(said.not_copied)}">'
        f"<summary>{escape(said.copy_as)}</summary><ul>{items}</ul></details>"
        '<span class="vb-copied" role="status"></span>'
    )


def check_html(citation: Citation, words: Words) -> str:
    """Whether the quote was found in the transcript as it stands on disk."""
    if citation.verified:
        return f'<p class="vb-verified">{escape(words.verified)}</p>'
    return f'<p class="vb-unverified">{escape(words.unverified)}</p>'


def _folded(text: str) -> str:
    if not text:
        return ""
    return f'<span class="vb-more" hidden>{escape(text)}</span><span class="vb-gap">…</span>'
