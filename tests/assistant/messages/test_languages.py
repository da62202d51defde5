"""Which language the page speaks, and that it has all its words in each."""

from __future__ import annotations

import re

import pytest

from assistant.messages.catalogue import Line, lines_of
from assistant.messages.languages import LANG_NAMES, Lang, choose_language

GROUPS = ("chat.", "answer.", "page.", "scope.", "lookup.", "embed.")
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


@pytest.mark.parametrize("lang", LANG_NAMES)
def test_every_line_of_the_pages_is_there_with_the_same_blanks(lang: Lang) -> None:
    def blanks(line: Line) -> int:
        return len(re.findall(r"\{\d?\}", line if isinstance(line, str) else line[1]))

    told = lines_of(lang)
    assert all(told.values())
    english = {key: line for key, line in lines_of("en").items() if key.startswith(GROUPS)}
    shared = ("page.formats.csl", "page.formats.bibtex")
    assert {key: blanks(told[key]) for key in english if key not in shared} == {
        key: blanks(line) for key, line in english.items() if key not in shared
    }


def test_chinese_is_written_in_its_own_script() -> None:
    simplified, traditional = ("".join(map(str, lines_of(lang).values())) for lang in CHINESE)
    assert not set(simplified) & set("問語處關閉從開啟這說聽訪談資庫據裡實寫")
    assert not set(traditional) & set("问语处关闭从开启这说听访谈资库据里实写")
