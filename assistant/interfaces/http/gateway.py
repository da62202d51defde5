"""What every face over HTTP asks before it serves: who calls, how much they may, the engine."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request

from assistant.citation.article import checked_of
from assistant.citation.types import Checked
from assistant.engine import Assistant
from assistant.interfaces.http.access import (
    Authenticator,
    Caller,
    EmbedToken,
    RequestHeaders,
    narrowed,
    read_token,
)
from assistant.interfaces.http.errors import ApiError
from assistant.interfaces.http.limits import Allowance, AnswerSlots, RateLimiter
from assistant.interfaces.http.metrics import Metrics
from assistant.interfaces.http.streaming import SILENCE_S, Work
from assistant.library import Loading, LoadState
from assistant.retrieval.scope import Narrowing
from assistant.settings import ServingSettings
from assistant.types import Mode, Turn, Update
from corpus.types import VerbatimError
from index.types import Scope

LOADING_S = 5.0
"""When to come back to a library that is still loading."""
_ALLOWANCE = "verbatim_allowance"
"""Where a request's state holds what its caller has left."""


class Gateway:
    """The way into the library for all faces of one server, with its limits and its metrics.

    Raises SettingsError for serving settings that can't be used.
    """

    def __init__(self, loading: Loading, serving: ServingSettings) -> None:
        self.serving = serving
        self._loading = loading
        self._authenticator = Authenticator(
            serving, self._token_holder if serving.embed_secret else None
        )
        self._rates = RateLimiter(serving.requests_per_minute)
        self._slots = AnswerSlots(serving.concurrent_answers)
        self.metrics = Metrics(lambda: self._slots.taken, loading)

    @property
    def state(self) -> LoadState:
        """How far loading has come."""
        return self._loading.state

    @property
    def names_users(self) -> bool:
        """Whether every reader has to be named by a proxy."""
        return self._authenticator.names_users

    def is_proxy(self, peer: str) -> bool:
        """Whether an address is one whose headers count."""
        return self._authenticator.is_proxy(peer)

    def home(self, request: HTTPConnection) -> str:
        """The address that readers reach the page at, without a slash at its end."""
        return self.serving.public_url or str(request.base_url).rstrip("/")

    def identify(self, request: HTTPConnection, *, asks_keys: bool = True) -> Caller:
        """Who calls; it counts only if it is refused, so that nobody tries keys faster than
        anybody may ask. Raises ApiError 401, 403 for a token used from another site than its own,
        429 over the limit."""
        peer, headers = _peer(request), request.headers.getlist
        try:
            return self._authenticator.caller(peer, headers, asks_keys=asks_keys)
        except ApiError:
            self._rates.count(self._authenticator.stranger(peer, headers))
            raise

    def caller(self, request: Request) -> Caller:
        """Who calls; the request counts. Raises ApiError 401, 403 and 429 as ``identify`` does."""
        return self._counted(request, asks_keys=True)

    def reader(self, request: Request) -> Caller:
        """Who reads a page of ours, as ``caller`` but for keys, which readers don't have."""
        return self._counted(request, asks_keys=False)

    def _counted(self, request: Request, *, asks_keys: bool) -> Caller:
        caller = self.identify(request, asks_keys=asks_keys)
        request.scope.setdefault("state", {})[_ALLOWANCE] = self._rates.count(caller)
        return caller

    def engine(self) -> Assistant:
        """The engine. Raises ApiError 503 while there is none."""
        try:
            return self._loading.get(0)
        except TimeoutError:
            state = self.state
            raise ApiError(
                503,
                "loading",
                f"The library is still loading{': ' if state.message else ''}{state.message}.",
                "Wait as many seconds as Retry-After says, then ask again.",
                retry_after_s=LOADING_S,
            ) from None
        except VerbatimError as error:
            raise ApiError(
                503, "failed", f"The library can't be loaded: {error}", "Tell the operator."
            ) from error

    def scope(self, caller: Caller, narrowing: Narrowing) -> Scope:
        """The scope that is meant, inside what the caller may reach. Raises ApiError 404 for what
        isn't there for this caller, 403 for one who may reach nothing."""
        return narrowed(self.engine(), caller, narrowing)

    async def updates(
        self,
        request: Request,
        caller: Caller,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope | None = None,
        mode: Mode | None = None,
    ) -> AsyncGenerator[Update | None]:
        """The answer in the making; the last update has it whole. ``None`` after each silence of
        ``SILENCE_S``, so that a stream can show that it is still there.

        ``scope`` is one that ``scope`` gave, the caller's own where there is none. The work ends
        when the client leaves or the iterator is closed; until then it holds one of the places for
        answers. Raises ApiError 429 without a place, 499 when the client has left, and what the
        engine raises.
        """
        engine = self.engine()
        scope = self.scope(caller, Narrowing()) if scope is None else scope
        started_s = time.monotonic()
        self._slots.take()
        work = Work(lambda: engine.stream(question, history, scope, mode), self._slots.give_back)
        async with aclosing(work.arriving(request.is_disconnected, SILENCE_S)) as updates:
            async for update in updates:
                if update and update.stage == "done" and update.answer:
                    self.metrics.answered(update.answer, time.monotonic() - started_s)
                yield update

    async def checked(self, request: Request, text: str, scope: Scope) -> Checked:
        """What a text quotes. It holds one of the places for answers, and goes on sentence by
        sentence while the client stays. Raises ApiError 429 without a place, 499, and what the
        engine raises."""
        engine = self.engine()
        self._slots.take()
        work = Work(lambda: engine.checking(text, scope), self._slots.give_back)
        return checked_of(await work.collected(request.is_disconnected))

    def _token_holder(self, text: str, headers: RequestHeaders) -> Caller:
        token = read_token(self.serving.embed_secret, text, time.time())
        hosts = {urlsplit(self.serving.public_url).netloc, *headers("host")} - {""}
        if not all(_may_use(token, origin, hosts) for origin in headers("origin")):
            raise ApiError(
                403,
                "wrong_site",
                f"This token is for {token.origin} alone.",
                "Sign one for the site that uses it.",
            )
        return Caller("token", token.id, token.talks)


def allowance(scope: Mapping[str, Any]) -> Allowance | None:
    """What the caller of a request has left, once the gateway has counted it."""
    state = scope.get("state")
    found = state.get(_ALLOWANCE) if isinstance(state, dict) else None
    return found if isinstance(found, Allowance) else None


def _may_use(token: EmbedToken, origin: str, hosts: Collection[str]) -> bool:
    """Whether a browser at this site may use it: the token's own, or our page inside it."""
    return origin == token.origin or origin.partition("://")[2] in hosts


def _peer(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""
