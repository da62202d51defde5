"""Which language the page speaks, and that it has all its words in each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from assistant.messages.answer_words import answer_words
from assistant.messages.i18n import words
from assistant.messages.languages import LANG_NAMES, Lang, choose_language
from assistant.messages.lookup_words import lookup_words
from assistant.messages.page_words import page_words

TABLES: tuple[Callable[[Lang], Any], ...] = (words, answer_words, page_words, lookup_words)
CHINESE: tuple[Lang, Lang] = ("zh-Hans", "zh-Hant")


@pytest.mark.parametrize(
    ("asked", "accepted", "lang"),
    [
        ("zh-Hans", None, "zh-Hans"),
        ("zh", None, "zh-Hans"),
        ("zh-CN", None, "zh-Hans"),
        ("ZH_tw", None, "zh-Hant"),
        ("zh-HK", None, "zh-Hant"),
        ("zh-Hant-CN", None, "zh-Hant"),
        ("zh-Hans-TW", None, "zh-Hans"),
        ("en-AU", "zh-TW", "en"),
        ("fr", "zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        (None, "fr-FR,fr;q=0.9,en;q=0.5,zh-CN;q=0.7", "zh-Hans"),
        (None, "zh-CN;q=0,en;q=0.1", "en"),
        (None, "de", "en"),
        (None, "*", "en"),
        (None, ";;q=x,,", "en"),
        ("", "", "en"),
    ],
)
def test_language_of_the_page(asked: str | None, accepted: str | None, lang: str) -> None:
    assert choose_language(asked, accepted) == lang


def test_every_language_has_every_word_with_the_same_blanks() -> None:
    def blanks(text: str) -> int:
        return len(re.findall(r"\{\}", text))

    english = asdict(words("en"))
    for lang in LANG_NAMES:
        told = asdict(words(lang))
        assert all(text for text in told.values())
        assert {key: blanks(text) for key, text in told.items()} == {
            key: blanks(text) for key, text in english.items()
        }


@pytest.mark.parametrize("table", TABLES[1:])
def test_all_words_are_whole_in_each_language(table: Callable[[Lang], Any]) -> None:
    def shape(told: object) -> object:
        """Keys and blanks, without the words."""
        if isinstance(told, dict):
            return {key: shape(value) for key, value in told.items()}
        if isinstance(told, tuple):
            return [shape(each) for each in told]
        assert told
        return len(re.findall(r"\{\d?\}", str(told)))

    english = asdict(table("en"))
    for lang in LANG_NAMES:
        assert shape(asdict(table(lang))) == shape(english)


def test_chinese_is_written_in_its_own_script() -> None:
    simplified, traditional = (
        "".join(str(asdict(table(lang))) for table in TABLES) for lang in CHINESE
    )
    assert not set(simplified) & set("問語處關閉從開啟這說聽訪談資庫據裡實寫")
    assert not set(traditional) & set("问语处关闭从开启这说听访谈资库据里实写")
