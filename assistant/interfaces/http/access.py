"""Who calls, and what of the library they may reach: keys, users, embed tokens, talks.

An embed token is a JSON Web Token (RFC 7519) under HMAC-SHA-256, short-lived and bound to one site
and its talks. It is no secret of a reader's: whoever sees the page sees it, and can do with it what
the page's chat can, until it expires.
"""

from __future__ import annotations

import hmac
import math
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final, Literal

import jwt

from assistant.engine import Assistant
from assistant.interfaces.http.errors import ApiError
from assistant.retrieval.scope import Narrowing, resolve_scope
from assistant.settings import Secret, ServingSettings
from corpus.types import SettingsError
from index.types import Scope, Talk, speakers_of

LONGEST_NAME: Final = 200
"""Characters of a user's name that count."""
LONGEST_S: Final = 24 * 3600
"""No embed token lives longer."""
TOKEN_MINUTES: Final = 60
"""How long an embed token holds, unless another time is asked for."""
TOKEN_CHARS: Final = 8000
"""A longer one is not looked at: a header or an address holds no more."""
CLOCKS_S: Final = 60
"""So far the clocks of the machine that signs and of the one that reads may be apart."""
_ISSUER: Final = "verbatim"
_ALGORITHM: Final = "HS256"
_ALL: Final = "*"
_CLAIMS: Final = ("iss", "aud", "exp", "iat", "jti", "talks")

CallerKind = Literal["anonymous", "user", "key", "token"]
"""Nobody in particular, a user whom a trusted proxy names, the holder of an API key, or an embedded
chat with its token."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request.

    ``name`` tells callers of one kind apart (an address, a user, a key's name, a token's id), and
    limits count by it. ``talks`` are the ids of the talks that it may reach, ``None`` for all.
    """

    kind: CallerKind
    name: str
    talks: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class EmbedToken:
    """What a token says: who frames (``https://wiki.example.org``) and until when (Unix time).

    ``talks`` are the talks that it gives access to, ``None`` for the whole library. ``id`` is the
    token's own.
    """

    id: str
    origin: str
    talks: frozenset[str] | None
    expires_s: float


RequestHeaders = Callable[[str], Sequence[str]]
"""All values of the header of a name."""
ReadToken = Callable[[str, RequestHeaders], Caller]
"""The caller with this embed token. Raises ApiError 401 for what is none, or no longer one."""


class Authenticator:
    """Tells callers apart. ``read_token`` is ``None`` where no embed tokens are signed.

    Raises SettingsError for a trusted proxy that is no address.
    """

    def __init__(self, serving: ServingSettings, read_token: ReadToken | None = None) -> None:
        self._proxies = tuple(map(_network, serving.trusted_proxies))
        self._keys = {name: key.reveal().encode() for name, key in serving.keys.items()}
        self._user_header = serving.user_header
        self._read_token = read_token

    @property
    def names_users(self) -> bool:
        """Whether every reader has to be named by a proxy."""
        return bool(self._user_header)

    def is_proxy(self, peer: str) -> bool:
        """Whether an address is one whose headers count."""
        ip = _ip(peer)
        return ip is not None and any(_v6(ip) in network for network in self._proxies)

    def address(self, peer: str, headers: RequestHeaders) -> str:
        """Where a request comes from: of what trusted proxies passed on, the last other address."""
        if not self.is_proxy(peer):
            return peer
        hops = [hop.strip() for value in headers("x-forwarded-for") for hop in value.split(",")]
        for hop in reversed(hops):
            if _ip(hop) is None:
                break
            peer = hop
            if not self.is_proxy(hop):
                break
        return peer

    def caller(self, peer: str, headers: RequestHeaders, *, asks_keys: bool = True) -> Caller:
        """Who calls. Raises ApiError 401 where callers have to show who they are and don't.

        Readers of pages have no keys: where those are not asked for, they may be anonymous.
        """
        bearer = _bearer(headers)
        if bearer and (known := self._holder(bearer, headers)):
            return known
        if user := self.user(peer, headers):
            return Caller("user", user)
        if self._user_header:
            raise ApiError(
                401,
                "no_user",
                "Only signed-in readers may use this.",
                "Come through the proxy that signs readers in, or send an API key.",
            )
        if self._keys and asks_keys:
            raise ApiError(
                401,
                "unknown_key" if bearer else "no_key",
                "This API key is not known." if bearer else "This needs an API key.",
                "Send the header Authorization: Bearer <key> with a key from the operator.",
            )
        return self.stranger(peer, headers)

    def stranger(self, peer: str, headers: RequestHeaders) -> Caller:
        """Nobody in particular, told apart by address."""
        return Caller("anonymous", _line(self.address(peer, headers)))

    def user(self, peer: str, headers: RequestHeaders) -> str | None:
        """The user whom a trusted proxy names; a header that is there twice names nobody."""
        if not (self._user_header and self.is_proxy(peer)):
            return None
        names = headers(self._user_header)
        return names[0].strip()[:LONGEST_NAME] or None if len(names) == 1 else None

    def _holder(self, bearer: str, headers: RequestHeaders) -> Caller | None:
        """The holder of a key or a token; comparing takes as long for a wrong key as for one."""
        given = bearer.encode("utf-8", "replace")
        matching = [name for name, key in self._keys.items() if hmac.compare_digest(key, given)]
        if matching:
            return Caller("key", matching[0])
        if self._read_token and bearer.count(".") == 2:
            return self._read_token(bearer, headers)
        return None


def _bearer(headers: RequestHeaders) -> str:
    for value in headers("authorization"):
        scheme, _, credentials = value.strip().partition(" ")
        if scheme.lower() == "bearer":
            return credentials.strip()
    return ""


def _ip(text: str) -> IPv4Address | IPv6Address | None:
    """The address that a header or a socket names, without its zone; ``None`` for anything else."""
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _line(address: str) -> str:
    """What one line of a provider has: an IPv4 address, or the 2**64 of an IPv6 network."""
    ip = _ip(address)
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or IPv6Network((ip, 64), strict=False))
    return address


def _v6(ip: IPv4Address | IPv6Address) -> IPv6Address:
    """One kind of address for both, since a socket for both names the older kind so."""
    return ip if isinstance(ip, IPv6Address) else IPv6Address(f"::ffff:{ip}")


def _network(text: str) -> IPv6Network:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise SettingsError(
            f"VERBATIM_TRUSTED_PROXIES has {text!r}: give addresses such as 10.0.0.2 or 10.0.0.0/8"
        ) from None
    if isinstance(network, IPv6Network):
        return network
    return IPv6Network((_v6(network.network_address), network.prefixlen + 96))


def sign_token(
    secret: Secret, origin: str, talks: Collection[str] | None, lifetime_s: float, now_s: float
) -> str:
    """A token for the site ``origin`` and the talks of these ids, ``None`` for all.

    ``now_s`` is Unix time. Raises SettingsError for a lifetime that is not within
    ``LONGEST_S``, for no talks at all, and without a secret.
    """
    if not secret:
        raise SettingsError("no embed secret is set: set VERBATIM_EMBED_SECRET")
    if not 0 < lifetime_s <= LONGEST_S:
        raise SettingsError(
            f"a token can't live {lifetime_s / 60:g} minutes: give 1 to {LONGEST_S // 60}"
        )
    if talks is not None and not talks:
        raise SettingsError("a token for no talk reaches nothing: name talks, or leave them out")
    claims = {
        "iss": _ISSUER,
        "aud": origin,
        "iat": int(now_s),
        "exp": math.ceil(now_s + lifetime_s),
        "jti": secrets.token_urlsafe(12),
        "talks": _ALL if talks is None else sorted(talks),
    }
    return jwt.encode(claims, secret.reveal(), algorithm=_ALGORITHM)


def talk_ids(names: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """The ids of the talks that are named by id or file; ``known`` is ids by file.

    Raises SettingsError for one that there isn't.
    """
    for name in names:
        if name not in known and name not in known.values():
            raise SettingsError(f"there is no talk {name!r}: give its id or its file")
    return [known.get(name, name) for name in names]


def read_token(secret: Secret, token: str, now_s: float) -> EmbedToken:
    """What the token says. ``now_s`` is Unix time.

    Raises ApiError 401 for one that has expired, that this secret didn't sign, or that is none.
    """
    claims = _signed(secret, token)
    read = _read(claims)
    if read is None or read.expires_s > now_s + LONGEST_S + CLOCKS_S:
        raise _refusal()
    if now_s >= read.expires_s:
        raise ApiError(
            401,
            "token_expired",
            "the embed token has expired",
            "get a new one where the page got it; embed.js does so with data-token-url",
        )
    return read


def _signed(secret: Secret, token: str) -> Mapping[str, Any]:
    if not secret or len(token) > TOKEN_CHARS:
        raise _refusal()
    # The time and the site are compared by our own clock and by whoever asks.
    unchecked: Any = {"require": list(_CLAIMS)} | dict.fromkeys(
        ("verify_exp", "verify_iat", "verify_aud"), False
    )
    try:
        return jwt.decode(
            token, secret.reveal(), algorithms=[_ALGORITHM], issuer=_ISSUER, options=unchecked
        )
    except (jwt.InvalidTokenError, ValueError) as error:
        raise _refusal() from error


def _read(claims: Mapping[str, Any]) -> EmbedToken | None:
    """The token of these claims; ``None`` where one of them isn't what we write."""
    match claims:
        case {
            "jti": str(id_),
            "aud": str(origin),
            "exp": int(expires_s),
            "talks": "*" | list() as talks,
        } if talks == _ALL or all(isinstance(talk, str) for talk in talks):
            reached = None if talks == _ALL else frozenset(talks)
            return EmbedToken(id_, origin, reached, float(expires_s))
    return None


def _refusal() -> ApiError:
    return ApiError(
        401,
        "token_invalid",
        "the embed token is not valid here",
        "sign one with the server's VERBATIM_EMBED_SECRET: python app.py token",
    )


def reachable(caller: Caller, talk_id: str) -> bool:
    """Whether the caller may reach a talk."""
    return caller.talks is None or talk_id in caller.talks


def talks_of(engine: Assistant, caller: Caller) -> Sequence[Talk]:
    """The talks that the caller may reach, in the order of files."""
    return [talk for talk in engine.talks() if reachable(caller, talk.id)]


def narrowed(engine: Assistant, caller: Caller, narrowing: Narrowing) -> Scope:
    """The scope that is meant, inside the caller's own talks.

    Raises ApiError 404 for what isn't there: what a caller may not reach isn't there for it, and
    isn't named in the message either. A caller without a single talk gets 403, since an empty
    scope would restrict nothing.
    """
    try:
        if caller.talks is None:
            return engine.scope(narrowing)
        if not caller.talks:
            raise ApiError(
                403, "no_talks", "This token opens no talk.", "Ask for one that names talks."
            )
        own = talks_of(engine, caller)
        scope = resolve_scope(
            narrowing, own, speakers_of(topic for talk in own for topic in talk.topics)
        )
    except SettingsError as error:
        raise ApiError(
            404, "not_in_library", str(error), "Choose among what GET /api/talks lists."
        ) from error
    return replace(scope, transcripts=scope.transcripts or caller.talks)
