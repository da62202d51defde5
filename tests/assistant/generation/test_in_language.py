"""A reply in the language that was asked for, with a scripted model over real HTTP."""

from __future__ import annotations

import time

import pytest

from assistant.generation.writer import in_language, is_other_language
from assistant.llm.failures import LanguageModelError
from assistant.llm.model import language_model
from assistant.llm.types import Message, Reply
from assistant.settings import ModelSettings
from tests.scripted_llm import Scene, ScriptedServer

ASKED = (Message("system", "Answer."), Message("user", "[1] 刀要磨。\nQuestion: 为什么磨刀？"))
CHINESE = ("刀磨得快，", "切起来就不会打滑 [1]。", "所以更安全 [1]。")
ENGLISH = ("A sharp knife ", "does not slip [1]. ", "So it is safer [1].")


def reply_to(scripted: ScriptedServer, language: str, *scenes: Scene) -> Reply:
    scripted.play(*scenes)
    model = language_model(ModelSettings("scripted", url=scripted.url, timeout_s=5))
    return in_language(model, ASKED, language, time.monotonic() + 5)


def said(reply: Reply) -> str:
    with reply:
        return "".join(reply)


def test_a_reply_in_another_language_is_translated_and_never_seen(
    scripted: ScriptedServer,
) -> None:
    scenes = Scene(ENGLISH, when="Translate this into English"), Scene(CHINESE)
    assert said(reply_to(scripted, "en", *scenes)) == "".join(ENGLISH)
    _, second = scripted.requests
    assert second.text.endswith("".join(CHINESE))
    assert "Question:" not in second.text, "what was read would draw it back"


def test_a_reply_in_the_right_language_passes_as_it_comes(scripted: ScriptedServer) -> None:
    assert said(reply_to(scripted, "zh-Hant", Scene(CHINESE))) == "".join(CHINESE)
    assert len(scripted.requests) == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [("NO_ANSWER", "zh-Hans"), ("Gemini 3.", "zh-Hans"), ("42", "en"), ("刀刀。" * 9, "tlh")],
)
def test_what_tells_no_language_passes(scripted: ScriptedServer, text: str, language: str) -> None:
    assert said(reply_to(scripted, language, Scene(text))) == text
    assert len(scripted.requests) == 1


def test_a_second_reply_that_fails_fails_as_the_first_would(scripted: ScriptedServer) -> None:
    scenes = Scene(status=500, when="Translate this into English"), Scene(CHINESE)
    with pytest.raises(LanguageModelError):
        said(reply_to(scripted, "en", *scenes))


def test_while_it_is_unseen_there_are_moments_to_leave(scripted: ScriptedServer) -> None:
    scenes = Scene(ENGLISH, when="Translate this"), Scene(CHINESE, pause_s=0.3)
    with reply_to(scripted, "en", *scenes) as reply:
        pieces = list(reply.beats(0.05))
    assert "".join(pieces) == "".join(ENGLISH)
    assert pieces.count("") >= 6


def test_leaving_it_in_the_middle_asks_nothing_more(scripted: ScriptedServer) -> None:
    scenes = Scene(ENGLISH, when="Translate this"), Scene(CHINESE, pause_s=0.3)
    with reply_to(scripted, "en", *scenes) as reply:
        beats = reply.beats(0.05)
        while not scripted.requests:
            next(beats)
    time.sleep(0.5)
    assert len(scripted.requests) == 1


def test_scripts_of_chinese_are_one_language() -> None:
    assert not is_other_language("這把刀很快，不會打滑。", "zh-Hans")
    assert is_other_language("這把刀很快，不會打滑。", "en")
    assert is_other_language("It does not slip, and so it is safer.", "zh-Hant")
