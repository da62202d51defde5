"""What the command line prints; the shapes are its contract."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assistant.citation.citation import cite
from assistant.interfaces.documents.answers import answer_json, evidence_json, hit_out, report_json
from assistant.interfaces.documents.text import (
    answer_text,
    evidence_text,
    progress_text,
    report_text,
)
from assistant.types import Answer, Statement
from corpus.types import FileFailure
from index.types import IndexProgress, SyncReport
from tests.builders import VIDEO, make_chunk, make_evidence, make_hit, make_transcript

CHUNK = make_chunk(
    [("Ann", ["One is here.", "Two is there."], 83.0, 113.0), ("Bob", ["Three."], 113.0, 120.5)]
)
TIMELESS = make_chunk([(None, ["Words."], None, None)], id="c2", source_url=None, heading="")
REPORT = SyncReport(
    1, 2, 3, 4, failed=(FileFailure("bad.md", "holds no talk"),), chunks=50, seconds=1.23456
)


def answer(*citations_of: int) -> Answer:
    chunks = [CHUNK, TIMELESS]
    citations = tuple(
        cite(n, chunks[at], chunks[at].sentences[:1], make_transcript(chunks[at]))
        for n, at in enumerate(citations_of, start=1)
    )
    return Answer("One. [1]", citations, "answered", "quotes", 0.8, (), {"total": 1.5})


def test_a_report_is_the_contracts() -> None:
    assert json.loads(json.dumps(report_json(REPORT))) == {
        "added": 1,
        "updated": 2,
        "removed": 3,
        "unchanged": 4,
        "failed": [{"file": "bad.md", "error": "holds no talk"}],
        "chunks": 50,
        "seconds": 1.23,
    }
    assert report_text(REPORT) == (
        "1 added, 2 updated, 3 removed, 4 unchanged, 1 failed; 50 passages in 1.2 s"
    )


def test_a_search_is_the_contracts() -> None:
    evidence = make_evidence(make_hit(CHUNK, 0.123456, [0.2, 0.9, 0.1]), answerable=0.98765)
    document = json.loads(json.dumps(evidence_json(evidence, {"search": 2.5})))
    assert document == {
        "answerable": 0.9877,
        "hits": [
            {
                "rank": 1,
                "score": 0.1235,
                "file": "talk.md",
                "transcript": "talk",
                "title": "The talk",
                "heading": "Opening",
                "kind": "talk",
                "speakers": ["Ann", "Bob"],
                "start_s": 83.0,
                "end_s": 120.5,
                "estimated": False,
                "url": f"{VIDEO}&t=83s",
                "quote": "Two is there.",
                "text": "One is here. Two is there.\nThree.",
            }
        ],
        "timings_ms": {"search": 2.5},
    }


def test_hits_are_numbered_from_one() -> None:
    hits = [make_hit(CHUNK, 0.9, [0.2, 0.9, 0.1]), make_hit(TIMELESS, 0.5, [0.3])]
    document = evidence_json(make_evidence(*hits), {})
    assert [hit["rank"] for hit in document["hits"]] == [1, 2]
    assert evidence_json(make_evidence(answerable=0.0), {}) == {
        "answerable": 0.0, "hits": [], "timings_ms": {},
    }  # fmt: skip


def test_a_hit_without_times_or_address_says_null() -> None:
    hit = hit_out(3, make_hit(TIMELESS, 0.5, [0.3]), "").model_dump(mode="json")
    assert (hit["start_s"], hit["end_s"], hit["estimated"], hit["url"]) == (None, None, False, None)
    assert (hit["rank"], hit["speakers"]) == (3, [])


def test_a_long_hit_is_narrowed_to_the_moment_of_its_best_sentence() -> None:
    lines = [("Ann", [f"Sentence {n}."], 60.0 * n, 60.0 * n + 60) for n in range(10)]
    scores = [0.1] * 10
    scores[6] = 0.9
    hit = hit_out(1, make_hit(make_chunk(lines), 0.9, scores), "").model_dump()
    assert hit["quote"] == "Sentence 6."
    assert hit["start_s"] <= 360 < 420 <= hit["end_s"]
    assert hit["end_s"] - hit["start_s"] <= 120
    assert hit["url"] == f"{VIDEO}&t={int(hit['start_s'])}s"


def test_an_answer_is_the_contracts() -> None:
    document = json.loads(json.dumps(answer_json(answer(0, 1))))
    first, second = document.pop("citations")
    assert document == {
        "status": "answered",
        "answer": "One. [1]",
        "mode": "quotes",
        "timings_ms": {"total": 1.5},
    }
    assert first == {
        "marker": 1,
        "file": "talk.md",
        "title": "The talk",
        "heading": "Opening",
        "speakers": ["Ann"],
        "start_s": 83.0,
        "end_s": 113.0,
        "estimated": False,
        "url": f"{VIDEO}&t=83s",
        "quote": "One is here.",
        "verified": True,
    }
    assert second.keys() == first.keys()
    assert (second["start_s"], second["end_s"], second["url"]) == (None, None, None)


def test_people_read_an_answer_with_its_sources() -> None:
    assert answer_text(answer(0, 1)).splitlines() == [
        "One. [1]",
        "",
        "[1] The talk · Opening · Ann · 0:01:23-0:01:53",
        f"    {VIDEO}&t=83s",
        "[2] The talk · no times in source",
        "",
        "The talks probably answer this. Estimated probability of an answer: 80%.",
    ]
    refused = Answer("Nothing.", (), "no_evidence", "quotes", 0.1, (), {})
    assert answer_text(refused).splitlines() == [
        "Nothing.",
        "",
        "Quite sure: nothing that was searched answers this."
        " Estimated probability of an answer: 10%.",
    ]


def test_people_read_hits_with_place_and_words() -> None:
    broken = make_chunk([("Ann", ["Over\ntwo lines."], 5.0, 9.0)])
    hits = make_hit(broken, 0.9, [0.9]), make_hit(TIMELESS, 0.5, [0.3])
    assert evidence_text(make_evidence(*hits, answerable=0.876), 0.5).splitlines() == [
        "The talks probably answer this. Estimated probability of an answer: 88%.",
        "",
        "1. The talk · Opening · Ann · 0:00:05-0:00:09",
        "   Over two lines.",
        f"   {VIDEO}&t=5s",
        "",
        "2. The talk",
        "   Words.",
    ]


def test_hits_below_the_operators_threshold_are_no_answer() -> None:
    evidence = make_evidence(make_hit(CHUNK, 0.9, [0.9, 0.1, 0.1]), answerable=0.876)
    assert evidence_text(evidence, 0.9).startswith("Not sure: some passages come near")
    assert evidence_text(make_evidence(answerable=0.9), 0.5).startswith("Not sure")


def test_progress_is_one_line() -> None:
    halfway = IndexProgress(2, 4, 30, 60, tokens=5_000, tokens_total=15_000, elapsed_s=2.0)
    assert progress_text(halfway) == "files 2/4 · passages 30/60 · 2,500 tokens/s · 4 s left"


@pytest.mark.parametrize("elapsed_s", [0.0, 3.0])
def test_no_time_is_promised_before_anything_is_done(elapsed_s: float) -> None:
    begun = IndexProgress(0, 4, 0, 60, tokens=0, tokens_total=15_000, elapsed_s=elapsed_s)
    assert progress_text(begun) == "files 0/4 · passages 0/60 · 0 tokens/s · starting"


def test_a_models_answer_tells_what_holds() -> None:
    statements = (
        Statement("One is here.", "supported", (1,)),
        Statement("Whales sing.", "unsupported", (), " ", "number", "3"),
        Statement("Why?", "no_claim", (), " "),
    )
    made = replace(
        answer(0), mode="model", model="tiny", statements=statements, notice="It broke off."
    )
    document = answer_json(made)
    assert (document["mode"], document["model"]) == ("model", "tiny")
    assert document["notice"] == "It broke off."
    assert document["statements"][1] == {
        "text": "Whales sing.", "outcome": "unsupported", "markers": [], "reason": "number",
        "detail": "3",
    }  # fmt: skip
    text = answer_text(made)
    assert text.startswith("It broke off.\n\nOne.")
    assert text.endswith("Written by tiny; 1 of 2 sentences verified.")


def test_quotes_in_place_of_a_models_answer_name_no_writer() -> None:
    stood_in = replace(answer(0), model="tiny", notice="It failed.")
    assert answer_text(stood_in).startswith("It failed.\n\n")
    assert "Written by" not in answer_text(stood_in)
    assert answer_json(stood_in)["notice"] == "It failed."
    assert "notice" not in answer_json(answer(0))
