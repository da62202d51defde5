"""LlamaIndex's stock retrievers as they are measured, over an embedder that counts words."""

from __future__ import annotations

import sys

import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding

from assistant.evaluation.metrics import Find
from assistant.evaluation.peers import stock_peers
from assistant.evaluation.questions import EvalQuestion
from corpus.types import Chunk
from tests.builders import make_chunk

VOCABULARY = {"knife": 0.0, "bread": 0.003, "tomato": 0.002, "starter": 0.001}
"""Words that the fake model knows, with what a text has of each that holds none of them."""


class WordCounts(BaseEmbedding):
    """Meaning is how often each word of the vocabulary stands in a text."""

    def _get_text_embedding(self, text: str) -> list[float]:
        return [least + text.lower().count(word) for word, least in VOCABULARY.items()]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def passage(number: int, text: str, heading: str) -> Chunk:
    lines = [("Ann", [text], number * 60.0, number * 60.0 + 50)]
    return make_chunk(lines, id=f"c{number}", heading=heading)


CHUNKS = [
    passage(0, "A sharp knife is safer on a tomato.", "Knives"),
    passage(1, "Bread rises slowly with a starter.", "Bread"),
    passage(2, "A tomato keeps for a fortnight in the freezer.", "Storing"),
]


def peers(tell: list[str] | None = None) -> dict[str, Find]:
    told: list[str] = [] if tell is None else tell
    return stock_peers(CHUNKS, WordCounts(), told.append)


def ask(find: Find, text: str, *history: str) -> list[str]:
    return [
        place.heading for place in find(EvalQuestion("1", "qa", "en", text, history, ())).places
    ]


def test_a_place_is_the_whole_passage() -> None:
    found = peers()["llama-index dense"](EvalQuestion("1", "qa", "en", "which bread?", (), ()))
    first = found.places[0]
    assert (first.file, first.heading, first.start_s, first.end_s) == ("talk.md", "Bread", 60, 110)
    assert found.answered is None


def test_the_fusion_finds_words_that_the_vectors_do_not_know() -> None:
    both = peers()
    question = "Sharp frost, a fortnight in the freezer?"
    assert ask(both["llama-index dense"], question) == ["Bread", "Storing", "Knives"]
    assert ask(both["llama-index fusion"], question)[0] == "Storing"


def test_a_question_without_spaces_is_survived() -> None:
    assert len(ask(peers()["llama-index fusion"], "面包怎么发酵？")) == 3


def test_a_follow_up_is_asked_behind_the_questions_before_it() -> None:
    dense = peers()["llama-index dense"]
    assert ask(dense, "And on a tomato?", "Which knife?")[0] == "Knives"
    assert ask(dense, "And on a tomato?")[0] == "Storing"


def test_without_passages_there_are_no_peers() -> None:
    assert stock_peers([], WordCounts(), print) == {}


def test_without_its_library_the_fusion_is_left_out_with_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "llama_index.retrievers.bm25", None)
    told: list[str] = []
    assert list(peers(told)) == ["llama-index dense"]
    assert len(told) == 1 and "'.[bench]'" in told[0] and "\n" not in told[0]
