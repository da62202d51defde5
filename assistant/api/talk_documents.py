"""What programs are told about talks, and how the server is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assistant.api.documents import Document
from assistant.types import Mode
from corpus.types import Kind


class TalkOut(Document):
    """A talk without its words."""

    id: str
    file: str
    title: str
    source_url: str | None
    published: str | None = Field(description="An ISO date.")
    language: str = Field(examples=["zh-Hans"])
    speakers: list[str]
    player_url: str | None = Field(description="A player for a frame.")
    link: str | None = Field(description="The talk's page; null where no page is served.")


class TalksOut(Document):
    """Talks in the order of files."""

    talks: list[TalkOut]
    total: int = Field(description="How many there are in all.")


class TopicOut(Document):
    """A section of a talk."""

    position: int
    heading: str
    kind: Kind
    speakers: list[str]
    start_s: float | None
    end_s: float | None
    url: str | None
    player_url: str | None


class TalkDetailOut(TalkOut):
    """A talk with its topics."""

    topics: list[TopicOut]


class MomentOut(Document):
    """What one person says in one go."""

    position: int = Field(description="Counted from 0 over the whole talk.")
    heading: str
    kind: Kind
    speaker: str | None
    start_s: float | None
    end_s: float | None
    estimated: bool
    text: str
    url: str | None
    player_url: str | None


class MomentsOut(Document):
    """Consecutive moments of a talk."""

    talk: TalkOut
    current: int | None = Field(description="The position of what is said at the second asked for.")
    moments: list[MomentOut]
    total: int = Field(description="How many the talk has.")


class ModelOut(Document):
    """The language model."""

    name: str
    provider: str
    reachable: bool | None = Field(description="Null until it has been looked for.")


class HealthOut(Document):
    """How the server is."""

    status: Literal["loading", "ready", "failed"]
    message: str = Field(description="What is being done, or why it failed.")
    modes: list[Mode] = Field(description="How it can answer; the first is the default.")
    model: ModelOut | None
