"""What those pages hold, by templates.

The document around each page that the server writes whole: head, header, and headers of HTTP.

Nothing in it needs a script to be read. What may be loaded is our own files, and the players of the
recordings that the page names.

The page of a citation's permanent link, and the same as a card for a frame.

The page that looks up a quote, or checks a whole text: its form, and what was found as cards.

The page of a talk, with its words by topic, and the list of all talks.

Each turn that has a time has the anchor ``t=810``, its second; each topic has ``topic-3``, its
position. The script takes ``#t=`` to the turn of any second. Where an address names a citation, its
words are marked, under the anchor ``at``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from assistant.citation.citation import citation_at, spans_of
from assistant.citation.permalink import (
    Changed,
    FoundAgain,
    Resolved,
    citation_path,
    origin,
    place_id,
    playing,
    talk_path,
    web_url,
)
from assistant.citation.types import Checked, Lookup, Place, Problem, Quotation, QuoteDifference
from assistant.interfaces.web.chat import MARK, PLAYER_HTML
from assistant.interfaces.web.document import STATIC_ROUTE
from assistant.interfaces.web.narrowing import Choice, language_name, named
from assistant.interfaces.web.views import (
    actions_html,
    check_html,
    facts_html,
    locate,
    marked,
    passage_html,
    sharing_html,
)
from assistant.interfaces.web.visit import PageVisit, ShownTheme
from assistant.messages.answer_words import counted
from assistant.messages.i18n import Words, words
from assistant.messages.languages import LANG_NAMES, Lang
from assistant.messages.lookup_words import LookupWords, lookup_words
from assistant.messages.page_words import PageWords, page_words
from assistant.messages.scope_words import scope_words
from assistant.types import Citation
from corpus.links import moment_url, player_url
from corpus.types import Section, Transcript, Utterance
from index.moments import clock, clock_span
from index.types import Talk

STYLES = ("base.css", "sources.css", "pages.css")
SCRIPT = "pages.js"
SHARE_CHARS = 200
"""A longer title or description is cut by those who unfurl a link, in the middle of a word."""

_OWN_FILES = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"
_BOUNDS = "connect-src 'self'; form-action 'self'; base-uri 'none'"
_THEMES: Mapping[ShownTheme | None, tuple[str, str]] = {
    None: ("vb-auto", ' media="(prefers-color-scheme: dark)"'),
    "light": ("vb-light", ' media="not all"'),
    "dark": ("dark", ""),
}
_LOCALES: Mapping[Lang, str] = {"zh-Hans": "zh_CN", "zh-Hant": "zh_TW", "en": "en_US"}


@dataclass(frozen=True, slots=True)
class PageDocument:
    """A page before it is framed.

    ``path`` is its lasting address below the root, empty for a page that nobody should link to;
    ``unfurls`` says that /oembed knows it. ``players`` are the addresses that it may play.
    """

    title: str
    body: str
    description: str = ""
    path: str = ""
    unfurls: bool = False
    players: tuple[str, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    card: bool = False


def document_html(document: PageDocument, visit: PageVisit) -> str:
    """The whole document; one that is a ``card``, made for a frame, has no header."""
    text = words(visit.lang)
    css_class, media = _THEMES[visit.theme]
    inner = f'<main id="vb-page" class="vb-card-page">{document.body}</main>'
    if not document.card:
        inner = (
            f"{_header(visit, text)}"
            f'<main id="vb-page"><div id="vb-player">{_player(text)}</div>{document.body}</main>'
        )
    files = visit.to_file(STATIC_ROUTE)
    styles = "".join(f'<link rel="stylesheet" href="{files}/{name}">' for name in STYLES)
    return (
        f'<!doctype html><html lang="{visit.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(document.title)} · Verbatim</title>{_share(document, visit)}{styles}"
        f'<link rel="stylesheet" href="{files}/dark.css"{media}>'
        f'<link rel="icon" type="image/svg+xml" href="{files}/mark.svg">'
        f'<script type="module" src="{files}/{SCRIPT}"></script></head>'
        f'<body class="vb-page {css_class}">{inner}</body></html>'
    )


def headers_of(document: PageDocument, visit: PageVisit) -> dict[str, str]:
    """HTTP headers; the policy lets in no script, style or frame but those of the page."""
    players = " ".join(sorted(set(_origins(document.players)))) or "'none'"
    return {
        "Content-Language": visit.lang,
        "Vary": "Accept-Language",
        "Cache-Control": "no-cache",
        "Content-Security-Policy": f"{_OWN_FILES}; frame-src {players}; {_BOUNDS}",
        **document.headers,
    }


def shortened(text: str, limit: int = SHARE_CHARS) -> str:
    """The text on one line, cut with an ellipsis where it is longer."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def _origins(players: Iterable[str]) -> Iterable[str]:
    return filter(None, (origin(playing(url)) for url in map(web_url, players) if url))


def _share(document: PageDocument, visit: PageVisit) -> str:
    """What search engines, link previews and oEmbed read."""
    if not document.path:
        return '<meta name="robots" content="noindex">'
    address = visit.absolute(document.path)
    title, more = shortened(document.title), shortened(document.description)
    facts = {
        "og:type": "article",
        "og:site_name": "Verbatim",
        "og:title": title,
        "og:description": more,
        "og:url": address,
        "og:locale": _LOCALES[visit.lang],
    }
    cards = {
        "description": more,
        "twitter:card": "summary",
        "twitter:title": title,
        "twitter:description": more,
    }
    tags = [f'<link rel="canonical" href="{escape(address)}">']
    tags += [f'<meta property="{name}" content="{escape(told)}">' for name, told in facts.items()]
    tags += [f'<meta name="{name}" content="{escape(told)}">' for name, told in cards.items()]
    if document.unfurls:
        oembed = escape(visit.absolute("oembed", url=address, format="json"))
        tags.append(
            f'<link rel="alternate" type="application/json+oembed" href="{oembed}"'
            f' title="{escape(title)}">'
        )
    return "".join(tags)


def _header(visit: PageVisit, text: Words) -> str:
    said = page_words(visit.lang)
    links = ((said.ask, ""), (said.look_up, "lookup"), (said.all_talks, "talks"))
    pages = "".join(
        f'<a href="{escape(visit.to(path))}"{_current(path == visit.path, "page")}>'
        f"{escape(name)}</a>"
        for name, path in links
    )
    return (
        f'<header id="vb-header"><a class="vb-brand" href="{escape(visit.to(""))}"'
        f' aria-label="Verbatim">{MARK}<b>Verbatim</b></a>'
        f'<nav aria-label="{escape(said.pages)}">{pages}</nav>'
        f"{_languages(visit, text)}{_theme(visit, text)}</header>"
    )


def _languages(visit: PageVisit, text: Words) -> str:
    links = "".join(
        f'<a href="{escape(visit.same(lang=lang))}" hreflang="{lang}" lang="{lang}"'
        f"{_current(lang == visit.lang, 'true')}>{escape(name)}</a>"
        for lang, name in LANG_NAMES.items()
    )
    return f'<nav class="vb-languages" aria-label="{escape(text.language)}">{links}</nav>'


def _current(is_current: bool, what: str) -> str:
    return f' aria-current="{what}"' if is_current else ""


def _theme(visit: PageVisit, text: Words) -> str:
    """Two links, of which the style sheet shows the one that changes something."""
    label = escape(text.theme)
    icon = (
        '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 2.5a7.5 7.5 0 1 0 0 15z"/>'
        '<circle cx="10" cy="10" r="7.5"/></svg>'
    )
    return "".join(
        f'<a class="vb-icon vb-to-{theme}" href="{escape(visit.same(__theme=theme))}"'
        f' aria-label="{label}" title="{label}">{icon}</a>'
        for theme in ("light", "dark")
    )


def _player(text: Words) -> str:
    """Where the player goes, named in the reader's language."""
    label = escape(text.player)
    close = escape(text.close_player)
    return PLAYER_HTML.replace('id="vb-dock"', f'id="vb-dock" aria-label="{label}"').replace(
        "data-close-player", f'data-close-player aria-label="{close}" title="{close}"'
    )


CARD_CHARS = 360
"""A card has a fixed size in its frame: of a longer quote it shows this much."""


def identifier_of(resolved: FoundAgain | Changed, asked: str) -> str:
    """The id to pass on: the one that was asked for, unless its words are elsewhere or others."""
    if isinstance(resolved, FoundAgain) and not resolved.moved:
        return asked.strip().lower()
    return place_id(resolved.place)


def citation_page(
    resolved: FoundAgain | Changed, transcript: Transcript | None, asked: str, visit: PageVisit
) -> PageDocument:
    """The words where they stand now, with what has become of them."""
    said, text = page_words(visit.lang), words(visit.lang)
    identifier = identifier_of(resolved, asked)
    place = resolved.place
    citation = citation_at(place, transcript)
    in_talk = f"{visit.to(talk_path(citation.transcript_id), at=identifier)}#at"
    body = (
        f'<article class="vb-citation"><p class="vb-kicker">{escape(said.cited)}</p>'
        f"{_note(resolved, said)}{_quoted_passage(citation, place.chunk.language, text)}"
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
    resolved: FoundAgain | Changed, transcript: Transcript | None, asked: str, visit: PageVisit
) -> PageDocument:
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


def gone_page(talk: Talk | None, visit: PageVisit) -> PageDocument:
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
    return PageDocument(said.gone, message_html(said.gone, more, visit), status=410)


def message_html(title: str, more: str, visit: PageVisit) -> str:
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
    time = clock_span(citation.start_s, None, citation.estimated)
    who = text.speaker_join.join(citation.speakers)
    return " · ".join(filter(None, (who, citation.title, citation.heading, time)))


def _document(citation: Citation, identifier: str, body: str, text: Words) -> PageDocument:
    return PageDocument(
        title=share_title(citation),
        body=body,
        description=share_line(citation, text),
        path=citation_path(identifier),
        unfurls=True,
    )


def _note(resolved: FoundAgain | Changed, said: PageWords) -> str:
    if _is_changed(resolved):
        return f'<p class="vb-note vb-changed" role="note">{escape(said.changed)}</p>'
    if isinstance(resolved, FoundAgain) and resolved.moved:
        return f'<p class="vb-note" role="note">{escape(said.moved)}</p>'
    return ""


def _is_changed(resolved: Resolved) -> bool:
    return isinstance(resolved, Changed)


def _quoted_passage(citation: Citation, language: str, text: Words) -> str:
    heading = f'<p class="vb-topic">{escape(citation.heading)}</p>' if citation.heading else ""
    return (
        f'<h1 class="vb-words" lang="{escape(language)}">{escape(citation.quote)}</h1>'
        f'<p class="vb-title">{escape(citation.title)}</p>{heading}{facts_html(citation, text)}'
    )


def _actions(citation: Citation, text: Words) -> str:
    return actions_html(citation.url, citation.player_url, citation.start_s, citation.title, text)


Source = Callable[[str], Transcript | None]


def lookup_page(
    visit: PageVisit,
    typed: str = "",
    within: Sequence[Choice] = (),
    *,
    found: Lookup | None = None,
    checked: Checked | None = None,
    notice: str = "",
    source: Source = lambda _: None,
    status: int = 200,
) -> PageDocument:
    """The form with what was ``typed``, and what came of it: ``found`` or ``checked``, or a
    ``notice`` that says why nothing did. ``source`` gives a file's transcript as it stands now."""
    said = lookup_words(visit.lang)
    told = f'<p class="vb-note vb-changed" role="alert">{escape(notice)}</p>' if notice else ""
    places: list[Place] = []
    if found:
        places = list(found.places)
        told = _found_html(found, visit, source)
    elif checked:
        places = [one.lookup.places[0] for one in checked.quotations]
        told = _checked_html(checked, typed, visit, source)
    result = (
        f'<section class="vb-result" aria-label="{escape(said.result)}">{told}</section>'
        if told
        else ""
    )
    body = (
        f'<h1>{escape(said.title)}</h1><p class="vb-lead">{escape(said.lead)}</p>'
        f"{_form(visit, typed, within)}{result}"
    )
    return PageDocument(
        title=f"“{shortened(found.text, 120)}”" if found else said.title,
        body=body,
        description=said.lead,
        path="" if typed else "lookup",
        players=tuple(_players(places)),
        status=status,
    )


def wording_text(wording: QuoteDifference | None, said: LookupWords) -> str:
    """How far a quote's words are off, in words; empty where they aren't."""
    if wording is None or not wording.total:
        return ""
    parts = (
        (said.changed, wording.changed),
        (said.left_out, wording.left_out),
        (said.added, wording.added),
    )
    told = said.joint.join(counted(forms, count) for forms, count in parts if count)
    return said.off.format(told)


def problem_text(problem: Problem, said: LookupWords) -> str:
    """What the text has otherwise than its source."""
    detailed, plain = said.problems[problem.kind]
    if problem.detail:
        return detailed.format(problem.said, problem.detail)
    return plain.format(problem.said)


def _form(visit: PageVisit, typed: str, within: Sequence[Choice]) -> str:
    said, about = lookup_words(visit.lang), scope_words(visit.lang)
    narrowed = ""
    if within:
        names = words(visit.lang).speaker_join.join(named(choice, about) for choice in within)
        everywhere = escape(visit.to("lookup", **({"quote": typed} if typed else {})))
        hidden = "".join(
            f'<input type="hidden" name="{choice.kind}" value="{escape(choice.value)}">'
            for choice in within
        )
        narrowed = (
            f'{hidden}<p class="vb-within">{escape(about.searched_in.format(names))} '
            f'<a href="{everywhere}">{escape(about.everywhere)}</a></p>'
        )
    return (
        f'<form class="vb-lookup" method="post" action="{escape(visit.to("lookup"))}">'
        f'<label for="vb-typed">{escape(said.field)}</label>'
        f'<textarea id="vb-typed" name="quote" rows="4" required dir="auto"'
        f' placeholder="{escape(said.placeholder)}">\n{escape(typed)}</textarea>{narrowed}'
        '<p class="vb-buttons">'
        f'<button name="what" value="quote" class="vb-button">{escape(said.find)}</button>'
        f'<button name="what" value="text" class="vb-button vb-second">{escape(said.check)}'
        "</button></p></form>"
    )


def _found_html(found: Lookup, visit: PageVisit, source: Source) -> str:
    said = lookup_words(visit.lang)
    nearest = (
        f'<p class="vb-label">{escape(said.nearest)}</p>'
        if found.match == "none" and found.places
        else ""
    )
    cards = "".join(
        _card(number, place, visit, source) for number, place in enumerate(found.places, start=1)
    )
    return (
        f'<h2 class="vb-verdict" data-match="{found.match}">{escape(said.verdicts[found.match])}'
        f"</h2>{nearest}{cards}"
    )


def _checked_html(checked: Checked, text: str, visit: PageVisit, source: Source) -> str:
    said = lookup_words(visit.lang)
    quotations = checked.quotations
    if not quotations:
        return f'<h2 class="vb-verdict">{escape(said.no_quotes.format(checked.sentences))}</h2>'
    wrong = sum(bool(one.problems) for one in quotations)
    told = said.quoting.format(len(quotations), checked.sentences)
    more = counted(said.wrong, wrong) if wrong else said.none_wrong
    items = "".join(
        _quotation(number, one, text[one.start : one.end], visit, source)
        for number, one in enumerate(quotations, start=1)
    )
    return f'<h2 class="vb-verdict">{escape(told)}</h2><p>{escape(more)}</p>{items}'


def _quotation(number: int, one: Quotation, sentence: str, visit: PageVisit, source: Source) -> str:
    """A sentence of the text, what is wrong with it, and the place that it quotes."""
    said = lookup_words(visit.lang)
    problems = "".join(
        f'<li class="vb-problem" data-kind="{problem.kind}">{escape(problem_text(problem, said))}'
        "</li>"
        for problem in one.problems
    )
    listed = f'<ul class="vb-problems">{problems}</ul>' if problems else ""
    first, *others = one.lookup.places
    said_too = [place for place in others if place.match in ("exact", "close")]
    links = "".join(f"<li>{_other(place, visit)}</li>" for place in said_too)
    more = (
        f'<p class="vb-label">{escape(said.other_places)}</p><ul class="vb-others">{links}</ul>'
        if links
        else ""
    )
    return (
        f'<section class="vb-quotation"><blockquote>{escape(sentence)}</blockquote>{listed}'
        f"{_card(number, first, visit, source)}{more}</section>"
    )


def _other(place: Place, visit: PageVisit) -> str:
    moment = place.moment
    time = clock_span(moment.start_s, None, moment.estimated)
    who = words(visit.lang).speaker_join.join(place.speakers)
    line = " · ".join(filter(None, (who, place.chunk.title, place.chunk.heading, time)))
    return f'<a href="{escape(visit.to(citation_path(place_id(place))))}">{escape(line)}</a>'


def _card(number: int, place: Place, visit: PageVisit, source: Source) -> str:
    """A place as the chat shows a source, and how the quote stands to it, if it does at all."""
    text = words(visit.lang)
    citation = citation_at(place, source(place.chunk.file), number)
    identifier = place_id(place)
    title = f"place-{number}"
    unsure = "" if citation.verified else check_html(citation, text)
    in_talk = f"{visit.to(talk_path(citation.transcript_id), at=identifier)}#at"
    heading = f'<p class="vb-topic">{escape(citation.heading)}</p>' if citation.heading else ""
    actions = actions_html(
        citation.url, citation.player_url, citation.start_s, citation.title, text
    )
    sharing = sharing_html(visit.to(citation_path(identifier)), text, in_talk)
    return (
        f'<article class="vb-card" aria-labelledby="{title}" data-match="{place.match}">'
        f'<header><span class="vb-number" aria-hidden="true">{number}</span>'
        f'<div><h3 id="{title}">{escape(citation.title)}</h3>{heading}</div></header>'
        f"{facts_html(citation, text)}{_match(place, visit)}"
        f'<div lang="{escape(place.chunk.language)}">'
        f"{passage_html(citation, text, spans_of(place))}</div>{actions}{unsure}{sharing}</article>"
    )


def _match(place: Place, visit: PageVisit) -> str:
    if place.match == "none":
        return ""
    said = lookup_words(visit.lang)
    alike = said.alike.format(round(100 * place.similarity)) if place.match == "close" else ""
    off = wording_text(place.wording, said)
    told = " · ".join(filter(None, (said.labels[place.match], alike, off)))
    return f'<p class="vb-match" data-match="{place.match}">{escape(told)}</p>'


def _players(places: Sequence[Place]) -> list[str]:
    urls = (citation_at(place, None).player_url for place in places)
    return [url for url in urls if url]


UNFOLDED_CHARS = 6_000
"""A talk with fewer characters is shown with all its topics open."""

Marks = Mapping[int, Sequence[tuple[int, int]]]
"""Spans to mark, by a turn's number in its topic."""


def talk_page(
    talk: Talk, transcript: Transcript | None, place: Place | None, visit: PageVisit
) -> PageDocument:
    """The talk as its transcript stands now; ``place`` is to be marked in it."""
    said, text = page_words(visit.lang), words(visit.lang)
    sections = transcript.sections if transcript else _remembered(talk)
    size = sum(len(turn.text) for section in sections for turn in section.utterances)
    held = place.chunk.section if place else None
    anchors = _Anchors()
    parts = "".join(
        _part(
            section,
            talk,
            marks_in(section, place) if place and section.position == held else {},
            size <= UNFOLDED_CHARS or section.position == held or len(sections) == 1,
            anchors,
            text,
        )
        for section in sections
    )
    lost = "" if transcript else f'<p class="vb-note" role="note">{escape(said.words_gone)}</p>'
    body = (
        f'<article class="vb-whole-talk"><h1 lang="{escape(talk.language)}">{escape(talk.title)}'
        f"</h1>{_facts(talk, said, text)}{_ways(talk, visit)}{lost}"
        f'<h2 class="vb-sr">{escape(said.topics)}</h2>{parts}</article>'
    )
    player = player_url(talk.source_url, None)
    return PageDocument(
        title=talk.title,
        body=body,
        description=" · ".join(filter(None, (*_about(talk, text), *_headings(talk)))),
        path=talk_path(talk.id),
        unfurls=True,
        players=(player,) if player else (),
    )


def talks_page(talks: Sequence[Talk], visit: PageVisit) -> PageDocument:
    """All talks, the newest first, those without a date last."""
    said, text = page_words(visit.lang), words(visit.lang)
    rows = "".join(
        f'<li><a href="{escape(visit.to(talk_path(talk.id)))}">{escape(talk.title)}</a>'
        f"<p>{escape(' · '.join(_about(talk, text)))}</p></li>"
        for talk in sorted(talks, key=lambda talk: talk.published or "", reverse=True)
    )
    count = counted(said.talks_in_all, len(talks))
    body = (
        f'<h1>{escape(said.all_talks)}</h1><p>{escape(count)}</p><ul class="vb-talks">{rows}</ul>'
    )
    return PageDocument(said.all_talks, body, count, "talks")


def marks_in(section: Section, place: Place) -> Marks:
    """Where the place's sentences stand in the topic's turns, each from the one before it on; a
    sentence that is said several times is taken where its time is nearest."""
    turns = section.utterances
    marks: dict[int, list[tuple[int, int]]] = {}
    start = 0
    for number, sentence in enumerate(place.sentences):
        held = [
            (at, span)
            for at, turn in enumerate(turns)
            if at >= start and (span := locate(turn.text, sentence.text))
        ]
        if not held:
            continue
        found = held[0] if number else min(held, key=lambda one: _apart(turns[one[0]], place))
        start = found[0]
        spans = marks.setdefault(found[0], [])
        if not spans or found[1][0] >= spans[-1][1]:
            spans.append(found[1])
    return marks


class _Anchors:
    """Gives the anchor of a second once: of turns that begin at the same second, to the first."""

    def __init__(self) -> None:
        self._given: set[int] = set()

    def of(self, start_s: float | None) -> str:
        if start_s is None or int(start_s) in self._given:
            return ""
        self._given.add(int(start_s))
        return f' id="t={int(start_s)}"'


def _apart(turn: Utterance, place: Place) -> float:
    at = place.moment.start_s
    if turn.start_s is None or at is None:
        return 0.0
    # A time inside the turn is estimated from its start on.
    return at - turn.start_s if at >= turn.start_s else 2 * (turn.start_s - at)


def _remembered(talk: Talk) -> tuple[Section, ...]:
    """The topics without their words."""
    return tuple(
        Section(topic.position, topic.heading, topic.start_s, topic.end_s, topic.kind, ())
        for topic in talk.topics
    )


def _about(talk: Talk, text: Words) -> Iterator[str]:
    if talk.published:
        yield talk.published
    if people := talk.speakers:
        yield text.speaker_join.join(people)
    yield language_name(talk.language)


def _headings(talk: Talk) -> tuple[str, ...]:
    return tuple(topic.heading for topic in talk.topics if topic.heading and topic.kind == "talk")


def _facts(talk: Talk, said: PageWords, text: Words) -> str:
    facts = (
        (said.published, talk.published or ""),
        (text.speakers, text.speaker_join.join(talk.speakers)),
        (said.spoken, language_name(talk.language)),
    )
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(told)}</dd></div>" for name, told in facts if told
    )
    return f'<dl class="vb-about">{rows}</dl>'


def _ways(talk: Talk, visit: PageVisit) -> str:
    """To ask within the talk, and to its recording."""
    said, text = page_words(visit.lang), words(visit.lang)
    url = web_url(moment_url(talk.source_url, None))
    recording = (
        f'<a class="vb-open" href="{escape(url)}" target="_blank" rel="noopener">'
        f'{escape(text.open)} <span aria-hidden="true">↗</span>'
        f'<span class="vb-sr"> ({escape(text.new_tab)})</span></a>'
        if url
        else ""
    )
    ask = escape(visit.to("", talk=talk.id))
    return (
        f'<p class="vb-actions"><a class="vb-button" href="{ask}">{escape(said.ask_within)}</a>'
        f"{recording}</p>"
    )


def _part(
    section: Section, talk: Talk, marks: Marks, is_open: bool, anchors: _Anchors, text: Words
) -> str:
    """One topic; its words fold away. A source without times tells none."""
    said = page_words(text.lang)
    lang = escape(talk.language)
    kind = said.kinds.get(section.kind, "")
    heading = section.heading or kind or said.part.format(section.position + 1)
    label = f'<small class="vb-kind">{escape(kind)}</small>' if kind and section.heading else ""
    time = clock_span(section.start_s, section.end_s, False)
    when = f'<span class="vb-time">{time}</span>' if time else ""
    actions = (
        actions_html(
            moment_url(talk.source_url, section.start_s),
            player_url(talk.source_url, section.start_s),
            section.start_s,
            f"{talk.title} · {heading}",
            text,
        )
        if section.start_s is not None
        else ""
    )
    turns = "".join(_turns(section.utterances, marks, anchors, text))
    return (
        f'<details class="vb-part" id="topic-{section.position}"{" open" if is_open else ""}>'
        f'<summary><h3 lang="{lang}">{escape(heading)}</h3>{label}{when}</summary>{actions}'
        f'<div lang="{lang}">{turns}</div></details>'
    )


def _turns(
    turns: Sequence[Utterance], marks: Marks, anchors: _Anchors, text: Words
) -> Iterator[str]:
    speaker: str | None = None
    first_marked = min(marks, default=None)
    for number, turn in enumerate(turns):
        at = "" if turn.start_s is None else f' data-t="{turn.start_s:g}"'
        who = ""
        if turn.speaker and turn.speaker != speaker:
            who = f'<b class="vb-speakers">{escape(turn.speaker)}</b> '
        speaker = turn.speaker
        words_ = marked(turn.text, marks[number]) if number in marks else escape(turn.text)
        here = '<span id="at"></span>' if number == first_marked else ""
        yield (
            f'<div class="vb-turn"{anchors.of(turn.start_s)}{at}>{here}'
            f"<p>{who}{words_}</p>{_moment(turn, text)}</div>"
        )


def _moment(turn: Utterance, text: Words) -> str:
    if turn.start_s is None:
        return ""
    at = clock(turn.start_s)
    label = escape(page_words(text.lang).moment.format(at))
    hint = f"≈ {at}" if turn.estimated else at
    return f'<a class="vb-time" href="#t={int(turn.start_s)}" aria-label="{label}">{hint}</a>'
