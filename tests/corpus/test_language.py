"""Language of a text, and folding for matching."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import detect_language, fold, script_shares, to_script


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("为什么说公榜不能反映真实产品表现？", "zh-Hans"),
        ("為什麼說公榜不能反映真實產品表現？", "zh-Hant"),
        ("「沒有大秘密」——Gemini 3 好在哪", "zh-Hant"),
        ("他们对开源怎么看", "zh-Hans"),
        ("台灣", "zh-Hant"),
        ("ㄋㄧ ㄏㄠ", "zh-Hant"),
        ("東京の天気はどうですか", "ja"),
        ("GPUとは何ですか", "ja"),
        ("오늘 발표에서 무엇을 말했나요?", "ko"),
        ("Что сказал гость о моделях?", "ru"),
        ("Що він сказав про моделі? Її роль", "uk"),
        ("ماذا قال الضيف؟", "ar"),
        ("او درباره گفتگو چه گفت؟", "fa"),
        ("แขกรับเชิญพูดว่าอะไร", "th"),
        ("Τι είπε ο καλεσμένος;", "el"),
        ("מה אמר האורח?", "he"),
        ("अतिथि ने क्या कहा?", "hi"),
        ("How do guests explain that Google can push scaling further?", "en"),
        ("machine learning", "en"),
        ("Wie erklären die Gäste, dass Google weiter skalieren kann?", "de"),
        ("Qu'est-ce que l'invité pense de cette idée ?", "fr"),
        ("¿Qué piensa el invitado de esta idea?", "es"),
        ("O que o convidado acha dessa ideia?", "pt"),
        ("Che cosa pensa l'ospite di questa idea?", "it"),
        ("Xylo Qwerty", "und"),
        ("2025-11-21, 13:37", "und"),
        ("", "und"),
    ],
)
def test_a_language_is_told_from_a_sentence(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("context engineering 是什么？", "zh-Hans"),
        ("Nathan 怎么看 Anti-Gravity 的 Manager View？", "zh-Hans"),
        ("MoE 让 model horizontally scale，工程 feedback 让其 self-validate", "zh-Hans"),
        ("What did 田博士 say about writing novels?", "en"),
        ("What is 可解释性?", "en"),
        ("收聽連結：[YouTube](https://www.youtube.com/watch?v=cNGDAqFXvew)", "zh-Hant"),
        ("这款 のり 很好吃，大家都在超市里买过，也推荐给朋友们试试看吧", "zh-Hans"),
    ],
)
def test_borrowed_words_do_not_change_the_language(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_a_note_with_a_fifth_of_han_characters_is_chinese() -> None:
    text = "我们用 context engineering 与 agentic workflow 来做内部的 benchmark 与测试"
    letters = [character for character in text if character.isalpha()]
    han = [character for character in letters if not character.isascii()]
    assert 0.18 < len(han) / len(letters) < 0.25
    assert detect_language(text) == "zh-Hans"


def test_accents_may_be_characters_of_their_own() -> None:
    text = "Où est-ce que l'invité a été très étonné ?"
    assert detect_language(unicodedata.normalize("NFD", text)) == "fr"


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("二字 abcde", {"han": 0.5, "latin": 0.5}),
        ("123 …", {}),
        ("はい yes", {"kana": 2 / 3 / (2 / 3 + 3 / 5), "latin": 3 / 5 / (2 / 3 + 3 / 5)}),
        ("字 https://example.com/abc", {"han": 1.0}),
    ],
)
def test_shares_count_words_rather_than_letters(text: str, shares: dict[str, float]) -> None:
    assert script_shares(text) == pytest.approx(shares)


@given(st.text())
def test_any_text_has_shares_of_one_and_a_language(text: str) -> None:
    shares = script_shares(text)
    assert not shares or sum(shares.values()) == pytest.approx(1)
    assert detect_language(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("預訓練與後訓練", "预训练与后训练"),
        ("ＧＰＵ　１２", "gpu 12"),
        ("Straße", "STRASSE"),
        ("ﾃｽﾄ", "テスト"),
    ],
)
def test_spellings_of_a_word_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_half_a_character_does_not_stop_folding() -> None:
    assert fold("後\ud800") == "后�"


def test_fixed_strings_in_traditional_have_the_wording_of_taiwan() -> None:
    assert to_script("打开视频", "zh-Hant") == "開啟影片"
    assert to_script("開啟", "zh-Hans") == "开启"
    assert to_script("打开视频", "en") == "打开视频"


def test_threads_share_the_converters() -> None:
    texts = [f"為什麼說公榜不能反映真實產品表現{n}" for n in range(400)]
    with ThreadPoolExecutor(8) as threads:
        folded = list(threads.map(fold, texts))
    assert folded == [f"为什么说公榜不能反映真实产品表现{n}" for n in range(400)]
