"""Every way in which a language model can give out, as one clear line.

``explained`` takes whatever the HTTP client and the model libraries raise. Connections and timeouts
are httpx's, since all of them send their requests through it; of the rest, the status and the
server's own words are read from where each library keeps them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from socket import gaierror
from typing import Any, Final, Literal

import httpx

from assistant.settings import Secret
from corpus.types import ModelError

FailureReason = Literal[
    "unreachable",  # nothing answers at the address
    "key",  # the key is missing or refused
    "unknown",  # no such model, or no such API at the address
    "busy",  # too many questions, or the quota is used up
    "overflow",  # the prompt doesn't fit the model's window
    "refused",  # the server finds fault with the request
    "failed",  # the server failed
    "slow",  # no reply, or not all of it, in the time given
    "broken",  # the reply broke off, or is not in the API's form
    "empty",  # a reply without a word
]

_SAID_LENGTH: Final = 160
_UNREACHABLE: Final = (httpx.ConnectError, httpx.ConnectTimeout, gaierror, ConnectionRefusedError)
_TIMEOUT: Final = (httpx.TimeoutException, TimeoutError)
_OVERFLOW: Final = re.compile(
    r"context.{0,20}(length|size|window)|exceed_context|too many tokens"
    r"|prompt is too long|maximum.{0,20}tokens|exceeds.{0,30}tokens",
    re.IGNORECASE,
)
# Gemini answers 400 to a wrong key.
_NO_KEY: Final = re.compile(r"api.?key", re.IGNORECASE)
_ERRNO: Final = re.compile(r"^\[Errno -?\d+\]\s*")


class LanguageModelError(ModelError):
    """The language model gave no answer that can be used.

    ``reason`` is one word, so that a face can say it in the reader's own language. The message
    never holds the API's key.
    """

    def __init__(self, message: str, reason: FailureReason) -> None:
        super().__init__(message)
        self.reason = reason


class ReportedError(Exception):
    """What a server says went wrong in the middle of its reply; the message is its own words."""


@dataclass(frozen=True, slots=True)
class ModelAddress:
    """Whom a failure is about: the model, the address of its API and the key, to be masked."""

    model: str
    url: str
    key: Secret

    def error(self, reason: FailureReason, message: str) -> LanguageModelError:
        """The error with its message on one line, the key masked."""
        return LanguageModelError(self.key.scrub(" ".join(message.split())), reason)

    def shown(self, text: str) -> str:
        """What someone else said, for a message: the key masked first, lest half of it is left."""
        text = "".join(char if char.isprintable() else " " for char in self.key.scrub(text))
        line = " ".join(text.split())
        return line if len(line) <= _SAID_LENGTH else f"{line[:_SAID_LENGTH].rstrip()}…"


def explained(error: BaseException, place: ModelAddress, begun: bool = False) -> LanguageModelError:
    """What went wrong and what to do, from whatever a library raised.

    ``begun`` says that a part of the reply had come in.
    """
    if isinstance(error, LanguageModelError):
        return error
    status, said = status_of(error), place.shown(said_by(error))
    if status is not None:
        return refusal(status, said, place)
    causes = list(_chain(error))
    cause = place.shown(_innermost(causes))
    # Ollama's library raises a bare ConnectionError.
    if _any_is(causes, _UNREACHABLE) or type(error) is ConnectionError:
        return place.error(
            "unreachable",
            f"the language model can't be reached at {place.url} ({cause}):"
            " start its server, or correct VERBATIM_LLM_URL",
        )
    if _any_is(causes, _TIMEOUT):
        return slow(place, begun)
    if isinstance(error, ReportedError):
        return place.error("failed", f"{place.url} failed while answering ({said}): see its log")
    return place.error(
        "broken",
        f"the reply of {place.url} {'broke off' if begun else 'can not be read'}"
        f" ({cause}): ask again, and see that VERBATIM_LLM_URL names the model's API",
    )


def slow(place: ModelAddress, begun: bool) -> LanguageModelError:
    """Time is up, before the first word or after it."""
    what = "was not done in the time given" if begun else "said nothing in the time given"
    return place.error(
        "slow",
        f"the model {place.model} at {place.url} {what}: raise VERBATIM_LLM_TIMEOUT_S,"
        " or lower VERBATIM_LLM_EVIDENCE_TOKENS",
    )


def status_of(error: BaseException) -> int | None:
    """The HTTP status that an error carries; none counts below 300."""
    for name in ("status_code", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int) and value >= 300:
            return value
    return None


def said_by(error: BaseException) -> str:
    """What the server said: the message out of its JSON where there is one."""
    body: Any = getattr(error, "body", None)
    if body is None:
        body = getattr(error, "error", None) or getattr(error, "message", None) or str(error)
    if isinstance(body, str) and body.lstrip().startswith("{"):
        try:
            body = json.loads(body)
        except ValueError:
            body = str(body)
    while isinstance(body, dict | list):
        if isinstance(body, list):
            body = body[0] if body else ""
        else:
            body = next((body[key] for key in ("error", "message", "detail") if body.get(key)), "")
    return str(body)


def refusal(status: int, said: str, place: ModelAddress) -> LanguageModelError:
    """What an HTTP status of 300 or more means, with the server's own words where it has some."""
    told = f"{status}: {said}" if said else str(status)
    if status in (401, 403) or (status == 400 and _NO_KEY.search(said)):
        advice = "correct VERBATIM_LLM_KEY" if place.key else "set VERBATIM_LLM_KEY"
        return place.error("key", f"{place.url} refuses the key ({told}): {advice}")
    if status in (404, 405):
        return _unknown(told, place)
    if status in (402, 429):
        return place.error(
            "busy", f"{place.url} takes no more questions for now ({told}): try again later"
        )
    if status in (400, 413, 422, 500) and _OVERFLOW.search(said):
        return overflow(place, told)
    if status < 400:
        return place.error(
            "refused", f"{place.url} leads elsewhere ({told}): set VERBATIM_LLM_URL to where"
        )
    if status < 500:
        return place.error("refused", f"{place.url} refuses the question ({told})")
    return place.error("failed", f"{place.url} failed ({told}): see the server's log")


def _unknown(told: str, place: ModelAddress) -> LanguageModelError:
    """A 404 is about the model where the server speaks of one, and about the address elsewhere."""
    if "model" in told.lower():
        return place.error(
            "unknown",
            f"{place.url} has no model {place.model} ({told}): set VERBATIM_LLM to one that it has",
        )
    return place.error(
        "unknown",
        f"no language model's API begins at {place.url} ({told}): correct VERBATIM_LLM_URL",
    )


def overflow(place: ModelAddress, told: str) -> LanguageModelError:
    """The prompt doesn't fit."""
    return place.error(
        "overflow",
        f"the prompt doesn't fit the window of {place.model} ({told}): lower"
        " VERBATIM_LLM_EVIDENCE_TOKENS, and set VERBATIM_LLM_WINDOW_TOKENS to what the server has",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what caused it, outermost first."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _any_is(causes: Sequence[BaseException], kinds: tuple[type[BaseException], ...]) -> bool:
    return any(isinstance(each, kinds) for each in causes)


def _innermost(causes: Sequence[BaseException]) -> str:
    """The innermost text, which is the system's own as a rule."""
    return _ERRNO.sub("", str(causes[-1]) or type(causes[-1]).__name__)
