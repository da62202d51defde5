"""How well sentences of the excerpts support a claim: meaning, and the words that they share.

    support(claim, window) = cosine + OVERLAP * share of the claim's concepts that the window holds

where a window is up to three consecutive sentences of one excerpt, or the best windows of two
excerpts together, and the cosine is that of centred vectors, so that languages compare. Pure
functions but for the embedder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from assistant.retrieval.context import Excerpt
from assistant.verification.people import is_common
from assistant.verification.types import Support
from corpus.language import fold, script_shares
from corpus.names import is_han
from corpus.types import Sentence
from index.lexical.concepts import Concept, concepts_of
from index.lexical.dictionary import Dictionary
from index.lexical.terms import terms
from index.types import Embedder, Vectors

OVERLAP = 0.6
"""Weight of shared concepts beside the cosine."""
HEADED = 0.34
"""What title, heading and speaker's name can add to the share at most: a sentence that only they
hold was not said."""
JOINING = 0.15
"""Two excerpts together must support a sentence by more than this better than one alone: a sum of
two vectors lies nearer to nearly anything."""
JOINED = 4
"""So many excerpts, the best ones, are tried in pairs."""
BRINGS = 2
"""So many of the claim's concepts each of the two must hold that the other doesn't, or an amount:
one word that both talks are full of brings nothing."""
HOLDING = 0.5
"""From this share of a concept's terms on a text holds it."""
_COMPARES = re.compile(
    r"\b(?:while|whereas|both|but|unlike|also|as well|than|compared)\b"
    r"|而|都|也|但|均|同样|同樣|不同|相比",
    re.IGNORECASE,
)
"""Two talks together say only what a sentence says of both."""
WIDENING = 0.04
"""A window may support so much less than a part of it: two facts in a sentence share its vector."""
LONGEST = 3
"""Sentences of a window at most: what an answer's sentence sums up is rarely longer."""
_WORD = re.compile(r"(?<![\w-])[A-Za-z][\w+-]*(?:\.\w+)*")
_SENTENCE = re.compile(r"(?:^|[.!?:;][\s\"“'‘(]+)[\"“'‘(]*$")


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sentences of one excerpt."""

    excerpt: Excerpt
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def support(self) -> Support:
        """As a quote."""
        return Support(self.excerpt.handle, self.sentences)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Windows that may support a claim together, and how well they do."""

    windows: tuple[Window, ...]
    score: float

    @property
    def text(self) -> str:
        """The words of all windows."""
        return " ".join(window.text for window in self.windows)

    @property
    def handles(self) -> frozenset[int]:
        """The excerpts that it takes."""
        return frozenset(window.excerpt.handle for window in self.windows)


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceVectors:
    """The windows of all excerpts with their vectors, (windows, dimension), and their terms: those
    of their words, and those with the headings' as well."""

    windows: tuple[Window, ...]
    vectors: Vectors
    said: tuple[frozenset[str], ...]
    terms: tuple[frozenset[str], ...]


def windows_of(excerpts: Iterable[Excerpt]) -> tuple[Window, ...]:
    """All windows, the narrow ones of each excerpt first."""
    return tuple(
        Window(excerpt, excerpt.sentences[start : start + size])
        for excerpt in excerpts
        for size in range(1, LONGEST + 1)
        for start in range(len(excerpt.sentences) - size + 1)
    )


def embed_evidence(excerpts: Sequence[Excerpt], embedder: Embedder) -> EvidenceVectors:
    """The excerpts made ready; once an answer, while the model is still reading."""
    windows = windows_of(excerpts)
    vectors = embedder.passages([window.text for window in windows])
    said = tuple(frozenset(terms(window.text)) for window in windows)
    held = tuple(frozenset(terms(_with_headings(window))) for window in windows)
    return EvidenceVectors(windows, vectors, said, held)


def _with_headings(window: Window) -> str:
    chunk = window.excerpt.chunk
    return f"{chunk.title} {chunk.heading} {window.excerpt.speaker or ''} {window.text}"


def candidates(
    content: str,
    vector: Vectors,
    evidence: EvidenceVectors,
    dictionary: Dictionary | None,
) -> list[Candidate]:
    """Every window on its own, best first, then pairs of excerpts; ``vector`` is the content's."""
    concepts = concepts_of(content, dictionary)
    cosines = evidence.vectors @ vector
    single = [
        Candidate((window,), float(cosine) + OVERLAP * _share(concepts, said, held))
        for window, cosine, said, held in zip(
            evidence.windows, cosines, evidence.said, evidence.terms, strict=True
        )
    ]
    single = sorted(_worth_their_width(single), key=lambda candidate: -candidate.score)
    best = {next(iter(one.handles)): one for one in reversed(single)}
    ordered = sorted(best.values(), key=lambda one: -one.score)[:JOINED]
    compares = _COMPARES.search(content) is not None
    pairs = [
        pair
        for first, second in combinations(ordered, 2)
        if (compares or _of_one_talk(first, second))
        and (pair := _pair(first, second, concepts, vector, evidence))
    ]
    return sorted([*single, *pairs], key=lambda candidate: -candidate.score)


def _pair(
    first: Candidate,
    second: Candidate,
    concepts: Sequence[Concept],
    vector: Vectors,
    evidence: EvidenceVectors,
) -> Candidate | None:
    """Two windows together, where they support the claim clearly better than either alone."""
    rows = [evidence.windows.index(one.windows[0]) for one in (first, second)]
    one, other = (evidence.said[row] for row in rows)
    if not _bring(concepts, one, other):
        return None
    joined = evidence.vectors[rows].sum(axis=0)
    cosine = float(joined @ vector / max(float(np.linalg.norm(joined)), 1e-9))
    held = evidence.terms[rows[0]] | evidence.terms[rows[1]]
    score = cosine + OVERLAP * _share(concepts, one | other, held) - JOINING
    best = max(first.score, second.score)
    return Candidate((*first.windows, *second.windows), score) if score > best else None


def _bring(concepts: Sequence[Concept], one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether each of two texts tells something of the claim that the other doesn't."""
    brought = [0, 0]
    for concept in concepts:
        first, second = _held(concept, one) >= HOLDING, _held(concept, other) >= HOLDING
        if first != second:
            brought[second] += BRINGS if counts(concept) else 1
    return min(brought) >= BRINGS


def _of_one_talk(first: Candidate, second: Candidate) -> bool:
    return first.windows[0].excerpt.chunk.file == second.windows[0].excerpt.chunk.file


def _worth_their_width(single: Sequence[Candidate]) -> list[Candidate]:
    """Without the windows of which a part supports the claim clearly better: the rest of such a
    window is beside the point, and its numbers would pass for the claim's."""
    parts = {(one.windows[0].excerpt.handle, one.windows[0].sentences): one.score for one in single}

    def best_part(one: Candidate) -> float:
        handle, sentences = one.windows[0].excerpt.handle, one.windows[0].sentences
        if len(sentences) == 1:
            return one.score
        return max(parts[handle, sentences[:-1]], parts[handle, sentences[1:]])

    return [one for one in single if one.score > best_part(one) - WIDENING]


def _share(concepts: Sequence[Concept], said: frozenset[str], held: frozenset[str]) -> float:
    """The share of a claim that evidence holds, headings included, as far as they may count."""
    return min(overlap(concepts, held), overlap(concepts, said) + HEADED)


def overlap(concepts: Sequence[Concept], held: frozenset[str]) -> float:
    """The share of a claim's concepts that a text with these terms holds, 0 to 1.

    A translation counts as the word itself: unlike in a search, nothing competes with it.
    """
    if not concepts:
        return 0.0
    return sum(_held(concept, held) for concept in concepts) / len(concepts)


def counts(concept: Concept) -> bool:
    """Whether it is a part of an amount, in digits or in Chinese numerals."""
    return any(character.isnumeric() for term in concept.own for character in term)


def _held(concept: Concept, held: frozenset[str]) -> float:
    own = sum(term in held for term in concept.own) / len(concept.own)
    return max(own, float(any(held.issuperset(form) for form in concept.translations)))


def script_distance(text: str, other: str) -> float:
    """How much of one text is in another script than the other: 0 the same, 1 nothing shared."""
    mine, theirs = script_shares(text), script_shares(other)
    return 0.5 * sum(
        abs(mine.get(script, 0.0) - theirs.get(script, 0.0)) for script in {*mine, *theirs}
    )


def shared_terms(claim: str, evidence: str) -> frozenset[str]:
    """The words, folded, that a sentence names a thing by and its evidence has: those with a
    capital, and between two Chinese texts all in Latin letters. The first word of a sentence has a
    capital anyway; in Chinese evidence it would be a name all the same."""
    held = {fold(match.group()) for match in _WORD.finditer(evidence)}
    borrowed, quoted = is_han(claim), is_han(evidence)
    found = set()
    for match in _WORD.finditer(claim):
        word = match.group()
        named = (borrowed and (quoted or not word.islower())) or (
            not word.islower()
            and not is_common(word)
            and (quoted or not _SENTENCE.search(claim[: match.start()]))
        )
        if named and len(word) > 1 and fold(word) in held:
            found.add(fold(word))
    return frozenset(found)


def without_terms(text: str, terms: frozenset[str]) -> str:
    """The text without these words."""
    left = _WORD.sub(lambda match: "" if fold(match.group()) in terms else match.group(), text)
    return " ".join(left.split())
