from __future__ import annotations

import time

import pytest

from assistant.retrieval.wishes import Wishes, split_wishes, wishes_of, without_wishes
from assistant.types import Turn

ALONE = [
    ("Answer in English", Wishes(language="en")),
    ("Answer in English, please.", Wishes(language="en")),
    ("English please", Wishes(language="en")),
    ("Could you say that again in Chinese?", Wishes(language="zh-Hans")),
    ("answer in Traditional Chinese", Wishes(language="zh-Hant")),
    ("Please answer in German", Wishes(language="de")),
    ("auf Deutsch bitte", Wishes(language="de")),
    ("en français", Wishes(language="fr")),
    ("日本語で", Wishes(language="ja")),
    ("用中文", Wishes(language="zh-Hans")),
    ("說中文", Wishes(language="zh-Hant")),
    ("用繁體回答", Wishes(language="zh-Hant")),
    ("請用繁體中文回答", Wishes(language="zh-Hant")),
    ("用简体", Wishes(language="zh-Hans")),
    ("能用英文回答吗？", Wishes(language="en")),
    ("翻译成英文", Wishes(language="en")),
    ("用英语再说一遍", Wishes(language="en")),
    ("英文", Wishes(language="en")),
    ("in one sentence", Wishes(length="sentence")),
    ("一句话", Wishes(length="sentence")),
    ("用一句話說", Wishes(length="sentence")),
    ("shorter", Wishes(length="short")),
    ("Shorter, please!", Wishes(length="short")),
    ("too long", Wishes(length="short")),
    ("in under 50 words", Wishes(length="short")),
    ("50字以内", Wishes(length="short")),
    ("简短一点", Wishes(length="short")),
    ("可以短一點嗎？", Wishes(length="short")),
    ("详细一点", Wishes(length="long")),
    ("再詳細一點", Wishes(length="long")),
    ("展开讲讲", Wishes(length="long")),
    ("tell me more", Wishes(length="long")),
    ("more detail", Wishes(length="long")),
    ("as a list", Wishes(form="list")),
    ("give me the answer as a bulleted list", Wishes(form="list")),
    ("分點列出", Wishes(form="list")),
    ("no bullet points", Wishes(form="prose")),
    ("不要列表", Wishes(form="prose")),
    ("explain it simply", Wishes(simple=True)),
    ("in plain English", Wishes(simple=True)),
    ("用大白话说", Wishes(simple=True)),
    ("in Chinese as a list", Wishes(language="zh-Hans", form="list")),
    ("Make it shorter and in French", Wishes(language="fr", length="short")),
    ("以后都用英文回答", Wishes(language="en", lasting=True)),
    ("from now on keep it short", Wishes(length="short", lasting=True)),
]

BESIDE = [
    ("What is JOLT? Answer in English", "What is JOLT?", Wishes(language="en")),
    ("Please answer in English: what is JOLT?", "what is JOLT?", Wishes(language="en")),
    ("他怎么看 TPU？用繁體回答", "他怎么看 TPU？", Wishes(language="zh-Hant")),
    ("用英文回答：他怎么看 TPU？", "他怎么看 TPU？", Wishes(language="en")),
    ("请用英文回答他怎么看 TPU", "他怎么看 TPU", Wishes(language="en")),
    ("什么是 JOLT？简短", "什么是 JOLT？", Wishes(length="short")),
    ("用一句话概括他对 TPU 的看法", "概括他对 TPU 的看法", Wishes(length="sentence")),
    ("请简单介绍一下田博士", "介绍一下田博士", Wishes(length="short")),
    (
        "How does she define grit in one sentence?",
        "How does she define grit?",
        Wishes(length="sentence"),
    ),
    ("What is JOLT? As a list, in German", "What is JOLT?", Wishes(language="de", form="list")),
    (
        "團隊有多少人？請用英文回答，短一點。",
        "團隊有多少人？",
        Wishes(language="en", length="short"),
    ),
]

IN_ANY_LANGUAGE = [
    ("Answer in Dutch", "nl"),
    ("Answer in Vietnamese, please.", "vi"),
    ("用越南语回答", "vi"),
    ("用荷兰文回答", "nl"),
    ("請用泰語回答", "th"),
    ("in Polish", "pl"),
    ("Please reply in Ukrainian", "uk"),
    ("Could you explain it in Turkish?", "tr"),
    ("Swedish please", "sv"),
    ("translate it into Arabic", "ar"),
    ("翻译成阿拉伯语", "ar"),
    ("用希腊语再说一遍", "el"),
    ("能用波兰语回答吗？", "pl"),
    ("in Tiếng Việt", "vi"),
    ("answer in Nederlands", "nl"),
    ("用粤语说", "yue"),
    ("用廣東話回答", "yue"),
    ("Write in Norwegian", "no"),
    ("以后都用印度尼西亚语回答", "id"),
    ("From now on answer in Hindi", "hi"),
    ("answer in Mandarin", "zh-Hans"),
    ("用葡萄牙文回答", "pt"),
    ("用意大利語回答", "it"),
    ("Answer in Farsi", "fa"),
    ("换成捷克语", "cs"),
    ("say it in Hungarian", "hu"),
    ("use Finnish", "fi"),
    ("auf Deutsch bitte", "de"),
    ("in Hebrew, as a list", "he"),
]

QUESTIONS = [
    "What did he say in English class?",
    "Why is Dutch hard?",
    "Which languages: Dutch, Polish, or Thai?",
    "他会说越南语吗？",
    "Does it work in Vietnamese?",
    "越南语的数据够吗？",
    "How well does it do in Swedish?",
    "用越南语提问效果更差吗？",
    "Who translated it into Arabic?",
    "谁用荷兰语写了第一稿？",
    "Is the Thai market big?",
    "How was the Danish team?",
    "Polish the prompt first?",
    "What is Swahili data worth?",
    "他为什么用德语回答？",
    "Should it answer in Dutch?",
    "Did he answer in Finnish?",
    "What happened in Turkish schools?",
    "翻译成阿拉伯语的难点是什么？",
    "说粤语的嘉宾是谁？",
    "Why is it so short?",
    "How long is the context?",
    "Is it even useful?",
    "Will it last so long?",
    "So, is male or female voice used?",
    "列表在哪里？",
    "长上下文有什么进展？",
    "Can it write Korean?",
    "What does in detail mean?",
    "他觉得哪种语言最难，泰语还是越南语？",
    "What did he say about answering in English?",
    "怎么用英文写 prompt？",
    "Which languages does it support: Chinese, English, or German?",
    "支持哪些语言：中文、英文、日文？",
    "他是用英文回答，用中文写的吗？",
    "How do I say this in English?",
    "用英文怎么说？",
    "说中文的嘉宾是谁？",
    "Should I answer in English?",
    "Can it speak Chinese?",
    "简单吗？",
    "Why are shorter prompts better?",
    "他喜欢简短的提示词吗？",
    "为什么要写得详细一点？",
    "How long is the list?",
    "Did he answer in English, or in Chinese?",
    "他为什么建议用一句话回答？",
    "How can a model answer in one sentence?",
    "What is more important, speed or detail?",
    "用中文提问效果更差吗？",
    "请用英文回答的模型是哪个？",
    "那头脑风暴呢？",
    "Why?",
    'What does "shorter" mean here?',
]


@pytest.mark.parametrize(("text", "wishes"), ALONE)
def test_a_wish_alone(text: str, wishes: Wishes) -> None:
    assert split_wishes(text) == ("", wishes)


@pytest.mark.parametrize(("text", "language"), IN_ANY_LANGUAGE)
def test_any_language_is_known_by_its_english_chinese_or_own_name(text: str, language: str) -> None:
    question, wishes = split_wishes(text)
    assert (question, wishes.language) == ("", language)


def test_signs_of_our_own_in_a_text_name_no_language() -> None:
    text = "Answer in \ue100\ue000?"
    assert split_wishes(text) == (text, Wishes())


@pytest.mark.parametrize(("text", "question", "wishes"), BESIDE)
def test_a_wish_beside_a_question(text: str, question: str, wishes: Wishes) -> None:
    assert split_wishes(text) == (question, wishes)


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_stays_whole(text: str) -> None:
    assert split_wishes(text) == (text, Wishes())


def test_a_long_text_costs_no_time() -> None:
    started = time.perf_counter()
    for text in (
        "请" * 20_000,
        "please " * 5_000,
        "讲讲" * 9_000 + "x",
        "in english and " * 3_000 + "why",
    ):
        split_wishes(text)
    assert time.perf_counter() - started < 5


def turns(*texts: str) -> list[Turn]:
    """What the reader wrote, with an answer after each."""
    return [turn for text in texts for turn in (Turn("user", text), Turn("assistant", "Yes. [1]"))]


def test_a_language_lasts_until_the_next() -> None:
    history = turns("他怎么看 TPU？用英文回答", "And GPUs?")
    assert wishes_of(history, "为什么？").language == "en"
    assert wishes_of(history, "用繁體回答") == Wishes(language="zh-Hant")
    assert wishes_of([*history, *turns("用繁體回答")], "And why?").language == "zh-Hant"


def test_length_and_form_are_for_one_question() -> None:
    history = turns("What is JOLT? As a list.")
    assert wishes_of(history, "shorter") == Wishes(length="short", form="list")
    assert wishes_of([*history, *turns("shorter")], "Who made it?") == Wishes()


def test_length_and_form_last_where_the_reader_says_so() -> None:
    history = turns("From now on keep it short", "What is JOLT?")
    assert wishes_of(history, "Who made it?").length == "short"


def test_what_the_assistant_wrote_is_no_wish() -> None:
    assert wishes_of([Turn("assistant", "Answer in English")], "Why?") == Wishes()


def test_after_a_wish_alone_the_last_question_is_meant() -> None:
    history = turns("Who is Ann?", "What is JOLT? Answer in German", "shorter")
    question, before = without_wishes(history, "as a list")
    assert question == "What is JOLT?"
    assert [turn.text for turn in before if turn.role == "user"] == ["Who is Ann?"]


def test_a_question_keeps_the_turns_before_it_without_their_wishes() -> None:
    history = turns("What is JOLT? Answer in German", "shorter")
    question, before = without_wishes(history, "And the T? In English.")
    assert question == "And the T?"
    assert [turn.text for turn in before if turn.role == "user"] == ["What is JOLT?"]


def test_a_wish_before_any_question_asks_nothing() -> None:
    assert without_wishes([], "Answer in English") == ("", ())
