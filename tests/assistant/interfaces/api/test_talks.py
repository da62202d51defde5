"""Talks, their topics, and what is said when."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.readers import read_transcript
from corpus.types import Transcript
from index.types import Talk, Topic
from tests.assistant.interfaces.api.clients import client, error
from tests.assistant.interfaces.web.fakes import FakeEngine
from tests.builders import KITCHEN_NOTE, VIDEO

UNTIMED = "# Tea\n\n## Water\n\nTea wants water below boiling.\n\nAnd time.\n"


def as_talk(transcript: Transcript) -> Talk:
    """The talk as the index remembers it."""
    topics = tuple(
        Topic(
            transcript.file, transcript.id, transcript.title, section.position, section.heading,
            section.kind,
            tuple(dict.fromkeys(one.speaker for one in section.utterances if one.speaker)),
            section.start_s, section.end_s,
        )
        for section in transcript.sections
    )  # fmt: skip
    return Talk(
        transcript.id, transcript.file, transcript.title, transcript.source_url,
        transcript.published, transcript.language, topics,
    )  # fmt: skip


@pytest.fixture
def engine() -> FakeEngine:
    library = [
        read_transcript("folder/kitchen.md", KITCHEN_NOTE.encode()),
        read_transcript("tea.md", UNTIMED.encode()),
    ]
    engine = FakeEngine()
    engine.library = tuple(map(as_talk, library))
    engine.transcripts = {one.file: one for one in library}
    return engine


def test_talks_are_listed_in_pages(engine: FakeEngine) -> None:
    api = client(engine)
    whole = api.get("/api/talks").json()
    assert [talk["file"] for talk in whole["talks"]] == ["folder/kitchen.md", "tea.md"]
    assert whole["talks"][0]["speakers"] == ["Ann", "Bob"]
    page = api.get("/api/talks?offset=1&limit=1").json()
    assert (page["talks"], page["total"]) == (whole["talks"][1:], 2)
    dated = api.get("/api/talks?since=2025-01-01").json()
    assert [talk["title"] for talk in dated["talks"]] == ["Kitchen talk"]


def test_a_talk_has_its_topics(engine: FakeEngine) -> None:
    api = client(engine)
    kitchen = api.get("/api/talks").json()["talks"][0]
    told = api.get(f"/api/talks/{kitchen['id']}").json()
    assert kitchen.items() <= told.items()
    assert [(one["heading"], one["start_s"], one["speakers"]) for one in told["topics"]] == [
        ("Knives", 10.0, ["Ann"]), ("Bread", 60.0, ["Bob"]),
    ]  # fmt: skip
    assert told["topics"][1]["url"] == f"{VIDEO}&t=60s"
    assert "start=60" in told["topics"][1]["player_url"]
    assert told["link"] == f"http://testserver/talk/{kitchen['id']}"


def moments(engine: FakeEngine, file: str, **query: Any) -> Any:
    talk = next(one.id for one in engine.library if one.file == file)
    return client(engine).get("/api/moments", params={"talk": talk, **query})


@pytest.mark.parametrize(
    ("second", "speaker", "said"),
    [(0, "Ann", "sharp knife"), (61.5, "Bob", "starter"), (10_000, "Bob", "starter")],
)
def test_a_second_has_its_moment(
    engine: FakeEngine, second: float, speaker: str, said: str
) -> None:
    told = moments(engine, "folder/kitchen.md", at=second, limit=1).json()
    current = next(one for one in told["moments"] if one["position"] == told["current"])
    assert current["speaker"] == speaker
    assert said in current["text"]
    assert current["url"].startswith(VIDEO)
    assert len(told["moments"]) >= 2, "with its neighbours"
    assert all(abs(one["position"] - told["current"]) <= 1 for one in told["moments"])


def test_a_talks_moments_are_listed_in_pages(engine: FakeEngine) -> None:
    whole = moments(engine, "tea.md").json()
    assert [(one["text"], one["start_s"], one["url"]) for one in whole["moments"]] == [
        ("Tea wants water below boiling.", None, None), ("And time.", None, None),
    ]  # fmt: skip
    assert (whole["current"], whole["total"]) == (None, 2)
    page = moments(engine, "tea.md", offset=1, limit=5).json()
    assert page["moments"] == whole["moments"][1:]
    assert moments(engine, "tea.md", offset=9).json()["moments"] == []


def test_a_talk_without_times_has_no_second(engine: FakeEngine) -> None:
    refused = moments(engine, "tea.md", at=5)
    assert (refused.status_code, error(refused)["code"]) == (404, "no_times")


def test_a_talk_whose_file_is_gone_is_gone(engine: FakeEngine) -> None:
    engine.transcripts = {}
    assert moments(engine, "tea.md").status_code == 404
