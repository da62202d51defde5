"""Which language a page is in."""

from __future__ import annotations

import pytest

from assistant.messages.catalogue import page_languages
from assistant.messages.languages import choose_language, match_language


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
        ("yue", None, "zh-Hant"),
        ("cmn", None, "zh-Hans"),
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


@pytest.mark.parametrize("tag", ["ja", "de-AT", "und", "*", ""])
def test_no_page_is_in_a_language_that_has_lines_for_answers_alone(tag: str) -> None:
    assert match_language(tag) is None


def test_languages_are_offered_in_their_order() -> None:
    assert dict(page_languages()) == {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "English"}
    assert list(page_languages()) == ["zh-Hans", "zh-Hant", "en"]
