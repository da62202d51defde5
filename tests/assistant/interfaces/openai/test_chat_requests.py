"""What OpenAI's clients, and the programs on top of them, send."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from assistant.types import Turn
from tests.assistant.interfaces.openai.asking import QUESTION, ask, client_of, text_parts
from tests.assistant.interfaces.web.fakes import (
    ANSWERED,
    FakeEngine,
    answer_or_refuse,
)


@pytest.fixture(scope="module")
def engine() -> FakeEngine:
    return FakeEngine(answer_or_refuse, offered=("model", "quotes", "deep"))


@pytest.fixture(scope="module")
def client(engine: FakeEngine) -> Iterator[openai.OpenAI]:
    with client_of(engine) as client:
        yield client


@pytest.mark.parametrize(
    ("messages", "question", "history"),
    [
        (
            [
                {"role": "system", "content": "You are a pirate."},
                {"role": "user", "content": text_parts("First?")},
                {"role": "assistant", "content": None, "tool_calls": []},
                {"role": "tool", "content": "noise", "tool_call_id": "1"},
                {"role": "assistant", "content": "Yes. [[1]](http://h/c/x)"},
                {"role": "user", "content": text_parts("And", "then?")},
            ],
            "And\nthen?",
            (Turn("user", "First?"), Turn("assistant", "Yes. [1]")),
        ),
        (
            [{"role": "user", "content": "Q?"}, {"role": "developer", "content": "Be short."}],
            "Q?",
            (),
        ),
        (
            [
                {
                    "role": "user",
                    "content": "### Task:\nRespond to the user query using the provided context.\n"
                    "<context>noise</context>\n<user_query>\nWhat of it?\n</user_query>",
                }
            ],
            "What of it?",
            (),
        ),
        (
            [
                {
                    "role": "user",
                    "content": "### Task:\nRespond to the user query using the provided context.\n"
                    "<context>noise</context>\n\nWhat of it?",
                }
            ],
            "What of it?",
            (),
        ),
    ],
    ids=["mixed", "system last", "wrapped", "behind its context"],
)  # fmt: skip
def test_messages_become_question_and_history(
    client: openai.OpenAI,
    engine: FakeEngine,
    messages: Any,
    question: str,
    history: tuple[Turn, ...],
) -> None:
    ask(client, messages)
    assert engine.asked[-1] == (question, history)


def test_an_answer_that_comes_back_as_history_is_without_links_and_sources(
    client: openai.OpenAI, engine: FakeEngine
) -> None:
    answer = ask(client).choices[0].message.content
    ask(client, [*QUESTION, {"role": "assistant", "content": answer}, *QUESTION])
    assert engine.asked[-1][1][1] == Turn("assistant", ANSWERED.text)


@pytest.mark.parametrize(
    ("model", "more", "mode"),
    [
        ("verbatim", {}, None),
        ("verbatim-quotes", {}, "quotes"),
        ("verbatim-quotes", {"extra_body": {"verbatim": {"mode": "deep"}}}, "deep"),
        ("verbatim", {"metadata": {"verbatim": '{"mode": "model"}'}}, "model"),
    ],
)
def test_the_mode_is_the_models_or_asked_for(
    client: openai.OpenAI, engine: FakeEngine, model: str, more: Any, mode: str | None
) -> None:
    client.chat.completions.create(model=model, messages=QUESTION, **more)
    assert engine.asked_modes[-1] == mode


def test_a_scope_can_be_asked_for(client: openai.OpenAI, engine: FakeEngine) -> None:
    wanted = {"talk": ["far"], "lang": ["en"], "since": "2024-01-01"}
    ask(client, extra_body={"verbatim": wanted})
    scope = engine.scopes[-1]
    assert scope.transcripts == {"id-far.md"} and scope.languages == {"en"}
    assert scope.since == "2024-01-01"
    ask(client, metadata={"verbatim": json.dumps(wanted), "user": "x"})
    assert engine.scopes[-1] == scope
    with pytest.raises(openai.NotFoundError, match="no talk 'nowhere'"):
        ask(client, extra_body={"verbatim": {"talk": ["nowhere"]}})


def test_what_has_no_use_here_is_taken(client: openai.OpenAI) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    completion = ask(
        client, temperature=0.2, top_p=0.9, n=1, max_tokens=5, seed=1, stop=["x"], tools=[tool],
        tool_choice="auto", user="u", response_format={"type": "text"}, logit_bias={},
        presence_penalty=0.5, extra_body={"chat_id": "1", "session_id": "2", "unheard_of": {}},
    )  # fmt: skip
    assert completion.choices[0].message.content.startswith("讲者是这样说的")


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"n": 2}, "n", "n"),
    ({"tool_choice": "required"}, "tool_choice", "No tools"),
    ({"response_format": {"type": "json_object"}}, "response_format.type", "text"),
    ({"messages": []}, "messages", "messages"),
    ({"messages": [{"role": "assistant", "content": "Hi"}]}, "messages", "no question"),
    ({"messages": [{"role": "user", "content": "  "}]}, "messages", "no text"),
    ({"messages": [{"role": "user", "content": "x" * 2001}]}, "messages", "2000"),
    (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
        "messages",
        "Images",
    ),
    ({"messages": [{"role": "user", "content": 7}]}, "messages.0.content.str", "messages.0"),
    ({"verbatim": {"mode": "loud"}}, "verbatim.mode", "quotes"),
    ({"verbatim": {"talks": ["far"]}}, "verbatim.talks", "verbatim.talks"),
    ({"verbatim": {"since": "yesterday"}}, "verbatim.since", "2025-11-21"),
    ({"metadata": {"verbatim": "not json"}}, "metadata.verbatim", "JSON"),
    ({"model": None}, "model", "model"),
]


@pytest.mark.parametrize(("change", "param", "told"), BAD, ids=[bad[2] for bad in BAD])
def test_what_cannot_be_met_is_refused(
    client: openai.OpenAI, change: dict[str, Any], param: str, told: str
) -> None:
    body = {"model": "verbatim", "messages": QUESTION, **change}
    response = httpx.post(f"{client.base_url}chat/completions", json=body)
    error = response.json()["error"]
    assert (response.status_code, error["type"]) == (400, "invalid_request_error")
    assert error["param"] == param and told in error["message"]
    assert "\n" not in error["message"]


TITLE = """### Task:
Generate a concise, 3-5 word title with an emoji summarizing the chat history.
### Output:
JSON format: { "title": "your concise title here" }
### Chat History:
<chat_history>
USER: 田渊栋怎么看可解释性？
ASSISTANT: 转录稿里是这样说的
</chat_history>"""


@pytest.mark.parametrize(
    ("order", "reply"),
    [
        (TITLE, {"title": "田渊栋怎么看可解释性？"}),
        ('### Task:\nGenerate tags.\n### Output:\nJSON format: { "tags": ["a"] }', {"tags": []}),
        ('### Task:\nSuggest.\nJSON format: { "follow_ups": ["Q?"] }', {"follow_ups": []}),
        ('### Task:\nAnalyze.\n{\n  "queries": ["query1"]\n}', {"queries": []}),
        ('### Task:\nYou are an autocompletion system. `{ "text": "" }`', {"text": ""}),
    ],
    ids=["title", "tags", "follow-ups", "queries", "autocompletion"],
)
@pytest.mark.parametrize("stream", [False, True])
def test_orders_of_chat_programs_are_no_questions(
    client: openai.OpenAI, engine: FakeEngine, order: str, reply: dict[str, Any], stream: bool
) -> None:
    asked = len(engine.asked)
    messages: Any = [{"role": "user", "content": order}]
    if stream:
        text = "".join(
            chunk.choices[0].delta.content or "" for chunk in ask(client, messages, stream=True)
        )
    else:
        text = ask(client, messages).choices[0].message.content
    assert json.loads(text) == reply
    assert len(engine.asked) == asked


def test_a_long_title_is_cut_at_a_word(client: openai.OpenAI) -> None:
    order = TITLE.replace("田渊栋怎么看可解释性？", "word " * 40)
    title = json.loads(ask(client, [{"role": "user", "content": order}]).choices[0].message.content)
    assert title["title"].endswith("word…") and len(title["title"]) <= 61


def test_no_text_takes_long_to_be_looked_through(client: openai.OpenAI) -> None:
    for noise in ("\n" * 150_000, "<user_query>" + " " * 150_000, "<user_query>" * 30_000):
        started = time.monotonic()
        order = {"role": "user", "content": f"### Task:\n{noise}"}
        answer = {"role": "assistant", "content": f"{noise}**Sources**"}
        ask(client, [order, answer, *QUESTION])
        assert time.monotonic() - started < 5
