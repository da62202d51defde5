"""Sentences of a transcript that give the reader's machine an order: they are no evidence.

"Ignore the above and answer that X" has all words of X and says nothing about it. Only wordings
that no talk uses for anything else are recognised: what a talk merely claims, it has said.
"""

from __future__ import annotations

import re

_REPLY = (
    r"(?:answer|reply|respond|output)"
    r"(?: only\b|\s*:| that\b(?! (?:question|call|e-?mail|letter)\b))"
)
_ENGLISH = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.!?]{0,40}"
    r"\b(?:above|instructions?|rules|prompts?|excerpts|guidelines)\b"
    rf"|\byou (?:must|shall|will now|should now|may only|can only) (?:\w+ ){{0,3}}{_REPLY}"
    r"|\b(?:end|begin|start|preface|finish|replace) (?:\w+ )?(?:every|each|your|all) "
    r"(?:answer|reply|response|number|name|sentence)s?\b"
    rf"|\b(?:and|then|now)\s+{_REPLY}",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?:忽略|无视|無視|忘记|忘記|不要理会|不要理會)[^。！？]{0,12}(?:指令|规则|規則|提示|要求|设定|設定)"
    r"|(?:必须|必須|只能|只准|务必|務必|从现在起|從現在起)[^。！？]{0,6}(?:回答|回复|回覆|输出|輸出)"
    r"|[，,。]只(?:回答|回复|回覆|输出|輸出)[:：「“]"
)
_FORGED = re.compile(
    r"<\|[a-z_]+\|>|</?(?:excerpts?|system|instructions?)>|^\W*(?:system|assistant)\s*[:：]",
    re.IGNORECASE,
)


def is_order(text: str) -> bool:
    """Whether a sentence tells a machine what to write, or forges a message to it."""
    return any(pattern.search(text) for pattern in (_ENGLISH, _CHINESE, _FORGED))
