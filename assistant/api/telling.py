"""The engine's values as the documents of the API. Pure.

``home`` is the address of the page, which permanent links begin with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant import output
from assistant.api.documents import (
    AnswerOut,
    CheckedOut,
    CitedOut,
    LookupOut,
    PlaceOut,
    SearchOut,
    StepOut,
    UpdateOut,
)
from assistant.citing.identity import citation_id
from assistant.citing.report import checked_json, lookup_json, place_json
from assistant.citing.resolving import Found, Gone, Resolved
from assistant.citing.types import Checked, Lookup, Place
from assistant.types import Answer, Citation, Step, Update
from assistant.web.addresses import citation_path, permanent_id
from corpus.links import player_url
from corpus.types import SettingsError
from index.types import Evidence, Hit, Talk

Json = dict[str, Any]


def answer_out(answer: Answer, home: str) -> AnswerOut:
    """An answer."""
    beyond: Json = {"model": None, "notice": answer.notice, "statements": []}
    document = beyond | output.answer_json(answer)
    told = zip(document["citations"], answer.citations, strict=True)
    return AnswerOut.model_validate(
        document
        | {
            "citations": [one | _beyond(citation, home) for one, citation in told],
            "answerable": min(max(answer.answerable, 0.0), 1.0),
            "suggestions": list(answer.suggestions),
            "steps": [_step(step) for step in answer.steps],
        }
    )


def update_out(update: Update, home: str) -> UpdateOut:
    """An answer on its way."""
    return UpdateOut(
        stage=update.stage,
        answer=answer_out(update.answer, home) if update.answer else None,
        seconds_left=update.seconds_left,
        calls_left=update.calls_left,
    )


def search_out(evidence: Evidence, timings_ms: Any, home: str) -> SearchOut:
    """What a search found."""
    document = output.evidence_json(evidence, timings_ms)
    told = zip(document["hits"], evidence.hits, strict=True)
    return SearchOut.model_validate(
        document | {"hits": [one | _hit_links(one, hit, home) for one, hit in told]}
    )


def lookup_out(lookup: Lookup, home: str) -> LookupOut:
    """What came of a quote."""
    return LookupOut.model_validate(_lookup(lookup_json(lookup), lookup.places, home))


def checked_out(checked: Checked, home: str) -> CheckedOut:
    """What came of a text."""
    document = checked_json(checked)
    told = zip(document["quotations"], checked.quotations, strict=True)
    return CheckedOut.model_validate(
        document | {"quotations": [_lookup(one, found.lookup.places, home) for one, found in told]}
    )


def cited_out(resolved: Resolved, talks: Sequence[Talk], home: str) -> CitedOut:
    """What has become of a permanent link's words; ``talks`` are those that may be named."""
    if isinstance(resolved, Gone):
        talk = next((talk.id for talk in talks if talk.file == resolved.file), None)
        return CitedOut(state="gone", moved=False, place=None, talk=talk)
    found = isinstance(resolved, Found)
    document = place_json(1, resolved.place)
    return CitedOut(
        state="found" if found else "changed",
        moved=isinstance(resolved, Found) and resolved.moved,
        place=PlaceOut.model_validate(document | _place_links(document, resolved.place, home)),
        talk=resolved.place.chunk.transcript_id,
    )


def _lookup(document: Json, places: Sequence[Place], home: str) -> Json:
    told = zip(document["hits"], places, strict=True)
    return document | {"hits": [one | _place_links(one, place, home) for one, place in told]}


def _place_links(document: Json, place: Place, home: str) -> Json:
    return {
        "player_url": player_url(place.chunk.source_url, place.moment.start_s),
        "link": f"{home}/{citation_path(document['id'])}" if document["id"] else None,
    }


def _hit_links(document: Json, hit: Hit, home: str) -> Json:
    """The permanent link is of the best sentence, with its own time."""
    try:
        identifier = citation_id(hit.chunk.transcript_id, hit.best.text, hit.best.start_s)
    except SettingsError:
        identifier = ""
    return {
        "player_url": player_url(hit.chunk.source_url, document["start_s"]),
        "link": f"{home}/{citation_path(identifier)}" if identifier else None,
    }


def _beyond(citation: Citation, home: str) -> Json:
    """What a program of the web needs beyond the command line's document."""
    identifier = permanent_id(citation)
    return {
        "transcript": citation.transcript_id,
        "player_url": citation.player_url,
        "link": f"{home}/{citation_path(identifier)}" if identifier else None,
        "passage": citation.passage,
    }


def _step(step: Step) -> StepOut:
    return StepOut(
        kind=step.kind,
        text=step.text,
        elapsed_s=step.elapsed_s,
        steps=[_step(inner) for inner in step.steps],
    )
