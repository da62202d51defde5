"""Answers, searches and lookups as text for people.

Two kinds of text: lines for a terminal, and Markdown for a chat of another program, in which
markers are links and sources stand at the end. An answer's Markdown is safe as it comes; what is
added to it here is escaped. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Final

from assistant.citation.permalink import citation_path, permanent_id, web_url
from assistant.citation.types import Checked, Lookup, Match, Place, QuoteDifference
from assistant.generation.draft import escaped
from assistant.interfaces.documents.answers import citation_out
from assistant.messages.catalogue import languages, messages
from assistant.types import Answer, Citation, Json, percent, sureness
from corpus.language import detect_language
from corpus.links import moment_url
from index.moments import moment_of_hit, timecode_span
from index.types import Evidence, IndexProgress, SyncReport

Links = Mapping[int, str]
"""Where a marker leads; one without a link has no entry."""

_MATCHES: Final[Mapping[Match, str]] = MappingProxyType(
    {
        "exact": "These words were said",
        "close": "Nearly these words were said",
        "meaning": "This was said in other words, or in another language",
        "none": "This was not said here",
    }
)
_MARKER: Final = re.compile(r"\\.|\[(\d{1,3})\](?!\()", re.DOTALL)
"""A marker; a backslash before it makes it text, and what is a link already stays one."""
_LINKED: Final = re.compile(r"\[(\[\d{1,3}\])\]\([^()\s]*\)")
_SIGNS: Final = {
    "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", '"': "%22", "\\": "%5C",
    " ": "%20", "\n": "", "\r": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChatText:
    """The text, and the places in it that lead to a source: ``(start, end, marker)``."""

    text: str
    places: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """What can be told by now, in Markdown; ``is_whole`` once that is all.

    ``citations`` are documents as ``POST /api/ask`` tells them.
    """

    text: str
    annotations: tuple[Json, ...] = ()
    citations: tuple[Json, ...] = ()
    is_whole: bool = False

    def moved(self, by: int) -> WrittenAnswer:
        """The same behind so many characters of other text."""
        return replace(self, annotations=tuple(_moved(one, by) for one in self.annotations))


# For a terminal.


def report_text(report: SyncReport) -> str:
    """One line on what indexing did."""
    return (
        f"{report.added} added, {report.updated} updated, {report.removed} removed, "
        f"{report.unchanged} unchanged, {len(report.failed)} failed; "
        f"{report.chunks} passages in {report.seconds:.1f} s"
    )


def progress_text(progress: IndexProgress) -> str:
    """One line for a terminal: files, passages, rate, time left."""
    rate = progress.tokens / progress.elapsed_s if progress.elapsed_s > 0 else 0.0
    left = f"{(progress.tokens_total - progress.tokens) / rate:.0f} s left" if rate else "starting"
    return (
        f"files {progress.files}/{progress.files_total} · "
        f"passages {progress.chunks}/{progress.chunks_total} · "
        f"{rate:,.0f} tokens/s · {left}"
    )


def evidence_text(evidence: Evidence, min_confidence: float) -> str:
    """Hits for a person: how sure it is, then rank, place and the best sentence of each.

    Below ``min_confidence`` the line says that there is no answer, as ``ask`` would.
    """
    answered = bool(evidence.hits) and evidence.answerable >= min_confidence
    lines = [_sureness_line(evidence.answerable, answered=answered)]
    for rank, hit in enumerate(evidence.hits, start=1):
        moment = moment_of_hit(hit.chunk, hit.best)
        when = timecode_span(moment.start_s, moment.end_s, moment.estimated)
        place = _place_line(hit.chunk.title, hit.chunk.heading, hit.chunk.speakers, when)
        lines += ["", f"{rank}. {place}", f"   {' '.join(hit.best.text.split())}"]
        url = moment_url(hit.chunk.source_url, moment.start_s)
        if url:
            lines.append(f"   {url}")
    return "\n".join(lines)


def answer_text(answer: Answer) -> str:
    """The answer and its sources for a person."""
    lines = [answer.notice, "", answer.text] if answer.notice else [answer.text]
    if answer.citations:
        lines.append("")
    for citation in answer.citations:
        when = timecode_span(citation.start_s, citation.end_s, citation.estimated)
        when = when or "no times in source"
        place = _place_line(citation.title, citation.heading, citation.speakers, when)
        lines.append(f"[{citation.marker}] {place}")
        if citation.url:
            lines.append(f"    {citation.url}")
    answered = answer.status == "answered"
    if answer.citations or not answered:  # a courtesy needs no probability
        lines += ["", _sureness_line(answer.answerable, answered=answered)]
    if answer.model and answer.mode != "quotes":
        lines.append(_written_line(answer))
    return "\n".join(lines)


def lookup_text(lookup: Lookup) -> str:
    """A quote's places for a person."""
    lines = [f"{_MATCHES[lookup.match]}."]
    if lookup.match == "none" and lookup.places:
        lines.append("What comes nearest:")
    for rank, place in enumerate(lookup.places, start=1):
        lines += ["", f"{rank}. {_found_line(place)}", f"   {marked(place)}"]
        if told := wording_text(place.wording):
            lines.append(f"   {told}")
        if url := moment_url(place.chunk.source_url, place.moment.start_s):
            lines.append(f"   {url}")
    return "\n".join(lines)


def checked_text(checked: Checked) -> str:
    """An article's quotations for a person, problems pointed out."""
    wrong = sum(bool(one.problems) for one in checked.quotations)
    lines = [
        f"{len(checked.quotations)} of {checked.sentences} sentences quote the library;"
        f" {wrong} with something wrong."
    ]
    for one in checked.quotations:
        place = one.lookup.places[0]
        lines += ["", one.lookup.text, f"   {one.lookup.match}: {_found_line(place)}"]
        lines.append(f"   {marked(place)}")
        for problem in one.problems:
            has = f"the source has {problem.detail}" if problem.detail else "the source has not"
            lines.append(f"   ! {problem.kind}: “{problem.said}” here, {has}")
    return "\n".join(lines)


def marked(place: Place) -> str:
    """The quote on one line, the matching words between » and « where not all of it matches."""
    if not place.spans or place.spans == ((0, len(place.quote)),):
        return " ".join(place.quote.split())
    parts, at = [], 0
    for start, end in place.spans:
        parts += [place.quote[at:start], "»", place.quote[start:end], "«"]
        at = end
    return " ".join("".join([*parts, place.quote[at:]]).split())


def wording_text(wording: QuoteDifference | None) -> str:
    """How far the wording is off, such as ``2 words differ, 1 left out``; empty where it isn't."""
    if wording is None or not wording.total:
        return ""
    counted = (
        (wording.changed, "changed"),
        (wording.left_out, "left out"),
        (wording.added, "not in the source"),
    )
    return "words: " + ", ".join(f"{count} {what}" for count, what in counted if count)


def _written_line(answer: Answer) -> str:
    """Who wrote it, and how many of its sentences the check could hold to their evidence."""
    claims = [one for one in answer.statements if one.outcome != "no_claim"]
    verified = sum(bool(one.markers) for one in claims)
    return f"Written by {answer.model}; {verified} of {len(claims)} sentences verified."


def _sureness_line(answerable: float, *, answered: bool) -> str:
    say = messages("en")
    level = say(f"sureness.levels.{sureness(answerable, answered=answered)}")
    return f"{level}. {say('sureness.probability', percent(answerable))}."


def _found_line(place: Place) -> str:
    when = timecode_span(place.moment.start_s, place.moment.end_s, place.moment.estimated)
    return _place_line(place.chunk.title, place.chunk.heading, place.speakers, when)


def _place_line(title: str, heading: str, speakers: Sequence[str], when: str) -> str:
    parts = (title, heading, ", ".join(speakers), when)
    return " · ".join(part for part in parts if part)


# For a chat of another program.


def said_so_far(answer: Answer | None, home: str) -> WrittenAnswer:
    """What an answer in the making holds; ``home`` is the address that links begin with."""
    if answer is None:
        return WrittenAnswer("")
    return WrittenAnswer(with_links(answer.text, links_of(answer.citations, home)).text)


def said(answer: Answer, question: str, home: str) -> WrittenAnswer:
    """The whole answer; words of our own are in the question's language."""
    links = links_of(answer.citations, home)
    told = chat_text(answer, links, detect_language(question))
    documents = [citation_out(one, home).model_dump(mode="json") for one in answer.citations]
    found = url_annotations(told, answer.citations, links)
    return WrittenAnswer(told.text, tuple(found), tuple(documents), is_whole=True)


def chat_text(answer: Answer, links: Links, language: str) -> ChatText:
    """The whole answer: its text, what is to be said about it, and where its quotes stand."""
    told = with_links(answer.text, links)
    notice = f"\n\n*{escaped(answer.notice)}*" if answer.notice else ""
    sources = _sources(answer.citations, links, messages(language)("reply.sources"))
    return ChatText(f"{told.text}{notice}{sources}", told.places)


def with_links(text: str, links: Links) -> ChatText:
    """An answer's text with every marker that leads somewhere as a link, ``[[1]](address)``."""
    parts: list[str] = []
    places = []
    at = length = 0
    for match in _MARKER.finditer(text):
        marker = int(match[1]) if match[1] else 0
        if marker not in links:
            continue
        before, link = text[at : match.start()], f"[[{marker}]]({_address(links[marker])})"
        start = length + len(before)
        length = start + len(link)
        places.append((start, length, marker))
        parts += [before, link]
        at = match.end()
    return ChatText("".join([*parts, text[at:]]), tuple(places))


def unsent(sent: str, text: str) -> str:
    """What is still to be sent of a text of which a part is out; that part is never taken back."""
    return text[len(sent) :] if text.startswith(sent) else f"\n\n{text}"


def turn_text(text: str) -> str:
    """An answer as it comes back with the next question: without links and sources."""
    return _LINKED.sub(r"\1", _sources_below().sub("", text)).strip()


def links_of(citations: Sequence[Citation], home: str | None) -> Mapping[int, str]:
    """Where each marker leads: to the citation's page, else to the moment at the source."""
    found: dict[int, str] = {}
    for citation in citations:
        identifier = permanent_id(citation) if home else None
        link = f"{home}/{citation_path(identifier)}" if identifier else web_url(citation.url)
        if link:
            found[citation.marker] = link
    return found


def url_annotations(told: ChatText, citations: Sequence[Citation], links: Links) -> list[Json]:
    """The places as OpenAI's clients know them, ``url_citation`` with offsets in the text."""
    labels = {citation.marker: source_label(citation) for citation in citations}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": start,
                "end_index": end,
                "title": labels[marker],
                "url": links[marker],
            },
        }
        for start, end, marker in told.places
    ]


def source_label(citation: Citation) -> str:
    """Who, when, in which talk, on one line."""
    when = timecode_span(citation.start_s, None, citation.estimated)
    parts = (", ".join(citation.speakers), when, citation.title)
    return " · ".join(" ".join(part.split()) for part in parts if part)


@cache
def _sources_below() -> re.Pattern[str]:
    """The list of sources at the end of an answer, in any language."""
    headings = {messages(tag)("reply.sources") for tag in languages()}
    named = "|".join(map(re.escape, sorted(headings)))
    return re.compile(rf"\n\n\*\*(?:{named})\*\*\n\n- \[\d{{1,3}}\] .*\Z", re.DOTALL)


def _sources(citations: Sequence[Citation], links: Links, heading: str) -> str:
    if not citations:
        return ""
    lines = [f"\n\n**{heading}**\n"]
    for citation in citations:
        label = escaped(source_label(citation))
        link = links.get(citation.marker)
        lines.append(
            f"- [{citation.marker}] " + (f"[{label}]({_address(link)})" if link else label)
        )
    return "\n".join(lines)


def _address(url: str) -> str:
    """The address without what would end it early."""
    return "".join(_SIGNS.get(character, character) for character in url)


def _moved(annotation: Json, by: int) -> Json:
    place = annotation["url_citation"]
    start, end = place["start_index"] + by, place["end_index"] + by
    return {**annotation, "url_citation": {**place, "start_index": start, "end_index": end}}
