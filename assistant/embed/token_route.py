"""Signing embed tokens over HTTP, for the site that shows the chat."""

from __future__ import annotations

from time import time

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from assistant.access.settings import site_origin
from assistant.access.types import ApiError, Caller
from assistant.api.needs import TheCaller, TheDoor, faults
from assistant.api.requests import Name
from assistant.embed.tokens import LONGEST_S, read_token, sign_token, talk_ids
from corpus.types import SettingsError

router = APIRouter(tags=["embed"])

MINUTES = 60
TALKS = 100


class TokenRequest(BaseModel):
    """What the token is for."""

    model_config = ConfigDict(extra="forbid")

    origin: str = Field(
        max_length=300,
        description="The site that shows the chat.",
        examples=["https://wiki.example.org"],
    )
    talks: list[Name] | None = Field(
        None,
        min_length=1,
        max_length=TALKS,
        description="Ids or files of the talks it reaches; left out, the whole library.",
    )
    minutes: int = Field(MINUTES, ge=1, le=LONGEST_S // 60, description="How long it holds.")


class SignedToken(BaseModel):
    """The token, and until when it holds in Unix time."""

    token: str
    expires_s: float


@router.post(
    "/embed-tokens",
    summary="Sign a token for an embedded chat",
    response_model=SignedToken,
    responses=faults(400, 404, 413),
)
def sign(asked: TokenRequest, door: TheDoor, caller: TheCaller) -> SignedToken:
    """The token lets one site show the chat, and the chat ask about the named talks alone. An API
    key is needed, whoever else may call."""
    _check(caller)
    secret, now_s = door.serving.embed_secret, time()
    if not secret:
        raise ApiError(
            403,
            "no_embed_secret",
            "This server signs no embed tokens.",
            "The operator can set VERBATIM_EMBED_SECRET.",
        )
    origin = site_origin(asked.origin, "origin")
    token = sign_token(secret, origin, _talks(asked, door), asked.minutes * 60, now_s)
    return SignedToken(token=token, expires_s=read_token(secret, token, now_s).expires_s)


def _check(caller: Caller) -> None:
    if caller.kind != "key":
        raise ApiError(
            403,
            "needs_key",
            "Only the holder of an API key may sign embed tokens.",
            "Send the header Authorization: Bearer <key>; the operator sets VERBATIM_API_KEYS.",
        )


def _talks(asked: TokenRequest, door: TheDoor) -> list[str] | None:
    if asked.talks is None:
        return None
    try:
        return talk_ids(asked.talks, {talk.file: talk.id for talk in door.engine().talks()})
    except SettingsError as error:
        raise ApiError(
            404, "not_in_library", str(error), "Choose among what GET /api/talks lists."
        ) from error
