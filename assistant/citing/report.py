"""What ``cite`` tells: the JSON of its contract, and the same for people to read."""

from __future__ import annotations

from typing import Any

from assistant.citing.identity import place_id
from assistant.citing.types import Checked, Lookup, Match, Place, Quotation, Wording
from assistant.output import clock
from corpus.links import moment_url

Json = dict[str, Any]

_MATCHES: dict[Match, str] = {
    "exact": "These words were said",
    "close": "Nearly these words were said",
    "meaning": "This was said in other words, or in another language",
    "none": "This was not said here",
}


def lookup_json(lookup: Lookup) -> Json:
    """The document that ``cite --json`` prints for a quote."""
    return {
        "match": lookup.match,
        "hits": [place_json(rank, place) for rank, place in enumerate(lookup.places, start=1)],
        "looked_up": lookup.text,
        "timings_ms": dict(lookup.timings_ms),
    }


def place_json(rank: int, place: Place) -> Json:
    """One hit: what a hit of ``search`` has, and how the quote stands to it. ``spans`` are offsets
    in ``quote``; ``id`` is what the permanent link ``/c/<id>`` ends in."""
    chunk, moment = place.chunk, place.moment
    return {
        "rank": rank,
        "score": round(place.similarity, 4),
        "file": chunk.file,
        "transcript": chunk.transcript_id,
        "title": chunk.title,
        "heading": chunk.heading,
        "kind": chunk.kind,
        "speakers": list(place.speakers),
        "start_s": moment.start_s,
        "end_s": moment.end_s,
        "estimated": moment.estimated,
        "url": moment_url(chunk.source_url, moment.start_s),
        "quote": place.quote,
        "text": chunk.text,
        "match": place.match,
        "similarity": round(place.similarity, 4),
        "matched": place.matched,
        "spans": [list(span) for span in place.spans],
        "wording": None if place.wording is None else _wording_json(place.wording),
        "id": place_id(place),
    }


def checked_json(checked: Checked) -> Json:
    """The document that ``cite --file --json`` prints; ``match`` is the best sentence's."""
    order: tuple[Match, ...] = ("exact", "close", "meaning")
    found = {one.lookup.match for one in checked.quotations}
    return {
        "match": next((match for match in order if match in found), "none"),
        "sentences": checked.sentences,
        "quotations": [_quotation_json(one) for one in checked.quotations],
    }


def lookup_text(lookup: Lookup) -> str:
    """A quote's places for a person."""
    lines = [f"{_MATCHES[lookup.match]}."]
    if lookup.match == "none" and lookup.places:
        lines.append("What comes nearest:")
    for rank, place in enumerate(lookup.places, start=1):
        lines += ["", f"{rank}. {_place_line(place)}", f"   {marked(place)}"]
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
        lines += ["", one.lookup.text, f"   {one.lookup.match}: {_place_line(place)}"]
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


def wording_text(wording: Wording | None) -> str:
    """How far the wording is off, such as ``2 words differ, 1 left out``; empty where it isn't."""
    if wording is None or not wording.total:
        return ""
    counted = (
        (wording.changed, "changed"),
        (wording.left_out, "left out"),
        (wording.added, "not in the source"),
    )
    return "words: " + ", ".join(f"{count} {what}" for count, what in counted if count)


def _place_line(place: Place) -> str:
    moment = place.moment
    when = clock(moment.start_s, moment.end_s, moment.estimated)
    parts = (place.chunk.title, place.chunk.heading, ", ".join(place.speakers), when)
    return " · ".join(part for part in parts if part)


def _quotation_json(one: Quotation) -> Json:
    return {
        "start": one.start,
        "end": one.end,
        **lookup_json(one.lookup),
        "claimed_speakers": list(one.claimed),
        "problems": [
            {"kind": problem.kind, "said": problem.said, "source": problem.detail}
            for problem in one.problems
        ],
    }


def _wording_json(wording: Wording) -> Json:
    return {
        "changed": wording.changed,
        "left_out": wording.left_out,
        "added": wording.added,
    }
