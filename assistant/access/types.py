"""The nouns of access: who calls, and why a call is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.types import VerbatimError

Kind = Literal["anonymous", "user", "key", "token"]
"""Nobody in particular, a user whom a trusted proxy names, the holder of an API key, or an embedded
chat with its token."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request.

    ``name`` tells callers of one kind apart (an address, a user, a key's name, a token's id), and
    limits count by it. ``talks`` are the ids of the talks that it may reach, ``None`` for all.
    """

    kind: Kind
    name: str
    talks: frozenset[str] | None = None


class ApiError(VerbatimError):
    """A request that is refused or can't be met, as the one JSON shape tells it.

    ``code`` is a word for programs, the message one line for people that says what is wrong, and
    ``todo`` what to do about it. ``retry_after_s`` says when to come back.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        todo: str,
        *,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.todo = todo
        self.retry_after_s = retry_after_s
