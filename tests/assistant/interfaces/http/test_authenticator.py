"""Who calls: keys, users named by a proxy, embed tokens, addresses."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.interfaces.http.access import Authenticator, Caller, RequestHeaders
from assistant.interfaces.http.errors import ApiError
from assistant.settings import Secret, ServingSettings
from corpus.types import SettingsError

KEY = "k" * 20
WITH_KEYS = ServingSettings(keys={"wiki": Secret(KEY), "desk": Secret("d" * 20)})
WITH_USERS = ServingSettings(user_header="x-user", trusted_proxies=("10.0.0.0/8", "::1"))
PROXY, STRANGER = "10.1.2.3", "203.0.113.9"


def sent(**headers: str | Sequence[str]) -> RequestHeaders:
    """The headers of a request, each with one value or several."""
    values = {
        name.replace("_", "-"): [value] if isinstance(value, str) else list(value)
        for name, value in headers.items()
    }
    return lambda name: values.get(name, [])


def bearer(key: str) -> RequestHeaders:
    return sent(authorization=f"Bearer {key}")


def refusal(gate: Authenticator, peer: str, headers: RequestHeaders) -> tuple[int, str]:
    with pytest.raises(ApiError) as refused:
        gate.caller(peer, headers)
    return refused.value.status, refused.value.code


def test_without_keys_anybody_may_call_and_is_told_apart_by_address() -> None:
    gate = Authenticator(ServingSettings())
    assert gate.caller(STRANGER, sent()) == Caller("anonymous", STRANGER)
    # Clients of OpenAI's interface always send some key.
    assert gate.caller(STRANGER, bearer("sk-none")) == Caller("anonymous", STRANGER)


def test_one_line_is_one_caller_however_many_addresses_it_has() -> None:
    gate = Authenticator(ServingSettings())
    names = [gate.caller(f"2001:db8:1:{net}::{n}", sent()).name for net in (1, 2) for n in (7, 8)]
    assert names[0] == names[1] != names[2] == names[3]
    assert gate.caller(f"::ffff:{STRANGER}", sent()).name == STRANGER


def test_with_keys_only_their_holders_may() -> None:
    gate = Authenticator(WITH_KEYS)
    assert gate.caller(STRANGER, bearer(KEY)) == Caller("key", "wiki")
    assert gate.caller(STRANGER, sent(authorization=f"bearer  {KEY} ")) == Caller("key", "wiki")
    assert refusal(gate, STRANGER, sent()) == (401, "no_key")
    assert refusal(gate, STRANGER, bearer(KEY[:-1])) == (401, "unknown_key")
    assert refusal(gate, STRANGER, bearer("ключ")) == (401, "unknown_key")
    assert refusal(gate, STRANGER, sent(authorization=f"Basic {KEY}")) == (401, "no_key")


def test_a_proxy_names_the_user() -> None:
    gate = Authenticator(WITH_USERS)
    assert gate.caller(PROXY, sent(x_user="ann")) == Caller("user", "ann")
    assert gate.caller("::1", sent(x_user="ann")) == Caller("user", "ann")
    assert gate.caller(f"::ffff:{PROXY}", sent(x_user="ann")) == Caller("user", "ann")


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        (STRANGER, sent(x_user="ann")),
        ("", sent(x_user="ann")),
        (PROXY, sent()),
        (PROXY, sent(x_user="  ")),
        (PROXY, sent(x_user=["mallory", "ann"])),
    ],
    ids=["stranger", "no address", "no name", "blank", "twice"],
)
def test_nobody_else_names_one(peer: str, headers: RequestHeaders) -> None:
    assert refusal(Authenticator(WITH_USERS), peer, headers) == (401, "no_user")


def test_the_address_is_the_last_that_no_trusted_proxy_has() -> None:
    gate = Authenticator(WITH_USERS)
    forwarded = sent(x_forwarded_for="198.51.100.1, 203.0.113.9, 10.9.9.9")
    assert gate.address(PROXY, forwarded) == STRANGER
    assert gate.address(STRANGER, forwarded) == STRANGER
    assert gate.address(PROXY, sent(x_forwarded_for=["198.51.100.1", STRANGER])) == STRANGER
    assert gate.address(PROXY, sent(x_forwarded_for="10.0.0.7, 10.0.0.8")) == "10.0.0.7"


def test_what_is_no_address_is_none() -> None:
    gate = Authenticator(WITH_USERS)
    assert gate.address(PROXY, sent(x_forwarded_for=f"{STRANGER}, unknown")) == PROXY
    assert gate.address("testclient", sent(x_forwarded_for=STRANGER)) == "testclient"


def test_a_token_is_read_where_tokens_are_signed() -> None:
    def read(text: str, headers: RequestHeaders) -> Caller:
        if text != "a.b.c":
            raise ApiError(401, "token_expired", "it has expired", "get a new one")
        return Caller("token", headers("host")[0], frozenset({"talk"}))

    gate = Authenticator(WITH_KEYS, read)
    headers = sent(authorization="Bearer a.b.c", host="here")
    assert gate.caller(STRANGER, headers) == Caller("token", "here", frozenset({"talk"}))
    assert refusal(gate, STRANGER, bearer("a.b.d")) == (401, "token_expired")
    assert refusal(gate, STRANGER, bearer("a.b")) == (401, "unknown_key")
    assert gate.caller(STRANGER, bearer(KEY)) == Caller("key", "wiki")


@pytest.mark.parametrize("text", ["proxy.example.org", "10.0.0.0/99", "*"])
def test_a_proxy_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="VERBATIM_TRUSTED_PROXIES"):
        Authenticator(ServingSettings(trusted_proxies=(text,)))
