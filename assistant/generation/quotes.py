"""The answer without a language model: quotes, those that answer best first, or a refusal.

Also what stands in for a model's answer of which nothing holds, and the line that says why. Pure
but for the source that quotes are verified against.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import takewhile

from assistant.citation.citation import cite
from assistant.generation.draft import Draft, Source, unlinked
from assistant.messages.catalogue import messages
from assistant.types import Answer, Citation
from assistant.verification.people import only_attributes
from corpus.language import fold
from corpus.sentences import width
from corpus.types import Chunk, Sentence
from index.moments import moment_of_quote, timecode_span
from index.scoring import SHORT_WIDTH, WORTH, leads_on
from index.types import Evidence, Hit

QUOTED_HITS = 8
"""How many hits an answer in quotes is made from."""
QUOTES = 4
"""At most this many quotes make an answer."""
SENTENCES = 4
"""At most this many sentences make a quote."""
SHARE = 0.75
"""What a sentence must be worth of the best one's worth to be quoted."""
WHOLE = 2 * SHORT_WIDTH
"""A quote of fewer letters takes what its speaker says next: "Never." says nothing by itself."""
ON_SUBJECT = 0.5
"""From this probability on a library without an answer is said to speak of the subject all the
same."""
BELIEVED = 0.85
"""Where a model says that it found no answer, evidence as sure as this is quoted all the same:
small models decline too readily."""

_MARKUP = re.compile(r"([\\`*_<>#]|\[(?=\d+\])|\](?=\())")


@dataclass(frozen=True, slots=True)
class Quote:
    """Consecutive sentences of one utterance of a chunk, quoted as one."""

    chunk: Chunk
    sentences: tuple[Sentence, ...]


def quotes_answer(evidence: Evidence, language: str, source: Source) -> Answer:
    """The answer in quotes; a refusal where there is nothing to quote."""
    quotes = choose_quotes(evidence)
    if not quotes:
        return refusal_answer(evidence, language)
    text, citations = quotes_text(quotes, messages(language)("reply.found"), source)
    return Answer(text, citations, "answered", "quotes", evidence.answerable, (), {})


def refusal_answer(evidence: Evidence, language: str) -> Answer:
    """That the transcripts don't tell, and which topics are near."""
    text, topics = refusal_text(evidence, language)
    return Answer(text, (), "no_evidence", "quotes", evidence.answerable, topics, {})


def fallback_answer(
    draft: Draft, failure: str, evidence: Evidence, language: str, source: Source, model: str
) -> Answer:
    """What stands in for a model's answer of which nothing holds: quotes, and a line on why.

    ``failure`` is a LanguageModelError's reason, empty where the model was heard out. Where it
    declined and the evidence is not sure either, a refusal.
    """
    if not failure and draft.declined and evidence.answerable < BELIEVED:
        return replace(refusal_answer(evidence, language), model=model, seen=draft.seen)
    reason = failure or ("declined" if draft.declined else "cut" if draft.cut else "unsupported")
    answer = quotes_answer(evidence, language, source)
    notice = why_in_quotes(reason, language) if answer.status == "answered" else ""
    return replace(answer, notice=notice, model=model, seen=draft.seen)


def why_in_quotes(reason: str, language: str) -> str:
    """One line on why an answer is in quotes; ``reason`` is a LanguageModelError's, or
    ``declined``, ``unsupported`` or ``cut``."""
    why = _why(reason, language)
    return why if reason == "declined" else why + messages(language)("notice.in_quotes")


def why_cut_short(reason: str, language: str) -> str:
    """One line on why an answer ends early; ``reason`` as for ``why_in_quotes``."""
    return _why(reason, language) + messages(language)("notice.kept")


def _why(reason: str, language: str) -> str:
    say = messages(language)
    key = f"notice.why.{reason}"
    return say(key) if key in say else say("notice.why.failed")


def choose_quotes(evidence: Evidence) -> tuple[Quote, ...]:
    """The few best sentences of all hits, as quotes, those that answer best first: what a sentence
    is worth is its own score times its hit's.

    Sentences of one passage belong together: they are told in the order of the talk. The same words
    are quoted once, also where a talk lies there twice. An editor's digest is quoted only where
    nothing that was said is worth more.
    """
    scored = _by_worth(evidence)
    floor = SHARE * scored[0][0] if scored else 0.0
    quotes: list[Quote] = []
    for score, chunk, sentence in scored:
        if score < floor or len(quotes) == QUOTES:
            break
        reply = _reply(chunk, sentence)
        if reply is None:
            continue
        if any(reply in quote.sentences and chunk.id == quote.chunk.id for quote in quotes):
            continue
        near = {one.offset for value, other, one in scored if other is chunk and value >= floor}
        quote = _around(chunk, reply, near)
        if not any(_same_words(quote, other) for other in quotes):
            quotes.append(quote)
    if scored and not quotes:
        _, chunk, sentence = scored[0]
        quotes = [Quote(chunk, (sentence,))]
    return tuple(_together(quotes))


def _by_worth(evidence: Evidence) -> list[tuple[float, Chunk, Sentence]]:
    """All sentences with what they are worth, best first, those that only say who says something
    left out where there are others."""
    scored = sorted(
        (
            (WORTH[hit.chunk.kind] * hit.score * score, hit.chunk, one)
            for hit in evidence.hits
            for one, score in hit.sentences
        ),
        key=lambda item: -item[0],
    )
    scored = [item for item in scored if not only_attributes(item[2].text)] or scored
    if scored and scored[0][1].kind == "summary":
        return scored
    return [item for item in scored if item[1].kind != "summary"]


def _reply(chunk: Chunk, sentence: Sentence) -> Sentence | None:
    """What is said after a question, or after words that announce something: that is what answers,
    whoever says it. ``None`` where the chunk has nothing after it."""
    later = chunk.sentences[chunk.sentences.index(sentence) :]
    return next((one for one in later if not leads_on(one.text)), None)


def _around(chunk: Chunk, sentence: Sentence, near: Set[int]) -> Quote:
    """A sentence with those beside it that its speaker says and that answer as well; where that is
    too little to say something, with what comes next."""
    turn = _utterance(chunk, sentence)
    first = last = turn.index(sentence)
    while last + 1 < len(turn) and last + 1 - first < SENTENCES and turn[last + 1].offset in near:
        last += 1
    while first > 0 and last + 1 - first < SENTENCES and turn[first - 1].offset in near:
        first -= 1
    further = takewhile(lambda one: not only_attributes(one.text), turn[last + 1 :])
    while width(_words(chunk, turn[first : last + 1])) < WHOLE and next(further, None):
        last += 1
    return Quote(chunk, tuple(turn[first : last + 1]))


def _utterance(chunk: Chunk, sentence: Sentence) -> list[Sentence]:
    """The sentences around one that follow each other on its line: what its speaker says at a
    stretch."""
    at = chunk.sentences.index(sentence)
    first = last = at
    while first > 0 and _joined(chunk, first - 1):
        first -= 1
    while last + 1 < len(chunk.sentences) and _joined(chunk, last):
        last += 1
    return list(chunk.sentences[first : last + 1])


def _joined(chunk: Chunk, n: int) -> bool:
    """Whether the sentence after number ``n`` goes on where it ends."""
    one, other = chunk.sentences[n : n + 2]
    return chunk.text[one.end : other.offset] in ("", " ")


def _words(chunk: Chunk, sentences: Sequence[Sentence]) -> str:
    return chunk.text[sentences[0].offset : sentences[-1].end]


def _same_words(one: Quote, other: Quote) -> bool:
    mine, theirs = (fold(_words(quote.chunk, quote.sentences)) for quote in (one, other))
    return mine in theirs or theirs in mine


def _together(quotes: Sequence[Quote]) -> list[Quote]:
    """Quotes of one passage beside each other in the order of the talk, where the first of them
    stood."""
    rank = {quote.chunk.id: n for n, quote in reversed(list(enumerate(quotes)))}
    return sorted(quotes, key=lambda one: (rank[one.chunk.id], one.sentences[0].offset))


def quotes_text(
    quotes: Sequence[Quote], lead: str, source: Source
) -> tuple[str, tuple[Citation, ...]]:
    """The answer's Markdown and its citations; ``source`` gives a file's transcript as it is now.

    A block for each talk: its title in bold, then a bullet a quote, ``- Speaker: “words” [n]``.
    Markdown that stands in a transcript is escaped, so that only the answer's own is live.
    """
    citations = tuple(
        cite(n, part.chunk, part.sentences, source(part.chunk.file))
        for n, part in enumerate(quotes, start=1)
    )
    lines = [lead]
    title = None
    for citation in citations:
        if citation.title != title:
            title = citation.title
            lines += ["", f"**{escaped_words(title)}**", ""]
        lines.append(_bullet(citation))
    return "\n".join(lines), citations


def _bullet(citation: Citation) -> str:
    label = escaped_words(speaker_label(citation.speakers))
    quote = escaped_words(" ".join(citation.quote.split()))
    return f"- {label}{quote} [{citation.marker}]"


def speaker_label(speakers: Sequence[str]) -> str:
    """Who says what follows, with a colon of their script; empty where nobody is named."""
    who = "、".join(speakers)
    return f"{who}: " if who.isascii() and who else f"{who}：" if who else ""


def refusal_text(evidence: Evidence, language: str) -> tuple[str, tuple[str, ...]]:
    """What to say when there is no answer, and up to three topics of the library that are near.

    Where the library speaks of the subject, that is said, and what comes nearest is offered.
    """
    topics = tuple(
        dict.fromkeys(
            hit.chunk.heading or hit.chunk.title
            for hit in evidence.hits
            if hit.chunk.kind == "talk"
        )
    )[:3]
    say = messages(language)
    if not topics:
        return say("reply.not_covered"), ()
    marks = say("reply.marks")
    named = " ".join(f"{marks[0]}{escaped_words(topic)}{marks[1]}" for topic in topics)
    if evidence.on_subject >= ON_SUBJECT:
        nearest = f"{say('reply.nearest_words')}\n\n{_nearest(evidence.hits[0])}"
        return f"{say('reply.not_said').format(named)}\n\n{nearest}", topics
    return f"{say('reply.not_covered')}\n\n{say('reply.nearest')} {named}", topics


def _nearest(hit: Hit) -> str:
    """The best sentence of a hit as a line of Markdown, with its talk and its second where the
    source has one; no citation, since it is no answer."""
    label = speaker_label((hit.best.speaker,) if hit.best.speaker else ())
    moment = moment_of_quote(hit.chunk, (hit.best,))
    when = timecode_span(moment.start_s, None, moment.estimated)
    place = ", ".join(filter(None, (escaped_words(hit.chunk.title), when)))
    return f"> {escaped_words(label)}{escaped_words(' '.join(hit.best.text.split()))} ({place})"


def escaped_words(text: str) -> str:
    """Transcript text for Markdown: what could be markup or pass for a marker is escaped."""
    return unlinked(_MARKUP.sub(r"\\\1", text))
