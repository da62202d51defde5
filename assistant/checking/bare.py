"""A sentence and its evidence without the terms that both name: is the rest supported, too?

What is made up about a thing of which the talk does tell shares the thing's name, twice over: in
the words and in the vectors. Pure functions.
"""

from __future__ import annotations

import re

from assistant.checking.names import is_common
from assistant.checking.people import is_han
from corpus.language import fold

_WORD = re.compile(r"(?<![\w-])[A-Za-z][\w+-]*(?:\.\w+)*")
_SENTENCE = re.compile(r"(?:^|[.!?:;][\s\"“'‘(]+)[\"“'‘(]*$")


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
