"""Small values for tests: a chunk from lines of (speaker, text, start, end)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpus.chunks import Budget, chunk_transcript
from corpus.types import Chunk, Section, Sentence, Transcript, Utterance
from index.types import Evidence, Hit, ScoreParts

Line = tuple[str | None, Sequence[str], float | None, float | None]
"""Speaker, the sentences of one utterance, and the utterance's exact span."""

KITCHEN_NOTE = """# Kitchen talk

- 链接：https://www.youtube.com/watch?v=dQw4w9WgXcQ
- 发布日期：2025-05-01

### Knives（00:00:10 - 00:01:00）
**Ann**：
- A sharp knife is safer than a blunt one, because it does not slip off the tomato.
- I sharpen mine on a whetstone every second Sunday.

### Bread（00:01:00 - 00:02:30）
**Bob**（00:01:00 - 00:02:30）：
- Sourdough needs a starter that you feed with flour and water for a week.
"""

VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def make_chunk(lines: Sequence[Line], **fields: Any) -> Chunk:
    """A chunk whose first sentence a line has the exact start, the others estimated ones."""
    sentences: list[Sentence] = []
    texts: list[str] = []
    offset = 0
    for speaker, parts, start_s, end_s in lines:
        step = None if start_s is None or end_s is None else (end_s - start_s) / len(parts)
        for n, part in enumerate(parts):
            begin = None if start_s is None else start_s + n * (step or 0.0)
            end = end_s if step is None or start_s is None else start_s + (n + 1) * step
            sentences.append(Sentence(part, offset, speaker, begin, end, estimated=n > 0))
            offset += len(part) + 1
        texts.append(" ".join(parts))
    starts = [part.start_s for part in sentences if part.start_s is not None]
    ends = [part.end_s for part in sentences if part.end_s is not None]
    values: dict[str, Any] = {
        "id": "c1",
        "transcript_id": "talk",
        "file": "talk.md",
        "title": "The talk",
        "source_url": VIDEO,
        "published": None,
        "language": "en",
        "kind": "talk",
        "section": 0,
        "heading": "Opening",
        "speakers": tuple(dict.fromkeys(line[0] for line in lines if line[0])),
        "start_s": min(starts, default=None),
        "end_s": max(ends, default=None),
        "estimated": False,
        "text": "\n".join(texts),
        "sentences": tuple(sentences),
        "token_count": 10,
    }
    return Chunk(**{**values, **fields})


def make_transcript(chunk: Chunk) -> Transcript:
    """A transcript whose only section holds the chunk's words."""
    utterances = tuple(Utterance(line) for line in chunk.text.split("\n"))
    section = Section(0, chunk.heading, chunk.start_s, chunk.end_s, chunk.kind, utterances)
    return Transcript(
        chunk.transcript_id, chunk.file, chunk.title, chunk.source_url, None, "en", (section,), "f"
    )


def make_untimed(said: Sequence[str]) -> tuple[Chunk, ...]:
    """The chunks of a talk of one topic in which nobody noted a time."""
    section = Section(0, "Opening", None, None, "talk", tuple(Utterance(one) for one in said))
    talk = Transcript("talk", "talk.md", "The talk", None, None, "en", (section,), "f")
    return chunk_transcript(talk, Budget(tokens=120))


def make_hit(chunk: Chunk, score: float, scores: Sequence[float]) -> Hit:
    """A hit whose sentences have these scores, in the order of the text."""
    paired = sorted(zip(chunk.sentences, scores, strict=True), key=lambda item: -item[1])
    return Hit(chunk, score, ScoreParts(score, max(scores), 0.0), tuple(paired))


def make_evidence(*hits: Hit, answerable: float = 0.9) -> Evidence:
    """Evidence with the hits in the order given."""
    return Evidence(hits, answerable)
