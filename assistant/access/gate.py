"""Who makes a request, told from its address and its headers."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from assistant.access.settings import ServingSettings
from assistant.access.types import ApiError, Caller
from corpus.types import SettingsError

Headers = Callable[[str], Sequence[str]]
"""All values of the header of a name."""
ReadToken = Callable[[str, Headers], Caller]
"""The caller with this embed token. Raises ApiError 401 for what is none, or no longer one."""

LONGEST_NAME = 200


class Gate:
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

    def address(self, peer: str, headers: Headers) -> str:
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

    def caller(self, peer: str, headers: Headers, *, asks_keys: bool = True) -> Caller:
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

    def stranger(self, peer: str, headers: Headers) -> Caller:
        """Nobody in particular, told apart by address."""
        return Caller("anonymous", _line(self.address(peer, headers)))

    def user(self, peer: str, headers: Headers) -> str | None:
        """The user whom a trusted proxy names; a header that is there twice names nobody."""
        if not (self._user_header and self.is_proxy(peer)):
            return None
        names = headers(self._user_header)
        return names[0].strip()[:LONGEST_NAME] or None if len(names) == 1 else None

    def _holder(self, bearer: str, headers: Headers) -> Caller | None:
        """The holder of a key or a token; comparing takes as long for a wrong key as for one."""
        given = bearer.encode("utf-8", "replace")
        matching = [name for name, key in self._keys.items() if hmac.compare_digest(key, given)]
        if matching:
            return Caller("key", matching[0])
        if self._read_token and bearer.count(".") == 2:
            return self._read_token(bearer, headers)
        return None

    def is_proxy(self, peer: str) -> bool:
        """Whether an address is one whose headers count."""
        ip = _ip(peer)
        return ip is not None and any(_v6(ip) in network for network in self._proxies)


def _bearer(headers: Headers) -> str:
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
