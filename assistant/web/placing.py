"""A place that lookup found, or that a permanent id leads to, as the citation of its sentences."""

from __future__ import annotations

import re

from assistant.citations import quote_stands
from assistant.citing.identity import citation_id
from assistant.citing.types import Place, Spans
from assistant.types import Citation
from corpus.links import moment_url, player_url
from corpus.types import Transcript

_CLOSES = re.compile(r"[”’」』》）】)\]\"'。．.！!？?…]*")


def citation_at(place: Place, transcript: Transcript | None, marker: int = 1) -> Citation:
    """The citation of a place's whole sentences; ``transcript`` is its talk as it stands now.

    Where the sentences run over two passages, the quote is all that there is of a passage.
    """
    chunk, moment = place.chunk, place.moment
    return Citation(
        marker=marker,
        chunk_id=chunk.id,
        transcript_id=chunk.transcript_id,
        file=chunk.file,
        title=chunk.title,
        heading=chunk.heading,
        speakers=place.speakers,
        start_s=moment.start_s,
        end_s=moment.end_s,
        estimated=moment.estimated,
        url=moment_url(chunk.source_url, moment.start_s),
        player_url=player_url(chunk.source_url, moment.start_s),
        quote=place.quote,
        passage=chunk.text if place.quote in chunk.text else place.quote,
        verified=transcript is not None and _stands(place, transcript),
    )


def place_id(place: Place) -> str:
    """The permanent id of the words of a place."""
    return citation_id(place.chunk.transcript_id, place.matched, place.moment.start_s)


def spans_of(place: Place) -> Spans | None:
    """What to mark of a place's quote: the words that match, with the marks that close them, else
    the whole of it (``None``); nothing of what only comes nearest."""
    if place.match == "none":
        return ()
    if not place.spans:
        return None
    *others, (start, end) = place.spans
    closing = _CLOSES.match(place.quote, end)
    return (*others, (start, closing.end() if closing else end))


def _stands(place: Place, transcript: Transcript) -> bool:
    """Whether each sentence stands in the talk: its own topic is looked at first."""
    own = place.chunk.section
    sections = sorted(range(len(transcript.sections)), key=lambda at: at != own)
    return all(
        any(quote_stands(sentence.text, at, transcript) for at in sections)
        for sentence in place.sentences
    )
