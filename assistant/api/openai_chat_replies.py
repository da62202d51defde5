"""The documents of OpenAI's chat API: models, completions, chunks of a stream. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

DONE = "data: [DONE]\n\n"
STILL_THERE = ": at work\n\n"
"""A comment that keeps proxies from closing a stream while nothing is said."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What all documents of one answer have in common; ``created_s`` is a Unix time."""

    id: str
    model: str
    created_s: int

    def completion(self, message: Mapping[str, Any], usage: Json) -> Json:
        """The whole answer in one document."""
        choice = {
            "index": 0,
            "message": {"role": "assistant", "refusal": None, **message},
            "logprobs": None,
            "finish_reason": "stop",
        }
        return {**self._head("chat.completion"), "choices": [choice], "usage": usage}

    def chunk(self, delta: Mapping[str, Any], finish_reason: str | None = None) -> str:
        """One event of a stream."""
        choice = {
            "index": 0,
            "delta": delta,
            "logprobs": None,
            "finish_reason": finish_reason,
        }
        return event({**self._head("chat.completion.chunk"), "choices": [choice]})

    def usage_chunk(self, usage: Json) -> str:
        """The event with the tokens, for who asked for it."""
        return event({**self._head("chat.completion.chunk"), "choices": [], "usage": usage})

    def _head(self, kind: str) -> Json:
        return {"id": self.id, "object": kind, "created": self.created_s, "model": self.model}


def event(document: Json) -> str:
    """A document as a server-sent event."""
    return f"data: {json.dumps(document, ensure_ascii=False)}\n\n"


def usage_json(prompt_tokens: int, completion_tokens: int) -> Json:
    """Tokens in o200k_base: of the messages as sent, and of the answer."""
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }


def model_json(name: str, created_s: int) -> Json:
    """One model of the list."""
    return {"id": name, "object": "model", "created": created_s, "owned_by": "verbatim"}


def models_json(names: Sequence[str], created_s: int) -> Json:
    """The list of models."""
    return {"object": "list", "data": [model_json(name, created_s) for name in names]}
