from __future__ import annotations

from dataclasses import replace

from assistant.citation.citation import cite, quote_stands
from tests.builders import make_chunk, make_transcript

CHUNK = make_chunk([("Ann", ["One is here.", "Two is there."], 83.0, 113.0)])


def test_a_citation_tells_words_speaker_and_second() -> None:
    citation = cite(2, CHUNK, CHUNK.sentences[:1], make_transcript(CHUNK))
    assert citation.marker == 2
    assert (citation.quote, citation.speakers) == ("One is here.", ("Ann",))
    assert (citation.title, citation.heading) == ("The talk", "Opening")
    assert citation.url is not None and "t=83" in citation.url
    assert citation.player_url is not None and "start=83" in citation.player_url
    assert citation.verified


def test_words_that_left_the_transcript_are_not_verified() -> None:
    changed = make_transcript(make_chunk([("Ann", ["Something else."], 83.0, 113.0)]))
    assert not cite(1, CHUNK, CHUNK.sentences[:1], changed).verified
    assert not cite(1, CHUNK, CHUNK.sentences[:1], None).verified


def test_a_quote_stands_across_white_space_only() -> None:
    transcript = make_transcript(CHUNK)
    assert quote_stands("One is  here. Two", 0, transcript)
    assert not quote_stands("One was here.", 0, transcript)
    assert not quote_stands("One is here.", 3, transcript)
    assert not quote_stands("  ", 0, transcript)


def test_a_source_without_times_has_no_second() -> None:
    timeless = make_chunk([(None, ["Words."], None, None)])
    citation = cite(1, timeless, timeless.sentences, make_transcript(timeless))
    assert (citation.start_s, citation.end_s, citation.estimated) == (None, None, False)
    assert citation.url is not None and "t=" not in citation.url
    assert citation.speakers == ()


def test_a_source_without_address_has_no_link() -> None:
    citation = cite(1, replace(CHUNK, source_url=None), CHUNK.sentences, None)
    assert citation.url is None and citation.player_url is None


def test_a_quote_over_two_turns_names_both_speakers_once() -> None:
    chunk = make_chunk(
        [("Ann", ["One."], 10.0, 20.0), ("Bob", ["Two."], 20.0, 30.0), ("Ann", ["Three."], 30, 40)]
    )
    citation = cite(1, chunk, chunk.sentences, make_transcript(chunk))
    assert citation.quote == "One.\nTwo.\nThree."
    assert citation.speakers == ("Ann", "Bob")
    assert (citation.start_s, citation.end_s) == (10.0, 40.0)
    assert citation.verified


def test_the_passage_comes_with_the_quote() -> None:
    citation = cite(1, CHUNK, CHUNK.sentences[1:], make_transcript(CHUNK))
    assert (citation.quote, citation.passage) == ("Two is there.", CHUNK.text)
    assert citation.quote in citation.passage


def test_a_quote_stands_in_its_own_section_only() -> None:
    transcript = make_transcript(CHUNK)
    moved = replace(CHUNK, section=1)
    assert not cite(1, moved, moved.sentences[:1], transcript).verified
