"""Chunks and talks as the JSON that the catalogue keeps, and back: pure functions."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from corpus.types import Chunk, Sentence, Transcript
from index.types import Manifest, Talk, Topic

_CHUNK_FIELDS = (
    "id", "transcript_id", "file", "title", "source_url", "published", "language", "kind",
    "section", "heading", "start_s", "end_s", "estimated", "text", "token_count",
)  # fmt: skip


def chunk_to_json(chunk: Chunk) -> str:
    """All of a chunk. A sentence's words are kept as a span of the chunk's text."""
    record: dict[str, Any] = {name: getattr(chunk, name) for name in _CHUNK_FIELDS}
    record["speakers"] = chunk.speakers
    record["sentences"] = [
        (part.offset, len(part.text), part.speaker, part.start_s, part.end_s, part.estimated)
        for part in chunk.sentences
    ]
    return _dumps(record)


def chunk_from_json(text: str) -> Chunk:
    """The inverse of ``chunk_to_json``: an equal chunk."""
    record = json.loads(text)
    words = record["text"]
    record["speakers"] = tuple(record["speakers"])
    record["sentences"] = tuple(
        Sentence(words[offset : offset + length], offset, *rest)
        for offset, length, *rest in record["sentences"]
    )
    return Chunk(**record)


def talk_of(transcript: Transcript) -> Talk:
    """What the index remembers of a transcript beside its chunks."""
    topics = tuple(
        Topic(
            file=transcript.file,
            transcript_id=transcript.id,
            title=transcript.title,
            position=section.position,
            heading=section.heading,
            kind=section.kind,
            speakers=tuple(
                dict.fromkeys(turn.speaker for turn in section.utterances if turn.speaker)
            ),
            start_s=section.start_s,
            end_s=section.end_s,
        )
        for section in transcript.sections
    )
    return Talk(
        id=transcript.id,
        file=transcript.file,
        title=transcript.title,
        source_url=transcript.source_url,
        published=transcript.published,
        language=transcript.language,
        topics=topics,
    )


def talk_to_json(talk: Talk) -> str:
    """All of a talk, its topics included."""
    return _dumps(asdict(talk))


def talk_from_json(text: str) -> Talk:
    """The inverse of ``talk_to_json``."""
    record = json.loads(text)
    topics = (
        Topic(**{**topic, "speakers": tuple(topic["speakers"])}) for topic in record["topics"]
    )
    return Talk(**{**record, "topics": tuple(topics)})


def manifest_to_json(manifest: Manifest) -> str:
    """The manifest as it stands in the catalogue."""
    return _dumps(asdict(manifest))


def manifest_from_json(text: str) -> dict[str, Any]:
    """The stored manifest's fields; another version's may have other fields, hence no Manifest."""
    record = json.loads(text)
    if not isinstance(record, dict):
        raise ValueError("no JSON object")
    return record


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
