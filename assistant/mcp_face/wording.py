"""What the tools found, as text for a model and the people who read along. Pure.

Each thing found stands on lines of its own, with where it leads; the words of a transcript are kept
to one line, so that they can't pass for more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from assistant.api.documents import HitOut, LookupOut, PlaceOut, SearchOut, Where, WordingOut
from assistant.api.talk_documents import MomentOut, TalkOut, TopicOut
from assistant.citing.types import Match
from assistant.mcp_face.arguments import TalkResult
from assistant.output import clock
from assistant.sureness import percent

_MATCHES: Mapping[Match, str] = MappingProxyType(
    {
        "exact": "These words were said.",
        "close": "Nearly these words were said.",
        "meaning": "This was said in other words, or in another language.",
        "none": "This was not said here.",
    }
)


def search_text(found: SearchOut) -> str:
    """The passages, best first."""
    if not found.hits:
        return "Nothing was found."
    sure = f"Probability that the talks answer this: {percent(found.answerable)}."
    return _blocks([sure, *map(_hit, found.hits)])


def lookup_text(found: LookupOut) -> str:
    """Where a quote was said."""
    lead = _MATCHES[found.match]
    if found.match == "none" and found.hits:
        lead = f"{lead} What comes nearest, and is no proof of it:"
    return _blocks([lead, *map(_place, found.hits)])


def talk_text(found: TalkResult) -> str:
    """A list of talks, or one with its topics or a few moments."""
    if not found.talks:
        return "No talk is of that kind."
    lines = [_talk(talk) for talk in found.talks]
    if found.moments:
        return _blocks([*lines, *(_moment(one, found.current) for one in found.moments)])
    if found.topics:
        return _blocks([*lines, "\n".join(map(_topic, found.topics))])
    shown = f"{len(found.talks)} of {found.total} talks:"
    return _blocks([shown, "\n".join(f"- {line}" for line in lines)])


def _hit(hit: HitOut) -> str:
    passage = f"Passage: {_line(hit.text)}"
    return _lines(f"{hit.rank}. {_where(hit)}", f"“{_line(hit.quote)}”", passage, _link(hit))


def _place(place: PlaceOut) -> str:
    off = _off(place.wording) if place.wording else ""
    return _lines(
        f"{place.rank}. {_where(place)} ({place.match})",
        f"“{_line(place.quote)}”",
        off,
        _link(place),
    )


def _off(wording: WordingOut) -> str:
    counted = (
        (wording.changed, "changed"),
        (wording.left_out, "left out"),
        (wording.added, "not in the source"),
    )
    told = ", ".join(f"{count} {what}" for count, what in counted if count)
    return f"Words: {told}." if told else ""


def _talk(talk: TalkOut) -> str:
    who = ", ".join(talk.speakers)
    parts = (talk.title, who, talk.published, talk.language, f"id {talk.id}")
    return _joined(part for part in (*parts, talk.link or talk.source_url) if part)


def _topic(topic: TopicOut) -> str:
    when = clock(topic.start_s, None, False)
    return "- " + _joined((when, topic.heading, ", ".join(topic.speakers), topic.url or ""))


def _moment(moment: MomentOut, current: int | None) -> str:
    when = clock(moment.start_s, None, moment.estimated)
    who = f"{moment.speaker}: " if moment.speaker else ""
    here = "→ " if moment.position == current else ""
    said = f"{here}{_joined((when, moment.heading))}"
    return _lines(said, f"{_line(who)} {_line(moment.text)}".strip(), moment.url or "")


def _where(place: Where) -> str:
    when = clock(place.start_s, None, place.estimated)
    return _joined((place.title, place.heading, ", ".join(place.speakers), when))


def _link(place: Where) -> str:
    return place.link or place.url or ""


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(_line(part) for part in parts if part)


def _line(text: str) -> str:
    return " ".join(text.split())


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _blocks(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks)
