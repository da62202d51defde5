"""What a server's way of speaking is, learnt from what it refuses. Pure.

Requests hold as few fields as possible, yet there is no set that every server takes: newer models
of OpenAI's want another name for the limit and no temperature, some chat templates know no system
messages or no two messages of one role in a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant.llm.types import Message

_REFUSALS = (400, 422, 500)
_SYSTEM = re.compile(r"(system|developer)\W+(\w+\W+)?(role|message|prompt|instruction)|system.role")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server takes. ``thinks_first``: replies begin in a thought without its opening."""

    system_messages: bool = True
    temperature: bool = True
    limit_field: str = "max_tokens"
    thinks_first: bool = False


def adapted(dialect: Dialect, status: int | None, said: str) -> Dialect | None:
    """The dialect in which to ask again after a refusal; ``None`` where nothing else is left."""
    if status not in _REFUSALS:
        return None
    said = said.lower()
    if "max_completion_tokens" in said and dialect.limit_field == "max_tokens":
        return replace(dialect, limit_field="max_completion_tokens")
    if "temperature" in said and dialect.temperature:
        return replace(dialect, temperature=False)
    if _SYSTEM.search(said) and dialect.system_messages:
        return replace(dialect, system_messages=False)
    return None


def spoken(messages: Sequence[Message], dialect: Dialect) -> tuple[Message, ...]:
    """The messages as the server takes them: neighbours of one role as one message, instructions
    in front of what the user says where it knows no system messages."""
    if not dialect.system_messages:
        messages = [
            Message("user", each.text) if each.role == "system" else each for each in messages
        ]
    return tuple(
        Message(role, "\n\n".join(each.text for each in group))
        for role, group in groupby(messages, key=lambda each: each.role)
    )
