"""Chunks: nothing lost, nothing twice, inside the budget, with the times of their sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus
from corpus.chunks import Budget, chunk_transcript
from corpus.readers import read_transcript
from corpus.tokens import count_tokens
from corpus.types import Chunk, Section, SettingsError, Transcript, Utterance

SHIPPED = sorted(Path(corpus.__file__).parent.joinpath("transcripts").glob("*.md"))


def section(*utterances: Utterance, position: int = 0, heading: str = "Topic") -> Section:
    return Section(position, heading, None, None, "talk", utterances)


def transcript(*sections: Section, title: str = "The talk", language: str = "en") -> Transcript:
    return Transcript("talk", "talk.md", title, None, None, language, sections, "f")


def chunks_of(*utterances: Utterance, **budget: Any) -> tuple[Chunk, ...]:
    return chunk_transcript(transcript(section(*utterances)), Budget(**budget))


def characters(texts: Sequence[str]) -> str:
    return "".join("".join(texts).split())


WORDS = st.lists(
    st.sampled_from(
        ["hello", "world.", "Really?", "规模", "数据，", "好。", "真的？", "です。", "e.g.", "3.0",
         "\n", "…", "「好。」", "<|endoftext|>", "🙂",
         "and so on " * 30, "我们继续讲" * 30, "ก" * 90]
    ),
    max_size=12,
).map(" ".join)  # fmt: skip
TEXTS = st.one_of(WORDS, st.text(max_size=80))
SPEAKERS = st.sampled_from([None, "Ann", "田博士", "（抛砖引玉）嘉宾"])


@st.composite
def sections(draw: st.DrawFn, position: int) -> Section:
    """A section whose utterances follow one another in time, some without times or ends."""
    clock = draw(st.floats(0, 9_000))
    start, utterances = clock, []
    for text in draw(st.lists(TEXTS, max_size=8)):
        length = draw(st.floats(0, 300))
        begin, end = draw(st.sampled_from([(clock, clock + length), (clock, None), (None, None)]))
        estimated = begin is not None and draw(st.booleans())
        utterances.append(Utterance(text, draw(SPEAKERS), begin, end, estimated))
        clock += length
    return Section(position, draw(st.text(max_size=60)), start, clock, "talk", tuple(utterances))


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    count = draw(st.integers(0, 3))
    return transcript(
        *(draw(sections(position)) for position in range(count)), title=draw(st.text(max_size=120))
    )


def in_window(text: str) -> int:
    """A tokenizer of two characters a token, with four tokens of its own around any text."""
    return (len(text) + 1) // 2 + 4


BUDGETS = st.sampled_from(
    [Budget(), Budget(tokens=200), Budget(window_tokens=256, window_count=in_window)]
)


@settings(max_examples=60)
@given(transcripts(), BUDGETS)
def test_every_word_is_in_one_chunk_in_order(talk: Transcript, budget: Budget) -> None:
    try:
        chunks = chunk_transcript(talk, budget)
    except SettingsError:
        chunks = chunk_transcript(talk, replace(budget, tokens=600, window_tokens=None))
    said = [turn.text for part in talk.sections for turn in part.utterances]
    assert characters([chunk.text for chunk in chunks]) == characters(said)
    sentences = [sentence for chunk in chunks for sentence in chunk.sentences]
    assert characters([sentence.text for sentence in sentences]) == characters(said)
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    assert [chunk.section for chunk in chunks] == sorted(chunk.section for chunk in chunks)


@settings(max_examples=60)
@given(transcripts(), BUDGETS)
def test_budgets_hold_or_an_error_says_so(talk: Transcript, budget: Budget) -> None:
    try:
        chunks = chunk_transcript(talk, budget)
    except SettingsError as error:
        assert "talk.md" in str(error)
        return
    for chunk in chunks:
        assert chunk.token_count == count_tokens(chunk.embedded_text) <= budget.tokens
        if budget.window_tokens is not None:
            assert in_window(chunk.embedded_text) <= budget.window_tokens


def test_a_window_holds_though_the_whole_counts_more_than_its_parts() -> None:
    def growing(text: str) -> int:
        return int(len(text) ** 1.1 / 3) + 4

    turns = [Utterance(f"Number {n} goes on like this. And so on.", "Ann") for n in range(60)]
    chunks = chunks_of(*turns, window_tokens=200, window_count=growing)
    assert max(growing(chunk.embedded_text) for chunk in chunks) <= 200
    assert characters([chunk.text for chunk in chunks]) == characters([t.text for t in turns])


@settings(max_examples=60)
@given(transcripts())
def test_spans_are_ordered_and_inside_their_section(talk: Transcript) -> None:
    for chunk in chunk_transcript(talk, Budget(tokens=600)):
        part = talk.sections[chunk.section]
        assert part.start_s is not None and part.end_s is not None
        starts = [sentence.start_s for sentence in chunk.sentences if sentence.start_s is not None]
        assert starts == sorted(starts)
        assert all(part.start_s <= start <= part.end_s for start in starts)
        assert chunk.start_s == (starts[0] if starts else None)
        for sentence in chunk.sentences:
            assert chunk.text[sentence.offset : sentence.end] == sentence.text
            if sentence.end_s is not None:
                assert sentence.start_s is not None
                assert sentence.start_s <= sentence.end_s <= part.end_s
                assert chunk.end_s is None or sentence.end_s <= chunk.end_s


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name[:8])
def test_the_shipped_talks_keep_every_sentence_in_its_topic(path: Path) -> None:
    talk = read_transcript(path.name, path.read_bytes())
    chunks = chunk_transcript(talk, Budget())
    assert max(chunk.token_count for chunk in chunks) <= 400
    for part in talk.sections:
        own = [chunk for chunk in chunks if chunk.section == part.position]
        said = [turn.text for turn in part.utterances]
        assert characters([chunk.text for chunk in own]) == characters(said)
        assert {chunk.heading for chunk in own} <= {part.heading}
        assert {chunk.kind for chunk in own} <= {part.kind}
        assert {chunk.language for chunk in own} <= {talk.language}
        for chunk in own:
            if chunk.start_s is not None and part.start_s is not None:
                assert part.start_s <= chunk.start_s
                assert chunk.end_s is None or part.end_s is None or chunk.end_s <= part.end_s
    assert len(chunks) == len({chunk.id for chunk in chunks})


def test_one_utterance_a_line_with_its_speaker() -> None:
    (chunk,) = chunks_of(
        Utterance("One.  Two。三。", "Ann"), Utterance("  "), Utterance("Four.", "Bob")
    )
    assert chunk.text == "One. Two。三。\nFour."
    assert [part.speaker for part in chunk.sentences] == ["Ann", "Ann", "Ann", "Bob"]
    assert chunk.speakers == ("Ann", "Bob")
    assert chunk.embedded_text == f"The talk · Topic · Ann, Bob\n{chunk.text}"


def test_the_utterances_own_times_are_kept_and_others_interpolated() -> None:
    (chunk,) = chunks_of(
        Utterance("Short turn.", "Ann", 10.0, 12.5),
        Utterance("Abcd. Efgh. Ijkl.", "Bob", 20.0, 37.0),
    )
    times = [(part.start_s, part.end_s, part.estimated) for part in chunk.sentences]
    assert times == [
        (10.0, 12.5, False),
        (20.0, 25.0, False),
        (26.0, 31.0, True),
        (32.0, 37.0, True),
    ]
    assert (chunk.start_s, chunk.end_s, chunk.estimated) == (10.0, 37.0, False)


def test_a_turn_without_an_end_gives_its_start_alone() -> None:
    (chunk,) = chunks_of(Utterance("One.", "Ann", 1.0, 9.0), Utterance("Two. Three.", "Bob", 9.0))
    times = [(part.start_s, part.end_s, part.estimated) for part in chunk.sentences]
    assert times == [(1.0, 9.0, False), (9.0, None, False), (9.0, None, True)]
    assert (chunk.start_s, chunk.end_s) == (1.0, None)


def test_an_end_before_the_start_counts_as_none() -> None:
    (chunk,) = chunks_of(Utterance("One. Two.", "Ann", 9.0, 4.0))
    assert (chunk.start_s, chunk.end_s) == (9.0, None)


def test_no_times_are_invented() -> None:
    (chunk,) = chunks_of(Utterance("One. Two."))
    assert (chunk.start_s, chunk.end_s, chunk.estimated) == (None, None, False)


def test_estimated_turns_stay_marked() -> None:
    (chunk,) = chunks_of(Utterance("One.", None, 4.0, 6.0, estimated=True))
    assert chunk.estimated and chunk.sentences[0].estimated


def test_chunks_of_a_section_are_about_equal() -> None:
    turns = [Utterance(f"Number {n} says that it goes on like this.", "Ann") for n in range(100)]
    sizes = [chunk.token_count for chunk in chunks_of(*turns)]
    assert len(sizes) > 2
    assert min(sizes) > 0.75 * max(sizes)


def test_a_cut_falls_between_speakers_and_not_before_an_answer() -> None:
    talk = "This goes on about the scaling of models in some detail. " * 3
    turns = []
    for n in range(12):
        turns += [
            Utterance(f"And what about point {n}?", "Host"),
            Utterance(f"{talk * 2} {n}.", "Guest"),
        ]
    chunks = chunks_of(*turns)
    assert len(chunks) > 2
    assert {chunk.sentences[0].speaker for chunk in chunks} == {"Host"}


def test_a_sentence_over_the_budget_is_cut_in_order() -> None:
    words = [f"word{n}" for n in range(400)]
    chunks = chunks_of(Utterance(" ".join(words), "Ann", 0.0, 400.0), tokens=60)
    assert [word for chunk in chunks for word in chunk.text.split()] == words
    starts = [chunk.start_s for chunk in chunks if chunk.start_s is not None]
    assert len(starts) == len(chunks) and all(a < b for a, b in pairwise(starts))
    assert [chunk.estimated for chunk in chunks] == [False] + [True] * (len(chunks) - 1)


def test_a_long_title_leaves_room_for_the_words() -> None:
    titled = transcript(section(Utterance("Hello there."), heading="標題" * 300), title="Ω" * 900)
    (chunk,) = chunk_transcript(titled, Budget())
    assert chunk.title == "Ω" * 900
    assert chunk.embedded_text.endswith("\nHello there.")
    assert chunk.token_count == count_tokens(chunk.embedded_text) <= 400


def test_a_budget_without_room_is_an_error_that_says_what_to_do() -> None:
    talk = transcript(section(Utterance("Hello there.")), title="A title of some length " * 8)
    with pytest.raises(SettingsError, match=r"^30 tokens .* talk\.md: use a larger"):
        chunk_transcript(talk, Budget(tokens=30))
    with pytest.raises(SettingsError, match=r"^40 tokens .* wider window"):
        chunk_transcript(talk, Budget(window_tokens=40, window_count=in_window))


def test_ids_depend_on_words_and_place_and_nothing_else() -> None:
    talk = transcript(section(Utterance("Same words.")), section(Utterance("Same words.")))
    talk = replace(talk, sections=(talk.sections[0], replace(talk.sections[1], position=1)))
    first, second = chunk_transcript(talk, Budget())
    assert first.id != second.id
    again = chunk_transcript(replace(talk, fingerprint="other", source_url="x"), Budget())
    assert [first.id, second.id] == [chunk.id for chunk in again]
    renamed = chunk_transcript(replace(talk, title="Another"), Budget())
    assert not {first.id, second.id} & {chunk.id for chunk in renamed}


def test_a_chunk_has_its_own_language_unless_it_is_too_short_to_tell() -> None:
    chinese = Utterance("我们在这里讨论规模定律和数据效率，还有后训练的问题，这些都很重要。")
    english = Utterance("OK, Gemini.")
    talk = transcript(section(chinese), section(english, position=1), language="zh-Hant")
    assert [chunk.language for chunk in chunk_transcript(talk, Budget())] == ["zh-Hans", "zh-Hant"]
