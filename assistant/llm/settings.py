"""The settings of the language model, as a group of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, cast, get_args

from assistant.casting import Environ, address, choice, flag, number
from assistant.secret import Secret
from corpus.types import SettingsError

Provider = Literal["openai-compatible", "ollama", "gemini"]

DEFAULT_URLS: Final = MappingProxyType(
    {
        "openai-compatible": "https://api.openai.com/v1",
        "ollama": "http://127.0.0.1:11434",
        "gemini": "https://generativelanguage.googleapis.com",
    }
)

# What the instructions, the question and the mark-up of messages take beside the evidence.
_ROOM_TOKENS = 300


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which language model writes the answers, and within which bounds.

    ``url`` is where its API begins. ``window_tokens`` is all that it takes in and gives out in one
    call, ``output_tokens`` the longest reply, ``evidence_tokens`` what of the transcripts goes
    into a prompt. ``timeout_s`` is wall time for a whole answer, ``deep_calls`` and
    ``deep_timeout_s`` are the most that one in deep mode may take. With ``strict`` a sentence that
    the evidence doesn't support is dropped.
    """

    name: str
    provider: Provider = "openai-compatible"
    url: str = DEFAULT_URLS["openai-compatible"]
    key: Secret = field(default_factory=Secret)
    window_tokens: int = 4096
    output_tokens: int = 800
    evidence_tokens: int = 1200
    temperature: float = 0.0
    timeout_s: float = 60.0
    deep_calls: int = 8
    deep_timeout_s: float = 180.0
    strict: bool = False


def read_model_settings(environ: Environ) -> ModelSettings | None:
    """The group from environment variables; ``None`` where no model is named: answers in quotes.

    Raises SettingsError naming the variable when a value can't be used.
    """
    name = environ.get("VERBATIM_LLM", "").strip()
    if not name:
        return None
    default = ModelSettings(name)
    provider = choice(environ, "VERBATIM_LLM_PROVIDER", default.provider, get_args(Provider))
    settings = ModelSettings(
        name=name,
        provider=cast(Provider, provider),
        url=address(environ, "VERBATIM_LLM_URL", DEFAULT_URLS[provider]),
        key=Secret(environ.get("VERBATIM_LLM_KEY", "").strip()),
        window_tokens=_tokens(environ, "WINDOW", default.window_tokens),
        output_tokens=_tokens(environ, "OUTPUT", default.output_tokens),
        evidence_tokens=_tokens(environ, "EVIDENCE", default.evidence_tokens),
        temperature=number(environ, "VERBATIM_LLM_TEMPERATURE", default.temperature, 0, 2),
        timeout_s=number(environ, "VERBATIM_LLM_TIMEOUT_S", default.timeout_s, 0.1, 3600),
        deep_calls=int(
            number(environ, "VERBATIM_DEEP_CALLS", default.deep_calls, 0, 100, whole=True)
        ),
        deep_timeout_s=number(environ, "VERBATIM_DEEP_TIMEOUT_S", default.deep_timeout_s, 1, 3600),
        strict=flag(environ, "VERBATIM_STRICT", default.strict),
    )
    _check_window(settings)
    return settings


def _tokens(environ: Environ, what: str, default: int) -> int:
    return int(number(environ, f"VERBATIM_LLM_{what}_TOKENS", default, 50, 10_000_000, whole=True))


def _check_window(settings: ModelSettings) -> None:
    needed = settings.evidence_tokens + settings.output_tokens + _ROOM_TOKENS
    if needed > settings.window_tokens:
        raise SettingsError(
            f"VERBATIM_LLM_WINDOW_TOKENS is {settings.window_tokens}, but evidence, output and"
            f" instructions need {needed}: raise it, or lower VERBATIM_LLM_EVIDENCE_TOKENS"
            " or VERBATIM_LLM_OUTPUT_TOKENS"
        )
