"""Which names are ours, and which requests another site's page sent."""

from __future__ import annotations

import socket

import pytest

from assistant.interfaces.http.guard import is_from_elsewhere, is_known_host
from assistant.settings import ServingSettings

PLAIN = ServingSettings()
PUBLIC = ServingSettings(
    public_url="https://talks.example.org/verbatim", hosts=("inside.example", "*.corp.example")
)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:7860",
        "chat.localhost:7860",
        "127.0.0.1:7860",
        "[::1]:7860",
        "192.168.1.20:7860",
        "[fe80::1]",
        "localhost.",
    ],
)
def test_loopback_and_addresses_are_ours(host: str) -> None:
    for bound in ("127.0.0.1", "0.0.0.0", "::"):
        assert is_known_host(host, PLAIN, bound)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:7860",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "",
        "evillocalhost",
        "[::1",
        "a b",
        "127.0.0.1@evil.example",
        "xinside.example",
        "corp.example",
    ],
)
def test_other_names_are_not(host: str) -> None:
    for serving in (PLAIN, PUBLIC):
        for bound in ("127.0.0.1", "0.0.0.0", "::", "localhost"):
            assert not is_known_host(host, serving, bound)
    assert is_known_host(host, ServingSettings(hosts=("*",)), "127.0.0.1")


def test_names_that_the_operator_gives_are_ours() -> None:
    for host in ("talks.example.org", "inside.example:80", "a.b.corp.example", "INSIDE.example"):
        assert is_known_host(host, PUBLIC, "127.0.0.1")
        assert not is_known_host(host, PLAIN, "127.0.0.1")
    assert is_known_host("wiki.lan:7860", PLAIN, "wiki.lan")


def test_the_machines_own_name_counts_where_others_can_reach_it() -> None:
    own = socket.gethostname()
    assert is_known_host(f"{own}:7860", PLAIN, "0.0.0.0")
    assert is_known_host(f"{own.partition('.')[0]}.local", PLAIN, "::")


def sent(origin: str, fetch_site: str = "") -> dict[str, str]:
    """The headers of a browser's request; what is empty is left out."""
    headers = {"host": "127.0.0.1:7860", "origin": origin, "sec-fetch-site": fetch_site}
    return {name: value for name, value in headers.items() if value}


@pytest.mark.parametrize(
    ("origin", "fetch_site", "elsewhere"),
    [
        ("", "", False),
        ("http://127.0.0.1:7860", "", False),
        ("http://127.0.0.1:7860", "same-origin", False),
        ("", "none", False),
        ("http://127.0.0.1:7861", "", True),
        ("http://127.0.0.1:7861", "same-site", True),
        ("https://evil.example", "cross-site", True),
        ("http://127.0.0.1:7860", "cross-site", True),
        ("null", "", True),
        ("http://[", "", True),
    ],
)
def test_what_another_sites_page_sends(origin: str, fetch_site: str, elsewhere: bool) -> None:
    assert is_from_elsewhere(sent(origin, fetch_site), PLAIN) == elsewhere


def test_the_public_address_is_our_own_site() -> None:
    """A proxy may hand on another Host than the reader's."""
    assert not is_from_elsewhere(sent("https://talks.example.org"), PUBLIC)
    assert is_from_elsewhere(sent("https://talks.example.org"), PLAIN)
