"""What a person's name looks like, in Latin, Han and other scripts. Pure string shapes."""

from __future__ import annotations

import re

from corpus.language import fold
from corpus.vocabulary import (
    COMPOUND_SURNAMES,
    LEAD_INS,
    LEAD_INS_HAN,
    NAME_PARTICLES,
    ROLES_HAN,
    ROLES_LATIN,
    SURNAMES,
    TITLES_HAN,
)

NAME_IN_LATIN = re.compile(
    r"(?:(?:Dr|Prof|Mr|Mrs|Ms)\.?\s+)?[A-ZÀ-ÖØ-Þ][A-Za-zÀ-ɏ\d_’'-]*"
    r"(?:\s+(?:(?:de|van|von|der|la|bin|al)\s+)?[A-ZÀ-ÖØ-Þ][A-Za-zÀ-ɏ\d_’'-]*)*"
)
"""Capitalised words in a row, in running text; not only people are written so."""
_HAN = re.compile("[㐀-鿿]")
_LATIN_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*")
_NOT_IN_NAMES = re.compile(r"[。！？!?；;“”\"「」『』《》<>=@#/\\|…]|https?:|，|,\s|\.\s+[a-z]")
_BRACKETED = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")
_MOST_CHARS, _MOST_WORDS, _MOST_HAN = 60, 5, 14
_MOST_LATIN_WORDS, _MOST_NAME_HAN = 4, 4


def as_words(name: str) -> str:
    """A pattern for a name as whole words, or at any place in Chinese, which has none between."""
    literal = re.escape(name)
    return literal if is_han(name) else rf"(?<![a-zA-Z0-9]){literal}(?![a-zA-Z0-9])"


def may_be_name(text: str) -> bool:
    """Whether nothing speaks against a name: it is short and no sentence."""
    bare = _BRACKETED.sub("", text).strip() or text
    if not text or len(text) > _MOST_CHARS or _NOT_IN_NAMES.search(bare):
        return False
    if not any(char.isalpha() for char in bare):
        return False
    return len(bare.split()) <= _MOST_WORDS and _han_count(bare) <= _MOST_HAN


def is_role(name: str) -> bool:
    """Whether ``name`` is a part that someone plays: 主持人, （抛砖引玉）嘉宾, Speaker 3, Host."""
    bare = fold(_BRACKETED.sub("", name)).strip()
    if ROLES_LATIN.fullmatch(bare):
        return True
    return bool(ROLES_HAN.search(bare)) and _han_count(bare) <= _MOST_HAN // 2


def is_lead_in(text: str) -> bool:
    """Whether ``text`` has a word that opens a thought: Why, Note, 观点, 结论."""
    folded = fold(text)
    return any(word.strip(".") in LEAD_INS for word in folded.split()) or bool(
        LEAD_INS_HAN.search(folded)
    )


def looks_like_name(name: str) -> bool:
    """Whether ``name`` has the shape of a person's name, not merely of a short phrase."""
    bare = _BRACKETED.sub("", name).strip()
    if not may_be_name(bare) or is_lead_in(bare):
        return False
    if _han_count(bare):
        return _is_han_name(fold(bare))
    words = bare.split()
    return len(words) <= _MOST_LATIN_WORDS and all(_is_name_word(word) for word in words)


def is_han(name: str) -> bool:
    """Whether the name is written in Chinese characters."""
    return bool(_HAN.search(name))


def without_title(name: str) -> str:
    """A Han name, folded, without the title behind it: 田 for 田博士. A title alone stays."""
    bare = next((name.removesuffix(title) for title in TITLES_HAN if name.endswith(title)), name)
    return bare or name


def surname_of(name: str) -> str:
    """The surname of a whole Han name, folded, that has no title."""
    return name[:2] if name.startswith(COMPOUND_SURNAMES) else name[:1]


def _is_name_word(word: str) -> bool:
    if word.lower() in NAME_PARTICLES or word.isdigit():
        return True
    if not _LATIN_WORD.fullmatch(word):
        return False
    letters = [char for char in word if char.isalpha()]
    if letters[0].isupper():
        return len(letters) <= 2 or not word.isupper()
    return not letters[0].islower()


def _is_han_name(bare: str) -> bool:
    if bare.endswith(TITLES_HAN):
        return _han_count(bare) <= _MOST_NAME_HAN + 2
    if not all(_is_han(char) or char in "·・ " for char in bare):
        return False
    if "·" in bare or "・" in bare:
        return True
    longest = _MOST_NAME_HAN if bare.startswith(COMPOUND_SURNAMES) else _MOST_NAME_HAN - 1
    return 2 <= len(bare) <= longest and bare[0] in SURNAMES


def _han_count(text: str) -> int:
    return sum(map(_is_han, text))


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\u3040" <= char <= "\u30ff"
