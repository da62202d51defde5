"""A place that lookup found, or that a permanent id leads to, as the citation of its sentences."""

from __future__ import annotations

import re

from assistant.citations import citation_of, quote_stands
from assistant.citing.types import Place, Spans
from assistant.types import Citation
from corpus.types import Transcript

_CLOSES = re.compile(r"[”’」』》）】)\]\"'。．.！!？?…]*")


def citation_at(place: Place, transcript: Transcript | None, marker: int = 1) -> Citation:
    """The citation of a place's whole sentences; ``transcript`` is its talk as it stands now.

    Where the sentences run over two passages, the quote is all that there is of a passage.
    """
    verified = transcript is not None and _stands(place, transcript)
    return citation_of(
        marker, place.chunk, place.moment, place.speakers, place.quote, verified=verified
    )


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
