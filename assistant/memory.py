"""The turns before a question, as many as a model is shown: LlamaIndex's memory with a budget."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.types import Turn
from corpus.tokens import count_tokens

_ASKED_CHARACTERS = 600
_REPLIED_CHARACTERS = 200


def remembered(history: Sequence[Turn], budget_tokens: int) -> tuple[Turn, ...]:
    """The last turns that fit, oldest first, the first of them the reader's.

    Of long turns only the beginning, of a reply less than of a question. The last turn stays even
    where it alone takes more than the budget.
    """
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.memory import ChatMemoryBuffer

    # Memory, its successor, opens a database and a thread for every conversation that it holds,
    # and leaves both open; here the history comes with each question.
    memory = ChatMemoryBuffer.from_defaults(
        chat_history=[ChatMessage(role=turn.role, content=_beginning(turn)) for turn in history],
        token_limit=budget_tokens,
        tokenizer_fn=lambda text: [0] * count_tokens(text),
    )
    return tuple(
        Turn("user" if message.role == "user" else "assistant", message.content or "")
        for message in memory.get()
    )


def _beginning(turn: Turn) -> str:
    return turn.text[: _ASKED_CHARACTERS if turn.role == "user" else _REPLIED_CHARACTERS]
