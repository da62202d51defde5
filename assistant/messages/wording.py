"""What the assistant says of its own, in the language of the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Wording:
    """The fixed lines of an answer in one language."""

    found: str
    not_covered: str
    nearest: str


WORDINGS: Mapping[str, Wording] = MappingProxyType(
    {
        "zh-Hans": Wording(
            "转录稿里是这样说的：",
            "现有的转录稿没有谈到这个问题。",
            "相近的话题有：",
        ),
        "zh-Hant": Wording(
            "逐字稿裡是這樣說的：",
            "現有的逐字稿沒有談到這個問題。",
            "相近的話題有：",
        ),
        "en": Wording(
            "This is what was said:",
            "The transcripts don't cover this.",
            "Topics that come near:",
        ),
        "ja": Wording(
            "文字起こしでは次のように語られています。",
            "手元の文字起こしでは、この件に触れていません。",
            "近い話題：",
        ),
        "ko": Wording(
            "녹취록에는 이렇게 나와 있습니다:",
            "녹취록에서는 이 내용을 다루지 않습니다.",
            "가까운 주제:",
        ),
        "de": Wording(
            "Dazu wurde gesagt:",
            "Davon ist in den Transkripten nicht die Rede.",
            "Verwandte Themen:",
        ),
        "fr": Wording(
            "Voici ce qui a été dit :",
            "Les transcriptions n'en parlent pas.",
            "Sujets proches :",
        ),
        "es": Wording(
            "Esto es lo que se dijo:",
            "Las transcripciones no tratan este tema.",
            "Temas cercanos:",
        ),
        "ru": Wording(
            "Вот что было сказано:",
            "В расшифровках об этом не говорится.",
            "Близкие темы:",
        ),
    }
)


def wording(language: str) -> Wording:
    """The lines for a language tag; English where there are none of its own."""
    tag = "zh-Hans" if language == "zh" else language
    return WORDINGS.get(tag) or WORDINGS.get(tag.split("-")[0]) or WORDINGS["en"]


def answer_language(language: str) -> str:
    """``zh-Hans``, ``zh-Hant`` or ``en``: in which of them a reader of that language is told what
    went on."""
    if language.partition("-")[0] != "zh":
        return "en"
    return "zh-Hant" if language == "zh-Hant" else "zh-Hans"


def list_marks(language: str) -> tuple[str, str]:
    """Opening and closing quotation marks for quoted topics in that language."""
    if language == "zh-Hant" or language.startswith("ja"):
        return "「", "」"
    return "“", "”"
