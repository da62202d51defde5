"""Example questions for the page: written for the talks that ship, made of topics for others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from index.types import Topic

EXAMPLES = 4
"""How many the page shows at most."""

_WRITTEN: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "gemini-3-101-live-2025-11-21.md": {
            "zh-Hans": ("为什么说公榜不能反映真实产品表现？", "田博士怎么用小说续写测试模型？"),
            "zh-Hant": ("為什麼說公榜不能反映真實產品表現？", "田博士怎麼用小說續寫測試模型？"),
            "en": (
                "Will the Transformer be replaced in three to five years?",
                "How has Gemini 3's fiction writing changed?",
            ),
        },
        "gemini3-ahead-of-expectations.md": {
            "zh-Hans": (
                "Gemini 3 的预训练负责人说秘诀是什么？",
                "研究者为什么说进入了数据受限的时代？",
            ),
            "zh-Hant": (
                "Gemini 3 的預訓練負責人說祕訣是什麼？",
                "研究者為什麼說進入了數據受限的時代？",
            ),
            "en": (
                "What did Gemini 3's pre-training lead say the secret was?",
                "What does it mean that research is now limited by data?",
            ),
        },
    }
)

_MADE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "zh-Hans": ("关于「{heading}」，大家说了什么？", "{speaker}最看重什么？"),
        "zh-Hant": ("關於「{heading}」，大家說了什麼？", "{speaker}最看重什麼？"),
        "en": ("What was said about “{heading}”?", "What does {speaker} care about most?"),
    }
)


def example_questions(topics: Sequence[Topic], language: str) -> tuple[str, ...]:
    """Up to ``EXAMPLES`` questions that fit the topics, spread over the talks."""
    talks: dict[str, list[Topic]] = {}
    for topic in topics:
        talks.setdefault(topic.file, []).append(topic)
    appearances = Counter(name for talk in talks.values() for name in _speakers(talk))
    made = (
        _WRITTEN.get(file, {}).get(language) or _made(talk, appearances, language)
        for file, talk in talks.items()
    )
    columns = list(islice(filter(None, made), EXAMPLES))
    rows = [column[n] for n in range(2) for column in columns if n < len(column)]
    return tuple(dict.fromkeys(rows))[:EXAMPLES]


def _made(talk: Sequence[Topic], appearances: Mapping[str, int], language: str) -> tuple[str, ...]:
    about, person = _MADE.get(language, _MADE["en"])
    headings = [topic.heading for topic in talk if topic.kind == "talk" and topic.heading]
    if len(headings) > 1:
        return (about.format(heading=headings[1]),)  # the first one opens the talk
    guest = _guest(talk, appearances)
    return (person.format(speaker=guest),) if guest else ()


def _guest(talk: Sequence[Topic], appearances: Mapping[str, int]) -> str | None:
    """The only one who speaks, or who alone speaks in no other talk, as a host does, and is named
    in the title if anybody is; ``None`` where guest and host can't be told apart."""
    speakers = _speakers(talk)
    named = [name for name in speakers if name in talk[0].title]
    new = [name for name in named or speakers if appearances[name] == 1]
    return next((found[0] for found in (speakers, new) if len(found) == 1), None)


def _speakers(talk: Sequence[Topic]) -> list[str]:
    return list(dict.fromkeys(name for topic in talk for name in topic.speakers))
