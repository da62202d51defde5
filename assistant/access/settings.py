"""What an operator says about serving others: addresses, origins, keys, limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from assistant.casting import Environ, address, number, words
from assistant.secret import Secret
from corpus.types import SettingsError

LEAST_SECRET = 32
"""Characters of a secret that signs tokens: as many as HMAC-SHA-256 has bytes."""
LEAST_KEY = 16
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
OBSIDIAN_APP = "app://obsidian.md"
"""The origin of notes inside Obsidian's desktop app, the one that is no website."""

VARIABLES: Mapping[str, str] = MappingProxyType(
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
