"""How well a passage answers a question, and how sure that is: pure functions and their constants.

    score = WORTH[kind] * (CHUNK * cos(question, chunk)
                           + SENTENCE * (PAIR * max over neighbouring sentences cos(question, pair)
                                         + (1 - PAIR) * max over sentences cos(question, sentence))
                           + LEXICAL * bm25(question, chunk)) + focus

The cosines are of centred vectors (embedding/centring.py); a pair's vector is the sum of its two.
``bm25`` is divided by what the question could attain at most, so it lies in 0..1 and means little
where the question shares no words with the library. The parts are added, not merged by rank: rank
fusion would give a meaningless lexical ranking, as across languages, the same vote as a good one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.sentences import width
from corpus.types import SectionKind

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

CHUNK = 0.4
"""Weight of the chunk's cosine: what the passage is about."""
SENTENCE = 0.6
"""Weight of the best sentence's cosine: whether one sentence answers. On talk it tells more."""
PAIR = 0.5
"""Share of the best two neighbours in it: an answer may begin in one and end in the next."""
LEXICAL = 0.8
"""Weight of the lexical part: below 0.6 names and rare terms lose, above 1.0 paraphrases do."""
WORTH: Mapping[SectionKind, float] = {"talk": 1.0, "about": 0.9, "summary": 0.6}
"""The talk itself is cited before an editor's digest of it, unless the digest alone says it."""
FOCUS_TRANSCRIPT = 0.1
FOCUS_SPEAKER = 0.1
"""Added for the talk and for the speaker that the question or the conversation is about."""
READING = 0.4
"""Weight of what the reranker says of a passage, beside a search score divided by the best one."""
CONTEXT = 0.4
"""Share of the question before in a follow-up's vector; the rest is the follow-up's own."""

SENTENCE_LEXICAL = 0.35
"""Weight of shared words when sentences of one passage are compared."""
ASKING = 0.12
"""Taken off a sentence that asks or announces: it resembles the question, but answers nothing."""
SHORT = 0.12
"""Taken off a sentence of a few words ("Yeah, exactly."), which says nothing when quoted alone."""
SHORT_WIDTH = 30
"""A sentence of fewer letters than this is short; a Han character counts three."""
BY_WHOM = 0.1
"""Added to a sentence that a person says whom the question names, or the conversation is about."""

_CLOSING = "”’\"'」』»)）]】 "
_LEADING_ON = ("?", "？", "؟", ":", "：")


def fuse(dense: Floats, sentence: Floats, lexical: Floats, worth: Floats, focus: Floats) -> Floats:
    """The score of each candidate from its parts, all of shape (n,)."""
    fused: Floats = worth * (CHUNK * dense + SENTENCE * sentence + LEXICAL * lexical) + focus
    return fused


def best_sentences(vectors: Floats, starts: Rows, question: Floats) -> tuple[Floats, Floats]:
    """Cosines of sentences (n,), and each passage's sentence part (m,).

    ``vectors`` are unit vectors (n, dimension), all sentences of one passage after those of the
    other; ``starts`` are the m positions of passages' first sentences, ascending from 0.
    """
    cosines: Floats = vectors @ question
    together = np.einsum("nd,nd->n", vectors[:-1], vectors[1:])
    pairs = np.full_like(cosines, -1.0)
    pairs[:-1] = (cosines[:-1] + cosines[1:]) / np.sqrt(np.maximum(2 + 2 * together, 1e-6))
    pairs[np.append(starts[1:], len(cosines)) - 1] = -1.0  # no pair across the end of a passage
    single, pair = (np.maximum.reduceat(values, starts) for values in (cosines, pairs))
    best = PAIR * np.where(pair > -1.0, pair, single) + (1 - PAIR) * single
    return cosines, best.astype(np.float32)


def sentence_score(cosine: float, overlap: float, text: str, *, by_whom: bool) -> float:
    """How well a sentence answers, comparable across the passages of one query.

    ``overlap`` is the share of the question's IDF mass that it holds, ``by_whom`` whether it is
    said by someone whom the question is about.
    """
    # "Ann says." shares the question's name, which is no reason to quote it.
    score = cosine - SHORT if is_short(text) else cosine + SENTENCE_LEXICAL * overlap
    if leads_on(text):
        score -= ASKING
    return score + (BY_WHOM if by_whom else 0.0)


def leads_on(text: str) -> bool:
    """Whether a sentence asks or announces, so that what matters comes after it."""
    return text.rstrip(_CLOSING).endswith(_LEADING_ON)


def is_short(text: str) -> bool:
    """Whether a sentence has too few words to say something when it stands alone."""
    return width(text) < SHORT_WIDTH


@dataclass(frozen=True, slots=True)
class Signals:
    """What a search shows about whether there is an answer.

    ``meaning`` is the best chunk's and the best sentence's cosine, weighted as in the score;
    ``gap`` how far the first hit's score stands above the tenth's; ``unnamed`` the share of the
    question's names (lexical/terms.py) that the first hit lacks, 0 to 1. The lexical part is left
    out: a question about something else shares words with a large library all the same.
    """

    meaning: float
    gap: float
    unnamed: float = 0.0


TENTH = 9
"""Position of the hit that ``gap`` is measured to: what answers stands out of the rest."""
ORDINARY = 0.1
"""What a passage about something else scores: in a small library the tenth may lie far below."""
INTERCEPT = -3.8
SLOPES = Signals(meaning=10.0, gap=12.0, unnamed=-2.0)
"""Logistic regression over questions with and without an answer: see docs/measure.md."""


def signals(scores: Floats, dense: Floats, sentence: Floats, unnamed: float = 0.0) -> Signals:
    """The signals of a search from all its candidates, arrays of shape (n,), n at least 1."""
    ranked = np.sort(scores)[::-1]
    rest = max(ORDINARY, float(ranked[TENTH])) if len(ranked) > TENTH else ORDINARY
    meaning = CHUNK * float(dense.max()) + SENTENCE * float(sentence.max())
    return Signals(meaning, float(ranked[0]) - rest, unnamed)


def answerable(found: Signals) -> float:
    """The probability, 0 to 1, that the library answers the question."""
    logit = INTERCEPT + SLOPES.meaning * found.meaning + SLOPES.gap * found.gap
    return 1.0 / (1.0 + math.exp(-logit - SLOPES.unnamed * found.unnamed))


def auroc(sure: Sequence[float], unsure: Sequence[float]) -> float:
    """How often what has an answer is held surer than what has none, a tie counted half: 0.5 tells
    nothing, 1.0 everything. Neither may be empty."""
    yes, no = np.array(sure)[:, None], np.array(unsure)[None, :]
    return float(((yes > no) + 0.5 * (yes == no)).mean())
