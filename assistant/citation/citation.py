"""Chosen sentences, or a place where a quote was found, as a checked Citation. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.citation.types import Place, Spans
from assistant.types import Citation
from corpus.links import moment_url, player_url
from corpus.types import Chunk, Sentence, Transcript
from index.moments import moment_of_quote
from index.types import Moment

_SPACE = re.compile(r"\s+")
_CLOSES = re.compile(r"[”’」』》）】)\]\"'。．.！!？?…]*")


def cite(
    marker: int, chunk: Chunk, sentences: Sequence[Sentence], transcript: Transcript | None
) -> Citation:
    """The citation of consecutive sentences of one chunk.

    ``transcript`` is the source as it stands now, ``None`` if it is gone: the quote is verified
    only if its words stand in it.
    """
    quote = chunk.text[sentences[0].offset : sentences[-1].end]
    return citation_of(
        marker,
        chunk,
        moment_of_quote(chunk, sentences),
        speakers_in(sentences),
        quote,
        verified=transcript is not None and quote_stands(quote, chunk.section, transcript),
    )


def citation_at(place: Place, transcript: Transcript | None, marker: int = 1) -> Citation:
    """The citation of a place's whole sentences; ``transcript`` is its talk as it stands now.

    Where the sentences run over two passages, the quote is all that there is of a passage.
    """
    verified = transcript is not None and _stands(place, transcript)
    return citation_of(
        marker, place.chunk, place.moment, place.speakers, place.quote, verified=verified
    )


def citation_of(
    marker: int,
    chunk: Chunk,
    moment: Moment,
    speakers: tuple[str, ...],
    quote: str,
    *,
    verified: bool,
) -> Citation:
    """The citation of words at a moment. Its passage is the chunk's text, or the quote where that
    runs beyond it."""
    return Citation(
        marker=marker,
        chunk_id=chunk.id,
        transcript_id=chunk.transcript_id,
        file=chunk.file,
        title=chunk.title,
        heading=chunk.heading,
        speakers=speakers,
        start_s=moment.start_s,
        end_s=moment.end_s,
        estimated=moment.estimated,
        url=moment_url(chunk.source_url, moment.start_s),
        player_url=player_url(chunk.source_url, moment.start_s),
        quote=quote,
        passage=chunk.text if quote in chunk.text else quote,
        verified=verified,
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


def quote_stands(quote: str, section: int, transcript: Transcript) -> bool:
    """Whether the words stand in that section of the transcript, white space aside."""
    if not 0 <= section < len(transcript.sections):
        return False
    words = "\n".join(part.text for part in transcript.sections[section].utterances)
    return bool(quote.strip()) and _squeezed(quote) in _squeezed(words)


def _stands(place: Place, transcript: Transcript) -> bool:
    """Whether each sentence stands in the talk: its own topic is looked at first."""
    own = place.chunk.section
    sections = sorted(range(len(transcript.sections)), key=lambda at: at != own)
    return all(
        any(quote_stands(sentence.text, at, transcript) for at in sections)
        for sentence in place.sentences
    )


def _squeezed(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def speakers_in(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """Who says these sentences, each once, in order."""
    return tuple(dict.fromkeys(one.speaker for one in sentences if one.speaker))
