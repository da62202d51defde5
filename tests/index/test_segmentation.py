"""Where topics are cut, and what they are called."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.chunks import Budget, chunk_transcript
from corpus.types import Chunk, Section, Transcript, Utterance
from index.segmentation import segment, topics
from index.types import Vectors
from tests.index.fakes import FakeEmbedder
from tests.index.shelf import opened_shelf

BUDGET = Budget(120)
WIDTH = 200
SUBJECTS = {
    "knives": "knife blade whetstone steel handle edge tomato board",
    "bread": "sourdough flour oven crust starter yeast dough loaf",
    "bees": "hive honey queen swarm nectar wax pollen drone",
}


def blocks(*sizes: int, seed: int = 0, spread: float = 1.0) -> Vectors:
    """Unit vectors around one direction of its own for each block."""
    random = np.random.default_rng(seed)
    centres = np.eye(32)[: len(sizes)].repeat(sizes, axis=0)
    vectors = centres + spread * random.normal(size=centres.shape) / np.sqrt(32)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def cut(vectors: Vectors, speakers: Sequence[str | None] = ()) -> tuple[int, ...]:
    count = len(vectors)
    return segment(vectors, [WIDTH] * count, speakers or [None] * count)


@pytest.mark.parametrize("sizes", [(20, 20, 20), (12, 40, 25)])
def test_a_talk_of_three_blocks_is_cut_where_they_meet(sizes: tuple[int, ...]) -> None:
    first, second, _ = sizes
    assert cut(blocks(*sizes)) == (0, first, first + second)


def test_more_subjects_make_more_segments() -> None:
    assert [len(cut(blocks(*[20] * count))) for count in (1, 2, 4, 8)] == [1, 2, 4, 8]


def test_a_long_talk_on_one_subject_is_one_segment() -> None:
    assert cut(blocks(600)) == (0,)


def test_a_talk_longer_than_a_block_of_the_search_is_cut_alike() -> None:
    assert cut(blocks(300, 301, 302)) == (0, 300, 601)


def test_the_order_of_what_is_within_a_block_changes_nothing() -> None:
    vectors = blocks(20, 30)
    random = np.random.default_rng(1)
    shuffled = np.concatenate([random.permutation(vectors[:20]), random.permutation(vectors[20:])])
    assert cut(shuffled) == cut(vectors) == (0, 20)


def test_backwards_the_same_bound_is_found() -> None:
    assert cut(blocks(20, 30)[::-1]) == (0, 30)


def test_what_is_empty_or_alone_or_all_the_same() -> None:
    assert cut(blocks(20)[:0]) == ()
    assert cut(blocks(20)[:1]) == (0,)
    assert cut(np.repeat(blocks(1), 50, axis=0)) == (0,)


def test_a_short_aside_makes_no_segment() -> None:
    """Four sentences of a few words each, between two halves of one subject."""
    vectors = blocks(30, 4)
    order = [*range(15), *range(30, 34), *range(15, 30)]
    widths = [WIDTH] * 15 + [20] * 4 + [WIDTH] * 15
    assert segment(vectors[order], widths, [None] * 34) == (0,)


def test_the_end_of_a_long_turn_draws_the_bound() -> None:
    """The sentence between the blocks could belong to either; the host says it, or the guest."""
    vectors = blocks(20, 20)
    middle = vectors[:20].mean(axis=0) + vectors[20:].mean(axis=0)
    joined = np.vstack([vectors[:20], middle / np.linalg.norm(middle), vectors[20:]])
    asked = ["guest"] * 20 + ["host"] + ["guest"] * 20
    ended = ["guest"] * 21 + ["host"] * 20
    joined = joined.astype(np.float32)
    assert (cut(joined, asked)[-1], cut(joined, ended)[-1]) == (20, 21)


def told(*subjects: str, heading: bool = False, times: bool = True) -> tuple[Chunk, ...]:
    """A talk in which each subject is talked about for 24 turns of host and guest."""
    random = np.random.default_rng(3)
    sections: list[Section] = []
    turns: list[Utterance] = []
    for subject in subjects:
        words = SUBJECTS[subject].split()
        for number in range(24):
            said = " ".join(random.choice(words, 8)) + " and so the people really said."
            start = 10.0 * (len(turns) + sum(len(one.utterances) for one in sections))
            span = (start, start + 10.0) if times else (None, None)
            turns.append(Utterance(said.capitalize(), ("Ann", "Bob")[number % 2], *span))
        if heading:
            sections.append(Section(len(sections), subject, None, None, "talk", tuple(turns)))
            turns = []
    if turns:
        sections.append(Section(0, "Transcript", None, None, "talk", tuple(turns)))
    about = Section(len(sections), "About", None, None, "about", (Utterance("Filmed at home."),))
    talk = Transcript("t", "t.md", "The talk", None, None, "en", (*sections, about), "f")
    return chunk_transcript(talk, BUDGET)


def vectors_of(chunks: Sequence[Chunk]) -> list[Vectors]:
    embedder = FakeEmbedder()
    return [embedder.passages([one.text for one in chunk.sentences]) for chunk in chunks]


def test_a_talk_without_headings_gets_its_topics() -> None:
    chunks = told("knives", "bread", "bees")
    found = topics(chunks, vectors_of(chunks))
    assert [(one.first, one.last) for one in found] == [(0, 23), (24, 47), (48, 71)]
    assert [one.moment.start_s for one in found] == [0.0, 240.0, 480.0]
    assert [one.moment.end_s for one in found] == [240.0, 480.0, 720.0]
    assert {one.speakers for one in found} == {("Ann", "Bob")}
    assert {one.heading for one in found} == {""}
    for subject, topic in zip(SUBJECTS, found, strict=True):
        words = {word for term in topic.terms for word in term.lower().split()}
        assert len(topic.terms) >= 3
        assert words <= set(SUBJECTS[subject].split())


def test_headings_that_divide_a_talk_stay() -> None:
    chunks = told("knives", "bread", "knives", heading=True)
    found = topics(chunks, vectors_of(chunks))
    assert [one.heading for one in found] == ["knives", "bread", "knives"]
    assert [(one.first, one.last) for one in found] == [(0, 23), (24, 47), (48, 71)]


def test_a_talk_without_times_has_topics_without_times() -> None:
    chunks = told("knives", "bread", times=False)
    found = topics(chunks, vectors_of(chunks))
    assert [(one.first, one.moment.start_s) for one in found] == [(0, None), (24, None)]


def test_nothing_said_has_no_topics() -> None:
    about = told("knives")[-1:]
    assert about[0].kind == "about"
    assert topics((), ()) == topics(about, vectors_of(about)) == ()


def test_a_word_of_the_whole_library_names_no_topic_before_a_rare_one() -> None:
    chunks = told("knives", "bread")
    common = frozenset(SUBJECTS["bread"].split()[:4])

    def rarity(words: Collection[str]) -> Mapping[str, float]:
        return {word: 0.01 if word in common else 3.0 for word in words}

    rare = topics(chunks, vectors_of(chunks), rarity=rarity)[1].terms
    assert common.isdisjoint(term.lower() for term in rare[:3])


def test_topics_of_what_an_index_keeps(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    lines = []
    for number, subject in enumerate(subject for subject in SUBJECTS for _ in range(24)):
        said = " ".join(random.choice(SUBJECTS[subject].split(), 8))
        lines.append(f"Speaker {number % 2 + 1} (00:{number:02}:00):\nAnd so the {said}.\n")
    with opened_shelf(tmp_path) as shelf:
        shelf.put(talk="# The talk\n\n" + "\n".join(lines))
        store = shelf.store
        chunks = store.catalog.talk_chunks("talk.md")
        kept = store.sentence_vectors.get(chunks)
        vectors = [kept[row] for row in chunks]
        found = topics(list(chunks.values()), vectors, rarity=store.lexical.rarity)
    assert [topic.moment.start_s for topic in found] == [0.0, 24 * 60.0, 48 * 60.0]
    for subject, topic in zip(SUBJECTS, found, strict=True):
        words = {word for term in topic.terms for word in term.lower().split()}
        assert words and words <= set(SUBJECTS[subject].split())
