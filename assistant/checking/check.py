"""The check of an answer's sentences against its excerpts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.checking.attribution import attribution_of, narrated_speakers
from assistant.checking.names import unknown_name
from assistant.checking.numbers import quantities
from assistant.checking.opposites import contradict
from assistant.checking.orders import is_order
from assistant.checking.people import (
    NAME_IN_LATIN,
    aliases_in,
    is_han,
    mentions,
    role_of,
    without_names,
)
from assistant.checking.quantity import Quantity, missing
from assistant.checking.support import (
    Candidate,
    EvidenceVectors,
    Window,
    candidates,
    embed_evidence,
    script_distance,
)
from assistant.checking.types import Claim, Reason, Support, Verdict
from assistant.context import Excerpt
from index.dictionary import Dictionary
from index.types import Embedder

SUPPORTED = 0.72
"""From this support on, evidence that the model itself named holds a sentence."""
SUPPORTED_ACROSS = 0.47
"""The same where the sentence is in another script than the evidence: both parts are lower then."""
MENDING = 0.03
"""So much more is asked of evidence that the model did not name."""
EXACT = 0.08
"""Added where sentence and evidence have the same amounts."""
NEAR = 0.15
"""Evidence so far below the best is not what the sentence was made from."""


@dataclass(frozen=True, slots=True)
class _Fault:
    reason: Reason
    detail: str = ""


class Checker:
    """Checks the sentences of one answer; the excerpts are embedded when it is made.

    ``embedder`` must be centred (index.centring). Without a ``dictionary`` less is recognised
    across languages, and nothing else changes. ``speakers`` are further names that speak in these
    talks: who is known to be another one can be told from who says a thing. Safe to use from
    several threads.
    """

    def __init__(
        self,
        excerpts: Sequence[Excerpt],
        embedder: Embedder,
        dictionary: Dictionary | None = None,
        speakers: Sequence[str] = (),
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
        facts = _Facts(claim, attributed.who, named, quantities(claim.text))
        verdict = self._verdict(claim, facts, found)
        if claim.kind == "lead_in" and verdict.outcome == "unsupported":
            hard = verdict.reason not in ("meaning", "no_such_handle")
            return verdict if hard and facts.quantities else Verdict("no_claim")
        return verdict

    def _verdict(self, claim: Claim, facts: _Facts, found: list[Candidate]) -> Verdict:
        """The first evidence without a fault decides, what the model itself named before other."""
        best = found[0]
        cited: list[Candidate] = []
        other: Candidate | None = None
        first_fault: _Fault | None = None
        for candidate in found:
            spare = candidate.score + _exact(facts, candidate) - _needed(facts, candidate)
            is_cited = candidate.handles <= set(claim.handles)
            taken = any(one.handles & candidate.handles for one in cited) if is_cited else other
            least = 0.0 if is_cited else MENDING
            if taken or spare < least or candidate.score < best.score - NEAR:
                continue
            if fault := self._fault(facts, candidate):
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
        wrong = bool(claim.handles) and not known.intersection(claim.handles)
        return Verdict(
            "unsupported", reason="no_such_handle" if wrong else "meaning", score=best.score
        )

    def _fault(self, facts: _Facts, candidate: Candidate) -> _Fault | None:
        """What in the sentence the candidate's windows speak against, or don't have.

        An order to the machine supports nothing but a sentence that tells of the order.
        """
        if _is_ordered(candidate) and not is_order(facts.claim.text):
            return _Fault("meaning")
        for check in (self._wrong_speaker, _wrong_number, self._wrong_name):
            if fault := check(facts, candidate):
                return fault
        word = contradict(facts.claim.text, candidate.text)
        return _Fault("opposite", word) if word else None

    def _wrong_speaker(self, facts: _Facts, candidate: Candidate) -> _Fault | None:
        spoken = {who for window in candidate.windows for who in window.excerpt.chunk.speakers}
        by = [p for p in facts.named if any(self._is_of(w, p) for w in candidate.windows)]
        for person in facts.named:
            # "Ann told Bob that ..." names also whom she talks with.
            if person not in by and not (by and person in spoken):
                return _Fault("speaker", person)
        for window in candidate.windows:
            if facts.named and not any(self._is_of(window, person) for person in facts.named):
                return _Fault("speaker", window.excerpt.speaker or "")
        for name in facts.who:
            if any(mentions(name, person, self._aliases) for person in facts.named):
                continue
            if any(self._is_of_another(window, name) for window in candidate.windows):
                return _Fault("speaker", name)
        return None

    def _is_of(self, window: Window, person: str) -> bool:
        """Whether the person says it, or is named in it.

        In narrated text "he" goes back to a name before it: there the excerpt counts, unless
        somebody else is said to speak in the window's own sentences.
        """
        speaker = window.excerpt.speaker
        if speaker == person or mentions(f"{speaker or ''} {window.text}", person, self._aliases):
            return True
        if speaker is not None or narrated_speakers([window.text]):
            return False
        around = _everything(window.excerpt, speakers=False)
        return mentions(around, person, self._aliases) or not narrated_speakers([around])

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

    def _wrong_name(self, facts: _Facts, candidate: Candidate) -> _Fault | None:
        parts = [_everything(window.excerpt) for window in candidate.windows]
        aligned = tuple(
            name
            for name in NAME_IN_LATIN.findall(facts.claim.text)
            if any(mentions(name, person, self._aliases) for person in facts.named)
        )
        name = unknown_name(facts.claim.text, " ".join(parts), aligned)
        return _Fault("name", name) if name else None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a sentence states: who is said to have said it, which speakers it names, its amounts."""

    claim: Claim
    who: tuple[str, ...]
    named: tuple[str, ...]
    quantities: tuple[Quantity, ...]


def _is_ordered(candidate: Candidate) -> bool:
    return any(is_order(part.text) for window in candidate.windows for part in window.sentences)


def _wrong_number(facts: _Facts, candidate: Candidate) -> _Fault | None:
    told = [quantity for window in candidate.windows for quantity in _told(window)]
    named = " ".join(f"{_labels(window.excerpt)} {window.text}" for window in candidate.windows)
    wrong = missing(facts.quantities, told, named)
    return _Fault("date" if wrong.is_date else "number", wrong.text) if wrong else None


def _told(window: Window) -> tuple[Quantity, ...]:
    """The window's amounts, with the recording's date and the moment at which it is said."""
    published = window.excerpt.chunk.published or ""
    starts = [s.start_s for s in window.sentences if s.start_s is not None]
    moments = tuple(Quantity(s, s, "", "clock", bound="about") for s in starts)
    return (*quantities(window.text), *quantities(published), *moments)


def _labels(excerpt: Excerpt) -> str:
    return f"{excerpt.chunk.title} {excerpt.chunk.heading}"


def _everything(excerpt: Excerpt, *, speakers: bool = True) -> str:
    words = " ".join(sentence.text for sentence in excerpt.sentences)
    names = " ".join((excerpt.speaker or "", *excerpt.chunk.speakers)) if speakers else ""
    return f"{_labels(excerpt)} {names} {words}"


def _needed(facts: _Facts, candidate: Candidate) -> float:
    """The support that is asked for, by how far apart the scripts of the two texts are; the nearer
    one counts, or a foreign excerpt beside it would make anything pass."""
    apart = min(script_distance(facts.claim.text, window.text) for window in candidate.windows)
    return SUPPORTED + (SUPPORTED_ACROSS - SUPPORTED) * apart


def _exact(facts: _Facts, candidate: Candidate) -> float:
    """What the amounts count that both have: rarely does another sentence have them as well."""
    told = [quantity for window in candidate.windows for quantity in quantities(window.text)]
    stated = [one for one in facts.quantities if not one.lists and not one.label]
    return EXACT if stated and missing(stated, told, "") is None else 0.0


def _supports(chosen: Sequence[Candidate]) -> tuple[Support, ...]:
    windows = [window for candidate in chosen for window in candidate.windows]
    return tuple(w.support for w in sorted(windows, key=lambda w: w.excerpt.handle))
