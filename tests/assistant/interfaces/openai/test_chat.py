"""The OpenAI-compatible face, asked by OpenAI's own client over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openai
import pytest

from assistant.citation.permalink import read_id
from assistant.library import OpenLibrary
from assistant.types import Update
from tests.assistant.interfaces.openai.asking import ask, client_of, streamed
from tests.assistant.interfaces.web.fakes import (
    ANSWERED,
    REFUSED,
    WITH_TIMES,
    WRITTEN,
    FakeEngine,
    answer_or_refuse,
    growing,
    loaded,
)
from tests.browser.serving import served


@pytest.fixture(scope="module")
def engine() -> FakeEngine:
    return FakeEngine(answer_or_refuse, offered=("model", "quotes", "deep"))


@pytest.fixture(scope="module")
def client(engine: FakeEngine) -> Iterator[openai.OpenAI]:
    with client_of(engine) as client:
        yield client


def test_the_models_are_the_library_and_its_modes(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names == ["verbatim", "verbatim-model", "verbatim-quotes", "verbatim-deep"]
    assert client.models.retrieve("verbatim-deep").owned_by == "verbatim"
    with pytest.raises(openai.NotFoundError, match="verbatim-quotes") as caught:
        client.models.retrieve("gpt-4o")
    assert caught.value.code == "model_not_found"


def test_an_answer_has_its_citations_as_links_and_as_data(client: openai.OpenAI) -> None:
    completion = ask(client)
    (choice,) = completion.choices
    text = choice.message.content
    assert (choice.finish_reason, choice.message.role) == ("stop", "assistant")
    links = re.findall(r"\[\[(\d)\]\]\((\S+?)\)", text)
    assert [marker for marker, _ in links] == ["1", "2", "3"]
    assert all(link.startswith(str(client.base_url).removesuffix("v1/")) for _, link in links)
    assert read_id(links[0][1].rpartition("/c/")[2]).near_s == 810.0
    head, sources = text.split("**来源**")
    assert "- 田老师：公开榜单测的是题，不是产品。 [[1]](" in head
    assert sources.count("\n- [") == 3
    assert "[1] [田老师, David · 0:13:30 · 大模型基准测试圆桌](" in sources
    assert "[3] [Ann Example · ≈ 1:02:03 · Scaling, one hour in](" in sources
    assert [one.url_citation.url for one in choice.message.annotations] == [x for _, x in links]
    first = choice.message.annotations[0].url_citation
    assert text[first.start_index : first.end_index] == f"[[1]]({links[0][1]})"
    assert first.title == "田老师, David · 0:13:30 · 大模型基准测试圆桌"
    (cited, untimed, _) = choice.message.citations
    assert cited["quote"] == WITH_TIMES.quote and cited["link"] == links[0][1]
    assert cited["url"] == WITH_TIMES.url and cited["transcript"] == "talk"
    assert untimed["start_s"] is None and untimed["verified"] is False


def test_a_refusal_has_no_sources(client: openai.OpenAI) -> None:
    message = ask(client, [{"role": "user", "content": "Where is pizza?"}]).choices[0].message
    assert message.content == REFUSED.text
    assert message.annotations == [] and message.citations == []


def test_tokens_are_counted(client: openai.OpenAI) -> None:
    usage = ask(client).usage
    assert 4 < usage.prompt_tokens < 20 and usage.completion_tokens > 100
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_a_stream_brings_the_same_answer(client: openai.OpenAI) -> None:
    chunks, text = streamed(client, stream_options={"include_usage": True})
    whole = ask(client)
    assert text == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert len({chunk.id for chunk in chunks}) == 1 and chunks[0].object == "chat.completion.chunk"
    finishes = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
    assert finishes[-1] == "stop" and set(finishes[:-1]) == {None}
    assert chunks[-1].choices == [] and chunks[-1].usage == whole.usage
    (cited,) = [c for c in chunks if c.choices and hasattr(c.choices[0].delta, "citations")]
    assert cited.choices[0].delta.citations == whole.choices[0].message.citations
    places = [one.url_citation for one in whole.choices[0].message.annotations]
    assert cited.choices[0].delta.annotations == [
        {"type": "url_citation", "url_citation": place.model_dump()} for place in places
    ]
    assert all(chunk.usage is None for chunk in streamed(client)[0])


def test_sentences_come_one_by_one_with_whole_markers() -> None:
    def updates(_: str) -> Iterator[Update]:
        so_far = ""
        for answer in growing(WRITTEN):
            count = len(answer.statements)
            ends = [" [1]", "40)", " [2]", " [3]"]
            so_far = WRITTEN.text[: WRITTEN.text.index(ends[count - 1]) + len(ends[count - 1])]
            yield Update("writing", replace(answer, text=so_far))

    engine = FakeEngine(lambda _: WRITTEN, updates, ("model",))
    with client_of(engine) as client:
        chunks, text = streamed(client)
        assert text == ask(client).choices[0].message.content
    pieces = [c.choices[0].delta.content for c in chunks if c.choices[0].delta.content]
    assert len(pieces) == 5
    assert re.fullmatch(r"公开榜单测的是题，不是产品。 \[\[1\]\]\(\S+\)", pieces[0])
    assert pieces[1] == " There were 40 such steps. (not verified: 40)"
    assert pieces[4].startswith("\n\n**来源**\n\n- [1] [")


def test_what_was_sent_is_not_taken_back() -> None:
    other = replace(WRITTEN, text="Something else. [1]", citations=(WITH_TIMES,))

    def updates(_: str) -> Iterator[Update]:
        yield Update("writing", replace(WRITTEN, text="A first sentence. [1]"))
        yield Update("writing", replace(WRITTEN, text="Another one."))

    with client_of(FakeEngine(lambda _: other, updates)) as client:
        chunks, text = streamed(client)
    assert re.match(r"A first sentence\. \[\[1\]\]\(\S+\)\n\nSomething else\. \[\[1\]\]", text)
    (delta,) = [c.choices[0].delta for c in chunks if hasattr(c.choices[0].delta, "annotations")]
    place = delta.annotations[0]["url_citation"]
    assert text[: place["start_index"]].endswith("Something else. ")


def test_a_notice_is_told_and_what_a_transcript_says_is_no_markup() -> None:
    hostile = replace(
        WITH_TIMES,
        speakers=("[x](http://evil.example)",),
        title="</a>**T**",
        url="https://example.org/a(b)?t=1",
        quote="…",
    )
    text = r"\[1\] and \[[2](http://a.example) [1][7]"
    reply = replace(ANSWERED, text=text, citations=(hostile,), notice="The model *failed*.")
    with client_of(FakeEngine(lambda _: reply)) as client:
        message = ask(client, [{"role": "user", "content": "What?"}]).choices[0].message
    link = "https://example.org/a%28b%29?t=1"
    assert message.content.startswith(rf"\[1\] and \[[2](http://a.example) [[1]]({link})[7]")
    assert r"*The model \*failed\*.*" in message.content
    assert r"[\[x\](http\://evil.example) · 0:13:30 · \</a\>\*\*T\*\*](" in message.content
    assert message.citations[0]["link"] is None


def test_the_real_engine_answers_in_quotes(shipped: OpenLibrary) -> None:
    with (
        served(loaded(shipped.assistant)) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client,
    ):
        assert [model.id for model in client.models.list()] == ["verbatim", "verbatim-quotes"]
        question: Any = [{"role": "user", "content": "公榜和真实产品表现为什么对不上？"}]
        stream = client.chat.completions.create(model="verbatim", messages=question, stream=True)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
        message: Any = client.chat.completions.create(
            model="verbatim-quotes", messages=question
        ).choices[0].message  # fmt: skip
    assert text == message.content and "**来源**" in text
    for cited in message.citations:
        assert cited["verified"]
        found = shipped.assistant.cited(cited["link"].rpartition("/c/")[2])
        assert type(found).__name__ == "FoundAgain"
