"""Embed tokens: short-lived, signed, bound to one site and to what may be asked about there.

A token is a JSON Web Token (RFC 7519) under HMAC-SHA-256. It is no secret of a reader's: whoever
sees the page sees it, and can do with it what the page's chat can, until it expires. The one file
that knows PyJWT.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jwt

from assistant.access.types import ApiError
from assistant.secret import Secret
from corpus.types import SettingsError

LONGEST_S: Final = 24 * 3600
"""No token lives longer."""
TOKEN_CHARS: Final = 8000
"""A longer one is not looked at: a header or an address holds no more."""
CLOCKS_S: Final = 60
"""So far the clocks of the machine that signs and of the one that reads may be apart."""
_ISSUER: Final = "verbatim"
_ALGORITHM: Final = "HS256"
_ALL: Final = "*"
_CLAIMS: Final = ("iss", "aud", "exp", "iat", "jti", "talks")


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
