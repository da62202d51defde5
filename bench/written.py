"""What a model wrote about the talks, sentence by sentence, and the figures over it: pure."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.types import Outcome


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that says something about the talks, with what its check came to.

    ``quotes`` are the words that support it; ``reason`` and ``detail`` are of the unsupported.
    """

    text: str
    outcome: Outcome
    quotes: tuple[str, ...] = ()
    reason: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """All that a system did with one question; times in seconds from the question on.

    ``sentences`` are those that the model wrote, whether or not a reader sees them. ``end`` is
    ``written``, ``kept`` (broken off, the sentences before that shown), ``quotes`` (nothing held,
    quotes stand in) or ``refused`` (nobody was asked, or the model declined). ``first_s`` is
    ``None`` where no word was shown before the end. ``why`` says in a line what went otherwise.
    """

    question: str
    text: str
    sentences: tuple[Sentence, ...]
    end: str
    first_s: float | None
    total_s: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """One system on all its questions; shares are of all sentences, ``None`` without any.

    ``verified`` end with a citation whose quote supports them, ``by_model`` through the model's own
    marker, ``mended`` through another. ``reasons`` counts why the others do not. ``first_s`` and
    ``total_s`` are medians, the first over replies of which a word was shown, the second over those
    that were not refused.
    """

    system: str
    questions: int
    sentences: int
    verified: float | None
    by_model: float | None
    mended: float | None
    reasons: Mapping[str, int]
    ends: Mapping[str, int]
    first_s: float | None
    total_s: float | None
    slowest_s: float


def figures(system: str, replies: Sequence[Reply], *, mends: bool = True) -> Figures:
    """The figures of a system; one that doesn't mend has no more verified than its own markers."""
    sentences = [sentence for reply in replies for sentence in reply.sentences]
    outcomes = Counter(sentence.outcome for sentence in sentences)
    firsts = [reply.first_s for reply in replies if reply.first_s is not None]
    totals = [reply.total_s for reply in replies if reply.end != "refused"]
    own, mended = outcomes["supported"], outcomes["mended"]
    return Figures(
        system=system,
        questions=len(replies),
        sentences=len(sentences),
        verified=_share(own + mended if mends else own, len(sentences)),
        by_model=_share(own, len(sentences)),
        mended=_share(mended, len(sentences)),
        reasons=dict(Counter(s.reason or "" for s in sentences if s.outcome == "unsupported")),
        ends=dict(Counter(reply.end for reply in replies)),
        first_s=round(statistics.median(firsts), 1) if firsts else None,
        total_s=round(statistics.median(totals), 1) if totals else None,
        slowest_s=round(max(reply.total_s for reply in replies), 1),
    )


def table(rows: Sequence[Figures]) -> str:
    """A block a system, for a person."""
    return "\n\n".join(_block(row) for row in rows)


def _block(row: Figures) -> str:
    lines = [
        f"{row.system}: {row.questions} questions, {row.sentences} sentences about the talks",
        f"  with a verified citation    {_percent(row.verified)}",
        f"  by the model's own marker   {_percent(row.by_model)}",
        f"  by another excerpt          {_percent(row.mended)}",
        f"  unsupported                 {_counts(row.reasons)}",
        f"  replies                     {_counts(row.ends)}",
        f"  first word, end, slowest    {row.first_s} s, {row.total_s} s, {row.slowest_s} s",
    ]
    return "\n".join(lines)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "-"
