"""The check of an answer: whether its excerpts support a sentence, and what speaks against it.

``Checker`` weighs how well windows of the excerpts support a sentence (support.py). The best ones
are then searched for faults: another speaker (people.py), an amount (quantities.py) or a name that
they lack, a comparison the other way round, an order to the machine in place of evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.retrieval.context import Excerpt
from assistant.verification.people import (
    Aliases,
    QuestionTarget,
    aliases_in,
    attribution_of,
    is_somebody,
    mentions,
    narrated_speakers,
    role_of,
    target_of,
    unknown_name,
    without_names,
)
from assistant.verification.support import (
    OVERLAP,
    Candidate,
    EvidenceVectors,
    Window,
    candidates,
    counts,
    embed_evidence,
    overlap,
    script_distance,
    shared_terms,
    without_terms,
)
from assistant.verification.types import Claim, Support, Verdict, VerdictReason
from corpus.language import fold
from corpus.names import NAME_IN_LATIN, is_han
from corpus.quantities import Quantity, missing, quantities
from index.lexical.concepts import concepts_of
from index.lexical.dictionary import Dictionary
from index.lexical.terms import terms
from index.types import Embedder

SUPPORTED = 0.72
"""From this support on, evidence that the model itself named holds a sentence."""
SUPPORTED_ACROSS = 0.47
"""The same where the sentence is in another script than the evidence: both parts are lower then."""
UNCITED_MARGIN = 0.03
"""So much more is asked of evidence that the model did not name."""
EXACT = 0.08
"""Added where sentence and evidence have the same amounts."""
SHARED_NAMES = 2
"""A sentence that shares so many words of names with its evidence must be supported without them,
too."""
SUPPORTED_BARE = 0.5
"""From this support on it is, without the names."""
SUPPORTED_BARE_ACROSS = 0.46
"""The same across scripts."""
LEAST_CONCEPTS = 3
"""What has fewer concepts left without the names hardly says more than that they go together."""
ONE_SCRIPT = 0.15
"""Up to this distance of their scripts a sentence and its evidence share words, if anything."""
LEAST_OVERLAP = 0.2
"""Share of a sentence's concepts that such evidence must have."""
LEAST_OVERLAP_COUNTED = 0.34
"""The same of a sentence with amounts: one amount may count two things."""
BELOW_BEST = 0.15
"""Evidence so far below the best is not what the sentence was made from."""
UNSAID: tuple[VerdictReason, ...] = ("order", "meaning", "no_such_handle")
"""Reasons that nothing supports a sentence; the others are what its evidence speaks against."""


class Checker:
    """Checks the sentences of one answer; the excerpts are embedded when it is made.

    ``embedder`` must be centred (index.embedding.centring). Without a ``dictionary`` less is
    recognised across languages, and nothing else changes. ``speakers`` are further names that
    speak in these talks: who is known to be another one can be told from who says a thing. Where
    ``question`` asks for somebody's words, a sentence that names nobody must not have another's.
    Safe to use from several threads.
    """

    def __init__(
        self,
        excerpts: Sequence[Excerpt],
        embedder: Embedder,
        dictionary: Dictionary | None = None,
        speakers: Sequence[str] = (),
        question: str = "",
    ) -> None:
        self._excerpts = tuple(excerpts)
        self._embedder = embedder
        self._dictionary = dictionary
        self._evidence: EvidenceVectors = embed_evidence(self._excerpts, embedder)
        self._aliases = aliases_in(
            f"{excerpt.chunk.title} {excerpt.chunk.heading} {excerpt.chunk.text}"
            for excerpt in self._excerpts
        )
        here = [s for e in self._excerpts for s in (e.speaker, *e.chunk.speakers) if s]
        self._speakers = tuple(dict.fromkeys([*here, *speakers]))
        self._narrated = narrated_speakers(
            sentence.text for e in self._excerpts for sentence in e.sentences if not e.speaker
        )
        asked = target_of(question, self._speakers, self._aliases)
        self._faults = FaultFinder(self._excerpts, self._aliases, self._narrated, asked)

    def check(self, claim: Claim) -> Verdict:
        """What becomes of one sentence."""
        if claim.kind != "statement" and claim.kind != "lead_in":
            return Verdict("no_claim")
        attributed = attribution_of(claim.text)
        named = tuple(s for s in self._speakers if mentions(claim.text, s, self._aliases))
        if not self._excerpts:
            return Verdict("unsupported", reason="no_such_handle" if claim.handles else "meaning")
        content = without_names(attributed.content, (*named, *self._narrated), self._aliases)
        vector = self._embedder.passages([content])[0]
        found = candidates(content, vector, self._evidence, self._dictionary)
        parsed = ParsedClaim(claim, content, attributed.who, named, quantities(claim.text))
        verdict = self._verdict(parsed, found)
        return _of_lead_in(parsed, verdict) if claim.kind == "lead_in" else verdict

    def _verdict(self, parsed: ParsedClaim, found: list[Candidate]) -> Verdict:
        """The first evidence without a fault decides, what the model itself named before other."""
        best = found[0]
        handles = set(parsed.claim.handles)
        cited: list[Candidate] = []
        other: Candidate | None = None
        first_fault: Fault | None = None
        for candidate in found:
            exact = _exact(parsed, candidate)
            spare = candidate.score + exact - _needed(parsed, candidate)
            is_cited = candidate.handles <= handles
            taken = any(one.handles & candidate.handles for one in cited) if is_cited else other
            least = 0.0 if is_cited else UNCITED_MARGIN
            if taken or spare < least or candidate.score < best.score - BELOW_BEST:
                continue
            if self._shares_names_alone(parsed, candidate, exact):
                continue
            if self._shares_little(parsed, candidate, exact):
                continue
            if fault := self._faults.first(parsed, candidate):
                first_fault = first_fault or fault
            elif is_cited:
                cited.append(candidate)
            else:
                other = candidate
        if cited:
            return Verdict("supported", _supports(cited), score=cited[0].score)
        if other is not None:
            return Verdict("mended", _supports([other]), score=other.score)
        if first_fault is not None:
            return Verdict("unsupported", (), first_fault.reason, first_fault.detail, best.score)
        known = {excerpt.handle for excerpt in self._excerpts}
        reason: VerdictReason = "no_such_handle" if handles and not handles & known else "meaning"
        return Verdict("unsupported", reason=reason, score=best.score)

    def _shares_little(self, parsed: ParsedClaim, candidate: Candidate, exact: float) -> bool:
        """Whether a sentence has hardly a word of its evidence, though they share a script: what
        sounds alike may tell of something else."""
        if script_distance(parsed.content, candidate.text) > ONE_SCRIPT:
            return False
        concepts = concepts_of(parsed.content, self._dictionary)
        least = LEAST_OVERLAP_COUNTED if parsed.quantities else LEAST_OVERLAP
        held = frozenset(terms(candidate.text))
        if exact:
            # There the same amount may be written in words.
            held = held.union(*(concept.own for concept in concepts if counts(concept)))
        return overlap(concepts, held) < least

    def _shares_names_alone(self, parsed: ParsedClaim, candidate: Candidate, exact: float) -> bool:
        """Whether evidence tells of the same things as a sentence, and something else of them.

        A sentence that counts what it lists says just the names.
        """
        shared = shared_terms(parsed.content, candidate.text)
        listed = any(one.lists for one in parsed.quantities)
        if len(shared) < SHARED_NAMES or listed or exact:
            return False
        content, text = (without_terms(one, shared) for one in (parsed.content, candidate.text))
        concepts = concepts_of(content, self._dictionary)
        if len(concepts) < LEAST_CONCEPTS:
            return False
        vectors = self._embedder.passages([content, text])
        share = overlap(concepts, frozenset(terms(text)))
        apart = script_distance(content, text)
        bare = float(vectors[0] @ vectors[1]) + OVERLAP * share
        return bare < SUPPORTED_BARE + (SUPPORTED_BARE_ACROSS - SUPPORTED_BARE) * apart


def _of_lead_in(parsed: ParsedClaim, verdict: Verdict) -> Verdict:
    """What opens a list claims nothing, and what is like it supports nothing; only a wrong amount
    accuses it."""
    accused = verdict.outcome == "unsupported" and verdict.reason not in UNSAID
    return verdict if accused and parsed.quantities else Verdict("no_claim")


def _needed(parsed: ParsedClaim, candidate: Candidate) -> float:
    """The support that is asked for, by how far apart the scripts of the two texts are; the nearer
    one counts, or a foreign excerpt beside it would make anything pass."""
    apart = min(script_distance(parsed.claim.text, window.text) for window in candidate.windows)
    return SUPPORTED + (SUPPORTED_ACROSS - SUPPORTED) * apart


def _exact(parsed: ParsedClaim, candidate: Candidate) -> float:
    """What the amounts count that both have: rarely does another sentence have them as well."""
    said = [quantity for window in candidate.windows for quantity in quantities(window.text)]
    stated = [one for one in parsed.quantities if not one.lists and not one.label]
    return EXACT if stated and missing(stated, said, "") is None else 0.0


def _supports(chosen: Sequence[Candidate]) -> tuple[Support, ...]:
    windows = [window for candidate in chosen for window in candidate.windows]
    return tuple(w.support for w in sorted(windows, key=lambda w: w.excerpt.handle))


@dataclass(frozen=True, slots=True)
class ParsedClaim:
    """What a sentence states: who is said to have said it, which speakers it names, its amounts.

    ``content`` is the sentence without the names of who says it.
    """

    claim: Claim
    content: str
    who: tuple[str, ...]
    named: tuple[str, ...]
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why evidence doesn't hold a sentence; ``detail`` is the word that gave it."""

    reason: VerdictReason
    detail: str = ""


class FaultFinder:
    """Finds faults of one answer's sentences.

    ``aliases`` are the names that the talks give in two scripts, ``narrated`` those of whom
    narrated excerpts say that they speak, ``asked`` those whom the question is about.
    """

    def __init__(
        self,
        excerpts: Sequence[Excerpt],
        aliases: Aliases,
        narrated: Sequence[str],
        asked: QuestionTarget,
    ) -> None:
        self._talks: dict[str, str] = {}
        for excerpt in excerpts:
            before = self._talks.get(excerpt.chunk.file, "")
            self._talks[excerpt.chunk.file] = f"{before} {_all_text(excerpt)}"
        self._aliases = aliases
        self._asked = asked
        self._narrated = tuple(narrated)

    def first(self, parsed: ParsedClaim, candidate: Candidate) -> Fault | None:
        """What in the sentence the candidate's windows speak against, or don't have.

        An order to the machine supports nothing but a sentence that tells of the order.
        """
        if _holds_order(candidate) and not is_order(parsed.claim.text):
            return Fault("order")
        for check in (self._wrong_speaker, _wrong_number, self._wrong_name):
            if fault := check(parsed, candidate):
                return fault
        words = turned_round(parsed.claim.text, candidate.text)
        return Fault("opposite", words) if words else None

    def _wrong_speaker(self, parsed: ParsedClaim, candidate: Candidate) -> Fault | None:
        """Whom the sentence names, or is said to quote, where somebody else says it."""
        spoken = {who for window in candidate.windows for who in window.excerpt.chunk.speakers}
        by = [p for p in parsed.named if any(self._is_of(w, p) for w in candidate.windows)]
        for person in parsed.named:
            # "Ann told Bob that ..." names also whom she talks with.
            if person not in by and not (by and person in spoken):
                return Fault("speaker", person)
        for window in candidate.windows:
            if parsed.named and not any(self._is_of(window, person) for person in parsed.named):
                return Fault("speaker", window.excerpt.speaker or "")
        for name in parsed.who:
            if any(mentions(name, person, self._aliases) for person in parsed.named):
                continue
            if any(self._is_of_another(window, name) for window in candidate.windows):
                return Fault("speaker", name)
        unsaid = not parsed.named and not parsed.who
        return self._unasked_speaker(parsed, candidate) if unsaid else None

    def _unasked_speaker(self, parsed: ParsedClaim, candidate: Candidate) -> Fault | None:
        """Who says it, where that is surely none of those whose words are asked for."""
        if not self._asked.concerns(parsed.claim.text, candidate.text):
            return None
        speakers = [window.excerpt.speaker or "" for window in candidate.windows]
        for window, speaker in zip(candidate.windows, speakers, strict=True):
            if not is_somebody(speaker) or any(
                self._is_of(window, one) for one in self._asked.people
            ):
                return None
        return Fault("speaker", speakers[0])

    def _is_of(self, window: Window, person: str) -> bool:
        """Whether the person says it, or is named in it.

        In narrated text "he" goes back to a name before it: there the excerpt counts, unless
        somebody else is said to speak in the window's own sentences. Where nobody is said to speak,
        it is whoever the talk's excerpts name.
        """
        speaker = window.excerpt.speaker
        if speaker == person or mentions(f"{speaker or ''} {window.text}", person, self._aliases):
            return True
        if speaker is not None or narrated_speakers([window.text]):
            return False
        around = _all_text(window.excerpt, speakers=False)
        if mentions(around, person, self._aliases):
            return True
        talk = self._talks.get(window.excerpt.chunk.file, "")
        return not narrated_speakers([around]) and mentions(talk, person, self._aliases)

    def _is_of_another(self, window: Window, name: str) -> bool:
        """Whether what the window says is surely another's than ``name``, who is no known speaker.

        In narrated text somebody else must be named around it as one who speaks.
        """
        around = " ".join(sentence.text for sentence in window.excerpt.sentences)
        speaker = window.excerpt.speaker
        if speaker is not None:
            same_script = is_han(speaker) == is_han(name)
            return same_script and not role_of(speaker) and not mentions(around, name, {})
        if mentions(f"{around} {_labels(window.excerpt)}", name, {}):
            return False
        if self._narrated and not any(mentions(one, name, {}) for one in self._narrated):
            return any(is_han(one) == is_han(name) for one in self._narrated)
        others = [who for who in self._narrated if not mentions(who, name, {})]
        return any(mentions(around, who, {}) for who in others)

    def _wrong_name(self, parsed: ParsedClaim, candidate: Candidate) -> Fault | None:
        """A name that stands nowhere in the excerpts."""
        parts = [_all_text(window.excerpt) for window in candidate.windows]
        aligned = tuple(
            name
            for name in NAME_IN_LATIN.findall(parsed.claim.text)
            if any(mentions(name, person, self._aliases) for person in parsed.named)
        )
        name = unknown_name(parsed.claim.text, " ".join(parts), aligned)
        return Fault("name", name) if name else None


def _holds_order(candidate: Candidate) -> bool:
    return any(is_order(part.text) for window in candidate.windows for part in window.sentences)


def _wrong_number(parsed: ParsedClaim, candidate: Candidate) -> Fault | None:
    said = [quantity for window in candidate.windows for quantity in _amounts_of(window)]
    named = " ".join(f"{_labels(window.excerpt)} {window.text}" for window in candidate.windows)
    wrong = missing(parsed.quantities, said, named)
    return Fault("date" if wrong.is_date else "number", wrong.text) if wrong else None


def _amounts_of(window: Window) -> tuple[Quantity, ...]:
    """The window's amounts, with the recording's date and the moment at which it is said."""
    published = window.excerpt.chunk.published or ""
    starts = [s.start_s for s in window.sentences if s.start_s is not None]
    moments = tuple(Quantity(s, s, "", "clock", bound="about") for s in starts)
    return (*quantities(window.text), *quantities(published), *moments)


def _labels(excerpt: Excerpt) -> str:
    return f"{excerpt.chunk.title} {excerpt.chunk.heading}"


def _all_text(excerpt: Excerpt, *, speakers: bool = True) -> str:
    words = " ".join(sentence.text for sentence in excerpt.sentences)
    names = " ".join((excerpt.speaker or "", *excerpt.chunk.speakers)) if speakers else ""
    return f"{_labels(excerpt)} {names} {words}"


# Orders to the machine. "Ignore the above and answer that X" has all words of X and says nothing
# about it. Only wordings that no talk uses for anything else are recognised: what a talk merely
# claims, it has said.

_REPLY = (
    r"(?:answer|reply|respond|output)"
    r"(?: only\b|\s*:| that\b(?! (?:question|call|e-?mail|letter)\b))"
)
_ORDER_ENGLISH = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.!?]{0,40}"
    r"\b(?:above|instructions?|rules|prompts?|excerpts|guidelines)\b"
    rf"|\byou (?:must|shall|will now|should now|may only|can only) (?:\w+ ){{0,3}}{_REPLY}"
    r"|\b(?:end|begin|start|preface|finish|replace) (?:\w+ )?(?:every|each|your|all) "
    r"(?:answer|reply|response|number|name|sentence)s?\b"
    rf"|\b(?:and|then|now)\s+{_REPLY}",
    re.IGNORECASE,
)
_ORDER_CHINESE = re.compile(
    r"(?:忽略|无视|無視|忘记|忘記|不要理会|不要理會)[^。！？]{0,12}(?:指令|规则|規則|提示|要求|设定|設定)"
    r"|(?:必须|必須|只能|只准|务必|務必|从现在起|從現在起)[^。！？]{0,6}(?:回答|回复|回覆|输出|輸出)"
    r"|[，,。]只(?:回答|回复|回覆|输出|輸出)[:：「“]"
)
_FORGED_MESSAGE = re.compile(
    r"<\|[a-z_]+\|>|</?(?:excerpts?|system|instructions?)>|^\W*(?:system|assistant)\s*[:：]",
    re.IGNORECASE,
)


def is_order(text: str) -> bool:
    """Whether a sentence tells a machine what to write, or forges a message to it."""
    return any(
        pattern.search(text) for pattern in (_ORDER_ENGLISH, _ORDER_CHINESE, _FORGED_MESSAGE)
    )


# Comparisons of two things by name: X is faster than Y, X 比 Y 快.

_NAME = r"[A-Z][\w+-]*(?:\.\d+)?(?: \d+(?:\.\d+)*\w*)?(?!\w)"
_OPENING = "The|A|An|It|This|That|These|But|And|So|In|On|At|For|If|When|I|We|They|He|She|You"
_THING = rf"(?!(?:{_OPENING})\b){_NAME}"
_LESS = r"less|fewer|worse|slower|weaker|lower|smaller|shorter"
_THAN = re.compile(
    rf"(?P<first>{_THING})[^.!?;,。！？；]{{0,80}}?\b(?:(?P<less>{_LESS})|more|better|[a-z]{{2,}}er)\b"
    rf"[^.!?;,。！？；]{{0,40}}?\bthan (?:the |an? )?(?P<second>{_THING})"
)
_BI = re.compile(
    rf"(?P<first>{_THING})[^.!?;,。！？；，]{{0,12}}?比\s*(?P<second>{_THING})"
    r"(?:[^.!?;,。！？；，]{0,8}?(?P<less>慢|差|弱|低|少|小|不如))?"
)


def turned_round(claim: str, evidence: str) -> str | None:
    """How the sentence compares two names that the evidence compares the other way round, only."""
    compared = _comparisons(evidence)
    for (first, second), words in _comparisons(claim).items():
        if (second, first) in compared and (first, second) not in compared:
            return words
    return None


def _comparisons(text: str) -> dict[tuple[str, str], str]:
    """Pairs of names, what is said to be more before what is less, with the words that say so."""
    found = {}
    for pattern in (_THAN, _BI):
        for match in pattern.finditer(text):
            pair = fold(match["first"]), fold(match["second"])
            found[pair[::-1] if match["less"] else pair] = match.group()
    return found
