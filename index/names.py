"""The names in a question: people, products and numbers that its answer should speak of.

A paraphrase changes words, but seldom a name. So a question about "Grok 4.1" whose best passage
has neither is likely one that the library can't answer, however near its subject.
"""

from __future__ import annotations

import re

from corpus.language import detect_language, script_shares
from index.terms import terms

_WORD = re.compile(r"[^\W_]+(?:[.\-'’&][^\W_]+)*")
_LATIN_WORD = re.compile(r"[A-Za-z0-9]+(?:[.\-'’&+ ]?[A-Za-z0-9]+)*")
_WITHOUT_CAPITALS = ("zh", "ja", "ko", "th")
_NOUNS_HAVE_CAPITALS = "de"


def names(question: str) -> frozenset[str]:
    """The lexical terms (index/terms.py) of a question's names; empty where none shows.

    A name shows by a capital inside the sentence, a second capital in the word, or a digit; in
    Chinese, Japanese, Korean and Thai by Latin letters. Names in those scripts themselves don't
    show.
    """
    language = detect_language(question)
    if language.startswith(_WITHOUT_CAPITALS):
        found = _LATIN_WORD.findall(question)
    else:
        words = _WORD.findall(question)
        inside = language != _NOUNS_HAVE_CAPITALS
        found = [word for n, word in enumerate(words) if _is_name(word, n > 0 and inside)]
    return frozenset(term for name in found for term in terms(name))


def same_writing(question: str, passage: str) -> bool:
    """Whether a name would be spelt alike in both: not so across scripts, as with 田博士."""
    return _main_script(question) == _main_script(passage)


def _is_name(word: str, inside: bool) -> bool:
    capitals = sum(letter.isupper() for letter in word)
    return any(letter.isdigit() for letter in word) or capitals > (0 if inside else 1)


def _main_script(text: str) -> str:
    """Han, kana and Hangul writings borrow Latin words, so a fair share of them decides."""
    shares = script_shares(text)
    others = {script: share for script, share in shares.items() if script != "latin"}
    script = max(others, key=others.__getitem__, default="latin")
    return script if others.get(script, 0.0) >= 0.3 else "latin"
