"""Stories of readers and the transcripts that ship, for a model by script and for a real one.

What a story asks of the answer is what any decent model gives; what the script says is one way to
give it. Each names the moment or the heading that answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.generation.prompts import missing_messages, parts_messages
from assistant.retrieval.query import standalone_messages
from assistant.types import Answer, Mode, Turn
from corpus.language import detect_language
from tests.scripted_llm import Request, Scene

LIVE = "gemini-3-101-live-2025-11-21.md"
ARTICLE = "gemini3-ahead-of-expectations.md"

_OPENING = 40
"""Characters of a prompt's rules that tell it from the others."""
REWRITING = re.escape(standalone_messages("?", ())[0][1][:_OPENING])
SPLITTING = re.escape(parts_messages("?")[0][1][:_OPENING])
JUDGING = re.escape(missing_messages("?", "")[0][1][:_OPENING])

Scripted = tuple[str, str]
"""A sentence, and words of the excerpt that it is to cite."""


def says(*sentences: Scripted) -> Callable[[Request], str]:
    """A reply whose sentences cite the excerpts with these words, by the handles they have."""

    def reply(request: Request) -> str:
        return " ".join(
            f"{text} [{_handle(request.text, words)}]" if words else text
            for text, words in sentences
        )

    return reply


def _handle(prompt: str, words: str) -> str:
    found = re.search(rf"^\[(\d+)\].*{re.escape(words)}", prompt, re.MULTILINE)
    if found is None:
        raise AssertionError(f"no excerpt holds {words!r}:\n{prompt}")
    return found[1]


def speaks(answer: Answer, language: str) -> None:
    """The model wrote it, in this language."""
    assert answer.mode in ("model", "deep"), answer.notice
    text = " ".join(statement.text for statement in answer.statements)
    assert detect_language(text).partition("-")[0] == language, text


def cites(answer: Answer, file: str, start_s: float | None = None, end_s: float = 0.0) -> None:
    """A sentence has a verified citation of this talk, inside the span where there is one."""
    assert answer.status == "answered", answer.text
    used = {marker for statement in answer.statements for marker in statement.markers}
    cited = [one for one in answer.citations if one.marker in used and one.verified]
    places = [(one.file, one.start_s) for one in cited]
    assert any(
        one_file == file and (start_s is None or (at is not None and start_s <= at < end_s))
        for one_file, at in places
    ), places


@dataclass(frozen=True)
class Story:
    """A question with the turns before it, what the script says, and what has to come of it."""

    name: str
    question: str
    holds: Callable[[Answer], None]
    script: tuple[Scene, ...] = ()
    history: tuple[Turn, ...] = ()
    mode: Mode = "model"


def _chinese_to_chinese(answer: Answer) -> None:
    speaks(answer, "zh")
    cites(answer, LIVE, 1357, 1810)


def _english_on_chinese(answer: Answer) -> None:
    speaks(answer, "en")
    cites(answer, LIVE, 67, 344)
    quotes = " ".join(citation.quote for citation in answer.citations)
    assert detect_language(quotes).startswith("zh"), "a quote stays in the speaker's own words"


def _follow_up(answer: Answer) -> None:
    speaks(answer, "en")
    cites(answer, LIVE, 346, 800)


def _refusal(answer: Answer) -> None:
    assert (answer.status, answer.citations, answer.statements) == ("no_evidence", (), ())
    assert answer.suggestions, "topics that are near are offered"


def _in_english(answer: Answer) -> None:
    speaks(answer, "en")
    cites(answer, LIVE, 67, 344)


def _deep(answer: Answer) -> None:
    assert answer.mode == "deep", answer.notice
    cites(answer, LIVE)
    assert answer.steps and len(answer.citations) > 1


BOARDS = "公榜未必反映产品实际能力"
MANAGER = "前者像你管理一组 agent"

STORIES = (
    Story(
        "Chinese to Chinese",
        "公榜为什么不能反映产品的实际能力？",
        _chinese_to_chinese,
        (Scene(says(("余北认为公榜未必反映产品实际能力。", BOARDS))),),
    ),
    Story(
        "English on a Chinese talk",
        "What can you do in the Manager View of Anti-Gravity?",
        _english_on_chinese,
        (
            Scene(
                says(
                    ("You manage 8 to 10 agents.", MANAGER),
                    ("You can assign tasks, review and run unit tests.", MANAGER),
                )
            ),
        ),
    ),
    Story(
        "a follow-up",
        "And what does he say about brainstorming?",
        _follow_up,
        (
            Scene("What does 田博士 say about brainstorming?", when=REWRITING),
            Scene(says(("In brainstorming, Gemini 3 has no particular breakthrough.", "Brainst"))),
        ),
        (
            Turn("user", "Who tests Gemini 3 by having it continue a novel?"),
            Turn("assistant", "田博士 uses novel continuation as a private benchmark. [1]"),
        ),
    ),
    Story("a refusal", "最高法院有多少名大法官？", _refusal),
    Story(
        "a wish about the language",
        "Please answer in English.",
        _in_english,
        (
            Scene("在 Anti-Gravity 的 Manager View 里可以做什么？", when=REWRITING),
            Scene(says(("You can assign tasks, review and run unit tests.", MANAGER))),
        ),
        (
            Turn("user", "在 Anti-Gravity 的 Manager View 里可以做什么？"),
            Turn("assistant", "可以管理一组 agent。 [1]"),
        ),
    ),
    Story(
        "deep",
        "Compare what 余北 says about public leaderboards with what 田博士 says about"
        " brainstorming.",
        _deep,
        (
            Scene(
                "What does 余北 say about public leaderboards?\n"
                "What does 田博士 say about brainstorming with Gemini 3?",
                when=SPLITTING,
            ),
            Scene("COMPLETE", when=JUDGING),
            Scene(
                says(("Public leaderboards need not reflect a product's ability.", BOARDS)),
                when=BOARDS,
            ),
            Scene(says(("Gemini 3 has no particular breakthrough there.", "Brainstorming 上"))),
        ),
        mode="deep",
    ),
)
