"""One line for the reader where an answer came about otherwise than asked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from assistant.messages.wording import answer_language

_WHY: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "unreachable": "The language model can't be reached.",
            "key": "The language model's server refuses the key.",
            "unknown": "The language model isn't there at its address.",
            "busy": "The language model takes no more questions for now.",
            "overflow": "The question with its evidence is too long for the language model.",
            "refused": "The language model's server refused the question.",
            "failed": "The language model's server failed.",
            "slow": "The language model took too long.",
            "broken": "The language model's reply broke off.",
            "empty": "The language model gave no reply.",
            "cut": "The language model's reply was cut at its limit.",
            "declined": "The language model found no answer in what it read; these words come"
            " nearest.",
            "unsupported": "Nothing that the language model wrote could be verified.",
        },
        "zh-Hans": {
            "unreachable": "连接不上语言模型。",
            "key": "语言模型的服务器不接受密钥。",
            "unknown": "在所设地址找不到该语言模型。",
            "busy": "语言模型暂时不再接受提问。",
            "overflow": "问题连同依据超出了语言模型能读的长度。",
            "refused": "语言模型的服务器拒绝了这个问题。",
            "failed": "语言模型的服务器出错了。",
            "slow": "语言模型用时过长。",
            "broken": "语言模型的回复中断了。",
            "empty": "语言模型没有给出回复。",
            "cut": "语言模型的回复到长度上限被截断。",
            "declined": "语言模型在所读内容中没有找到答案，以下是最接近的原话。",
            "unsupported": "语言模型写的内容都无法核实。",
        },
        "zh-Hant": {
            "unreachable": "連接不上語言模型。",
            "key": "語言模型的伺服器不接受金鑰。",
            "unknown": "在所設位址找不到該語言模型。",
            "busy": "語言模型暫時不再接受提問。",
            "overflow": "問題連同依據超出了語言模型能讀的長度。",
            "refused": "語言模型的伺服器拒絕了這個問題。",
            "failed": "語言模型的伺服器出錯了。",
            "slow": "語言模型用時過長。",
            "broken": "語言模型的回覆中斷了。",
            "empty": "語言模型沒有給出回覆。",
            "cut": "語言模型的回覆到長度上限被截斷。",
            "declined": "語言模型在所讀內容中沒有找到答案，以下是最接近的原話。",
            "unsupported": "語言模型寫的內容都無法核實。",
        },
    }
)
_QUOTES = MappingProxyType(
    {
        "en": " Here is what was said, in quotes.",
        "zh-Hans": "以下直接引用原话。",
        "zh-Hant": "以下直接引用原話。",
    }
)
_KEPT = MappingProxyType(
    {
        "en": " The sentences before that are checked.",
        "zh-Hans": "此前的句子已经核对。",
        "zh-Hant": "此前的句子已經核對。",
    }
)


def in_quotes(reason: str, language: str) -> str:
    """Why the answer is in quotes; ``reason`` is a LanguageModelError's, or ``declined``,
    ``unsupported`` or ``cut``."""
    tag = answer_language(language)
    why = _why(reason, tag)
    return why if reason == "declined" else why + _QUOTES[tag]


def kept_part(reason: str, language: str) -> str:
    """Why the answer ends early; ``reason`` as for ``in_quotes``."""
    tag = answer_language(language)
    return _why(reason, tag) + _KEPT[tag]


def _why(reason: str, tag: str) -> str:
    return _WHY[tag].get(reason, _WHY[tag]["failed"])
