"""Embed tokens: what they say, how long, and what is refused."""

from __future__ import annotations

import base64
import json

import jwt
import pytest

from assistant.interfaces.http.access import LONGEST_S, read_token, sign_token
from assistant.interfaces.http.errors import ApiError
from assistant.settings import Secret
from corpus.types import SettingsError

SECRET = Secret("a secret of enough characters, 42")
OTHER = Secret("another secret of enough characters")
SITE = "https://wiki.example.org"
NOW_S = 1_800_000_000.0


def test_a_token_says_what_was_signed() -> None:
    token = read_token(SECRET, sign_token(SECRET, SITE, ["b", "a"], 60, NOW_S), NOW_S + 59)
    assert (token.origin, token.talks) == (SITE, frozenset({"a", "b"}))
    assert token.expires_s == NOW_S + 60
    again = read_token(SECRET, sign_token(SECRET, SITE, ["a"], 60, NOW_S), NOW_S)
    assert token.id and token.id != again.id


def test_no_talks_named_are_all_talks() -> None:
    assert read_token(SECRET, sign_token(SECRET, SITE, None, 60, NOW_S), NOW_S).talks is None
    with pytest.raises(SettingsError, match="reaches nothing"):
        sign_token(SECRET, SITE, [], 60, NOW_S)
    starred = read_token(SECRET, sign_token(SECRET, SITE, ["*"], 60, NOW_S), NOW_S)
    assert starred.talks == frozenset({"*"})


@pytest.mark.parametrize("lifetime_s", [0, -1, LONGEST_S + 1, float("nan")])
def test_a_lifetime_out_of_bounds_is_not_signed(lifetime_s: float) -> None:
    with pytest.raises(SettingsError, match="1440"):
        sign_token(SECRET, SITE, None, lifetime_s, NOW_S)


def test_nothing_is_signed_without_a_secret() -> None:
    with pytest.raises(SettingsError, match="VERBATIM_EMBED_SECRET"):
        sign_token(Secret(), SITE, None, 60, NOW_S)


def refused(token: str, now_s: float = NOW_S, secret: Secret = SECRET) -> str:
    with pytest.raises(ApiError) as caught:
        read_token(secret, token, now_s)
    assert caught.value.status == 401
    assert "\n" not in str(caught.value) and caught.value.todo
    return caught.value.code


def test_an_expired_token_is_refused_as_such() -> None:
    token = sign_token(SECRET, SITE, None, 60, NOW_S)
    assert refused(token, NOW_S + 60) == "token_expired"


def test_another_secret_or_other_words_are_refused() -> None:
    token = sign_token(SECRET, SITE, ["a"], 60, NOW_S)
    head, claims, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    changed = base64.urlsafe_b64encode(json.dumps(said | {"talks": "*"}).encode()).decode()
    assert refused(token, secret=OTHER) == "token_invalid"
    assert refused(token, secret=Secret()) == "token_invalid"
    assert refused(f"{head}.{changed.rstrip('=')}.{signature}") == "token_invalid"


@pytest.mark.parametrize(
    "token", ["", "abc", "a.b.c", "🙂.🙂.🙂", "x" * 100_000, "..", "\ud800.a.b"]
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refused(token) == "token_invalid"


def claims(**changes: object) -> dict[str, object]:
    sound = {"iss": "verbatim", "aud": SITE, "iat": NOW_S, "exp": int(NOW_S) + 60, "jti": "x"}
    return sound | {"talks": ["a"]} | changes


def signed(said: dict[str, object], algorithm: str = "HS256") -> str:
    return jwt.encode(said, SECRET.reveal(), algorithm=algorithm)


@pytest.mark.parametrize(
    "said",
    [
        claims(iss="somebody"),
        claims(aud=[SITE, "https://evil.example"]),
        claims(exp="soon"),
        claims(exp=int(NOW_S) + 30 * LONGEST_S),
        claims(talks=None),
        claims(talks="a"),
        claims(talks=[1]),
        claims(jti=7),
        {name: value for name, value in claims().items() if name != "exp"},
        {name: value for name, value in claims().items() if name != "talks"},
    ],
)
def test_a_signed_token_that_is_not_ours_is_refused(said: dict[str, object]) -> None:
    try:
        token = signed(said)
    except TypeError:  # PyJWT itself won't sign it
        key = SECRET.reveal().encode()
        token = jwt.PyJWS().encode(json.dumps(said).encode(), key, algorithm="HS256")
    assert refused(token) == "token_invalid"


def test_other_algorithms_are_refused() -> None:
    assert read_token(SECRET, signed(claims()), NOW_S).id == "x"
    unsigned = jwt.encode(claims(), "", algorithm="none")
    assert refused(unsigned) == "token_invalid"
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        longer = signed(claims(), "HS512")
    assert refused(longer) == "token_invalid"
