"""The retriever over a real store: a small library of notes, and an embedder without a model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.schema import NodeWithScore, TextNode

from index import retriever as module
from index import scoring
from index.retriever import TranscriptRetriever
from index.types import Query
from tests.index.shelf import CHINESE, KITCHEN, WORKSHOP, Shelf, opened_shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with opened_shelf(tmp_path) as shelf:
        yield shelf


def test_an_empty_library_has_no_evidence(shelf: Shelf) -> None:
    evidence = shelf.retriever.search(Query("How do you keep a knife sharp?"), 5)
    assert (evidence.hits, evidence.answerable) == ((), 0.0)
    assert shelf.retriever.retrieve("How do you keep a knife sharp?") == []
    assert (shelf.retriever.speakers(), list(shelf.retriever.topics())) == ((), [])


def test_hits_come_best_first_with_their_best_sentence_first(shelf: Shelf) -> None:
    shelf.put(kitchen=KITCHEN, chinese=CHINESE)
    evidence = shelf.retriever.search(Query("sourdough starter with flour and water"), 10)
    scores = [hit.score for hit in evidence.hits]
    assert scores == sorted(scores, reverse=True)
    first = evidence.hits[0]
    assert (first.chunk.heading, first.chunk.kind) == ("Bread", "talk")
    assert first.best.text.startswith("A sourdough starter wants flour")
    for hit in evidence.hits:
        assert [part for part, _ in hit.sentences[:1]] == [hit.best]
        ranked = [score for _, score in hit.sentences]
        assert ranked == sorted(ranked, reverse=True)
        assert sorted(part.offset for part, _ in hit.sentences) == [
            part.offset for part in hit.chunk.sentences
        ]
    assert first.parts.lexical > 0.5
    assert -1 <= first.parts.dense <= 1 and -1 <= first.parts.sentence <= 1
    assert 0 < evidence.answerable < 1


def test_the_limit_cuts_the_list_and_nothing_else(shelf: Shelf) -> None:
    shelf.put(kitchen=KITCHEN, chinese=CHINESE)
    query = Query("Is a blunt knife safer?")
    whole = shelf.retriever.search(query, 10)
    cut = shelf.retriever.search(query, 2)
    assert len(whole.hits) > 2
    assert (cut.hits, cut.answerable) == (whole.hits[:2], whole.answerable)


def test_the_talk_comes_before_its_digest(shelf: Shelf) -> None:
    shelf.put(kitchen=KITCHEN)
    hits = shelf.retriever.search(Query("A sharp knife is safer than a blunt knife"), 10).hits
    assert hits[0].chunk.kind == "talk"
    assert "summary" in [hit.chunk.kind for hit in hits]


def test_both_scripts_find_the_same_words(shelf: Shelf) -> None:
    shelf.put(kitchen=KITCHEN, chinese=CHINESE)
    simplified, traditional = (
        shelf.retriever.search(Query(question), 1).hits[0]
        for question in ("公开榜单为什么不能反映产品表现？", "公開榜單為什麼不能反映產品表現？")
    )
    assert simplified.chunk == traditional.chunk
    assert simplified.chunk.heading == "榜单"
    assert simplified.parts.lexical == traditional.parts.lexical > 0.1


def twin(speaker: str) -> str:
    """A talk that differs from its twins only by who speaks."""
    return (
        "# Knives\n\n### Safety（00:00:10 - 00:01:00）\n"
        f"**{speaker}**：\n- A sharp knife is safer than a blunt knife in any kitchen.\n"
    )


@pytest.mark.parametrize("file", ["one.md", "two.md"])
def test_the_talk_that_a_conversation_is_about_is_preferred_not_required(
    shelf: Shelf, file: str
) -> None:
    shelf.put(one=twin("Ann Lee"), two=twin("Bob Ray"), other=KITCHEN)
    ids = {topic.file: topic.transcript_id for topic in shelf.retriever.topics()}
    about = frozenset({ids[file]})
    found = shelf.files(Query("Why is a sharp knife safer?", transcripts=about))
    assert found[0] == file
    assert set(found) == {"one.md", "two.md", "other.md"}
    elsewhere = Query("a sourdough starter wants flour and water", transcripts=about)
    assert shelf.files(elsewhere)[0] == "other.md"


@pytest.mark.parametrize(("person", "file"), [("Ann Lee", "one.md"), ("Bob Ray", "two.md")])
def test_the_person_that_a_conversation_is_about_is_preferred_not_required(
    shelf: Shelf, person: str, file: str
) -> None:
    shelf.put(one=twin("Ann Lee"), two=twin("Bob Ray"), other=KITCHEN)
    about = frozenset({person})
    found = shelf.files(Query("Why is a sharp knife safer?", speakers=about))
    assert found[0] == file
    assert set(found) == {"one.md", "two.md", "other.md"}
    elsewhere = Query("a sourdough starter wants flour and water", speakers=about)
    assert shelf.files(elsewhere)[0] == "other.md"


@pytest.mark.parametrize(
    ("person", "named"),
    [
        ("Maria Lind", "In the kitchen, Lind said, a knife must be sharp above all else."),
        ("Maria Lind", "Lind说厨房里的刀一定要锋利 and a knife must be sharp above all else."),
        ("Speaker 2", "And Speaker 2 said that a knife must be sharp above all else."),
        ("余北", "余北认为 a knife must be sharp above all else."),
    ],
)
def test_a_person_named_in_an_article_counts_as_its_voice(
    shelf: Shelf, person: str, named: str
) -> None:
    plain = "For 2 years Lindgren said that a knife must be sharp above all else."
    shelf.put(a=f"# A\n\n{plain}\n", b=f"# B\n\n{named}\n")
    query = Query("a knife must be sharp above all else", speakers=frozenset({person}))
    without, with_person = (
        {hit.chunk.file: hit.score for hit in shelf.retriever.search(one, 5).hits}
        for one in (Query(query.text), query)
    )
    gains = {file: with_person[file] - without[file] for file in without}
    assert gains == pytest.approx({"a.md": 0.0, "b.md": scoring.FOCUS_SPEAKER})


@pytest.mark.parametrize("person", ["", " ", "X"])
def test_a_person_without_a_proper_name_is_nowhere(shelf: Shelf, person: str) -> None:
    shelf.put(kitchen=KITCHEN)
    text = "Why is a sharp knife safer?"
    plain = shelf.retriever.search(Query(text), 5)
    assert shelf.retriever.search(Query(text, speakers=frozenset({person})), 5) == plain


def test_what_is_preferred_makes_nothing_surer(shelf: Shelf) -> None:
    shelf.put(kitchen=KITCHEN, workshop=WORKSHOP, chinese=CHINESE)
    text = "When does it rise?"
    talk = next(one.transcript_id for one in shelf.retriever.topics() if one.file == "kitchen.md")
    plain = shelf.retriever.search(Query(text), 5)
    assert 0.01 < plain.answerable < 0.999
    about = Query(text, transcripts=frozenset({talk}), speakers=frozenset({"Bob Al"}))
    assert shelf.retriever.search(about, 5).answerable == pytest.approx(plain.answerable, abs=1e-5)


def test_a_follow_up_leans_towards_what_was_asked_before(shelf: Shelf) -> None:
    shelf.put(kitchen=KITCHEN)
    text = "How many days is that?"
    after = Query(text, context="What does a sourdough starter want?")
    hits = shelf.retriever.search(after, 5).hits
    assert hits[0].chunk.heading == "Bread"
    plain = {hit.chunk.id: hit.score for hit in shelf.retriever.search(Query(text), 5).hits}
    assert hits[0].score > plain[hits[0].chunk.id]


@pytest.mark.parametrize("question", ["", "???", "the of and", "a" * 5000])
def test_a_question_without_words_of_its_own_breaks_nothing(shelf: Shelf, question: str) -> None:
    shelf.put(kitchen=KITCHEN)
    evidence = shelf.retriever.search(Query(question), 3)
    assert len(evidence.hits) == 3
    assert all(hit.parts.lexical == 0 for hit in evidence.hits)


def test_topics_and_speakers_are_those_of_the_library(shelf: Shelf) -> None:
    shelf.put(kitchen=KITCHEN, chinese=CHINESE)
    assert shelf.retriever.speakers() == ("余北", "田博士", "Ann Lee", "Bob Al")
    headings = [topic.heading for topic in shelf.retriever.topics() if topic.kind == "talk"]
    assert headings == ["榜单", "算力", "Knives", "Bread"]


def test_only_so_many_candidates_of_each_side_are_scored(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CANDIDATES", 2)
    sections = "".join(f"### Part {n}\n\nThe knife number {n} is sharp.\n\n" for n in range(9))
    shelf.put(many=f"# Many\n\n{sections}")
    hits = shelf.retriever.search(Query("Which knife has the number 7?"), 100).hits
    assert 2 <= len(hits) <= 4
    assert hits[0].chunk.heading == "Part 7"


def test_words_find_what_meaning_alone_would_miss(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CANDIDATES", 1)
    shelf.put(kitchen=KITCHEN, workshop=WORKSHOP)
    elsewhere = shelf.embedder.query("knife board tomato whetstone")
    monkeypatch.setattr(shelf.embedder, "query", lambda _: elsewhere)
    hits = shelf.retriever.search(Query("starter"), 10).hits
    assert [hit.chunk.heading for hit in hits if hit.parts.lexical > 0] == ["Bread"]
    assert len(hits) == 2


def test_llama_index_retrieves_nodes_with_flat_metadata(shelf: Shelf) -> None:
    shelf.put(kitchen=KITCHEN, chinese=CHINESE)
    door = TranscriptRetriever(shelf.store, shelf.embedder, limit=2)
    question = "sourdough starter with flour and water"
    found = door.retrieve(question)
    assert [type(item) for item in found] == [NodeWithScore] * 2
    hits = door.search(Query(question), 2).hits
    assert [item.node.node_id for item in found] == [hit.chunk.id for hit in hits]
    assert [item.score for item in found] == [hit.score for hit in hits]
    node = found[0].node
    assert isinstance(node, TextNode)
    assert node.text == hits[0].chunk.text
    assert (node.metadata["heading"], node.metadata["start_s"]) == ("Bread", 60.0)
    assert all(isinstance(value, str | int | float) for value in node.metadata.values())
    later = asyncio.run(door.aretrieve(question))
    assert [item.node.node_id for item in later] == [item.node.node_id for item in found]
