"""Sites as operators write them, and as browsers name them."""

from __future__ import annotations

import pytest

from assistant.settings import site_origin
from corpus.types import SettingsError


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("https://Wiki.Example.org/", "https://wiki.example.org"),
        ("https://wiki.example.org:443", "https://wiki.example.org"),
        ("http://wiki.example.org:80", "http://wiki.example.org"),
        ("http://wiki.example.org:443", "http://wiki.example.org:443"),
        ("HTTPS://wiki.example.org:8443", "https://wiki.example.org:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://my_wiki.lan", "http://my_wiki.lan"),
    ],
)
def test_a_site_is_written_as_its_origin(written: str, named: str) -> None:
    assert site_origin(written) == named


@pytest.mark.parametrize(
    "written",
    [
        "*", "https://*.example.org", "https://a b", "https://a'", "https://a;b", "https://a,b",
        "https://a\\b", "https://@a", "https://u:p@a", "https://a/b", "https://a?b", "https://a#b",
        "https://a:0", "https://a:x", "https://", "ftp://a", "null", "https://" + "a" * 64,
    ],
)  # fmt: skip
def test_what_is_no_site_is_refused(written: str) -> None:
    with pytest.raises(SettingsError, match="give sites like"):
        site_origin(written)
