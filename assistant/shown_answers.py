"""Answers that a language model is shown, as turns of a conversation, before it is asked its own.

Told how to answer, a small model forgets; shown, it goes on in the same way: a sentence a line,
each behind the number of the excerpt that it restates, in the third person, in the language that
was asked for. The number comes first because it binds what follows: behind a sentence it is an
afterthought. The talk is made up, and says nothing that could pass for an answer to anyone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

EXCERPTS = """\
<excerpts>
# Bread at home
## Proving
[1] Ann 03:10: I keep the dough in a cold oven overnight, because it tastes better then.
[2] Ann 03:40: And salt goes in last.
[3] Bob ≈04:02: 黑麦对我来说从来发不起来，所以我去年就放弃了。
</excerpts>"""
"""As ``render`` writes them, in both languages: what is answered here, is translated as well."""

_ANSWERS: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType(
    {
        "en": (
            (
                "Where does the dough rest at Ann's, and why?",
                "[1] Ann keeps her dough in a cold oven overnight.\n"
                "[1] She finds that it tastes better then.",
            ),
            (
                "What does Bob think of rye?",
                "[3] Bob gave up on rye last year, since it never rises for him.",
            ),
        ),
        "zh-Hans": (
            (
                "Ann 把面团放在哪里，为什么？",
                "[1] Ann 让面团在冷烤箱里过夜。\n[1] 她觉得这样更好吃。",
            ),
            ("Bob 怎么看黑麦？", "[3] Bob 去年放弃了黑麦，因为他做的从来发不起来。"),
        ),
        "zh-Hant": (
            (
                "Ann 把麵團放在哪裡，為什麼？",
                "[1] Ann 讓麵團在冷烤箱裡過夜。\n[1] 她覺得這樣更好吃。",
            ),
            ("Bob 怎麼看黑麥？", "[3] Bob 去年放棄了黑麥，因為他做的從來發不起來。"),
        ),
    }
)


def shown_answers(tag: str) -> Sequence[tuple[str, str]]:
    """Questions about ``EXCERPTS`` with their answers, in the language of this tag where there are
    some, else in English."""
    name = "zh-Hans" if tag == "zh" else tag
    return _ANSWERS.get(name) or _ANSWERS["en"]
