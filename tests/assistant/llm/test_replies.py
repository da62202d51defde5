"""Replies through a real HTTP server: whole, cut, thought aloud, and left by the reader."""

from __future__ import annotations

import threading
import time

import pytest

from assistant.llm.failures import LanguageModelError
from assistant.llm.types import LanguageModel, Message
from tests.assistant.llm.conftest import KEY, make_model
from tests.scripted_llm import Scene, ScriptedServer

ASK = [Message("system", "Answer briefly."), Message("user", "What about knives?")]


def test_a_reply_comes_piece_by_piece(scripted: ScriptedServer, model: LanguageModel) -> None:
    scripted.play(Scene(["Sharp ", "knives ", "slip less [1]."], pause_s=0.05))
    times = []
    with model.stream(ASK) as reply:
        pieces = []
        for piece in reply:
            pieces.append(piece)
            times.append(time.monotonic())
    assert pieces == ["Sharp ", "knives ", "slip less [1]."]
    assert times[2] - times[0] >= 0.08, "pieces were held back"
    assert not reply.cut


def test_a_request_holds_no_more_than_it_must(
    scripted: ScriptedServer, model: LanguageModel
) -> None:
    scripted.play(Scene("Yes."))
    model.complete(ASK, max_tokens=33)
    (request,) = scripted.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "scripted",
        "messages": [
            {"role": "system", "content": "Answer briefly."},
            {"role": "user", "content": "What about knives?"},
        ],
        "max_tokens": 33,
        "temperature": 0.0,
        "stream": True,
    }


def test_without_a_key_none_is_sent(scripted: ScriptedServer) -> None:
    from assistant.settings import Secret

    scripted.play(Scene("Yes."))
    make_model(scripted, key=Secret()).complete(ASK)
    assert "authorization" not in scripted.requests[0].headers


@pytest.mark.parametrize(("finish", "cut"), [("stop", False), ("length", True), ("eos", False)])
def test_a_reply_tells_whether_it_was_cut(
    scripted: ScriptedServer, model: LanguageModel, finish: str, cut: bool
) -> None:
    scripted.play(Scene("Sharp knives slip", finish=finish))
    completion = model.complete(ASK)
    assert (completion.text, completion.cut) == ("Sharp knives slip", cut)


def test_thoughts_are_no_answer(scripted: ScriptedServer, model: LanguageModel) -> None:
    scripted.play(Scene("<think>They ask of knives.</think>\n\nThey slip.", thought="Knives?"))
    assert model.complete(ASK).text == "They slip."


def test_thoughts_without_their_beginning_are_learnt(
    scripted: ScriptedServer, model: LanguageModel
) -> None:
    scripted.play(Scene("They ask of knives.</think>\n\nThey slip."))
    with pytest.raises(LanguageModelError, match="thought aloud"):
        model.complete(ASK)
    assert model.complete(ASK).text == "They slip."
    scripted.play(Scene("No thought this time."))
    assert model.complete(ASK).text == "No thought this time."
    with model.stream(ASK) as reply:
        assert len(list(reply)) > 1, "a model that stopped thinking aloud streams again"


def test_a_reader_who_leaves_ends_the_request(
    scripted: ScriptedServer, model: LanguageModel
) -> None:
    scripted.play(Scene(["Knives "] * 1000, pause_s=0.02))
    with model.stream(ASK) as reply:
        next(reply)
    assert scripted.is_left(), "the server went on writing"
    assert list(reply) == []


def test_another_thread_can_end_a_reply_that_waits(
    scripted: ScriptedServer, model: LanguageModel
) -> None:
    scripted.play(Scene("Knives.", first_s=5))
    reply = model.stream(ASK)
    threading.Timer(0.1, reply.close).start()
    start = time.monotonic()
    assert list(reply) == []
    assert time.monotonic() - start < 1
    assert scripted.is_left(), "the connection stayed open"


def test_several_threads_can_ask(scripted: ScriptedServer, model: LanguageModel) -> None:
    scripted.play(Scene(lambda request: f"About {request.messages[-1][1]}.", pause_s=0.01))
    answers: dict[str, str] = {}

    def ask(subject: str) -> None:
        answers[subject] = model.complete([Message("user", subject)]).text

    threads = [threading.Thread(target=ask, args=(f"part {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {f"part {n}": f"About part {n}." for n in range(6)}


def test_the_reply_leaves_room_for_the_prompt(scripted: ScriptedServer) -> None:
    scripted.play(Scene("Yes."))
    model = make_model(scripted, window_tokens=400, output_tokens=300)
    model.complete([Message("user", "knife " * 200)])
    assert 16 <= scripted.requests[0].body["max_tokens"] < 200


def test_a_prompt_over_the_window_is_not_even_sent(scripted: ScriptedServer) -> None:
    model = make_model(scripted, window_tokens=400, output_tokens=300)
    with pytest.raises(LanguageModelError, match="doesn't fit the window") as caught:
        model.complete([Message("user", "knife " * 500)])
    assert caught.value.reason == "overflow"
    assert scripted.requests == []


def test_a_silent_model_leaves_moments_to_go(
    scripted: ScriptedServer, model: LanguageModel
) -> None:
    scripted.play(Scene(["Sharp ", "knives."], thought="Knives?", first_s=0.4))
    with model.stream(ASK) as reply:
        pieces = list(reply.beats(0.1))
    assert [piece for piece in pieces if piece] == ["Sharp ", "knives."]
    assert pieces.count("") >= 3
    scripted.play(Scene("Yes.", first_s=9.0))
    with model.stream(ASK) as reply:
        assert next(reply.beats(0.1)) == ""
    assert scripted.is_left()


def test_moments_to_go_put_off_no_deadline(scripted: ScriptedServer, model: LanguageModel) -> None:
    scripted.play(Scene("Yes.", first_s=9.0))
    started = time.monotonic()
    with (
        pytest.raises(LanguageModelError),
        model.stream(ASK, deadline=started + 0.5) as reply,
    ):
        list(reply.beats(0.2))
    assert time.monotonic() - started < 2.0
