"""The settings, read once from the environment: the only place that reads it.

Three groups: the library, the language model, serving. ``VARIABLES`` is the whole list, with what
each one means; docs/use.md shows the same table and a test holds the two together. An empty value
counts as not set; a wrong one raises SettingsError, one line that names the variable and says what
it takes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, cast, get_args
from urllib.parse import SplitResult, urlsplit

from corpus.types import SettingsError

Environ = Mapping[str, str]

_FLAGS = {"1": True, "true": True, "yes": True, "on": True}
_FLAGS |= {"0": False, "false": False, "no": False, "off": False}


def number(
    environ: Environ, name: str, default: float, low: float, high: float, *, whole: bool = False
) -> float:
    """A number from ``low`` to ``high``, a whole one where ``whole`` is set."""
    text = environ.get(name)
    if not text:
        return default
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = None
    if value is None or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise SettingsError(f"{name} is {text!r}: give {kind} from {low:g} to {high:g}")
    return value


def choice(environ: Environ, name: str, default: str, options: Sequence[str]) -> str:
    """One of ``options``, in any case."""
    text = environ.get(name)
    if not text:
        return default
    if text.strip().lower() not in options:
        raise SettingsError(f"{name} is {text!r}: give one of {', '.join(options)}")
    return text.strip().lower()


def flag(environ: Environ, name: str, default: bool) -> bool:
    """Yes or no, as 1, true, yes, on or 0, false, no, off."""
    text = environ.get(name)
    if not text:
        return default
    if (value := _FLAGS.get(text.strip().lower())) is None:
        raise SettingsError(f"{name} is {text!r}: give 1 or 0")
    return value


def address(environ: Environ, name: str, default: str) -> str:
    """An http or https address, without a key inside and without a query.

    A refused one is not repeated in the message, since it may hold a password.
    """
    text = (environ.get(name) or default).strip()
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise SettingsError(f"{name} is no address: give one like http://127.0.0.1:8080/v1")
    if parts.username is not None or parts.password is not None or parts.query:
        raise SettingsError(f"{name} holds a user, a password or a query: give the bare address")
    return text


def words(environ: Environ, name: str) -> tuple[str, ...]:
    """What stands between commas or white space, each once, in order."""
    return tuple(dict.fromkeys((environ.get(name) or "").replace(",", " ").split()))


_MASK: Final = "***"


class Secret:
    """A key or a password. Only ``reveal`` gives it away.

    No dataclass, so that ``dataclasses.asdict`` doesn't open it; ``json.dumps`` refuses it.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one place that sends it."""
        return self._value

    def scrub(self, text: str) -> str:
        """``text`` with the value masked: a server may repeat a key in what it says."""
        return text.replace(self._value, _MASK) if self._value else text

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return f"Secret({_MASK!r})" if self._value else "Secret()"

    __str__ = __repr__


LEAST_SECRET = 32
"""Characters of a secret that signs tokens: as many as HMAC-SHA-256 has bytes."""
LEAST_KEY = 16
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
OBSIDIAN_APP = "app://obsidian.md"
"""The origin of notes inside Obsidian's desktop app, the one that is no website."""

SERVING_VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "VERBATIM_PUBLIC_URL": "where readers reach it, path included (default: as it is asked)",
        "VERBATIM_HOSTS": "further host names it answers to, * for all (default: none)",
        "VERBATIM_EMBED_ORIGINS": "sites that may frame it and call its API (default: none)",
        "VERBATIM_EMBED_SECRET": "signs embed tokens; set, no embed works without (default: none)",
        "VERBATIM_API_KEYS": "name:key, …; set, the API takes no caller without (default: none)",
        "VERBATIM_USER_HEADER": "header in which a trusted proxy names the user (default: none)",
        "VERBATIM_TRUSTED_PROXIES": "addresses whose headers count (default: 127.0.0.1, ::1)",
        "VERBATIM_REQUESTS_PER_MINUTE": "requests of one caller, 0 for no limit (default: 120)",
        "VERBATIM_CONCURRENT_ANSWERS": "answers made at the same time at most (default: 8)",
    }
)


@dataclass(frozen=True, slots=True)
class ServingSettings:
    """How it is reached and by whom.

    ``origins`` are of the form ``https://wiki.example.org``; ``keys`` are by name. ``public_url``
    has no slash at its end and is empty where requests tell it.
    """

    public_url: str = ""
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    embed_secret: Secret = field(default_factory=Secret)
    keys: Mapping[str, Secret] = field(default_factory=dict)
    user_header: str = ""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    requests_per_minute: int = 120
    concurrent_answers: int = 8

    @property
    def root_path(self) -> str:
        """The path below which it lives behind a proxy, such as ``/verbatim``; else empty."""
        return urlsplit(self.public_url).path.rstrip("/")


def read_serving_settings(environ: Environ) -> ServingSettings:
    """Raises SettingsError naming the variable that is off; secrets are not repeated."""
    default = ServingSettings()
    public = environ.get("VERBATIM_PUBLIC_URL")
    return ServingSettings(
        public_url=address(environ, "VERBATIM_PUBLIC_URL", "").rstrip("/") if public else "",
        hosts=words(environ, "VERBATIM_HOSTS"),
        origins=tuple(map(site_origin, words(environ, "VERBATIM_EMBED_ORIGINS"))),
        embed_secret=_secret(environ),
        keys=_keys(environ),
        user_header=(environ.get("VERBATIM_USER_HEADER") or "").strip().lower(),
        trusted_proxies=words(environ, "VERBATIM_TRUSTED_PROXIES") or default.trusted_proxies,
        requests_per_minute=int(
            number(
                environ,
                "VERBATIM_REQUESTS_PER_MINUTE",
                default.requests_per_minute,
                0,
                100_000,
                whole=True,
            )
        ),
        concurrent_answers=int(
            number(
                environ,
                "VERBATIM_CONCURRENT_ANSWERS",
                default.concurrent_answers,
                1,
                1000,
                whole=True,
            )
        ),
    )


def site_origin(text: str, where: str = "VERBATIM_EMBED_ORIGINS") -> str:
    """A site as browsers name it, or ``OBSIDIAN_APP``; ``*`` and paths would let in more than is
    meant.

    Raises SettingsError that says ``where`` it stands.
    """
    if text.rstrip("/").lower() == OBSIDIAN_APP:
        return OBSIDIAN_APP
    try:
        site = _site(urlsplit(text.rstrip("/")))
    except ValueError:
        site = ""
    if not site:
        raise SettingsError(f"{where} has {text!r}: give sites like https://wiki.example.org")
    return site


def _site(parts: SplitResult) -> str:
    """Their site as ``Origin`` names it, in ASCII and without the port that goes without saying;
    empty for what is more or less than a site. Raises ValueError for what is none either."""
    host = (parts.hostname or "").encode("idna").decode()
    beyond = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    if not _HOST.fullmatch(host) or parts.scheme not in _PORTS or beyond or parts.port == 0:
        return ""
    site = f"{parts.scheme}://[{host}]" if ":" in host else f"{parts.scheme}://{host}"
    return site if parts.port in (None, _PORTS[parts.scheme]) else f"{site}:{parts.port}"


def _secret(environ: Environ) -> Secret:
    text = (environ.get("VERBATIM_EMBED_SECRET") or "").strip()
    if text and len(text) < LEAST_SECRET:
        raise SettingsError(
            f"VERBATIM_EMBED_SECRET is too short: give {LEAST_SECRET} random characters or more"
        )
    return Secret(text)


def _keys(environ: Environ) -> Mapping[str, Secret]:
    keys: dict[str, Secret] = {}
    for n, pair in enumerate(words(environ, "VERBATIM_API_KEYS"), start=1):
        name, colon, key = pair.partition(":")
        if not (colon and name and len(key) >= LEAST_KEY):
            raise SettingsError(
                f"VERBATIM_API_KEYS, number {n}: give name:key with a key of {LEAST_KEY}"
                " characters or more"
            )
        if name in keys:
            raise SettingsError(f"VERBATIM_API_KEYS names {name!r} twice: give each its own name")
        keys[name] = Secret(key)
    return MappingProxyType(keys)


@dataclass(frozen=True, slots=True)
class DeepBudget:
    """The most that one deep answer may take; with 0 calls it is one in quotes."""

    calls: int = 8
    seconds: float = 180.0


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


SHIPPED_LIBRARY = Path(__file__).resolve().parent.parent / "corpus" / "transcripts"
"""The two transcripts that come with the project."""

VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "VERBATIM_LIBRARY": "folder or file with the transcripts (default: those that ship)",
        "VERBATIM_DATA": "folder for the unpacked model and the indexes (default: .verbatim)",
        "VERBATIM_MODEL": "another sentence-transformers model, by name or folder",
        "VERBATIM_RERANKER": "cross-encoder for the first hits, by name or folder (default: none)",
        "VERBATIM_DEVICE": "where another model runs: cpu, cuda, mps (default: its own choice)",
        "VERBATIM_CHROMA_URL": "a Chroma server, http://host:port (default: Chroma in process)",
        "VERBATIM_CHUNK_TOKENS": "tokens in a passage at most, in o200k_base (default: 400)",
        "VERBATIM_MIN_CONFIDENCE": "no answer below this probability, 0 to 1 (default: 0.5)",
        "VERBATIM_LLM": "language model that writes the answers (default: none, answers in quotes)",
        "VERBATIM_LLM_PROVIDER": "openai-compatible, ollama or gemini (default: openai-compatible)",
        "VERBATIM_LLM_URL": "where the model's API begins (default: the provider's own)",
        "VERBATIM_LLM_KEY": "the API's key; never shown or logged (default: none)",
        "VERBATIM_LLM_WINDOW_TOKENS": "tokens the model takes, prompt and reply (default: 4096)",
        "VERBATIM_LLM_OUTPUT_TOKENS": "tokens in a reply at most (default: 800)",
        "VERBATIM_LLM_EVIDENCE_TOKENS": "tokens of the transcripts in a prompt (default: 1200)",
        "VERBATIM_LLM_TEMPERATURE": "0 for the same words each time, up to 2 (default: 0)",
        "VERBATIM_LLM_TIMEOUT_S": "seconds for a whole answer, then quotes (default: 60)",
        "VERBATIM_DEEP_CALLS": "calls of the model for a deep answer at most (default: 8)",
        "VERBATIM_DEEP_TIMEOUT_S": "seconds for a deep answer, then the best so far (default: 180)",
        "VERBATIM_STRICT": "1 drops sentences that no evidence supports (default: 0)",
        "VERBATIM_HOST": "address that serve listens on (default: 127.0.0.1)",
        "VERBATIM_PORT": "port that serve listens on (default: 7860)",
        **SERVING_VARIABLES,
    }
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set, cast and checked."""

    library: Path = SHIPPED_LIBRARY
    data: Path = Path(".verbatim")
    model: str | None = None
    reranker: str | None = None
    device: str | None = None
    chroma_url: str | None = None
    chunk_tokens: int = 400
    min_confidence: float = 0.5
    llm: ModelSettings | None = None
    host: str = "127.0.0.1"
    port: int = 7860
    serving: ServingSettings = field(default_factory=ServingSettings)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables; an empty value counts as not set.

    Raises SettingsError naming the variable when a value can't be cast or is out of range.
    """
    default = Settings()
    library, data = environ.get("VERBATIM_LIBRARY"), environ.get("VERBATIM_DATA")
    return Settings(
        library=Path(library).expanduser() if library else default.library,
        data=Path(data).expanduser() if data else default.data,
        model=environ.get("VERBATIM_MODEL") or None,
        reranker=environ.get("VERBATIM_RERANKER") or None,
        device=environ.get("VERBATIM_DEVICE") or None,
        chroma_url=environ.get("VERBATIM_CHROMA_URL") or None,
        chunk_tokens=int(
            number(environ, "VERBATIM_CHUNK_TOKENS", default.chunk_tokens, 60, 4000, whole=True)
        ),
        min_confidence=number(environ, "VERBATIM_MIN_CONFIDENCE", default.min_confidence, 0, 1),
        llm=read_model_settings(environ),
        host=environ.get("VERBATIM_HOST") or default.host,
        port=int(number(environ, "VERBATIM_PORT", default.port, 0, 65535, whole=True)),
        serving=read_serving_settings(environ),
    )
