"""The sources' side of the page as HTML: a card for each citation, the sources of all answers.

Only the last answer's stand open; the script brings an older answer's back. ``data-player`` holds
the address that the player loads once the reader asks for it: until then nothing is fetched.
"""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from assistant.types import Citation
from assistant.web.i18n import Words
from assistant.web.passage import clock, excerpt, time_range
from assistant.web.session import Conversation, Exchange, Pending

_PLAYERS_WITH_AUTOPLAY = frozenset(
    {
        "www.youtube.com",
        "www.youtube-nocookie.com",
        "player.vimeo.com",
        "player.bilibili.com",
    }
)


def sources_html(conversation: Conversation, words: Words) -> str:
    """The cards of every answer, grouped by exchange, all hidden but the last answered one's."""
    settled = [
        (number, exchange)
        for number, exchange in enumerate(conversation, start=1)
        if not isinstance(exchange.outcome, Pending) or exchange.answer
    ]
    if not settled:
        return "" if conversation else _empty(words.no_sources_yet)
    last = settled[-1][0]
    return "".join(_group(number, exchange, number == last, words) for number, exchange in settled)


def web_url(url: str | None) -> str | None:
    """The address if it is one of the web's: a transcript may name any scheme, scripts included."""
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def playing(url: str) -> str:
    """The player's address, told to start at once where the player is known to take that."""
    parts = urlsplit(url)
    if parts.hostname not in _PLAYERS_WITH_AUTOPLAY:
        return url
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | {"autoplay": "1"}
    return urlunsplit(parts._replace(query=urlencode(query)))


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
    return (
        f'<article class="vb-card" id="{card_id}" tabindex="-1" aria-labelledby="{card_id}-title">'
        f'<header><span class="vb-number" aria-hidden="true">{citation.marker}</span>'
        f'<div><h3 id="{card_id}-title"><span class="vb-sr">{citation.marker}. </span>'
        f"{escape(citation.title)}</h3>{heading}</div></header>"
        f"{_facts(citation, words)}{_passage(citation, words)}{_actions(citation, words)}"
        f"{_check(citation, words)}</article>"
    )


def _facts(citation: Citation, words: Words) -> str:
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


def _passage(citation: Citation, words: Words) -> str:
    part = excerpt(citation.passage, citation.quote)
    # A quote that is not in its passage as it stands is still what the answer rests on.
    lead = "" if part.quote else f'<p class="vb-quote"><mark>{escape(citation.quote)}</mark></p>'
    marked = f"<mark>{escape(part.quote)}</mark>" if part.quote else ""
    text = (
        f"{_folded(part.head)}{escape(part.before)}{marked}{escape(part.after)}{_folded(part.tail)}"
    )
    unfold = (
        f'<button type="button" class="vb-link" data-unfold aria-expanded="false" '
        f'data-more="{escape(words.unfold)}" data-less="{escape(words.fold)}">'
        f"{escape(words.unfold)}</button>"
        if part.head or part.tail
        else ""
    )
    return f'{lead}<p class="vb-passage">{text}</p>{unfold}'


def _folded(text: str) -> str:
    if not text:
        return ""
    return f'<span class="vb-more" hidden>{escape(text)}</span><span class="vb-gap">…</span>'


def _actions(citation: Citation, words: Words) -> str:
    at = None if citation.start_s is None else clock(citation.start_s)
    player, url = web_url(citation.player_url), web_url(citation.url)
    parts = []
    if player:
        text = words.play if at is None else words.play_from.format(at)
        parts.append(
            f'<button type="button" class="vb-play" data-player="{escape(player)}" '
            f'data-playing="{escape(playing(player))}" data-title="{escape(citation.title)}">'
            f"{escape(text)}</button>"
        )
    if url:
        text = words.open if at is None else words.open_at.format(at)
        parts.append(
            f'<a class="vb-open" href="{escape(url)}" target="_blank" rel="noopener">'
            f'{escape(text)} <span aria-hidden="true">↗</span>'
            f'<span class="vb-sr"> ({escape(words.new_tab)})</span></a>'
        )
    return f'<p class="vb-actions">{"".join(parts)}</p>' if parts else ""


def _check(citation: Citation, words: Words) -> str:
    if citation.verified:
        return f'<p class="vb-verified">{escape(words.verified)}</p>'
    return f'<p class="vb-unverified">{escape(words.unverified)}</p>'
