from __future__ import annotations

import pytest

from index.lexical.terms import names, same_writing


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did Annie Duke say about quitting?", {"annie", "duke"}),
        ("How many chips were used for Claude Opus 4?", {"claude", "opus", "4"}),
        ("What is an iPhone?", set()),
        ("Is GPT4 better than gpt3?", {"gpt4", "gpt3"}),
        ("几位嘉宾怎么评价 Grok 4.1？", {"grok", "4.1"}),
        ("嘉宾怎么评价 context engineering？", {"context", "engineering"}),
        ("田博士怎么看？", set()),
        ("Wie bewertet der Gast die Entwicklung von Claude 4 bei AMD?", {"4", "amd"}),
        ("¿Qué dijo Annie Duke sobre rendirse?", {"annie", "duke"}),
        ("why does it take so long", set()),
        ("", set()),
    ],
)
def test_names_show_by_capitals_digits_or_their_script(question: str, expected: set[str]) -> None:
    assert expected - {""} <= names(question)
    assert len(names(question)) <= len(expected) + 1  # "iPhone" has a capital inside the sentence


def test_the_first_word_is_no_name_by_its_capital_alone() -> None:
    assert names("Quitting is hard") == frozenset()
    assert names("NASA pays for what?") == {"nasa"}


@pytest.mark.parametrize(
    ("question", "passage", "alike"),
    [
        ("Who is Dr. Tian?", "田博士说他最近在用模型续写小说。", False),
        ("Gemini 3 怎么样？", "我觉得 Gemini 3 在 agent 上进步很大，推理也更稳。", True),
        ("What is Gemini?", "Gemini is a model.", True),
        ("Cursor 有多少人？", "We are about sixty people now.", False),
    ],
)
def test_names_are_compared_within_one_writing(question: str, passage: str, alike: bool) -> None:
    assert same_writing(question, passage) is alike
