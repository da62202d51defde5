"""Where a language model gives out, declines or breaks off."""

from __future__ import annotations

import time

import pytest

from tests.assistant.kitchen import FOUND, ScriptedRetriever
from tests.assistant.kitchen_model import ASKED, SAFER, SLIPS, Engine, kitchen_engine
from tests.builders import make_evidence
from tests.scripted_llm import Scene, ScriptedServer


@pytest.fixture
def engine(scripted: ScriptedServer) -> Engine:
    return kitchen_engine(scripted)


FAILURES = {
    "key": (Scene(status=401), "refuses the key"),
    "unknown": (Scene(status=404, error="model not found"), "isn't there"),
    "busy": (Scene(status=429, error="slow down"), "no more questions"),
    "overflow": (Scene(status=400, error="maximum context length is 10 tokens"), "too long"),
    "refused": (Scene(status=400, error="no"), "refused the question"),
    "failed": (Scene(status=503, error="no"), "server failed"),
    "slow": (Scene("Late.", first_s=9.0), "took too long"),
    "broken": (Scene(raw=b"not the right form", raw_kind="text/html"), "language model"),
    "empty": (Scene(""), "no reply"),
    "hangs up": (Scene(status=0), "language model"),
    "cut at once": (Scene("A sharp kn", finish="length"), "cut at its limit"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_where_the_model_fails_the_answer_is_in_quotes(
    scripted: ScriptedServer, engine: Engine, name: str
) -> None:
    scene, said = FAILURES[name]
    scripted.play(scene)
    began = time.monotonic()
    answer = engine(timeout_s=1.0).ask(ASKED)
    assert time.monotonic() - began < 2.0
    assert (answer.mode, answer.status) == ("quotes", "answered")
    assert answer.text == engine().ask(ASKED, mode="quotes").text
    assert said in answer.notice
    assert answer.notice.endswith("in quotes.")


def test_without_a_server_the_answer_is_in_quotes(engine: Engine, scripted: ScriptedServer) -> None:
    made = engine()
    scripted.close()
    answer = made.ask("为什么 knife 要锋利？")
    assert answer.mode == "quotes"
    assert answer.notice == "连接不上语言模型。以下直接引用原话。"


@pytest.mark.parametrize(
    "scene",
    [
        Scene([f"{SAFER} [1]. ", f"{SLIPS} [1].", " And then i", "t"], cut_after=3),
        Scene([f"{SAFER} [1]. ", f"{SLIPS} [1].", " And then i"], finish="length"),
        Scene([f"{SAFER} [1]. ", f"{SLIPS} [1].", " And then i", "t"], pause_s=0.8),
    ],
    ids=["broke off", "cut at the limit", "time was up"],
)
def test_what_was_whole_and_checked_by_then_is_kept(
    scripted: ScriptedServer, engine: Engine, scene: Scene
) -> None:
    scripted.play(scene)
    answer = engine(timeout_s=2.0).ask(ASKED)
    assert (answer.mode, answer.status) == ("model", "answered")
    assert answer.text == f"{SAFER}. [1] {SLIPS}. [2]"
    assert answer.notice.endswith("The sentences before that are checked.")


@pytest.mark.parametrize(
    "reply", ["NO_ANSWER", "no answer.", "The excerpts do not mention this.", "NO_ANSWER [1]"]
)
def test_a_model_that_declines_is_believed_where_the_evidence_is_unsure_too(
    scripted: ScriptedServer, engine: Engine, reply: str
) -> None:
    scripted.play(Scene(reply))
    hits = FOUND["knife"].hits
    sure = engine(ScriptedRetriever({"knife": make_evidence(*hits, answerable=0.95)}))
    answer = sure.ask(ASKED)
    assert (answer.mode, answer.status) == ("quotes", "answered")
    assert "found no answer" in answer.notice
    unsure = engine(ScriptedRetriever({"knife": make_evidence(*hits, answerable=0.55)}))
    answer = unsure.ask(ASKED)
    assert (answer.status, answer.citations, answer.notice) == ("no_evidence", (), "")
    assert answer.suggestions
