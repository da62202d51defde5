"""What speaks against a sentence, or is in it and not in its evidence: people, amounts, names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.checking.asked import Asked, is_somebody
from assistant.checking.attribution import narrated_speakers
from assistant.checking.names import unknown_name
from assistant.checking.numbers import quantities
from assistant.checking.opposites import contradict
from assistant.checking.orders import is_order
from assistant.checking.people import NAME_IN_LATIN, Aliases, is_han, mentions, role_of
from assistant.checking.quantity import Quantity, missing
from assistant.checking.support import Candidate, Window
from assistant.checking.types import Claim, Reason
from assistant.excerpts import Excerpt


@dataclass(frozen=True, slots=True)
class Fault:
    """Why evidence doesn't hold a sentence; ``detail`` is the word that gave it."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sentence states: who is said to have said it, which speakers it names, its amounts.

    ``content`` is the sentence without the names of who says it.
    """

    claim: Claim
    content: str
    who: tuple[str, ...]
    named: tuple[str, ...]
    quantities: tuple[Quantity, ...]


class Faults:
    """Finds faults of one answer's sentences.

    ``aliases`` are the names that the talks give in two scripts, ``narrated`` those of whom
    narrated excerpts say that they speak, ``asked`` those whom the question is about.
    """

    def __init__(
        self, excerpts: Sequence[Excerpt], aliases: Aliases, narrated: Sequence[str], asked: Asked
    ) -> None:
        self._talks: dict[str, str] = {}
        for excerpt in excerpts:
            told = self._talks.get(excerpt.chunk.file, "")
            self._talks[excerpt.chunk.file] = f"{told} {_everything(excerpt)}"
        self._aliases = aliases
        self._asked = asked
        self._narrated = tuple(narrated)

    def of(self, facts: Facts, candidate: Candidate) -> Fault | None:
        """What in the sentence the candidate's windows speak against, or don't have.

        An order to the machine supports nothing but a sentence that tells of the order.
        """
        if _is_ordered(candidate) and not is_order(facts.claim.text):
            return Fault("meaning")
        for check in (self._wrong_speaker, _wrong_number, self._wrong_name):
            if fault := check(facts, candidate):
                return fault
        word = contradict(facts.claim.text, candidate.text)
        return Fault("opposite", word) if word else None

    def _wrong_speaker(self, facts: Facts, candidate: Candidate) -> Fault | None:
        spoken = {who for window in candidate.windows for who in window.excerpt.chunk.speakers}
        by = [p for p in facts.named if any(self._is_of(w, p) for w in candidate.windows)]
        for person in facts.named:
            # "Ann told Bob that ..." names also whom she talks with.
            if person not in by and not (by and person in spoken):
                return Fault("speaker", person)
        for window in candidate.windows:
            if facts.named and not any(self._is_of(window, person) for person in facts.named):
                return Fault("speaker", window.excerpt.speaker or "")
        for name in facts.who:
            if any(mentions(name, person, self._aliases) for person in facts.named):
                continue
            if any(self._is_of_another(window, name) for window in candidate.windows):
                return Fault("speaker", name)
        unsaid = not facts.named and not facts.who
        return self._unasked_speaker(facts, candidate) if unsaid else None

    def _unasked_speaker(self, facts: Facts, candidate: Candidate) -> Fault | None:
        """Who says it, where that is surely none of those whose words are asked for."""
        if not self._asked.concerns(facts.claim.text, candidate.text):
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
        around = _everything(window.excerpt, speakers=False)
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

    def _wrong_name(self, facts: Facts, candidate: Candidate) -> Fault | None:
        parts = [_everything(window.excerpt) for window in candidate.windows]
        aligned = tuple(
            name
            for name in NAME_IN_LATIN.findall(facts.claim.text)
            if any(mentions(name, person, self._aliases) for person in facts.named)
        )
        name = unknown_name(facts.claim.text, " ".join(parts), aligned)
        return Fault("name", name) if name else None


def _is_ordered(candidate: Candidate) -> bool:
    return any(is_order(part.text) for window in candidate.windows for part in window.sentences)


def _wrong_number(facts: Facts, candidate: Candidate) -> Fault | None:
    told = [quantity for window in candidate.windows for quantity in _told(window)]
    named = " ".join(f"{_labels(window.excerpt)} {window.text}" for window in candidate.windows)
    wrong = missing(facts.quantities, told, named)
    return Fault("date" if wrong.is_date else "number", wrong.text) if wrong else None


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
