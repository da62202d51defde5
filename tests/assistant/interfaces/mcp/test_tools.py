"""The tools of an assistant, called in memory by the SDK's own client."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from mcp import Client, MCPError

from assistant.interfaces.mcp.server import make_server
from assistant.interfaces.mcp.tools import LocalVisit
from assistant.library import Loading, OpenLibrary
from assistant.types import Update
from corpus.types import Section, SettingsError, Transcript, Utterance
from tests.assistant.interfaces.mcp.calling import call, text_of, with_client
from tests.assistant.interfaces.web.fakes import (
    REFUSED,
    WITH_TIMES,
    FakeEngine,
    answer_or_refuse,
    held_back,
    loaded,
)

HOME = "http://talks.example"


def server_of(engine: Any, home: str | None = HOME) -> Any:
    loading = engine if isinstance(engine, Loading) else loaded(engine)
    return make_server(lambda _: LocalVisit(loading, home))


def test_each_tool_says_what_it_is_for_and_what_it_takes_and_gives() -> None:
    async def use(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in with_client(server_of(FakeEngine()), use)}
    assert list(tools) == ["search", "ask", "cite", "talk"]
    for tool in tools.values():
        assert tool.title and tool.description and len(tool.description) > 80
        assert tool.annotations and tool.annotations.read_only_hint
        assert tool.output_schema and tool.output_schema["type"] == "object"
    ask = tools["ask"].input_schema
    assert ask["required"] == ["question"] and ask["additionalProperties"] is False
    assert set(ask["properties"]) == {
        "question", "mode", "talk", "speaker", "lang", "since", "until",
    }  # fmt: skip
    assert all(field.get("description") for field in ask["properties"].values())


def test_an_answer_has_links_in_its_text_and_citations_as_data() -> None:
    engine = FakeEngine(answer_or_refuse)
    result = call(server_of(engine), "ask", {"question": "公开榜单为什么不准？"})
    text, document = text_of(result), result.structured_content
    assert not result.is_error
    assert f"公开榜单测的是题，不是产品。 [[1]]({HOME}/c/" in text and "**来源**" in text
    assert document["status"] == "answered"
    first = document["citations"][0]
    assert first["quote"] == WITH_TIMES.quote and first["link"].startswith(f"{HOME}/c/")
    assert f"[[1]]({first['link']})" in text
    refused = call(server_of(engine), "ask", {"question": "pizza?"})
    assert text_of(refused) == REFUSED.text and refused.structured_content["citations"] == []


def test_without_a_page_the_links_are_those_of_the_recordings() -> None:
    result = call(server_of(FakeEngine(), None), "ask", {"question": "公开榜单为什么不准？"})
    assert f"[[1]]({WITH_TIMES.url})" in text_of(result)
    assert {one["link"] for one in result.structured_content["citations"]} == {None}
    listed = call(server_of(FakeEngine(), None), "talk", {})
    assert listed.structured_content["talks"][0]["link"] is None


def test_a_question_can_be_narrowed_and_a_list_may_come_as_text() -> None:
    engine = FakeEngine(offered=("quotes", "deep"))
    server = server_of(engine)
    call(server, "ask", {"question": "Q?", "talk": ["far"], "lang": "en", "mode": "deep"})
    assert engine.scopes[-1].transcripts == {"id-far.md"}
    assert engine.scopes[-1].languages == {"en"} and engine.asked_modes == ["deep"]
    call(server, "search", {"question": "Q?", "talk": '["far", "article"]', "since": "2024-01-02"})
    assert engine.scopes[-1].transcripts == {"id-far.md", "id-article.md"}
    assert engine.scopes[-1].since == "2024-01-02"


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("ask", {}, "question: Field required"),
        ("ask", {"question": "  "}, "question"),
        ("ask", {"question": "Q?", "mode": "loud"}, "mode"),
        ("ask", {"question": "Q?", "colour": "red"}, "colour"),
        ("search", {"question": "Q?", "limit": 0}, "limit"),
        ("search", {"question": "Q?", "talk": ["nowhere"]}, "no talk 'nowhere'"),
        ("cite", {"quote": ""}, "quote"),
        ("talk", {"at": 10}, "3 are named so"),
        ("talk", {"talk": ["far"], "at": 10}, "file is gone"),
    ],
)
def test_errors_are_one_line_with_what_to_do(
    name: str, arguments: dict[str, Any], told: str
) -> None:
    result = call(server_of(FakeEngine()), name, arguments)
    line = text_of(result)
    assert result.is_error and told in line and "\n" not in line
    assert line.endswith(".") and "/api" not in line


def test_what_fails_inside_is_told_and_what_nobody_foresaw_is_not() -> None:
    def missing(_: str) -> Any:
        raise SettingsError("there is no model here: set one")

    def broken(_: str) -> Any:
        raise RuntimeError("secret path")

    line = text_of(call(server_of(FakeEngine(missing)), "ask", {"question": "Q?"}))
    assert line == "there is no model here: set one"
    line = text_of(call(server_of(FakeEngine(broken)), "ask", {"question": "Q?"}))
    assert "secret" not in line and "went wrong" in line


def test_a_tool_that_there_is_not_is_an_error_of_the_protocol() -> None:
    with pytest.raises((MCPError, ExceptionGroup)) as caught:
        call(server_of(FakeEngine()), "translate", {})
    assert "search, ask, cite, talk" in repr(caught.value)


def test_the_first_call_waits_for_the_library() -> None:
    loading, go = held_back(FakeEngine())
    threading.Timer(0.3, go.set).start()
    started = time.monotonic()
    result = call(server_of(loading.start()), "ask", {"question": "Q?"})
    assert not result.is_error and time.monotonic() - started > 0.2


def test_a_library_that_cannot_be_loaded_is_told_in_one_line() -> None:
    def build(_: Any) -> Any:
        raise SettingsError("the index is of another model: run python app.py index --rebuild")

    result = call(server_of(Loading(build).start()), "search", {"question": "Q?"})
    assert text_of(result) == "the index is of another model: run python app.py index --rebuild"


def test_a_call_that_is_broken_off_ends_the_work_and_tells_its_stages_before() -> None:
    def forever(_: str) -> Iterator[Update]:
        yield Update("writing")
        while True:
            time.sleep(0.05)
            yield Update("writing")

    engine = FakeEngine(updates=forever)
    stages: list[str | None] = []

    async def use(client: Client) -> None:
        async def heard(progress: float, total: float | None, message: str | None) -> None:
            assert progress == len(stages) + 1 and total is None
            stages.append(message)

        asking = client.call_tool("ask", {"question": "Q?"}, progress_callback=heard)
        task = asyncio.ensure_future(asking)
        while len(stages) < 2:
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await asyncio.to_thread(engine.closed.wait, 5)

    with_client(server_of(engine), use)
    assert stages == ["searching", "writing"]


TALK = Transcript(
    id="id-far.md",
    file="far.md",
    title="Scaling, one hour in",
    source_url="https://www.youtube.com/watch?v=abcdefghijk",
    published=None,
    language="en",
    sections=(
        Section(
            0, "Opening", 0.0, 30.0, "talk",
            (
                Utterance("Welcome.", "Ann", 0.0, 4.0),
                Utterance("The curve\n→ has not bent yet.", "David", 4.0, 20.0),
                Utterance("Really?", "Ann", 20.0, 30.0),
            ),
        ),
    ),
    fingerprint="f",
)  # fmt: skip


def test_talks_are_listed_one_has_topics_and_a_second_its_words() -> None:
    engine = FakeEngine()
    engine.transcripts["far.md"] = TALK
    server = server_of(engine)
    listed = call(server, "talk", {"lang": ["en"], "limit": 1})
    assert text_of(listed).startswith("1 of 2 talks:\n\n- An article about a talk · en · id ")
    assert f"{HOME}/talk/id-article.md" in text_of(listed)
    one = call(server, "talk", {"talk": "Scaling"})
    assert one.structured_content["topics"][0]["heading"] == "Opening"
    assert "- Opening · Ann Example, David" in text_of(one)
    around = call(server, "talk", {"talk": "far", "at": 12.5, "neighbours": 1})
    assert around.structured_content["current"] == 1
    assert "→ 0:00:04 · Opening\nDavid: The curve → has not bent yet." in text_of(around)
    assert "Ann: Really?" in text_of(around)
    assert text_of(call(server, "talk", {"lang": "fr"})) == "No talk is of that kind."


def test_the_real_library_is_searched_and_cited(shipped: OpenLibrary) -> None:
    server = server_of(shipped.assistant)
    found = call(server, "search", {"question": "公榜和真实产品表现为什么对不上？", "limit": 2})
    text, document = text_of(found), found.structured_content
    assert len(document["hits"]) == 2 and text.startswith("Probability that the talks answer this")
    assert document["hits"][0]["link"] in text and "\n\n2. " in text
    quote = document["hits"][0]["quote"]
    cited = call(server, "cite", {"quote": quote[2:]})
    assert cited.structured_content["match"] == "exact"
    assert text_of(cited).startswith("These words were said.\n\n1. ")
    nowhere = call(server, "cite", {"quote": "Purple elephants bake pancakes on Tuesdays at noon."})
    assert text_of(nowhere).startswith("This was not said here.")
