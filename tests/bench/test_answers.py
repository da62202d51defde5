"""The bench of written answers: which questions it takes, what it counts, and its peer."""

from __future__ import annotations

import pytest
from llama_index.core.embeddings import MockEmbedding

from assistant.evaluation.questions import EvalQuestion, QuestionKind
from assistant.generation.draft import Draft
from assistant.settings import ModelSettings
from assistant.types import Answer, Citation, Statement
from assistant.verification.check import Checker
from bench.answers import chosen, ending, sentences_of
from bench.citation_peer import ask_peer, citation_engine, source_excerpts
from bench.written import Reply, Sentence, figures, table
from corpus.types import Chunk
from tests.builders import make_chunk
from tests.index.fakes import FakeEmbedder
from tests.scripted_llm import Scene, serving

KNIVES = make_chunk(
    [("Ann", ["A sharp knife is safer.", "It does not slip."], 10.0, 30.0),
     ("Bob", ["Mine is blunt."], 30.0, 40.0)], id="a",
)  # fmt: skip
BREAD = make_chunk([("Bob", ["Sourdough lives on flour and water."], 100.0, 120.0)], id="b")


def question(name: str, language: str = "en", kind: QuestionKind = "qa") -> EvalQuestion:
    return EvalQuestion(name, kind, language, f"{name}?", (), ())


def test_questions_are_taken_evenly_and_the_languages_take_turns() -> None:
    asked = [question(f"zh{n}", ("zh-Hans", "zh-Hant")[n % 2]) for n in range(10)]
    asked += [question(f"en{n}") for n in range(4)] + [question("quote", kind="quote")]
    assert [one.id for one in chosen(asked, 4)] == ["zh0", "en0", "zh5", "en2"]
    assert [one.id for one in chosen(asked, 3)] == ["zh0", "en0", "zh5"]
    assert len(chosen(asked, 100)) == len(chosen(asked, None)) == 14


def reply(*outcomes: Sentence, end: str = "written", first_s: float | None = 1.0) -> Reply:
    return Reply("q", "text", outcomes, end, first_s, 4.0)


RIGHT = Sentence("Right.", "supported", ("Right.",))
MENDED = Sentence("Mended.", "mended", ("Right.",))
WRONG = Sentence("Wrong.", "unsupported", (), "number", "7")


def test_shares_are_of_all_sentences_shown_or_not() -> None:
    replies = [reply(RIGHT, MENDED), reply(WRONG, MENDED, end="quotes", first_s=None)]
    ours = figures("ours", replies)
    assert (ours.sentences, ours.verified, ours.by_model, ours.mended) == (4, 0.75, 0.25, 0.5)
    assert (ours.reasons, ours.ends) == ({"number": 1}, {"written": 1, "quotes": 1})
    assert (ours.first_s, ours.total_s) == (1.0, 4.0)
    peer = figures("peer", replies, mends=False)
    assert peer.verified == peer.by_model == 0.25
    assert "75 %" in table([ours]) and "number 1" in table([ours])
    assert figures("none", [reply()]).verified is None


def answer(**changes: object) -> Answer:
    values: dict[str, object] = {"status": "answered", "mode": "model", "notice": "", **changes}
    return Answer(text="", citations=(), answerable=1.0, suggestions=(), timings_ms={}, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "end"),
    [
        (answer(), "written"),
        (answer(notice="cut"), "kept"),
        (answer(mode="quotes", notice="away"), "quotes"),
        (answer(mode="quotes", status="no_evidence"), "refused"),
    ],
)
def test_how_a_reply_ended(given: Answer, end: str) -> None:
    assert ending(given) == end


def test_sentences_come_with_the_quotes_that_hold_them() -> None:
    cited = Citation(
        1, "a", "talk", "f", "t", "h", (), None, None, False, None, None, "It slips.", "", True
    )
    told = (
        Statement("So.", "no_claim"),
        Statement("It slips.", "mended", (1,)),
        Statement("It flies.", "unsupported", (), "", "meaning"),
    )
    first, second = sentences_of(Draft(statements=told, citations=(cited,)))
    assert (first.outcome, first.quotes) == ("mended", ("It slips.",))
    assert (second.text, second.reason, second.quotes) == ("It flies.", "meaning", ())


def test_a_source_is_its_passages_sentences_speaker_by_speaker() -> None:
    sources = [f"Source 1:\n{BREAD.text}\n", f"Source 2:\n{KNIVES.text}\n"]
    found = source_excerpts(sources, [KNIVES, BREAD])
    assert [(one.handle, one.speaker, len(one.sentences)) for one in found] == [
        (1, "Bob", 1),
        (2, "Ann", 2),
        (2, "Bob", 1),
    ]


def test_the_peer_is_checked_by_the_same_checker() -> None:
    chunks: list[Chunk] = [KNIVES, BREAD]
    said = "Sourdough lives on flour and water [{}]. Sourdough lives on flour and water."
    with serving(Scene(lambda request: said.format(_source(request.text)))) as server:
        engine = citation_engine(
            chunks, MockEmbedding(embed_dim=8), ModelSettings("scripted", url=server.url)
        )
        found = ask_peer(
            engine, question("bread"), chunks, lambda given: Checker(given, FakeEmbedder())
        )
    assert [sentence.outcome for sentence in found.sentences] == ["supported", "mended"]
    assert found.first_s is not None and found.first_s <= found.total_s
    assert found.end == "written" and "flour" in found.text


def _source(prompt: str) -> str:
    """The number that the peer has given to the passage on bread."""
    told = prompt.rpartition("Sourdough lives")[0].rpartition("Source ")[2]
    return told.partition(":")[0]
