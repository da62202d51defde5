"""Words typed alone: a name, an amount, a term, a phrase is answered by where it stands.

The meaning of a word alone is vague, so the search that goes by meaning says no to what the library
has in so many words. What decides here is whether a sentence, with the name of who says it, holds
every word of what was typed, function words too: a question has some that its answer hasn't.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from corpus.language import fold
from corpus.sentences import width
from corpus.types import Sentence
from index.lexical.amounts import held_terms
from index.lexical.concepts import Concept
from index.lexical.terms import function_words
from index.scoring import leads_on
from index.types import Evidence, Hit, Query
from index.wording import Wording, own_forms

LONGEST = 120
"""Width of what is still words alone; a Han character counts three."""
LOOKED_THROUGH = 40
"""Hits of the search that are looked through for sentences that hold the words."""
SURE = 0.95
"""How sure it is that words are answered by the sentences that hold them."""
_SAID, _NEARLY = 2.0, 1.0
"""Added to the score of a sentence that holds the words itself, or that does with the name of who
says it and with amounts without their unit."""


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed: its concepts, and its function words."""

    concepts: tuple[Concept, ...]
    function_words: frozenset[str]

    @classmethod
    def typed(cls, query: Query, wording: Wording) -> Words | None:
        """The words of a query; ``None`` where it is long, leans on another, says nothing, asks,
        or no passage has all of it."""
        if query.context or width(query.text) > LONGEST:
            return None
        asked = wording.asked(query.text)
        if not (asked.concepts and wording.may_stand(asked.concepts)):
            return None
        others = function_words(asked.rest)
        return None if others and leads_on(query.text) else cls(asked.concepts, others)

    def first(self, found: Evidence, limit: int) -> Evidence:
        """The evidence with the sentences that hold the words, and their hits, before the others;
        as it is, but for the ``limit``, where there is none."""
        lifted = [self._lifted(hit) for hit in found.hits]
        if all(hit is before for hit, before in zip(lifted, found.hits, strict=True)):
            return replace(found, hits=found.hits[:limit])
        best = sorted(lifted, key=lambda hit: -hit.score)[:limit]
        return replace(found, hits=tuple(best), answerable=max(SURE, found.answerable))

    def _lifted(self, hit: Hit) -> Hit:
        """The hit with the sentences that hold the words first; itself where none does."""
        if not self._stand_in(hit.chunk.embedded_text):
            return hit
        worths = [self._worth(sentence) for sentence, _ in hit.sentences]
        if not any(worths):
            return hit
        scored = [
            (sentence, score + worth)
            for (sentence, score), worth in zip(hit.sentences, worths, strict=True)
        ]
        best_first = tuple(sorted(scored, key=lambda item: -item[1]))
        return replace(hit, score=hit.score + max(worths), sentences=best_first)

    def _worth(self, sentence: Sentence) -> float:
        if self.function_words and leads_on(sentence.text):
            return 0.0  # a question, perhaps this very one, is no answer
        if self._stand_in(sentence.text, exactly=True):
            return _SAID
        return _NEARLY if self._stand_in(sentence.embedded_text) else 0.0

    def _stand_in(self, text: str, *, exactly: bool = False) -> bool:
        """Whether all the words do; not ``exactly`` also where an amount's unit is left out."""
        folded = fold(text)
        held = held_terms(text, self.concepts)
        if not all(_is_held(one, held, folded, exactly=exactly) for one in self.concepts):
            return False
        left = self.function_words - function_words(text)
        return all(not word.isascii() and word in folded for word in left)


def _is_held(concept: Concept, held: frozenset[str], folded: str, *, exactly: bool) -> bool:
    forms = [concept.own, *concept.spellings] if exactly else own_forms(concept)
    return any(
        all(term in held or (len(term) == 1 and term in folded) for term in form) for form in forms
    )
