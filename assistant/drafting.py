"""A model's answer while it is made: sentence by sentence from claim and verdict to statement.

Pure but for the source that quotes are verified against.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.checking.types import Claim, Support, Verdict
from assistant.citations import cite
from assistant.composing import lead_of
from assistant.excerpts import Excerpt
from assistant.quotations import honest_quotations
from assistant.types import Citation, Outcome, Statement
from corpus.types import Transcript

GONE = "gone"
"""Reason of a sentence whose evidence no longer stands in the transcript on disk."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A model's answer as far as it has come; what is in it has been checked and stays.

    ``seen`` are the excerpts as the model read them. ``dropped`` counts sentences without support
    that were left out, ``saying_nothing`` those that say that the excerpts don't tell.
    ``declined``: the model found no answer and wrote none. ``cut``: it was cut at its limit.
    """

    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    seen: str = ""
    dropped: int = 0
    saying_nothing: int = 0
    declined: bool = False
    cut: bool = False

    @property
    def holds(self) -> bool:
        """Whether a sentence in it is supported."""
        return any(statement.markers for statement in self.statements)


class Pen:
    """Puts sentences behind each other and numbers their citations in the order of first use."""

    def __init__(
        self,
        excerpts: Sequence[Excerpt],
        source: Callable[[str], Transcript | None],
        seen: str,
        *,
        strict: bool,
    ) -> None:
        self._by_handle = {excerpt.handle: excerpt for excerpt in excerpts}
        self._source = source
        self._strict = strict
        self._spans: list[tuple[str, int, int]] = []
        self._skipped_lead = ""
        self.draft = Draft(seen=seen)

    def skip(self, lead: str) -> None:
        """Passes over a sentence; the line that it opened is opened by the next one."""
        self._skipped_lead += lead

    def add(self, claim: Claim, verdict: Verdict) -> None:
        """A sentence with what its check came to; under ``strict`` not without support."""
        draft = self.draft
        markers = self._markers(verdict.supports)
        outcome: Outcome = verdict.outcome
        reason: str | None = verdict.reason
        if outcome in ("supported", "mended") and not markers:
            outcome, reason = "unsupported", GONE
        if outcome == "unsupported" and self._strict:
            self.skip(claim.lead)
            self.draft = replace(draft, dropped=draft.dropped + 1)
            return
        above = draft.statements[-1].text if draft.statements else ""
        lead = lead_of(self._skipped_lead + claim.lead, self._line_lead(), above)
        self._skipped_lead = ""
        passages = [self.draft.citations[marker - 1].passage for marker in markers]
        text = honest_quotations(claim.text, passages) if passages else claim.text
        statement = Statement(text, outcome, markers, lead, reason, verdict.detail)
        says_nothing = draft.saying_nothing + (claim.kind == "refusal")
        self.draft = replace(
            self.draft, statements=(*draft.statements, statement), saying_nothing=says_nothing
        )

    def _line_lead(self) -> str | None:
        """The lead that opened the line on which the answer stands; ``None`` before the first."""
        leads = [statement.lead for statement in self.draft.statements]
        opening = [lead for lead in leads if lead.strip(" ")]
        return opening[-1] if opening else "" if leads else None

    def _markers(self, supports: Sequence[Support]) -> tuple[int, ...]:
        found = (self._marker(support) for support in supports)
        return tuple(dict.fromkeys(marker for marker in found if marker is not None))

    def _marker(self, support: Support) -> int | None:
        """The marker of a quote; one that lies inside a quote before has the marker of that.

        ``None`` where the words don't stand on disk any more.
        """
        chunk = self._by_handle[support.handle].chunk
        start, end = support.sentences[0].offset, support.sentences[-1].end
        for n, (chunk_id, first, last) in enumerate(self._spans):
            if chunk_id == chunk.id and first <= start and end <= last:
                return n + 1
        marker = len(self._spans) + 1
        citation = cite(marker, chunk, support.sentences, self._source(chunk.file))
        if not citation.verified:
            return None
        self._spans.append((chunk.id, start, end))
        self.draft = replace(self.draft, citations=(*self.draft.citations, citation))
        return marker
