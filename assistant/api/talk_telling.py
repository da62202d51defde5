"""Talks, their topics and moments as documents. Pure; ``home`` is the address of the page."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.access.scope import speakers_of
from assistant.api.moments import Said
from assistant.api.talk_documents import MomentOut, TalkOut, TopicOut
from assistant.web.addresses import talk_path
from corpus.links import moment_url, player_url
from index.scopes import Facets, is_within
from index.types import Scope, Talk, Topic


def talks_within(talks: Sequence[Talk], scope: Scope) -> list[Talk]:
    """Those of the talks that a scope takes in."""
    return [
        one
        for one in talks
        if is_within(Facets(one.id, one.published, one.language, speakers_of([one])), scope)
    ]


def talk_out(talk: Talk, home: str) -> TalkOut:
    """A talk without its words."""
    return TalkOut(
        id=talk.id,
        file=talk.file,
        title=talk.title,
        source_url=talk.source_url,
        published=talk.published,
        language=talk.language,
        speakers=list(speakers_of([talk])),
        player_url=player_url(talk.source_url, None),
        link=f"{home}/{talk_path(talk.id)}",
    )


def topic_out(topic: Topic, talk: Talk) -> TopicOut:
    """A topic of a talk."""
    return TopicOut(
        position=topic.position,
        heading=topic.heading,
        kind=topic.kind,
        speakers=list(topic.speakers),
        start_s=topic.start_s,
        end_s=topic.end_s,
        url=moment_url(talk.source_url, topic.start_s),
        player_url=player_url(talk.source_url, topic.start_s),
    )


def moment_out(position: int, said: Said, talk: Talk) -> MomentOut:
    """What one person says in one go; ``position`` counts over the whole talk."""
    utterance = said.utterance
    return MomentOut(
        position=position,
        heading=said.section.heading,
        kind=said.section.kind,
        speaker=utterance.speaker,
        start_s=utterance.start_s,
        end_s=utterance.end_s,
        estimated=utterance.estimated,
        text=utterance.text,
        url=moment_url(talk.source_url, utterance.start_s),
        player_url=player_url(talk.source_url, utterance.start_s),
    )
