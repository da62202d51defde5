"""Talks, their topics and moments as JSON documents, and how the server is.

A moment is what one person says in one go; ``position_at`` finds the one that holds a second.
``home`` is the address of the page, which links begin with. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from assistant.citation.permalink import talk_path
from assistant.interfaces.documents.answers import DocumentModel
from assistant.types import Json, Mode
from corpus.links import moment_url, player_url
from corpus.types import Section, SectionKind, Transcript, Utterance
from index.storage.scopes import Facets, is_within
from index.types import Scope, Talk, Topic


class TalkOut(DocumentModel):
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


class TalksOut(DocumentModel):
    """Talks in the order of files."""

    talks: list[TalkOut]
    total: int = Field(description="How many there are in all.")


class TopicOut(DocumentModel):
    """A section of a talk."""

    position: int
    heading: str
    kind: SectionKind
    speakers: list[str]
    start_s: float | None
    end_s: float | None
    url: str | None
    player_url: str | None


class TalkDetailOut(TalkOut):
    """A talk with its topics."""

    topics: list[TopicOut]


class MomentOut(DocumentModel):
    """What one person says in one go."""

    position: int = Field(description="Counted from 0 over the whole talk.")
    heading: str
    kind: SectionKind
    speaker: str | None
    start_s: float | None
    end_s: float | None
    estimated: bool
    text: str
    url: str | None
    player_url: str | None


class MomentsOut(DocumentModel):
    """Consecutive moments of a talk."""

    talk: TalkOut
    current: int | None = Field(description="The position of what is said at the second asked for.")
    moments: list[MomentOut]
    total: int = Field(description="How many the talk has.")


class ModelOut(DocumentModel):
    """The language model."""

    name: str
    provider: str
    reachable: bool | None = Field(description="Null until it has been looked for.")


class HealthOut(DocumentModel):
    """How the server is."""

    status: Literal["loading", "ready", "failed"]
    message: str = Field(description="What is being done, or why it failed.")
    modes: list[Mode] = Field(description="How it can answer; the first is the default.")
    model: ModelOut | None


def talk_out(talk: Talk, home: str) -> TalkOut:
    """A talk without its words."""
    player, link = player_url(talk.source_url, None), f"{home}/{talk_path(talk.id)}"
    return TalkOut.of(talk, player_url=player, link=link)


def topic_out(topic: Topic, talk: Talk) -> TopicOut:
    """A topic of a talk."""
    return TopicOut.of(topic, **_links(talk, topic.start_s))


def moment_out(position: int, said: SpokenUtterance, talk: Talk) -> MomentOut:
    """What one person says in one go; ``position`` counts over the whole talk."""
    return MomentOut.of(
        said.utterance,
        position=position,
        heading=said.section.heading,
        kind=said.section.kind,
        **_links(talk, said.utterance.start_s),
    )


def _links(talk: Talk, second: float | None) -> Json:
    return {
        "url": moment_url(talk.source_url, second),
        "player_url": player_url(talk.source_url, second),
    }


def talks_within(talks: Sequence[Talk], scope: Scope) -> list[Talk]:
    """Those of the talks that a scope takes in."""
    return [
        one
        for one in talks
        if is_within(Facets(one.id, one.published, one.language, one.speakers), scope)
    ]


@dataclass(frozen=True, slots=True)
class SpokenUtterance:
    """An utterance in its section."""

    section: Section
    utterance: Utterance


def said_in(transcript: Transcript) -> tuple[SpokenUtterance, ...]:
    """All moments of a talk, in its order."""
    return tuple(
        SpokenUtterance(section, utterance)
        for section in transcript.sections
        for utterance in section.utterances
    )


def position_at(moments: Sequence[SpokenUtterance], second: float) -> int | None:
    """The position of what is said at a second; ``None`` where nothing has a time.

    Between two moments it is the one before, and before the first one the first. What the talk
    itself holds goes before a digest of it.
    """
    timed = [n for n, one in enumerate(moments) if one.utterance.start_s is not None]
    if not timed:
        return None
    own = [n for n in timed if moments[n].section.kind == "talk"] or timed
    begun = [n for n in own if _start(moments[n]) <= second]
    return (
        max(begun, key=lambda n: (_start(moments[n]), n))
        if begun
        else min(own, key=lambda n: _start(moments[n]))
    )


def _start(one: SpokenUtterance) -> float:
    return one.utterance.start_s or 0.0
