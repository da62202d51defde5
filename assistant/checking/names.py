"""Names and codes of a sentence that its evidence must have: Anthropic, GPT-5, a person who speaks.

Where sentence and evidence share a script, every name counts. Between Latin letters and Chinese
only what isn't transliterated does: codes, acronyms, words with capitals inside. Nothing else is
accused across scripts.
"""

from __future__ import annotations

import re

from assistant.checking.people import NAME_IN_LATIN, is_han, name_words
from corpus.language import fold
from corpus.readers.vocabulary import SURNAMES, TITLES_HAN, words

_CODE = re.compile(
    r"(?<![\w/])(?=[\w.+#-]*[A-Z\d])(?=[\w.+#-]*[A-Za-z])[A-Za-z\d][\w+#]*(?:[.-][\w+#]+)*"
)
_INNER_CAPITAL = re.compile(r"[A-Z].*[A-Z]|[a-z][A-Z]|[A-Za-z]-?\d|\d[A-Za-z]")
_LATIN_LETTER = re.compile(r"[A-Za-z]")
_AMOUNT = re.compile(
    r"\d[\d.,]*(?:k|m|b|bn|x|s|th|st|nd|rd|am|pm|kg|km|cm|mm|ms|gb|tb|mb|%)?", re.IGNORECASE
)
_NOT_NAMES = words(
    """
    i i'm i've i'd i'll a ai api llm ceo cto cfo ok tv uk us usa eu pc it the and or but he she
    they we you january february march april may june july august september october november
    december monday tuesday wednesday thursday friday saturday sunday christmas internet web
    english chinese mandarin german french spanish italian japanese korean dr mr mrs ms prof phd
    another one some most many these those this that there here first second third finally
    however also overall both each in on at by for from with as if when while because since
    according
    """
)
_INFLECTED = 6
"""A word of so many letters may have another ending in the evidence."""
_DEMONYM = re.compile(r"(?:ians?|ese|ish)$")
_SPEAKING = re.compile(
    rf"(?P<name>[㐀-鿿]{{1,3}}?(?P<title>{'|'.join(t for t in TITLES_HAN if len(t) > 1)}))"
)


def unknown_name(claim: str, evidence: str, people: tuple[str, ...] = ()) -> str | None:
    """The first name of the claim that the evidence doesn't have; ``people`` are the names that
    were aligned with someone in it."""
    known = _Known(evidence)
    aligned = {word for person in people for word in name_words(person)}
    for name in _latin_names(claim, same_script=not _mostly_han(evidence) or is_han(claim)):
        parts = [word for word in name_words(name) or (fold(name),) if word not in aligned]
        if _LATIN_LETTER.search(evidence) and any(not known.has(word) for word in parts):
            return name
    return _unknown_han(claim, evidence) if is_han(claim) and _mostly_han(evidence) else None


def _mostly_han(text: str) -> bool:
    return len(re.findall(r"[㐀-鿿]", text)) * 4 > len(text)


class _Known:
    """What an evidence text has, by words and with the signs between them left out."""

    def __init__(self, text: str) -> None:
        self._squeezed = re.sub(r"[\W_]", "", fold(text))

    def has(self, word: str) -> bool:
        bare = re.sub(r"[\W_]", "", word)
        stem = bare[:-1] if len(bare) > 3 and bare.endswith("s") else bare
        if len(stem) >= _INFLECTED and stem.isalpha():
            stem = stem[: 1 - _INFLECTED // 2]  # Belgium's railways are the Belgian railways
        return len(bare) < 2 or bare in _NOT_NAMES or stem in self._squeezed


def _latin_names(claim: str, *, same_script: bool) -> list[str]:
    """Names by their capitals. The first word of an English sentence is capital anyway."""
    found: list[str] = []
    if same_script:
        for match in NAME_IN_LATIN.finditer(claim):
            parts = match.group().split()
            if not is_han(claim) and _opens_sentence(claim, match.start()):
                parts = parts[1:] if not _INNER_CAPITAL.search(parts[0]) else parts
            found += [word for word in parts if not is_common(word)]
    for match in _CODE.finditer(claim):
        word = match.group().rstrip(".-")
        if _INNER_CAPITAL.search(word) and not _AMOUNT.fullmatch(word) and not is_common(word):
            found.append(word)
    return list(dict.fromkeys(found))


def is_common(word: str) -> bool:
    """Whether a capitalised word names nothing that a text would have to have."""
    bare = re.sub(r"['’]s?$", "", word).lower()
    return bare in _NOT_NAMES or bool(_DEMONYM.search(bare))


def _opens_sentence(text: str, offset: int) -> bool:
    before = re.sub(r"[\s*_\"“‘'(「]+$", "", text[:offset])
    return not before or before[-1] in ".!?:;—"


def _unknown_han(claim: str, evidence: str) -> str | None:
    """A person with a title, as 王教授, whom the evidence doesn't have."""
    told = fold(evidence)
    for match in _SPEAKING.finditer(fold(claim)):
        surname = match["name"][: -len(match["title"])]
        if surname[:1] in SURNAMES and len(surname) == 1 and surname not in told:
            return match["name"]
    return None
