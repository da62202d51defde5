"""The steps of a deep answer in words, in the languages in which a reader is told what went on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assistant.messages.wording import answer_language

Forms = tuple[str, str]
"""A format for one, and one for more."""


@dataclass(frozen=True, slots=True)
class StepWords:
    """Those with ``{}`` are formats; a pair is for one and for more. ``paths`` by the path's name.

    ``supported`` has sentences that hold, and all; ``covered`` parts covered, and all: the form
    goes by the latter.
    """

    paths: Mapping[str, str]
    passages: Forms
    nothing: str
    draft_pooled: str
    draft_part: str
    under_way: str
    supported: Forms
    covered: Forms
    failed: str
    chosen_pooled: str
    chosen_parts: str
    gap_part: str
    gap_missing: str
    quoted: str
    checked: Forms
    cited: Forms
    joint: str
    comma: str


_WORDS: Mapping[str, StepWords] = MappingProxyType(
    {
        "en": StepWords(
            paths=MappingProxyType(
                {
                    "asked": "As asked",
                    "scoped": "Where it was said",
                    "translated": "In the other language",
                    "keys": "By key terms",
                }
            ),
            passages=("{} passage", "{} passages"),
            nothing="Nothing found",
            draft_pooled="Draft over all parts",
            draft_part="Draft on {}",
            under_way="{}…",
            supported=("{} of {} sentence supported", "{} of {} sentences supported"),
            covered=("{} of {} part covered", "{} of {} parts covered"),
            failed="{}: the language model gave out",
            chosen_pooled="Taken first: the draft over all parts",
            chosen_parts="Taken first: the drafts part by part",
            gap_part="Nothing supported yet on {}: searched again",
            gap_missing="Still open: {}",
            quoted="In quotes: {}",
            checked=("{} checked sentence", "{} checked sentences"),
            cited=("{} citation", "{} citations"),
            joint=": ",
            comma=", ",
        ),
        "zh-Hans": StepWords(
            paths=MappingProxyType(
                {
                    "asked": "按原问题",
                    "scoped": "限定到相关讲者或节目",
                    "translated": "换另一种语言",
                    "keys": "按关键词",
                }
            ),
            passages=("{} 段",) * 2,
            nothing="没有找到",
            draft_pooled="综合各部分的草稿",
            draft_part="“{}”的草稿",
            under_way="{}……",
            supported=("{} / {} 句有依据",) * 2,
            covered=("覆盖 {} / {} 个部分",) * 2,
            failed="{}：语言模型没有完成",
            chosen_pooled="先采用综合草稿",
            chosen_parts="先采用分部分的草稿",
            gap_part="“{}”还没有得到支持的句子，再搜一遍",
            gap_missing="还没回答：{}",
            quoted="直接引用：{}",
            checked=("{} 句经过核对",) * 2,
            cited=("{} 处引用",) * 2,
            joint="：",
            comma="，",
        ),
        "zh-Hant": StepWords(
            paths=MappingProxyType(
                {
                    "asked": "按原問題",
                    "scoped": "限定到相關講者或節目",
                    "translated": "換另一種語言",
                    "keys": "按關鍵詞",
                }
            ),
            passages=("{} 段",) * 2,
            nothing="沒有找到",
            draft_pooled="綜合各部分的草稿",
            draft_part="「{}」的草稿",
            under_way="{}……",
            supported=("{} / {} 句有依據",) * 2,
            covered=("涵蓋 {} / {} 個部分",) * 2,
            failed="{}：語言模型沒有完成",
            chosen_pooled="先採用綜合草稿",
            chosen_parts="先採用分部分的草稿",
            gap_part="「{}」還沒有得到支持的句子，再搜一遍",
            gap_missing="還沒回答：{}",
            quoted="直接引用：{}",
            checked=("{} 句經過核對",) * 2,
            cited=("{} 處引用",) * 2,
            joint="：",
            comma="，",
        ),
    }
)


def step_words(language: str) -> StepWords:
    """The words for a reader of this language."""
    return _WORDS[answer_language(language)]


def counted(forms: Forms, count: int, *before: int) -> str:
    """A count in words, in the form for one or for more, behind other counts of the format."""
    return forms[0 if count == 1 else 1].format(*before, count)
