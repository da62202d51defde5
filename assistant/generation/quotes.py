"""The answer without a language model: quotes in the order of the talk, or a refusal.

Also what stands in for a model's answer of which nothing holds, and the line that says why. Pure
but for the source that quotes are verified against.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.citation.citation import cite
from assistant.generation.draft import Draft, Source, unlinked
from assistant.messages.catalogue import messages
from assistant.types import Answer, Citation
from assistant.verification.people import only_attributes
from corpus.chunks import place_in_talk
from corpus.types import Chunk, Sentence
from index.scoring import is_short, leads_on
from index.types import Evidence, Hit

Quotable = tuple[Chunk, Sentence]
"""A sentence with the chunk that it stands in."""

QUOTED_HITS = 8
"""How many hits an answer in quotes is made from."""
SENTENCES = 6
"""At most this many sentences make an answer."""
ENOUGH = 3
"""With fewer, what is said right after a quoted sentence is quoted too: it tells why, or how."""
ANSWERING = 2
"""After a quoted question, so many sentences of what follows are its answer."""
PASSAGES = 4
"""From at most this many passages."""
SHARE = 0.75
"""What a passage or a sentence must reach of the best one's score to be quoted."""
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
    """The sentences to quote: the best few of the best passages, grouped by talk, in its order.

    Talks come in the order of their best hit. Sentences of an editor's digest are taken only if
    nothing that was said answers.
    """
    hits = _nearest_hits(evidence.hits)
    every = [(score, hit.chunk, one) for hit in hits for one, score in hit.sentences]
    telling = [item for item in every if not only_attributes(item[2].text)]
    scored = sorted(telling or every, key=lambda item: -item[0])
    if not scored:
        return ()
    floor = SHARE * scored[0][0]
    chosen = [(chunk, sentence) for score, chunk, sentence in scored[:SENTENCES] if score >= floor]
    chosen = chosen or [scored[0][1:]]
    chosen += _what_follows(chosen)
    rank = {file: n for n, file in enumerate(dict.fromkeys(hit.chunk.file for hit in hits))}
    order = {chunk.id: place_in_talk(chunk) for chunk, _ in chosen}
    chosen.sort(key=lambda item: (rank[item[0].file], order[item[0].id], item[1].offset))
    return _as_quotes(chosen)


def _nearest_hits(hits: Sequence[Hit]) -> list[Hit]:
    near = [hit for hit in hits if hit.score >= SHARE * hits[0].score]
    talk = [hit for hit in near if hit.chunk.kind != "summary"]
    return (talk or near)[:PASSAGES]


def _what_follows(chosen: Sequence[Quotable]) -> list[Quotable]:
    """What comes right after the chosen sentences and belongs to them, as far as there is room.

    After a question its answer, by whomever; where little is quoted, the speaker's next sentence.
    """
    answers, further = list[Quotable](), list[Quotable]()
    for chunk, sentence in chosen:
        later = [one for one in chunk.sentences if one.offset > sentence.offset]
        told = [(chunk, one) for one in later if _says_something(one.text)]
        if leads_on(sentence.text):
            answers += told[:ANSWERING]
        elif told and told[0][1] is later[0] and later[0].speaker == sentence.speaker:
            further.append(told[0])
    answers = [one for one in dict.fromkeys(answers) if one not in chosen]
    further = [one for one in dict.fromkeys(further) if one not in [*chosen, *answers]]
    room = max(0, ENOUGH - len(chosen) - len(answers))
    return [*answers, *further[:room]][: SENTENCES - len(chosen)]


def _says_something(text: str) -> bool:
    return not (is_short(text) or leads_on(text) or only_attributes(text))


def _as_quotes(chosen: Sequence[Quotable]) -> tuple[Quote, ...]:
    """Neighbouring sentences of one utterance become one quote."""
    quotes: list[Quote] = []
    for chunk, sentence in chosen:
        last = quotes[-1] if quotes else None
        gap = chunk.text[last.sentences[-1].end : sentence.offset] if last else None
        if last and last.chunk.id == chunk.id and gap is not None and gap in ("", " "):
            quotes[-1] = Quote(chunk, (*last.sentences, sentence))
        else:
            quotes.append(Quote(chunk, (sentence,)))
    return tuple(quotes)


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
    """What to say when there is no answer, and up to three topics of the library that are near."""
    topics = tuple(
        dict.fromkeys(
            hit.chunk.heading or hit.chunk.title
            for hit in evidence.hits
            if hit.chunk.kind == "talk"
        )
    )[:3]
    say = messages(language)
    told = say("reply.not_covered")
    if not topics:
        return told, ()
    marks = say("reply.marks")
    named = " ".join(f"{marks[0]}{escaped_words(topic)}{marks[1]}" for topic in topics)
    return f"{told}\n\n{say('reply.nearest')} {named}", topics


def escaped_words(text: str) -> str:
    """Transcript text for Markdown: what could be markup or pass for a marker is escaped."""
    return unlinked(_MARKUP.sub(r"\\\1", text))
