"""The page that looks up a quote, or checks a whole text: its form, and what was found as cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from assistant.citing.identity import place_id
from assistant.citing.types import Checked, Lookup, Place, Problem, Quotation, Wording
from assistant.web.addresses import citation_path, talk_path
from assistant.web.answer_words import counted
from assistant.web.card_view import (
    actions_html,
    check_html,
    facts_html,
    passage_html,
    sharing_html,
)
from assistant.web.i18n import words
from assistant.web.lookup_words import LookupWords, lookup_words
from assistant.web.narrowing import Choice
from assistant.web.page_frame import Document, shortened
from assistant.web.passage import time_range
from assistant.web.placing import citation_at, spans_of
from assistant.web.scope_view import named
from assistant.web.scope_words import scope_words
from assistant.web.visit import Visit
from corpus.types import Transcript

Source = Callable[[str], Transcript | None]


def lookup_page(
    visit: Visit,
    typed: str = "",
    within: Sequence[Choice] = (),
    *,
    found: Lookup | None = None,
    checked: Checked | None = None,
    notice: str = "",
    source: Source = lambda _: None,
    status: int = 200,
) -> Document:
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
    return Document(
        title=f"“{shortened(found.text, 120)}”" if found else said.title,
        body=body,
        description=said.lead,
        path="" if typed else "lookup",
        players=tuple(_players(places)),
        status=status,
    )


def wording_text(wording: Wording | None, said: LookupWords) -> str:
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


def _form(visit: Visit, typed: str, within: Sequence[Choice]) -> str:
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


def _found_html(found: Lookup, visit: Visit, source: Source) -> str:
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


def _checked_html(checked: Checked, text: str, visit: Visit, source: Source) -> str:
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


def _quotation(number: int, one: Quotation, sentence: str, visit: Visit, source: Source) -> str:
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


def _other(place: Place, visit: Visit) -> str:
    moment = place.moment
    time = time_range(moment.start_s, None, moment.estimated)
    who = words(visit.lang).speaker_join.join(place.speakers)
    line = " · ".join(filter(None, (who, place.chunk.title, place.chunk.heading, time)))
    return f'<a href="{escape(visit.to(citation_path(place_id(place))))}">{escape(line)}</a>'


def _card(number: int, place: Place, visit: Visit, source: Source) -> str:
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


def _match(place: Place, visit: Visit) -> str:
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
