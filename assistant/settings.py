"""The settings of an operator: read once from the environment, checked, immutable.

Three groups: the library and where it is served (``Settings``), the language model
(``ModelSettings``), who may reach it (``ServingSettings``). A setting is one field: its variable,
what it means, how its text is cast and its default. ``VARIABLES`` lists them all; docs/use.md shows
the same table and a test holds the two together.

An empty variable counts as not set. A wrong one raises SettingsError, one line that names the
variable and says what it takes. Constructors take values as they are; only ``read_settings`` casts
and checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, get_args
from urllib.parse import SplitResult, urlsplit

from corpus.types import SettingsError

Environ = Mapping[str, str]
Provider = Literal["openai-compatible", "ollama", "gemini"]

SHIPPED_LIBRARY: Final = Path(__file__).resolve().parent.parent / "corpus" / "transcripts"
"""The two transcripts that come with the project."""
DEFAULT_URLS: Final[Mapping[Provider, str]] = MappingProxyType(
    {
        "openai-compatible": "https://api.openai.com/v1",
        "ollama": "http://127.0.0.1:11434",
        "gemini": "https://generativelanguage.googleapis.com",
    }
)
OBSIDIAN_APP: Final = "app://obsidian.md"
"""The origin of notes inside Obsidian's desktop app, the one that is no website."""
LEAST_SECRET: Final = 32
"""Characters of a secret that signs tokens: as many as HMAC-SHA-256 has bytes."""
LEAST_KEY: Final = 16
"""Characters of a key of the API."""

_LOOPBACK: Final = ("127.0.0.1", "::1")
_MASK: Final = "***"
_PORTS: Final = MappingProxyType({"http": 80, "https": 443})
_HOST: Final = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_YES: Final = ("1", "true", "yes", "on")
_NO: Final = ("0", "false", "no", "off")
_ROOM_TOKENS: Final = 300
"""What the instructions, the question and the mark-up of messages take beside the evidence."""


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


# How the text of a variable becomes a value. The first argument is the variable's name, or another
# place where such a text may stand, for the message of the SettingsError that each may raise.

Cast = Callable[[str, str], Any]


def as_given(_: str, text: str) -> str:
    """The text itself."""
    return text


def path(_: str, text: str) -> Path:
    """A folder or a file; ``~`` is the user's own folder."""
    return Path(text).expanduser()


def whole(low: int, high: int) -> Cast:
    """A whole number from ``low`` to ``high``."""
    return _number(int, "a whole number", low, high)


def decimal(low: float, high: float) -> Cast:
    """A number from ``low`` to ``high``."""
    return _number(float, "a number", low, high)


def _number(kind: type[float], told: str, low: float, high: float) -> Cast:
    def cast(name: str, text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise SettingsError(f"{name} is {text!r}: give {told} from {low:g} to {high:g}")
        return value

    return cast


def one_of(options: Sequence[str]) -> Cast:
    """One of ``options``, in any case."""

    def cast(name: str, text: str) -> str:
        word = text.strip().lower()
        if word not in options:
            raise SettingsError(f"{name} is {text!r}: give one of {', '.join(options)}")
        return word

    return cast


def yes_or_no(name: str, text: str) -> bool:
    """1, true, yes, on or 0, false, no, off."""
    word = text.strip().lower()
    if word not in (*_YES, *_NO):
        raise SettingsError(f"{name} is {text!r}: give 1 or 0")
    return word in _YES


def words(_: str, text: str) -> tuple[str, ...]:
    """What stands between commas or white space, each once, in order."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def proxies(name: str, text: str) -> tuple[str, ...]:
    """Addresses; the machine's own where the text names none."""
    return words(name, text) or _LOOPBACK


def header(_: str, text: str) -> str:
    """The name of a header, in small letters."""
    return text.strip().lower()


def address(name: str, text: str) -> str:
    """An http or https address, without a key inside and without a query.

    A refused one is not repeated in the message, since it may hold a password.
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        sound = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise SettingsError(f"{name} is no address: give one like http://127.0.0.1:8080/v1")
    if parts.username is not None or parts.password is not None or parts.query:
        raise SettingsError(f"{name} holds a user, a password or a query: give the bare address")
    return text


def public_address(name: str, text: str) -> str:
    """An address without a slash at its end."""
    return address(name, text).rstrip("/")


def sites(name: str, text: str) -> tuple[str, ...]:
    """Sites as browsers name them."""
    return tuple(site_origin(each, name) for each in words(name, text))


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


def secret(_: str, text: str) -> Secret:
    """A key as its provider made it."""
    return Secret(text.strip())


def signing_secret(name: str, text: str) -> Secret:
    """A secret of our own, long enough to sign with."""
    text = text.strip()
    if text and len(text) < LEAST_SECRET:
        raise SettingsError(f"{name} is too short: give {LEAST_SECRET} random characters or more")
    return Secret(text)


def named_keys(name: str, text: str) -> Mapping[str, Secret]:
    """``name:key`` pairs between commas or white space; keys are not repeated in the message."""
    keys: dict[str, Secret] = {}
    for n, pair in enumerate(words(name, text), start=1):
        owner, colon, key = pair.partition(":")
        if not (colon and owner and len(key) >= LEAST_KEY):
            raise SettingsError(
                f"{name}, number {n}: give name:key with a key of {LEAST_KEY} characters or more"
            )
        if owner in keys:
            raise SettingsError(f"{name} names {owner!r} twice: give each its own name")
        keys[owner] = Secret(key)
    return MappingProxyType(keys)


# The groups.


@dataclass(frozen=True, slots=True)
class Variable:
    """A field's environment variable: its name, what it means to an operator, how it is cast.

    The meaning says what the default is; where that is a number, it is added.
    """

    name: str
    meaning: str
    cast: Cast


def setting(default: Any, name: str, meaning: str, cast: Cast = as_given) -> Any:
    """A field that the variable ``name`` sets; a callable makes its default."""
    metadata = {"variable": Variable(name, meaning, cast)}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class DeepBudget:
    """The most that one deep answer may take; with 0 calls it is one in quotes."""

    calls: int = 8
    seconds: float = 180.0


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which language model writes the answers, and within which bounds.

    ``url`` is where its API begins. ``window_tokens`` is all that it takes in and gives out in one
    call, ``output_tokens`` the longest reply, ``evidence_tokens`` what of the transcripts goes
    into a prompt. ``timeout_s`` is wall time for a whole answer. With ``strict`` a sentence that
    the evidence doesn't support is dropped.
    """

    name: str = setting(
        MISSING,
        "VERBATIM_LLM",
        "language model that writes the answers (default: none, answers in quotes)",
    )
    provider: Provider = setting(
        "openai-compatible",
        "VERBATIM_LLM_PROVIDER",
        "openai-compatible, ollama or gemini (default: openai-compatible)",
        one_of(get_args(Provider)),
    )
    url: str = setting(
        DEFAULT_URLS["openai-compatible"],
        "VERBATIM_LLM_URL",
        "where the model's API begins (default: the provider's own)",
        address,
    )
    key: Secret = setting(
        Secret(), "VERBATIM_LLM_KEY", "the API's key; never shown or logged (default: none)", secret
    )
    window_tokens: int = setting(
        4096,
        "VERBATIM_LLM_WINDOW_TOKENS",
        "tokens the model takes, prompt and reply",
        whole(50, 10_000_000),
    )
    output_tokens: int = setting(
        800, "VERBATIM_LLM_OUTPUT_TOKENS", "tokens in a reply at most", whole(50, 10_000_000)
    )
    evidence_tokens: int = setting(
        1200,
        "VERBATIM_LLM_EVIDENCE_TOKENS",
        "tokens of the transcripts in a prompt",
        whole(50, 10_000_000),
    )
    temperature: float = setting(
        0.0, "VERBATIM_LLM_TEMPERATURE", "0 for the same words each time, up to 2", decimal(0, 2)
    )
    timeout_s: float = setting(
        60.0,
        "VERBATIM_LLM_TIMEOUT_S",
        "seconds for a whole answer, then quotes",
        decimal(0.1, 3600),
    )
    deep_calls: int = setting(
        8, "VERBATIM_DEEP_CALLS", "calls of the model for a deep answer at most", whole(0, 100)
    )
    deep_timeout_s: float = setting(
        180.0,
        "VERBATIM_DEEP_TIMEOUT_S",
        "seconds for a deep answer, then the best so far",
        decimal(1, 3600),
    )
    strict: bool = setting(
        False, "VERBATIM_STRICT", "1 drops sentences that no evidence supports", yes_or_no
    )

    @property
    def deep(self) -> DeepBudget:
        """The most that one answer in deep mode may take."""
        return DeepBudget(self.deep_calls, self.deep_timeout_s)


@dataclass(frozen=True, slots=True)
class ServingSettings:
    """How it is reached and by whom.

    ``origins`` are of the form ``https://wiki.example.org``; ``keys`` are by name. ``public_url``
    has no slash at its end and is empty where requests tell it.
    """

    public_url: str = setting(
        "",
        "VERBATIM_PUBLIC_URL",
        "where readers reach it, path included (default: as it is asked)",
        public_address,
    )
    hosts: tuple[str, ...] = setting(
        (), "VERBATIM_HOSTS", "further host names it answers to, * for all (default: none)", words
    )
    origins: tuple[str, ...] = setting(
        (),
        "VERBATIM_EMBED_ORIGINS",
        "sites that may frame it and call its API (default: none)",
        sites,
    )
    embed_secret: Secret = setting(
        Secret(),
        "VERBATIM_EMBED_SECRET",
        "signs embed tokens; set, no embed works without (default: none)",
        signing_secret,
    )
    keys: Mapping[str, Secret] = setting(
        dict,
        "VERBATIM_API_KEYS",
        "name:key, …; set, the API takes no caller without (default: none)",
        named_keys,
    )
    user_header: str = setting(
        "",
        "VERBATIM_USER_HEADER",
        "header in which a trusted proxy names the user (default: none)",
        header,
    )
    trusted_proxies: tuple[str, ...] = setting(
        _LOOPBACK,
        "VERBATIM_TRUSTED_PROXIES",
        "addresses whose headers count (default: 127.0.0.1, ::1)",
        proxies,
    )
    requests_per_minute: int = setting(
        120,
        "VERBATIM_REQUESTS_PER_MINUTE",
        "requests of one caller, 0 for no limit",
        whole(0, 100_000),
    )
    concurrent_answers: int = setting(
        8, "VERBATIM_CONCURRENT_ANSWERS", "answers made at the same time at most", whole(1, 1000)
    )

    @property
    def root_path(self) -> str:
        """The path below which it lives behind a proxy, such as ``/verbatim``; else empty."""
        return urlsplit(self.public_url).path.rstrip("/")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set; ``llm`` is ``None`` where answers are in quotes."""

    library: Path = setting(
        SHIPPED_LIBRARY,
        "VERBATIM_LIBRARY",
        "folder or file with the transcripts (default: those that ship)",
        path,
    )
    data: Path = setting(
        Path(".verbatim"),
        "VERBATIM_DATA",
        "folder for the unpacked model and the indexes (default: .verbatim)",
        path,
    )
    model: str | None = setting(
        None, "VERBATIM_MODEL", "another sentence-transformers model, by name or folder"
    )
    reranker: str | None = setting(
        None,
        "VERBATIM_RERANKER",
        "reads the first hits again: a cross-encoder by name or folder, or trained weights"
        " (default: none)",
    )
    device: str | None = setting(
        None,
        "VERBATIM_DEVICE",
        "where another model runs: cpu, cuda, mps (default: its own choice)",
    )
    chroma_url: str | None = setting(
        None,
        "VERBATIM_CHROMA_URL",
        "a Chroma server, http://host:port (default: Chroma in process)",
    )
    chunk_tokens: int = setting(
        400, "VERBATIM_CHUNK_TOKENS", "tokens in a passage at most, in o200k_base", whole(60, 4000)
    )
    min_confidence: float = setting(
        0.5, "VERBATIM_MIN_CONFIDENCE", "no answer below this probability, 0 to 1", decimal(0, 1)
    )
    host: str = setting(
        "127.0.0.1", "VERBATIM_HOST", "address that serve listens on (default: 127.0.0.1)"
    )
    port: int = setting(7860, "VERBATIM_PORT", "port that serve listens on", whole(0, 65535))
    llm: ModelSettings | None = None
    serving: ServingSettings = field(default_factory=ServingSettings)


def _variables(group: type[Any]) -> Iterator[tuple[Field[Any], Variable]]:
    """The fields of a group that a variable sets, in their order."""
    for each in fields(group):
        if "variable" in each.metadata:
            yield each, each.metadata["variable"]


def _meaning(setting: Field[Any], variable: Variable) -> str:
    if not isinstance(setting.default, int | float):
        return variable.meaning
    return f"{variable.meaning} (default: {setting.default:g})"


VARIABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        variable.name: _meaning(setting, variable)
        for group in (Settings, ModelSettings, ServingSettings)
        for setting, variable in _variables(group)
    }
)
"""Every variable there is, with what it means."""


# Reading them.


def read_settings(environ: Environ) -> Settings:
    """The settings of an environment.

    Raises SettingsError naming the variable when a value can't be cast or is out of range.
    """
    return Settings(
        **_cast(Settings, environ),
        llm=read_model_settings(environ),
        serving=read_serving_settings(environ),
    )


def read_model_settings(environ: Environ) -> ModelSettings | None:
    """The group of the language model; ``None`` where none is named, whatever else is set.

    Raises SettingsError as ``read_settings`` does, and where a prompt wouldn't fit the window.
    """
    name = environ.get("VERBATIM_LLM", "").strip()
    if not name:
        return None
    given = _cast(ModelSettings, environ) | {"name": name}
    if "url" not in given and "provider" in given:
        given["url"] = DEFAULT_URLS[given["provider"]]
    settings = ModelSettings(**given)
    needed = settings.evidence_tokens + settings.output_tokens + _ROOM_TOKENS
    if needed > settings.window_tokens:
        raise SettingsError(
            f"VERBATIM_LLM_WINDOW_TOKENS is {settings.window_tokens}, but evidence, output and"
            f" instructions need {needed}: raise it, or lower VERBATIM_LLM_EVIDENCE_TOKENS"
            " or VERBATIM_LLM_OUTPUT_TOKENS"
        )
    return settings


def read_serving_settings(environ: Environ) -> ServingSettings:
    """The group of serving. Raises SettingsError as ``read_settings`` does; secrets are not
    repeated."""
    return ServingSettings(**_cast(ServingSettings, environ))


def _cast(group: type[Any], environ: Environ) -> dict[str, Any]:
    """The fields of a group that an environment sets, in their order."""
    return {
        setting.name: variable.cast(variable.name, text)
        for setting, variable in _variables(group)
        if (text := environ.get(variable.name))
    }
