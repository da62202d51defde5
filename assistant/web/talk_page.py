"""The page of a talk, with its words by topic, and the list of all talks.

Each turn that has a time has the anchor ``t=810``, its second; each topic has ``topic-3``, its
position. The script takes ``#t=`` to the turn of any second. Where an address names a citation, its
words are marked, under the anchor ``at``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from assistant.citing.types import Place
from assistant.web.addresses import talk_path, web_url
from assistant.web.answer_words import counted
from assistant.web.card_view import actions_html, marked
from assistant.web.i18n import Words, words
from assistant.web.narrowing import language_name, speakers_of
from assistant.web.page_frame import Document
from assistant.web.page_words import PageWords, page_words
from assistant.web.passage import clock, locate, time_range
from assistant.web.visit import Visit
from corpus.links import moment_url, player_url
from corpus.types import Section, Transcript, Utterance
from index.types import Talk

UNFOLDED_CHARS = 6_000
"""A talk with fewer characters is shown with all its topics open."""

Marks = Mapping[int, Sequence[tuple[int, int]]]
"""Spans to mark, by a turn's number in its topic."""


def talk_page(
    talk: Talk, transcript: Transcript | None, place: Place | None, visit: Visit
) -> Document:
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
    return Document(
        title=talk.title,
        body=body,
        description=" · ".join(filter(None, (*_about(talk, text), *_headings(talk)))),
        path=talk_path(talk.id),
        unfurls=True,
        players=(player,) if player else (),
    )


def talks_page(talks: Sequence[Talk], visit: Visit) -> Document:
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
    return Document(said.all_talks, body, count, "talks")


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
    if people := speakers_of(talk):
        yield text.speaker_join.join(people)
    yield language_name(talk.language)


def _headings(talk: Talk) -> tuple[str, ...]:
    return tuple(topic.heading for topic in talk.topics if topic.heading and topic.kind == "talk")


def _facts(talk: Talk, said: PageWords, text: Words) -> str:
    facts = (
        (said.published, talk.published or ""),
        (text.speakers, text.speaker_join.join(speakers_of(talk))),
        (said.spoken, language_name(talk.language)),
    )
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(told)}</dd></div>" for name, told in facts if told
    )
    return f'<dl class="vb-about">{rows}</dl>'


def _ways(talk: Talk, visit: Visit) -> str:
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
    time = time_range(section.start_s, section.end_s, False)
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
