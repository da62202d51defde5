"""What the pages hold that the server writes whole: citations, talks, the lookup of quotes.

Each function gathers the values of one page; its template, which ``document_html`` fills in, has
the markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from assistant.citation.citation import citation_at, spans_of
from assistant.citation.permalink import (
    Changed,
    FoundAgain,
    citation_path,
    origin,
    place_id,
    playing,
    talk_path,
    web_url,
)
from assistant.citation.types import Checked, Lookup, Place, Problem, Quotation, QuoteDifference
from assistant.interfaces.web.document import STATIC_ROUTE
from assistant.interfaces.web.narrowing import Choice, language_name, named_choices
from assistant.interfaces.web.passage import Spans, locate
from assistant.interfaces.web.rendering import render, shortened
from assistant.interfaces.web.visit import PageVisit
from assistant.messages.catalogue import Messages, messages, page_languages
from assistant.types import Citation
from corpus.links import moment_url, player_url
from corpus.types import Section, Transcript, Utterance
from index.moments import clock_span
from index.types import Talk

CARD_CHARS = 360
"""A card has a fixed size in its frame: of a longer quote it shows this much."""
UNFOLDED_CHARS = 6_000
"""A talk with fewer characters is shown with all its topics open."""

_OWN_FILES = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"
_BOUNDS = "connect-src 'self'; form-action 'self'; base-uri 'none'"

Source = Callable[[str], Transcript | None]
"""Gives a file's transcript as it stands now."""
Marks = Mapping[int, Spans]
"""Spans to mark, by a turn's number in its topic."""


@dataclass(frozen=True, slots=True)
class PageDocument:
    """A page before it is written.

    ``path`` is its lasting address below the root, empty for a page that nobody should link to;
    ``unfurls`` says that /oembed knows it. ``players`` are the addresses that it may play. A
    ``card`` is made for a frame.
    """

    title: str
    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    description: str = ""
    path: str = ""
    unfurls: bool = False
    players: tuple[str, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    card: bool = False


def document_html(document: PageDocument, visit: PageVisit) -> str:
    """The whole document for its reader."""
    return render(
        document.template,
        say=messages(visit.lang),
        page=document,
        visit=visit,
        files=visit.to_file(STATIC_ROUTE),
        languages=page_languages(),
        **document.values,
    )


def headers_of(document: PageDocument, visit: PageVisit) -> dict[str, str]:
    """HTTP headers; the policy lets in no script, style or frame but those of the page."""
    urls = filter(None, map(web_url, document.players))
    origins = filter(None, (origin(playing(url)) for url in urls))
    players = " ".join(sorted(set(origins))) or "'none'"
    return {
        "Content-Language": visit.lang,
        "Vary": "Accept-Language",
        "Cache-Control": "no-cache",
        "Content-Security-Policy": f"{_OWN_FILES}; frame-src {players}; {_BOUNDS}",
        **document.headers,
    }


def message_page(
    title: str,
    more: str = "",
    *,
    failure: str = "",
    talk: Talk | None = None,
    status: int,
    headers: Mapping[str, str] | None = None,
) -> PageDocument:
    """A page that has only something to say: what there is ``more`` to it, a ``failure``, or a talk
    that is still there."""
    values = {"more": more, "failure": failure, "talk": talk}
    return PageDocument(title, "message.html", values, status=status, headers=headers or {})


def gone_page(talk: Talk | None, visit: PageVisit) -> PageDocument:
    """That the words are gone, and their talk if it is still there."""
    say = messages(visit.lang)
    return message_page(say("page.gone"), say("page.gone_more"), talk=talk, status=410)


def identifier_of(resolved: FoundAgain | Changed, asked: str) -> str:
    """The id to pass on: the one that was asked for, unless its words are elsewhere or others."""
    if isinstance(resolved, FoundAgain) and not resolved.moved:
        return asked.strip().lower()
    return place_id(resolved.place)


def citation_page(
    resolved: FoundAgain | Changed, transcript: Transcript | None, asked: str, visit: PageVisit
) -> PageDocument:
    """The words where they stand now, with what has become of them."""
    identifier = identifier_of(resolved, asked)
    citation = citation_at(resolved.place, transcript)
    values = {
        "citation": citation,
        "identifier": identifier,
        "language": resolved.place.chunk.language,
        "spans": spans_of(resolved.place),
        "is_changed": isinstance(resolved, Changed),
        "is_moved": isinstance(resolved, FoundAgain) and resolved.moved,
    }
    return PageDocument(
        title=share_title(citation),
        template="citation.html",
        values=values,
        description=_share_line(citation, visit),
        path=citation_path(identifier),
        unfurls=True,
        players=(citation.player_url,) if citation.player_url else (),
    )


def citation_card(
    resolved: FoundAgain | Changed, transcript: Transcript | None, asked: str, visit: PageVisit
) -> PageDocument:
    """The quote, who, where and when, small enough for a frame; it leads to the page."""
    citation = citation_at(resolved.place, transcript)
    values = {
        "citation": citation,
        "quote": shortened(citation.quote, CARD_CHARS),
        "language": resolved.place.chunk.language,
        "is_changed": isinstance(resolved, Changed),
    }
    return PageDocument(
        title=share_title(citation),
        template="citation_card.html",
        values=values,
        description=_share_line(citation, visit),
        path=citation_path(identifier_of(resolved, asked)),
        unfurls=True,
        card=True,
    )


def share_title(citation: Citation) -> str:
    """The quote as a title, in quotation marks."""
    return f"“{shortened(citation.quote, 180)}”"


def _share_line(citation: Citation, visit: PageVisit) -> str:
    """Who, where and when on one line."""
    time = clock_span(citation.start_s, None, citation.estimated)
    who = messages(visit.lang)("chat.speaker_join").join(citation.speakers)
    return " · ".join(filter(None, (who, citation.title, citation.heading, time)))


class ShownPlace(NamedTuple):
    """A place that was found, as a card: ``standing`` says how the quote stands to it."""

    place: Place
    citation: Citation
    identifier: str
    spans: Spans | None
    standing: str


class ShownQuotation(NamedTuple):
    """A sentence of a text that quotes the library: its problems, each a kind and a line, and the
    place that it quotes; others that hold the same words are ids and lines."""

    sentence: str
    problems: tuple[tuple[str, str], ...]
    place: ShownPlace
    others: tuple[tuple[str, str], ...]


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
    ``notice`` that says why nothing did."""
    say = messages(visit.lang)
    places = [
        _shown_place(number, place, say, source)
        for number, place in enumerate(found.places if found else (), start=1)
    ]
    quotations = [
        _shown_quotation(number, one, typed, say, source)
        for number, one in enumerate(checked.quotations if checked else (), start=1)
    ]
    cards = [*places, *(one.place for one in quotations)]
    values = {
        "typed": typed,
        "within": within,
        "names": named_choices(within, say),
        "found": found,
        "checked": checked,
        "notice": notice,
        "places": places,
        "quotations": quotations,
    }
    return PageDocument(
        title=f"“{shortened(found.text, 120)}”" if found else say("lookup.title"),
        template="lookup.html",
        values=values,
        description=say("lookup.lead"),
        path="" if typed else "lookup",
        players=tuple(card.citation.player_url for card in cards if card.citation.player_url),
        status=status,
    )


def difference_text(difference: QuoteDifference | None, say: Messages) -> str:
    """How far a quote's words are off, in words; empty where they aren't."""
    if difference is None or not difference.total:
        return ""
    counts = {
        "lookup.changed": difference.changed,
        "lookup.left_out": difference.left_out,
        "lookup.added": difference.added,
    }
    differences = say("lookup.joint").join(
        say(key, n=count) for key, count in counts.items() if count
    )
    return say("lookup.off", differences)


def problem_text(problem: Problem, say: Messages) -> str:
    """What the text has otherwise than its source."""
    key = f"lookup.problems.{problem.kind}"
    if problem.detail:
        return say(f"{key}.detailed", problem.said, problem.detail)
    return say(f"{key}.plain", problem.said)


def _shown_place(number: int, place: Place, say: Messages, source: Source) -> ShownPlace:
    citation = citation_at(place, source(place.chunk.file), number)
    return ShownPlace(place, citation, place_id(place), spans_of(place), _standing(place, say))


def _standing(place: Place, say: Messages) -> str:
    if place.match == "none":
        return ""
    alike = say("lookup.alike", round(100 * place.similarity)) if place.match == "close" else ""
    label = say(f"lookup.labels.{place.match}")
    return " · ".join(filter(None, (label, alike, difference_text(place.wording, say))))


def _shown_quotation(
    number: int, one: Quotation, text: str, say: Messages, source: Source
) -> ShownQuotation:
    first, *others = one.lookup.places
    return ShownQuotation(
        text[one.start : one.end],
        tuple((problem.kind, problem_text(problem, say)) for problem in one.problems),
        _shown_place(number, first, say, source),
        tuple(
            (place_id(place), _place_line(place, say))
            for place in others
            if place.match in ("exact", "close")
        ),
    )


def _place_line(place: Place, say: Messages) -> str:
    """Who, where and when on one line."""
    time = clock_span(place.moment.start_s, None, place.moment.estimated)
    who = say("chat.speaker_join").join(place.speakers)
    return " · ".join(filter(None, (who, place.chunk.title, place.chunk.heading, time)))


class ShownTurn(NamedTuple):
    """A turn of a talk: ``anchor`` is its second unless a turn before it has the same, ``speaker``
    is named where another spoke before; ``is_cited`` for the first turn of the words cited."""

    turn: Utterance
    anchor: int | None
    speaker: str | None
    marks: Spans
    is_cited: bool


class ShownTopic(NamedTuple):
    """A topic of a talk; ``label`` says what it is where that isn't its heading."""

    section: Section
    heading: str
    label: str
    is_open: bool
    url: str | None
    player_url: str | None
    turns: tuple[ShownTurn, ...]


def talk_page(
    talk: Talk, transcript: Transcript | None, place: Place | None, visit: PageVisit
) -> PageDocument:
    """The talk as its transcript stands now; ``place`` is to be marked in it."""
    say = messages(visit.lang)
    player = player_url(talk.source_url, None)
    values = {
        "talk": talk,
        "topics": _shown_topics(talk, transcript, place, say),
        "recording": web_url(moment_url(talk.source_url, None)),
        "is_lost": transcript is None,
        "language_name": language_name,
    }
    return PageDocument(
        title=talk.title,
        template="talk.html",
        values=values,
        description=" · ".join(filter(None, (*_about(talk, say), *_headings(talk)))),
        path=talk_path(talk.id),
        unfurls=True,
        players=(player,) if player else (),
    )


def talks_page(talks: Sequence[Talk], visit: PageVisit) -> PageDocument:
    """All talks, the newest first, those without a date last."""
    say = messages(visit.lang)
    newest_first = sorted(talks, key=lambda talk: talk.published or "", reverse=True)
    return PageDocument(
        title=say("page.all_talks"),
        template="talks.html",
        values={"talks": [(talk, " · ".join(_about(talk, say))) for talk in newest_first]},
        description=say("page.talks_in_all", n=len(talks)),
        path="talks",
    )


def _shown_topics(
    talk: Talk, transcript: Transcript | None, place: Place | None, say: Messages
) -> list[ShownTopic]:
    sections = transcript.sections if transcript else _remembered(talk)
    size = sum(len(turn.text) for section in sections for turn in section.utterances)
    held = place.chunk.section if place else None
    anchored: set[int] = set()
    topics = []
    for section in sections:
        is_held = section.position == held
        marks = marks_in(section, place) if place and is_held else {}
        is_open = size <= UNFOLDED_CHARS or is_held or len(sections) == 1
        turns = tuple(_shown_turns(section.utterances, marks, anchored))
        topics.append(_shown_topic(section, talk, is_open, turns, say))
    return topics


def _shown_topic(
    section: Section, talk: Talk, is_open: bool, turns: tuple[ShownTurn, ...], say: Messages
) -> ShownTopic:
    kind = f"page.kinds.{section.kind}"
    label = say(kind) if kind in say else ""
    return ShownTopic(
        section=section,
        heading=section.heading or label or say("page.part", section.position + 1),
        label=label if section.heading else "",
        is_open=is_open,
        url=moment_url(talk.source_url, section.start_s),
        player_url=player_url(talk.source_url, section.start_s),
        turns=turns,
    )


def _shown_turns(
    turns: Sequence[Utterance], marks: Marks, anchored: set[int]
) -> Iterator[ShownTurn]:
    """The turns of one topic; the seconds of those with an anchor are added to ``anchored``."""
    before: str | None = None
    first_marked = min(marks, default=None)
    for number, turn in enumerate(turns):
        second = None if turn.start_s is None else int(turn.start_s)
        anchor = None if second in anchored else second
        if anchor is not None:
            anchored.add(anchor)
        speaker = turn.speaker if turn.speaker != before else None
        before = turn.speaker
        yield ShownTurn(turn, anchor, speaker, marks.get(number, ()), number == first_marked)


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


def _about(talk: Talk, say: Messages) -> Iterator[str]:
    if talk.published:
        yield talk.published
    if people := talk.speakers:
        yield say("chat.speaker_join").join(people)
    yield language_name(talk.language)


def _headings(talk: Talk) -> tuple[str, ...]:
    return tuple(topic.heading for topic in talk.topics if topic.heading and topic.kind == "talk")
