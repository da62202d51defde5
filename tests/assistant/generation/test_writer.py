"""Answers by a language model, through the engine: a scripted server, and evidence laid down."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import cast

import pytest

from assistant.engine import Assistant
from assistant.types import Answer, Update
from corpus.types import SettingsError
from index.retriever import TranscriptRetriever
from tests.assistant.kitchen import BREAD, KNIVES, ScriptedRetriever, source
from tests.assistant.kitchen_model import ASKED, SAFER, SLIPS, Engine, kitchen_engine
from tests.builders import make_evidence, make_hit
from tests.scripted_llm import Scene, ScriptedServer


@pytest.fixture
def engine(scripted: ScriptedServer) -> Engine:
    return kitchen_engine(scripted)


def updates(engine: Assistant, question: str = ASKED) -> list[Update]:
    return list(engine.stream(question))


def outcomes(answer: Answer) -> list[str]:
    return [statement.outcome for statement in answer.statements]


def prompt(scripted: ScriptedServer) -> str:
    return scripted.requests[-1].text


def test_sentences_carry_their_citations(scripted: ScriptedServer, engine: Engine) -> None:
    scripted.play(Scene(f"{SAFER} [1]. Why? Read on: {SLIPS} [1]."))
    answer = engine().ask(ASKED)
    assert (answer.status, answer.mode, answer.model) == ("answered", "model", "scripted")
    assert answer.text.startswith(f"{SAFER}. [1] Why? ")
    assert answer.text.endswith(f"{SLIPS}. [2]")
    assert [citation.quote for citation in answer.citations] == [f"{SAFER}.", f"{SLIPS}."]
    assert all(citation.verified for citation in answer.citations)
    assert {citation.start_s for citation in answer.citations} == {10.0}
    assert answer.notice == ""
    assert f"[1] Ann Lee 00:10: {SAFER}." in answer.seen
    assert answer.seen in prompt(scripted)
    assert list(answer.timings_ms) == ["resolve", "search", "first", "answer", "total"]


def test_numbers_in_front_of_a_line_are_its_own(scripted: ScriptedServer, engine: Engine) -> None:
    scripted.play(Scene(f"[1] {SAFER}.\n[1] Ann Lee 00:10: Okay.\n[1] {SLIPS}."))
    answer = engine().ask(ASKED)
    assert outcomes(answer) == ["supported", "no_claim", "supported"]
    assert answer.text == f"{SAFER}. [1] Okay. {SLIPS}. [2]"


@pytest.mark.parametrize(("window", "shown"), [(4096, True), (1300, False)])
def test_a_model_is_shown_how_where_there_is_room(
    scripted: ScriptedServer, engine: Engine, window: int, shown: bool
) -> None:
    scripted.play(Scene(f"[1] {SAFER}."))
    assert outcomes(engine(window_tokens=window).ask(ASKED)) == ["supported"]
    assert (len(scripted.requests[-1].messages) > 2) is shown


def test_one_quote_has_one_marker(scripted: ScriptedServer, engine: Engine) -> None:
    scripted.play(Scene(f"{SLIPS} [1]. {SAFER} [1]. {SLIPS} [1]."))
    answer = engine().ask(ASKED)
    assert [statement.markers for statement in answer.statements] == [(1,), (2,), (1,)]
    assert [citation.marker for citation in answer.citations] == [1, 2]


def test_a_forgotten_marker_is_mended(scripted: ScriptedServer, engine: Engine) -> None:
    scripted.play(Scene(f"{SAFER}. {SLIPS} [7]."))
    answer = engine().ask(ASKED)
    assert outcomes(answer) == ["mended", "mended"]
    assert answer.text == f"{SAFER}. [1] {SLIPS}. [2]"


@pytest.mark.parametrize(
    ("question", "note"),
    [
        (ASKED, " (not verified)"),
        ("为什么 knife 要锋利？", "（未核实）"),
        ("為什麼 knife 要鋒利？", "（未核實）"),
    ],
)
def test_what_nothing_supports_is_marked_as_such(
    scripted: ScriptedServer, engine: Engine, question: str, note: str
) -> None:
    scripted.play(Scene(f"{SAFER} [1]. Whales sing to the moon [1]."))
    answer = engine().ask(question)
    assert outcomes(answer) == ["supported", "unsupported"]
    assert answer.text == f"{SAFER}. [1] Whales sing to the moon.{note}"


def test_a_wrong_number_is_named(scripted: ScriptedServer, engine: Engine) -> None:
    scripted.play(Scene("It takes a week [1]. A starter wants 12 kinds of flour [1]."))
    answer = engine().ask("What does a starter want?")
    wrong = answer.statements[-1]
    assert (wrong.outcome, wrong.reason, wrong.detail) == ("unsupported", "number", "12")
    assert answer.text.endswith("A starter wants 12 kinds of flour. (not verified: 12)")


def test_strict_drops_what_nothing_supports(scripted: ScriptedServer, engine: Engine) -> None:
    scripted.play(Scene(f"- Whales sing. {SAFER} [1].\n- Whales dive.\n- {SLIPS} [1]."))
    answer = engine(strict=True).ask(ASKED)
    assert answer.text == f"- {SAFER}. [1]\n- {SLIPS}. [2]"
    assert "Whales" not in str(answer.statements)


@pytest.mark.parametrize("strict", [False, True])
def test_where_nothing_is_supported_the_answer_is_in_quotes(
    scripted: ScriptedServer, engine: Engine, strict: bool
) -> None:
    scripted.play(Scene("Whales sing to the moon [1]. They dive very deep [1]."))
    *before, last = updates(engine(strict=strict))
    answer = last.answer
    assert answer is not None
    assert (answer.mode, answer.status, answer.statements) == ("quotes", "answered", ())
    assert answer.text.startswith("This is what was said:")
    assert "could be verified" in answer.notice
    assert all(update.answer is None for update in before), "shown, then taken back"


def test_a_quote_that_is_gone_from_disk_verifies_nothing(
    scripted: ScriptedServer, engine: Engine
) -> None:
    gone = make_hit(replace(KNIVES, file="gone.md"), 0.9, [0.9, 0.2])
    scripted.play(Scene(f"{SAFER} [1]."))
    answer = engine(ScriptedRetriever({"knife": make_evidence(gone)})).ask(ASKED)
    assert answer.mode == "quotes"
    assert not any(citation.verified for citation in answer.citations)


def test_words_that_nobody_said_lose_their_quotation_marks(
    scripted: ScriptedServer, engine: Engine
) -> None:
    scripted.play(
        Scene("“A sharp knife is safer” [1]. “A sharp knife is much safer, a sharp knife is” [1].")
    )
    text = engine().ask(ASKED).text
    assert text.startswith("“A sharp knife is safer”. [1] A sharp knife is much safer,")


def test_nothing_is_shown_before_it_is_whole_and_checked(
    scripted: ScriptedServer, engine: Engine
) -> None:
    reply = f"{SAFER} [1]. Whales sing to the moon [1][2]. {SLIPS} [1, 2]."
    scripted.play(Scene(list(reply)))
    seen = updates(engine())
    assert [update.stage for update in seen[:2]] == ["searching", "writing"]
    assert seen[-1].stage == "done"
    texts = [update.answer.text for update in seen if update.answer]
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert texts[0] == f"{SAFER}. [1]"
    for update in seen:
        if update.answer:
            numbers = {m for statement in update.answer.statements for m in statement.markers}
            assert numbers == {citation.marker for citation in update.answer.citations}


def test_sentences_come_while_the_model_writes(scripted: ScriptedServer, engine: Engine) -> None:
    scripted.play(Scene([f"{SAFER} [1]. ", f"{SLIPS} [1]. ", *["It is so. "] * 50], pause_s=0.4))
    first = next(update for update in engine().stream(ASKED) if update.answer)
    assert first.answer is not None
    assert first.stage == "writing"
    assert first.answer.text == f"{SAFER}. [1]"
    assert scripted.is_left(), "the model wrote on for a reader who had left"


def test_a_word_of_declining_inside_an_answer_is_left_out(
    scripted: ScriptedServer, engine: Engine
) -> None:
    scripted.play(Scene(f"{SAFER} [1]. NO_ANSWER"))
    assert engine().ask(ASKED).text == f"{SAFER}. [1]"


def test_without_evidence_no_model_is_asked(scripted: ScriptedServer, engine: Engine) -> None:
    answer = engine().ask("Who won the chess game?")
    assert (answer.status, answer.model) == ("no_evidence", "")
    assert scripted.requests == []


def test_an_answer_that_goes_on_and_on_is_ended(scripted: ScriptedServer, engine: Engine) -> None:
    scripted.play(Scene(f"{SAFER} [1]. " * 30))
    assert len(engine().ask(ASKED).statements) == 6
    assert len(engine().ask(f"In one sentence: {ASKED}").statements) == 1


def test_quotes_can_be_asked_for(scripted: ScriptedServer, engine: Engine) -> None:
    made = engine()
    assert made.modes() == ("model", "quotes", "deep")
    assert made.ask(ASKED, mode="quotes").mode == "quotes"
    assert scripted.requests == []


def test_without_a_model_there_are_quotes_alone() -> None:
    made = Assistant(cast(TranscriptRetriever, ScriptedRetriever()), source)
    assert made.modes() == ("quotes",)
    with pytest.raises(SettingsError, match="VERBATIM_LLM"):
        made.stream(ASKED, mode="model")


def test_what_a_model_writes_is_never_live(scripted: ScriptedServer, engine: Engine) -> None:
    reply = (
        "# A sharp knife is **safer**! [1]\n"
        "<b>A sharp knife is safer</b> [see](https://evil.example/x) ![p](data:x) [1].\n"
        "| A sharp knife | is safer at https://evil.example and www.evil.example |"
    )
    scripted.play(Scene(f"{SAFER} [1].\n{reply}"))
    answer = engine().ask(ASKED)
    assert len(answer.statements) >= 3
    bare = answer.text.replace("\\<", "").replace("\\>", "").replace("\\|", "")
    for live in ("<", ">", "](", "|", "://", "www.", "\n#", "**"):
        assert live not in bare.replace("\\:", "").replace("www\\", ""), live


def test_several_moments_of_one_talk_survive(scripted: ScriptedServer, engine: Engine) -> None:
    evidence = make_evidence(
        make_hit(KNIVES, 0.9, [0.9, 0.2]), make_hit(BREAD, 0.8, [0.9, 0.8]), answerable=0.9
    )
    scripted.play(Scene(f"- {SAFER} [1].\n- A starter wants flour [2].\n- It takes a week [2].\n"))
    answer = engine(ScriptedRetriever({"knife": evidence})).ask(ASKED)
    assert answer.text == (f"- {SAFER}. [1]\n- A starter wants flour. [2]\n- It takes a week. [3]")
    assert [(c.file, c.start_s) for c in answer.citations] == [
        ("talk.md", 10.0), ("bread.md", 60.0), ("bread.md", 60.0),
    ]  # fmt: skip


def test_leaving_before_the_first_sentence_ends_the_request(
    scripted: ScriptedServer, engine: Engine
) -> None:
    scripted.play(Scene((f"{SAFER} ", "[1]. ", f"{SLIPS} [1]."), first_s=0.2, pause_s=2.0))
    stream = engine().stream(ASKED)
    while not scripted.requests:
        next(stream)
    stream.close()
    assert scripted.is_left(), "the model went on writing"


def test_chinese_in_the_other_script_is_put_into_the_reader_s(
    scripted: ScriptedServer, engine: Engine
) -> None:
    scripted.play(Scene(f"锋利的刀不会打滑，所以更安全 [1]。 {SAFER} [1]."))
    answer = engine(min_confidence=0.0).ask("為什麼 knife 要磨得鋒利？")
    first, second = answer.statements
    assert first.text == "鋒利的刀不會打滑，所以更安全。"
    assert (second.text, second.markers) == (f"{SAFER}.", (1,))


@pytest.mark.parametrize("strict", [False, True])
def test_a_model_that_makes_things_up_is_stopped(
    scripted: ScriptedServer, engine: Engine, strict: bool
) -> None:
    inventions = [f"The {beast} of Norway won a medal. " for beast in ("cat", "dog", "elk", "owl")]
    and_on = [f"{SLIPS} [1]. "] * 400
    scripted.play(Scene((f"{SAFER} [1]. ", *inventions, *and_on), pause_s=0.05))
    answer = engine(strict=strict).ask(ASKED)
    assert outcomes(answer) == ["supported"] + ([] if strict else ["unsupported"] * 3)
    assert scripted.is_left(), "the model went on writing"


def test_a_sentence_that_holds_gives_a_model_further_ones(
    scripted: ScriptedServer, engine: Engine
) -> None:
    scripted.play(Scene("The cat won. The dog won. " + f"{SAFER} [1]. The elk won. {SLIPS} [1]."))
    told = outcomes(engine().ask(ASKED))
    assert told == ["unsupported", "unsupported", "supported", "unsupported", "supported"]
