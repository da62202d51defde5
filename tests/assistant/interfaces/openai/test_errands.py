"""What chat programs ask for on their own: abbreviated from what each of them sends."""

from __future__ import annotations

import pytest

from assistant.interfaces.openai.errands import Said, errand_reply

ASKED = "How long do they bake the bread?"
TALK = f"User: {ASKED}\nAssistant: Forty minutes, says Ann."
TURNS = (Said("user", ASKED), Said("assistant", "Forty minutes, says Ann."))

ERRANDS = {
    "NextChat, title": (
        *TURNS,
        Said("user", "A title of four to five words for our conversation, no quotes."),
    ),
    "NextChat, title in Chinese": (
        *TURNS,
        Said("user", "用四到五个字给出这段对话的主题标题，不要解释，不要标点，只返回标题"),
    ),
    "LibreChat, title": (
        Said("user", f"A title of 5 words or less for the conversation, only that.\n{TALK}"),
    ),
    "LibreChat, language and title": (
        Said("user", f"This conversation: its language, a title (5 words or less).\n\n{TALK}"),
    ),
    "LobeChat, title": (
        Said("system", "You name conversations: a title of at most ten words, only the title."),
        Said("user", TALK.replace("User", "user").replace("Assistant", "assistant")),
    ),
    "Chatbox, name": (
        Said(
            "user",
            "Based on the chat history, give this conversation a name of 10 characters or less.\n"
            f"```\n{TALK}\n```\nOnly the name. The name is:",
        ),
    ),
    "Cherry Studio, title": (
        Said("system", "Turn the conversation into a title within 10 words, only that."),
        Said("user", f'[{{"role": "user", "mainText": "{ASKED}"}}, {{"role": "assistant"}}]'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("messages", ERRANDS.values(), ids=ERRANDS.keys())
def test_a_conversation_is_named_after_its_first_question(messages: tuple[Said, ...]) -> None:
    assert errand_reply(messages) == ASKED


@pytest.mark.parametrize(
    "order",
    [
        "Suggest three follow-up questions for this conversation, as a JSON array of strings.",
        "Give up to three tags for this chat, only words.",
        "Summarize the discussion in 200 words or less to use as a prompt for future context.",
        "简要总结一下对话内容，用作后续的上下文提示，控制在 200 字以内",
    ],
)
def test_what_the_library_has_no_say_in_stays_empty(order: str) -> None:
    assert errand_reply((*TURNS, Said("user", order))) == ""


@pytest.mark.parametrize(
    "messages",
    [
        (Said("user", ASKED),),
        (Said("user", "In a conversation, which words only belong in the title of a book?"),),
        (*TURNS, Said("user", "Does the title of the chat matter, or only its words?")),
        (*TURNS, Said("user", "Summarize the discussion about rye.")),
        (Said("system", "Answer in no more than 50 words. The chat has a title."), *TURNS[:1]),
        (Said("assistant", "A title for the conversation, only words."),),
    ],
)
def test_a_readers_question_is_none(messages: tuple[Said, ...]) -> None:
    assert errand_reply(messages) is None
