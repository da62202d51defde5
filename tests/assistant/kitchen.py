"""A small library that a test lays down: three talks, and a retriever that finds them by a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from corpus.types import Transcript
from index.types import Evidence, Query, Talk, Topic
from tests.builders import make_chunk, make_evidence, make_hit, make_transcript

KNIVES = make_chunk([("Ann Lee", ["A sharp knife is safer.", "It does not slip."], 10.0, 30.0)])
BREAD = make_chunk(
    [("Bob Ray", ["A starter wants flour.", "It takes a week."], 60.0, 90.0)],
    id="c2", transcript_id="bread", file="bread.md", title="Bread talk", heading="Bread",
)  # fmt: skip
ARTICLE = make_chunk(
    [(None, ["Tea wants water below boiling."], None, None)],
    id="c3", transcript_id="tea", file="tea.md", title="Tea",
)  # fmt: skip
FOUND = {
    "knife": make_evidence(make_hit(KNIVES, 0.9, [0.9, 0.2]), make_hit(BREAD, 0.3, [0.1, 0.1])),
    "starter": make_evidence(make_hit(BREAD, 0.9, [0.9, 0.2]), make_hit(KNIVES, 0.3, [0.1, 0.1])),
    "tea": make_evidence(make_hit(ARTICLE, 0.9, [0.9])),
}
BOTH = make_evidence(make_hit(KNIVES, 0.9, [0.9, 0.2]), make_hit(BREAD, 0.8, [0.9, 0.2]))


class ScriptedRetriever:
    """Gives the evidence whose key stands in the query; remembers what it was asked."""

    def __init__(self, found: Mapping[str, Evidence] = FOUND) -> None:
        self.found = found
        self.asked: list[tuple[Query, int]] = []

    def search(self, query: Query, limit: int) -> Evidence:
        self.asked.append((query, limit))
        nothing = make_evidence(make_hit(KNIVES, 0.2, [0.1, 0.1]), answerable=0.1)
        keys = (key for key in self.found if key in f"{query.text} {query.context}")
        evidence = self.found.get(next(keys, ""), nothing)
        return replace(evidence, hits=evidence.hits[:limit])

    def spelled(self, text: str, *, slips: bool = True) -> str:  # noqa: ARG002
        return text

    def speakers(self) -> tuple[str, ...]:
        return ("Ann Lee", "Bob Ray", "余北", "田博士")

    def talks(self) -> Sequence[Talk]:
        return tuple(
            Talk(c.transcript_id, c.file, c.title, None, None, "en", ()) for c in (KNIVES, BREAD)
        )

    def topics(self) -> Sequence[Topic]:
        return [
            Topic("talk.md", "talk", "The talk", n, heading, "talk", ("Ann Lee",), None, None)
            for n, heading in enumerate(("Opening", "Knives"))
        ]


class KitchenRetriever(ScriptedRetriever):
    """Finds both talks for everything, inside the scope that it is given."""

    def __init__(self, evidence: Evidence = BOTH) -> None:
        super().__init__({"": evidence})

    def search(self, query: Query, limit: int) -> Evidence:
        found = super().search(query, limit)
        people, talks = query.scope.speakers, query.scope.transcripts
        hits = (hit for hit in found.hits if not people or people & set(hit.chunk.speakers))
        kept = tuple(hit for hit in hits if not talks or hit.chunk.transcript_id in talks)
        return replace(found, hits=kept)


def source(file: str) -> Transcript | None:
    """The transcripts as they stand on disk."""
    chunks = {chunk.file: chunk for chunk in (KNIVES, BREAD, ARTICLE)}
    return make_transcript(chunks[file]) if file in chunks else None
