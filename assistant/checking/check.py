"""The check of an answer's sentences against its excerpts."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.checking.asked import asked_of
from assistant.checking.attribution import attribution_of, narrated_speakers
from assistant.checking.bare import shared_terms, without_terms
from assistant.checking.faults import Facts, Fault, Faults
from assistant.checking.numbers import quantities
from assistant.checking.people import aliases_in, mentions, without_names
from assistant.checking.quantity import missing
from assistant.checking.support import (
    OVERLAP,
    Candidate,
    EvidenceVectors,
    candidates,
    counts,
    embed_evidence,
    overlap,
    script_distance,
)
from assistant.checking.types import Claim, Support, Verdict
from assistant.excerpts import Excerpt
from index.concepts import concepts_of
from index.dictionary import Dictionary
from index.terms import terms
from index.types import Embedder

SUPPORTED = 0.72
"""From this support on, evidence that the model itself named holds a sentence."""
SUPPORTED_ACROSS = 0.47
"""The same where the sentence is in another script than the evidence: both parts are lower then."""
MENDING = 0.03
"""So much more is asked of evidence that the model did not name."""
EXACT = 0.08
"""Added where sentence and evidence have the same amounts."""
NAMES = 2
"""A sentence that shares so many words of names with its evidence must be supported without them,
too."""
BARE = 0.5
"""From this support on it is, without the names."""
BARE_ACROSS = 0.46
"""The same across scripts."""
TELLING = 3
"""What has fewer concepts left without the names hardly says more than that they go together."""
ONE_SCRIPT = 0.15
"""Up to this distance of their scripts a sentence and its evidence share words, if anything."""
LITTLE = 0.2
"""Share of a sentence's concepts that such evidence must have."""
LITTLE_COUNTED = 0.34
"""The same of a sentence with amounts: one amount may count two things."""
NEAR = 0.15
"""Evidence so far below the best is not what the sentence was made from."""


class Checker:
    """Checks the sentences of one answer; the excerpts are embedded when it is made.

    ``embedder`` must be centred (index.centring). Without a ``dictionary`` less is recognised
    across languages, and nothing else changes. ``speakers`` are further names that speak in these
    talks: who is known to be another one can be told from who says a thing. Where ``question``
    asks for somebody's words, a sentence that names nobody must not have another's. Safe to use
    from several threads.
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
        asked = asked_of(question, self._speakers, self._aliases)
        self._faults = Faults(self._excerpts, self._aliases, self._narrated, asked)

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
        facts = Facts(claim, content, attributed.who, named, quantities(claim.text))
        verdict = self._verdict(claim, facts, found)
        return _of_lead_in(facts, verdict) if claim.kind == "lead_in" else verdict

    def _verdict(self, claim: Claim, facts: Facts, found: list[Candidate]) -> Verdict:
        """The first evidence without a fault decides, what the model itself named before other."""
        best = found[0]
        cited: list[Candidate] = []
        other: Candidate | None = None
        first_fault: Fault | None = None
        for candidate in found:
            exact = _exact(facts, candidate)
            spare = candidate.score + exact - _needed(facts, candidate)
            is_cited = candidate.handles <= set(claim.handles)
            taken = any(one.handles & candidate.handles for one in cited) if is_cited else other
            least = 0.0 if is_cited else MENDING
            if taken or spare < least or candidate.score < best.score - NEAR:
                continue
            if self._shares_names_alone(facts, candidate, exact):
                continue
            if self._shares_little(facts, candidate, exact):
                continue
            if fault := self._faults.of(facts, candidate):
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

    def _shares_little(self, facts: Facts, candidate: Candidate, exact: float) -> bool:
        """Whether a sentence has hardly a word of its evidence, though they share a script: what
        sounds alike may tell of something else."""
        if script_distance(facts.content, candidate.text) > ONE_SCRIPT:
            return False
        concepts = concepts_of(facts.content, self._dictionary)
        least = LITTLE_COUNTED if facts.quantities else LITTLE
        held = frozenset(terms(candidate.text))
        if exact:
            # There the same amount may be written in words.
            held = held.union(*(concept.own for concept in concepts if counts(concept)))
        return overlap(concepts, held) < least

    def _shares_names_alone(self, facts: Facts, candidate: Candidate, exact: float) -> bool:
        """Whether evidence tells of the same things as a sentence, and something else of them.

        A sentence that counts what it lists says just the names.
        """
        shared = shared_terms(facts.content, candidate.text)
        listed = any(one.lists for one in facts.quantities)
        if len(shared) < NAMES or listed or exact:
            return False
        content, text = (without_terms(one, shared) for one in (facts.content, candidate.text))
        concepts = concepts_of(content, self._dictionary)
        if len(concepts) < TELLING:
            return False
        vectors = self._embedder.passages([content, text])
        share = overlap(concepts, frozenset(terms(text)))
        apart = script_distance(content, text)
        bare = float(vectors[0] @ vectors[1]) + OVERLAP * share
        return bare < BARE + (BARE_ACROSS - BARE) * apart


def _of_lead_in(facts: Facts, verdict: Verdict) -> Verdict:
    """What opens a list claims nothing, and what is like it supports nothing; only a wrong amount
    accuses it."""
    hard = verdict.outcome == "unsupported" and verdict.reason not in ("meaning", "no_such_handle")
    return verdict if hard and facts.quantities else Verdict("no_claim")


def _needed(facts: Facts, candidate: Candidate) -> float:
    """The support that is asked for, by how far apart the scripts of the two texts are; the nearer
    one counts, or a foreign excerpt beside it would make anything pass."""
    apart = min(script_distance(facts.claim.text, window.text) for window in candidate.windows)
    return SUPPORTED + (SUPPORTED_ACROSS - SUPPORTED) * apart


def _exact(facts: Facts, candidate: Candidate) -> float:
    """What the amounts count that both have: rarely does another sentence have them as well."""
    told = [quantity for window in candidate.windows for quantity in quantities(window.text)]
    stated = [one for one in facts.quantities if not one.lists and not one.label]
    return EXACT if stated and missing(stated, told, "") is None else 0.0


def _supports(chosen: Sequence[Candidate]) -> tuple[Support, ...]:
    windows = [window for candidate in chosen for window in candidate.windows]
    return tuple(w.support for w in sorted(windows, key=lambda w: w.excerpt.handle))
