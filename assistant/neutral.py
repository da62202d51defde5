"""Words of a transcript made harmless for a prompt: data that can't pass for anything of ours.

What a prompt of ours is built from are handles in square brackets, fences in angle brackets, one
line an excerpt, and roles. None of these can come out of ``neutral``. The words stay readable, and
what a citation quotes is taken from the transcript, never from here.
"""

from __future__ import annotations

import re

NO_ANSWER = "NO_ANSWER"
"""What a model is told to write where the excerpts say nothing about the question."""

_BRACKETS = str.maketrans(
    {
        **dict.fromkeys("[［【〔〖〚⟦⁅❲﹝", "("),
        **dict.fromkeys("]］】〕〗〛⟧⁆❳﹞", ")"),
        **dict.fromkeys("<＜﹤", "‹"),
        **dict.fromkeys(">＞﹥", "›"),
    }
)
# Invisible: they could stand inside a marker and be lost on the way to the model. The joiners that
# Indic scripts, Persian and emoji are written with (U+200C, U+200D) stay: brackets are gone anyway.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_ROLE = re.compile(
    r"(?<![^\W_])(system|user|assistant|human|ai|bot|model|developer|tool|instructions?|prompt|"
    r"response|question|answer|系统|系統|用户|用戶|使用者|助手|助理|指令|提示|问题|問題|回答)"
    r"(\W{0,3})[:：]",
    re.IGNORECASE,
)
_FENCE = re.compile(r"(`{3,}|~{3,}|#{2,}|-{3,}|={3,})")
_RESERVED = re.compile(re.escape(NO_ANSWER), re.IGNORECASE)


def neutral(text: str) -> str:
    """The text on one line, without anything that looks like a handle, a fence or a role marker.

    Brackets become round or single quotation marks, the colon behind a role a dash; runs of signs
    that fence or head a block go. Applied twice it changes nothing more.
    """
    text = _INVISIBLE.sub("", text).translate(_BRACKETS)
    text = _RESERVED.sub("no answer", _FENCE.sub(" ", text))
    return " ".join(_ROLE.sub(r"\1\2 –", text).split())
