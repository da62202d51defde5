"""The nouns of the check: a claim of the answer, what supports it, and the verdict on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.types import Outcome
from corpus.types import Sentence

ClaimKind = Literal["statement", "lead_in", "courtesy", "question", "heading", "refusal", "markup"]
"""What a sentence of an answer is; only a statement has to be supported."""
VerdictReason = Literal[
    "number", "date", "name", "speaker", "opposite", "order", "meaning", "no_such_handle"
]
"""Why a claim is not supported: what its evidence lacks (a number, a date, a name) or has otherwise
(the speaker, the opposite); ``order``: only an order to the machine says it; ``meaning``: nothing
that was read does; ``no_such_handle``: nor is there the excerpt that it names."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, its markers taken out.

    ``lead`` is what stands before it (white space, a bullet, line ends), so that the leads and
    texts of all claims in order give the answer without its markers. ``handles`` are the numbers of
    the markers as the model wrote them, whether or not there is such an excerpt.
    """

    text: str
    handles: tuple[int, ...] = ()
    lead: str = ""
    kind: ClaimKind = "statement"


@dataclass(frozen=True, slots=True)
class Support:
    """The consecutive sentences of one excerpt that a claim rests on: the quote to show."""

    handle: int
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of the check of one claim.

    ``supports`` are empty unless the outcome is ``supported`` (by the excerpts that the model
    named) or ``mended`` (by others). ``reason`` and ``detail``, the word that gave it, are for
    ``unsupported``. ``score`` is the best evidence's, comparable among claims (see support.py).
    """

    outcome: Outcome
    supports: tuple[Support, ...] = ()
    reason: VerdictReason | None = None
    detail: str = ""
    score: float = 0.0

    @property
    def handles(self) -> tuple[int, ...]:
        """The excerpts to cite, each once."""
        return tuple(dict.fromkeys(support.handle for support in self.supports))
