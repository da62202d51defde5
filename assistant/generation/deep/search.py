"""Where a part of a question is looked for: on several paths, whose finds are put together.

Pure but for the search that is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from assistant.generation.deep.parts import Subquestion, narrowed
from assistant.retrieval.context import Excerpt, gather
from corpus.language import detect_language, fold
from index.lexical.concepts import Concept, concepts_of
from index.lexical.dictionary import Dictionary, Translation
from index.lexical.terms import terms
from index.types import EVERYWHERE, Evidence, Hit, Query, Scope

SearchPath = Literal["asked", "scoped", "translated", "keys"]
Search = Callable[[Query, int], Evidence]

HITS = 16
"""Passages of a part, more than its excerpts are from."""
OF_A_TALK = 8
"""So many of them from one talk, where the part isn't about that talk or somebody in it."""
TURNS: Mapping[SearchPath, int] = MappingProxyType(
    {"scoped": HITS, "asked": HITS, "keys": 3, "translated": 3}
)
"""In which order the paths take turns, and how many of them each has: bare words and those of a
dictionary lead astray more often than a sentence."""
STEP = 0.985
"""What a passage's score is of the one's before it, once the paths are put together."""


@dataclass(frozen=True, slots=True)
class PartEvidence:
    """What the paths brought for one part; ``by_path`` counts the passages that each was first to
    find. ``evidence`` is as sure as the question as asked is."""

    part: Subquestion
    evidence: Evidence
    by_path: Mapping[SearchPath, int]


def search_part(
    part: Subquestion,
    search: Search,
    scope: Scope,
    languages: Iterable[str],
    dictionary: Dictionary | None,
    *,
    apart_from: frozenset[str] = frozenset(),
) -> PartEvidence:
    """The best passages for a part inside ``scope``, those with the ids ``apart_from`` left out.

    ``languages`` are the tags of the library's talks.
    """
    queries = paths(part, scope, tuple(languages), dictionary)
    limit = HITS + len(apart_from)
    found = {path: search(query, limit) for path, query in queries.items()}
    hits, by_path = _merged(part, found, apart_from)
    sure = found["asked"].answerable if "asked" in found else 0.0
    return PartEvidence(part, Evidence(hits, sure), by_path)


def paths(
    part: Subquestion, scope: Scope, languages: Sequence[str], dictionary: Dictionary | None
) -> dict[SearchPath, Query]:
    """The queries for a part: as asked; where its person or talk is; in the library's other
    language, word for word; and by its telling words alone."""
    inner = narrowed(scope, part.scope)
    queries: dict[SearchPath, Query] = {
        "asked": Query(part.text, speakers=part.scope.speakers, scope=scope)
    }
    topic = part.topic if terms(part.topic) else part.text
    if inner != scope:
        queries["scoped"] = replace(queries["asked"], text=topic, scope=inner)
    concepts = concepts_of(topic if inner != scope else part.text, dictionary)
    own = _base(detect_language(part.text))
    if dictionary is not None and any(_base(tag) != own for tag in languages):
        queries["translated"] = Query(_spelt(map(_translation, concepts)), scope=inner)
    queries["keys"] = Query(_spelt(concept.own for concept in concepts), scope=inner)
    return {path: query for path, query in queries.items() if query.text.strip()}


def shares(found: Sequence[PartEvidence], budget_tokens: int) -> tuple[tuple[Excerpt, ...], ...]:
    """The excerpts of each part, so that all parts have the same share of the budget."""
    each = budget_tokens // max(1, len(found))
    return tuple(gather(one.evidence, each) for one in found)


def pooled(parts: Iterable[Sequence[Excerpt]]) -> tuple[Excerpt, ...]:
    """The excerpts of all parts under handles of one row, each once."""
    kept: dict[tuple[str, int, int], Excerpt] = {}
    for excerpt in (excerpt for excerpts in parts for excerpt in excerpts):
        first, last = excerpt.sentences[0], excerpt.sentences[-1]
        kept.setdefault((excerpt.chunk.id, first.offset, last.end), excerpt)
    return tuple(replace(excerpt, handle=n) for n, excerpt in enumerate(kept.values(), start=1))


def _merged(
    part: Subquestion, found: Mapping[SearchPath, Evidence], apart_from: frozenset[str]
) -> tuple[tuple[Hit, ...], dict[SearchPath, int]]:
    """The hits of all paths in turn, the paths' best ones first: their scores don't compare.

    In place of its own score each gets one by its place, so that what is read goes by that.
    """
    top = max((evidence.hits[0].score for evidence in found.values() if evidence.hits), default=0.0)
    order = [path for path in TURNS if path in found]
    first: dict[str, tuple[SearchPath, Hit]] = {}
    for rank in range(max((len(evidence.hits) for evidence in found.values()), default=0)):
        for path in (path for path in order if rank < TURNS[path]):
            for hit in found[path].hits[rank : rank + 1]:
                if hit.chunk.id not in apart_from and _concerns(hit, part):
                    first.setdefault(hit.chunk.id, (path, hit))
    kept = _spread(part, (hit for _, hit in first.values()))
    scored = tuple(replace(hit, score=top * STEP**n) for n, hit in enumerate(kept))
    ways = [first[hit.chunk.id][0] for hit in kept]
    return scored, {path: ways.count(path) for path in order if path in ways}


def _spread(part: Subquestion, hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The best ones, no talk with more than its own number of them."""
    kept: list[Hit] = []
    later: list[Hit] = []
    for hit in hits:
        of_talk = sum(hit.chunk.file == other.chunk.file for other in kept)
        crowded = part.scope == EVERYWHERE and of_talk >= OF_A_TALK
        (later if crowded else kept).append(hit)
    return tuple([*kept[:HITS], *later][:HITS])


def _concerns(hit: Hit, part: Subquestion) -> bool:
    """Whether a passage is the person's or the talk's that a part is about, or names it."""
    chunk, scope = hit.chunk, part.scope
    if scope == EVERYWHERE or not scope.speakers.isdisjoint(chunk.speakers):
        return True
    return chunk.transcript_id in scope.transcripts or (
        bool(part.named) and fold(part.named) in fold(chunk.text)
    )


def _translation(concept: Concept) -> Translation:
    return concept.translations[0] if concept.translations else concept.own


def _spelt(forms: Iterable[Translation]) -> str:
    return " ".join(dict.fromkeys(_word(form) for form in forms))


def _word(form: Translation) -> str:
    """A form's terms as a word again: the bigrams of a Chinese one overlap."""
    if len(form) > 1 and all(len(term) == 2 and not term.isascii() for term in form):
        return form[0] + "".join(term[1] for term in form[1:])
    return " ".join(form)


def _base(tag: str) -> str:
    return tag.partition("-")[0]
