"""What stands before a period that may not end a sentence. Drawn up by hand for this project."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ABBREVIATIONS: Final = _words(
    "mr mrs ms mx dr prof rev hon gen col capt lt sgt sen rep gov pres st mt ft vs viz cf ca "
    "approx e.g i.e eg ie al resp bzw z.b d.h u.a evtl ggf usw vgl sog hr fr sr sra srta mme "
    "mlle dott p.ex т.е т.д т.п г ул"
)
"""Never the end of a sentence; in lower case and without the last period."""

BEFORE_NUMBERS: Final = _words(
    "no nos nr núm fig figs vol p pp pg pag pág s ch chap sec eq art ver v "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
"""No end of a sentence where a number follows: ``No. 5``, but ``No. I don't``."""

NAME_PARTS: Final = _words("inc ltd co corp bros jr dept univ est")
"""An end only before a word that often starts a sentence, as for initials and ``U.S.``"""

SENTENCE_STARTERS: Final = _words(
    "a an and as at but for he her his how however i if in it my no now of on or our she so some "
    "that the their then there these they this those to we well what when where which who why "
    "yeah yes you your"
)
"""In lower case."""
